import Columns
import Datasets
import FoundationEssentials
import Ingest
import Ledger
import Testing

/// Random deliveries under random options: nothing crashes, every line is counted once, and offsets are those delivered.
@Suite struct FeedOptionPropertyTests {
  private static let columns = [
    "columns: {payment: {from: id}, subscription: {from: s}, date: {from: d}, amount: {from: a}}",
    "columns: {payment: {from: id}, subscription: {from: s, or: id}, date: {from: d, format: d.M.yyyy}, amount: {from: a, missing: [x, \"1\"]}}",
    "columns: {payment: {position: 1}, subscription: {from: s, rewrite: {pattern: '(\\w*)(.*)', to: $2$1}}, date: {from: d}, amount: {from: a, when: {column: s, is: [S]}}}",
  ]
  private static let options = [
    "", "checks: {id: '\\w*'}", "leave-out: [{column: s, is: [x, \"\"]}]",
    "zone: {column: s, values: {S: Europe/Berlin}}",
    "number-format: {decimal: \",\", thousands: \".\"}", "missing: [\"1\"]",
  ]
  private static let dialects = [
    "", "quoting: none", "fields: {minimum: 1}", "fields: {minimum: 2, maximum: 9}", "header-lines: 2",
    "comment: \"#\"",
  ]
  private static let encodings = ["", "utf-16", "utf-16le", "latin-1", "windows-1252"]
  private static let pieces = [
    "1", "S", ",", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "2026-11-21", "21.11.2026", "x", "ä", "😀", " ", "#",
    "\u{0}", "1,S,2026-11-21,5\n",
    "2,S,21.11.2026,7,1\r\n",
  ]

  private func encode(_ text: String, _ encoding: String, _ draws: inout DrawSequence) -> [UInt8] {
    var bytes: [UInt8] = []
    switch encoding {
    case "utf-16", "utf-16le":
      for unit in (encoding == "utf-16" ? "\u{FEFF}" + text : text).utf16 {
        bytes += [UInt8(unit & 0xFF), UInt8(unit >> 8)]
        // Now and then half of a pair on its own.
        if draws.integer(below: 60) == 0 { bytes += [0x00, draws.integer(below: 2) == 0 ? 0xD8 : 0xDC] }
      }
      if draws.integer(below: 6) == 0 { bytes.append(0x41) }
    case "latin-1", "windows-1252":
      bytes = text.unicodeScalars.map { $0.value < 256 ? UInt8($0.value) : 0x81 }
    default: bytes = Array(text.utf8)
    }
    return bytes
  }

  @Test func `every line is counted once and every reject stands where a line begins`() throws {
    var taken = 0
    var rejected = 0
    for seed in 0..<60 as Range<UInt64> {
      var draws = DrawSequence(seed: seed)
      func pick(_ list: [String]) -> String { list[draws.integer(below: list.count)] }
      let encoding = pick(Self.encodings)
      let world = try IngestWorld()
      try world.feed(
        "pay",
        """
        kind: payments
        files: "pay*"
        reject-threshold: 1
        \(encoding.isEmpty ? "" : "encoding: \(encoding)")
        dialect: {\(pick(Self.dialects))}
        \(pick(Self.options))
        \(pick(Self.columns))
        """)
      try world.feed("other", "kind: payments\nfiles: \"other\"\n" + Self.columns[0])
      try world.deliver("other", "id,s,d,a\n")
      let body = (0..<draws.integer(below: 120)).map { _ in pick(Self.pieces) }.joined()
      let bytes = encode("id,s,d,a\n" + body, encoding, &draws)
      try world.deliver("pay", bytes)
      try world.night("2026-11-22")
      guard try world.table(.refusals).rowCount == 0 else { continue }
      taken += 1
      let intake = try world.intake("pay")
      let sum =
        intake.acceptedCount + intake.rejectedCount + intake.duplicateCount + intake.outOfWindowCount
        + intake.blankCount + intake.commentCount + intake.headerCount + intake.trailerCount
      #expect(intake.readCount == sum, "seed \(seed)")
      let rejects = try world.table(.rejects)
      #expect(Int64(rejects.rowCount) == intake.rejectedCount + intake.outOfWindowCount, "seed \(seed)")
      let isWide = encoding.hasPrefix("utf-16")
      for row in 0..<rejects.rowCount {
        let start = Int(try rejects.int64("record_byte").values[row])
        let error = Int(try rejects.int64("error_byte").values[row])
        rejected += 1
        #expect(0 <= start && start <= error && error <= bytes.count, "seed \(seed)")
        let width = isWide ? 2 : 1
        #expect(start % width == 0 && start >= width, "seed \(seed): behind the header")
        let before = bytes[start - width..<start]
        #expect(before.first == 0x0A || before.first == 0x0D, "seed \(seed): a record begins behind a line end")
        if isWide { #expect(before.last == 0) }
      }
    }
    // The draws must reach what they are for.
    #expect(taken > 30 && rejected > 100, "\(taken) files, \(rejected) rejects")
  }
}
