import Columns
import Datasets
import Ingest
import Ledger
import Randomness
import Testing
import Vault

/// A bad row never affects another one: each class of defect at each position of a good file, through the whole ingest.
///
/// Every variant is a file of its own in one night, and is compared with the good file that lacks the row: equal facts,
/// one reject, and that exactly where and what the row was.
@Suite struct NeighbourTests {
  /// A row and what it becomes: `row` is without its line end.
  struct Defect: Sendable {
    var code: String
    var row: String
  }

  /// Rows enough to fill more than the 256 KiB that are read at once: each has a note that nobody maps.
  private static let rowCount = 320
  private static let note = String(repeating: "note ", count: 200)
  private static let pieceByteCount = 256 << 10

  // MARK: - CSV

  /// A row of the good file: any of three subscriptions and seven days, and sums that tell every row from every other.
  private static func row(_ index: Int, seed: UInt64) -> String {
    let random = CounterRandom(seed: seed, stream: 9)
    func draw(_ bound: UInt64, _ draw: UInt64) -> UInt64 { random.integer(below: bound, UInt64(index), draw) }
    let number = ["01700000002", "+491700000002", "\" 0170 0000002\" "][Int(draw(3, 0))]
    // Every eleventh record spans two lines.
    let id = index % 11 == 5 ? "\"\(index)\n\(draw(1_000, 1))\"" : "\(index)"
    let day = 16 + draw(6, 2)
    return
      "\(id),\(number),0151\(1_000_000 + draw(40, 3)),2026-11-\(day) 1\(draw(10, 4)):00:00,\(draw(1 << 40, 5)),,\(note)"
  }

  private static let csvDefects: [Defect] = [
    .init(code: "wrong-type", row: "x,01700000002,,2026-11-20 10:00:00,7z,,"),
    .init(code: "wrong-type", row: "x,01700000002,,2026-11-31 10:00:00,7,,"),
    .init(code: "out-of-range", row: "x,01700000002,,2026-11-20 10:00:00,-7,,"),
    .init(code: "too-precise", row: "x,01700000002,,2026-11-20 10:00:00,7,0.00001,"),
    .init(code: "missing-value", row: "x,,,2026-11-20 10:00:00,7,,"),
    .init(code: "bad-number", row: "x,0170A,,2026-11-20 10:00:00,7,,"),
    .init(code: "unknown-number", row: "x,01700000099,,2026-11-20 10:00:00,7,,"),
    .init(code: "out-of-window", row: "x,01700000002,,2025-11-20 10:00:00,7,,"),
    .init(code: "too-few-fields", row: "x,01700000002"), .init(code: "too-many-fields", row: "x,,,,,,,"),
    .init(code: "too-few-fields", row: "\0\u{1B}\u{FFFD}"),
    .init(code: "text-after-closing-quote", row: "x,\"0170\"0000002,,2026-11-20 10:00:00,7,,"),
    .init(code: "quote-in-unquoted-field", row: "x,01700000002,,2026-11-20 10:00:00,7\",,"),
    .init(code: "field-too-long", row: "x,01700000002,\(String(repeating: "1", count: 1_201)),2026-11-20 10:00:00,7,,"),
    .init(
      code: "record-too-long", row: "x,01700000002,,2026-11-20 10:00:00,7,," + String(repeating: "0,", count: 1_000)),
    // Its quote meets the end of the file, an opening quote of a later row, or the limit of a record.
    .init(code: "*", row: "x,\"01700000002,,2026-11-20 10:00:00,7,,"),
  ]

  private static let openQuoteCodes: Set = ["unterminated-quote", "unbalanced-quote", "record-too-long"]

  /// The positions at which a row is replaced.
  private static func places(_ rows: [String], headerByteCount: Int, seed: UInt64) -> [(name: String, index: Int)] {
    var offset = headerByteCount
    var boundary = 0
    for (index, row) in rows.enumerated() {
      if offset <= pieceByteCount, offset + row.utf8.count >= pieceByteCount { boundary = index }
      offset += row.utf8.count + 1
    }
    let random = Int(CounterRandom(seed: seed, stream: 10).integer(below: UInt64(rows.count), 0))
    return [
      ("first", 0), ("last", rows.count - 1), ("boundary", boundary), ("before-quoted-newline", 103),
      ("after-quoted-newline", 105), ("random", random),
    ]
  }

  @Test(arguments: ["\n", "\r\n"]) func `a bad row of CSV leaves every other row as it is`(lineEnd: String) throws {
    try check(
      "csv", header: "id,caller,called,start,seconds,charge,note",
      rows: (0..<Self.rowCount).map { Self.row($0, seed: 20) },
      defects: Self.csvDefects, lineEnd: lineEnd, "limits: {field: 1200 B, record: 2000 B}")
  }

  // MARK: - NDJSON

  private static func object(_ index: Int) -> String {
    let random = CounterRandom(seed: 21, stream: 9)
    func draw(_ bound: UInt64, _ draw: UInt64) -> UInt64 { random.integer(below: bound, UInt64(index), draw) }
    return "{\"caller\":\"01700000002\",\"called\":\"0151\(1_000_000 + draw(40, 3))\","
      + "\"start\":\"2026-11-\(16 + draw(6, 2)) 10:00:00\",\"seconds\":\(draw(1 << 40, 5)),\"note\":\"\\n\\\" \(note)\"}"
  }

  private static let objectDefects: [Defect] = [
    .init(code: "bad-json", row: "{\"caller\":"), .init(code: "bad-json", row: "[]"),
    .init(code: "bad-json", row: "{\"caller\":\"01700000002"), .init(code: "repeated-key", row: "{\"a\":1,\"a\":2}"),
    .init(code: "nested-value", row: "{\"caller\":[\"01700000002\"],\"start\":\"2026-11-20 10:00:00\",\"seconds\":1}"),
    .init(code: "wrong-type", row: "{\"caller\":\"01700000002\",\"start\":\"2026-11-20 10:00:00\",\"seconds\":\"x\"}"),
    .init(code: "missing-value", row: "{\"caller\":\"01700000002\",\"seconds\":1}"),
    .init(code: "missing-value", row: "{}"),
    .init(code: "record-too-long", row: "{\"caller\":\"" + String(repeating: "1", count: 2_000) + "\"}"),
  ]

  @Test func `a bad object of NDJSON leaves every other object as it is`() throws {
    try check(
      "ndjson", header: nil, rows: (0..<300).map(Self.object), defects: Self.objectDefects, lineEnd: "\n",
      "format: ndjson\nlimits: {record: 2000 B}")
  }

  // MARK: - The comparison

  private func check(
    _ format: String, header: String?, rows: [String], defects: [Defect], lineEnd: String, _ extra: String
  ) throws {
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9\n" + extra)
    if format == "ndjson" {
      let feed = String(
        decoding: try SystemCallsReading.bytes(world.folder + "/config/feeds/calls.yaml"), as: UTF8.self)
      try world.feed(
        "calls",
        feed.split(separator: "\n").dropFirst().filter { !$0.contains("charge") }.joined(separator: "\n"))
    }
    let headerBytes = header.map { $0 + lineEnd } ?? ""
    var expected: [(name: String, reference: String, defect: Defect, line: Int, offset: Int)] = []
    for place in Self.places(rows, headerByteCount: headerBytes.utf8.count, seed: UInt64(rows.count)) {
      let before = headerBytes + rows[..<place.index].map { $0 + lineEnd }.joined()
      let after = rows[(place.index + 1)...].map { $0 + lineEnd }.joined()
      let reference = "calls_\(place.name).csv"
      try world.deliver(reference, before + after)
      let line = before.utf8.count { $0 == 0x0A } + 1
      for (number, defect) in defects.enumerated() {
        let name = "calls_\(place.name)_\(number).csv"
        // The last row also stands without a line end once.
        let end = place.name == "last" && number % 2 == 0 ? "" : lineEnd
        try world.deliver(name, before + defect.row + end + after)
        expected.append((name, reference, defect, line, before.utf8.count))
      }
    }
    try world.night("2026-11-22", threads: 2)

    let facts = try facts(world)
    let rejects = try rejects(world)
    for (name, reference, defect, line, offset) in expected {
      let intake = try world.intake(name)
      let found = rejects[name] ?? []
      #expect(intake.acceptedCount == Int64(rows.count - 1), "\(name)")
      #expect(intake.rejectedCount + intake.outOfWindowCount == 1, "\(name)")
      #expect(facts[intake.sha256.head63] == facts[try world.intake(reference).sha256.head63], "\(name)")
      #expect(facts[intake.sha256.head63]?.isEmpty == false)
      guard let reject = found.first, found.count == 1 else {
        Issue.record("\(name) has \(found.count) rejects")
        continue
      }
      let isCode = defect.code == "*" ? Self.openQuoteCodes.contains(reject.code) : reject.code == defect.code
      #expect(isCode, "\(name): \(reject.code) for \(defect.code)")
      #expect(reject.line == Int64(line) && reject.recordByte == Int64(offset), "\(name)")
      #expect(reject.errorByte >= Int64(offset) && reject.errorByte <= intake.byteCount, "\(name)")
      let kept = defect.code == "record-too-long" ? Array(defect.row.utf8.prefix(2_000)) : Array(defect.row.utf8)
      #expect(reject.bytes == kept, "\(name)")
    }
  }

  /// The rows of all facts of usage by delivery, in an order of their own.
  private func facts(_ world: IngestWorld) throws -> [Int64: [[Int64]]] {
    var facts: [Int64: [[Int64]]] = [:]
    for (number, dataset) in [Dataset.usage, .counterparties].enumerated() {
      let table = try world.table(dataset)
      let deliveries = try table.int64("delivery_id").values
      let columns = zip(table.schema.fields, table.columns).filter { $0.0.name != "delivery_id" }.map { _, column in
        switch column {
        case .int64(let values): values.values
        case .date(let values): values.values.map { Int64($0) }
        default: [Int64](repeating: .min, count: table.rowCount)
        }
      }
      for row in 0..<table.rowCount {
        facts[deliveries[row], default: []].append([Int64(number)] + columns.map { $0[row] })
      }
    }
    return facts.mapValues { rows in rows.sorted { $0.lexicographicallyPrecedes($1) } }
  }

  private struct FoundReject {
    var code: String
    var line: Int64
    var recordByte: Int64
    var errorByte: Int64
    var bytes: [UInt8]
  }

  /// The rejects by file, with the bytes that the vault keeps.
  private func rejects(_ world: IngestWorld) throws -> [String: [FoundReject]] {
    let table = try world.table(.rejects)
    let (files, codes) = (try table.string("file").values, try table.string("code").values)
    let (lines, starts) = (try table.int64("line").values, try table.int64("record_byte").values)
    let errors = try table.int64("error_byte").values
    let sealed = try world.state().products(under: "vault/rejects/").flatMap {
      try SealedRejects(world.key()).open(SystemCallsReading.bytes(world.home.url($0.name)))
    }
    let bytes = Dictionary(
      sealed.map { ("\($0.delivery.hex) \($0.recordByte)", $0.bytes) }, uniquingKeysWith: { first, _ in first })
    let digests = try table.string("sha256").values
    var found: [String: [FoundReject]] = [:]
    for row in 0..<table.rowCount {
      found[files[row], default: []].append(
        FoundReject(
          code: codes[row], line: lines[row], recordByte: starts[row], errorByte: errors[row],
          bytes: bytes["\(digests[row]) \(starts[row])"] ?? []))
    }
    return found
  }
}
