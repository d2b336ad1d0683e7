import Calendar
import Columns
import Datasets
import Ingest
import Ledger
import Randomness
import Testing

/// Usage read by columns on several threads against the same read row by row: facts, rejects and counts are equal.
@Suite struct ColumnReadingTests {
  static let feed = """
    kind: usage
    files: "calls*.csv"
    zone: Europe/Istanbul
    numbers: {identity: implicit, country-code: "90", trunk-prefix: "0", international-prefix: "00"}
    reject-threshold: 1
    columns:
      number: {from: a}
      counterparty: {from: b}
      started_at: {from: t}
      type: {from: k, values: {MO: voice, MT: voice, SM: sms, DA: data}}
      direction: {from: k, values: {MO: out, MT: in, SM: out, DA: out}}
      duration_seconds: {from: s, unit: ms}
      up_bytes: {from: u}
      down_bytes: {from: d, unit: kB}
      cell: {from: c}
      dropped: {from: x, values: {drop: "true"}, otherwise: "false"}
      charge: {from: m, unit: "1"}
      roaming: {from: r}
      international: {from: i}
    record-key: {from: [id]}
    """

  /// Asks for a limit on records, which only reading row by row knows.
  static let byRows = feed + "\nlimits: {record: 1MiB}"

  struct Generator {
    let random: CounterRandom
    var at: UInt64 = 0

    init(_ seed: Int) { random = CounterRandom(seed: 11, stream: UInt64(seed)) }

    mutating func next(_ bound: Int) -> Int {
      at += 1
      return Int(random.integer(below: UInt64(bound), at, 0))
    }

    mutating func pick(_ texts: [String]) -> String { texts[next(texts.count)] }
  }

  /// A line of the usual form, or one of the many others.
  static func line(_ random: inout Generator) -> String {
    let isOdd = random.next(5) == 0
    var fields = [
      String(random.next(400)), "9053200000\(10 + random.next(20))", "0532000\(1_000 + random.next(40))",
      "2026-11-2\(1 + random.next(2))T\(10 + random.next(13)):\(10 + random.next(49)):\(10 + random.next(49))+03:00",
      random.pick(["MO", "MT", "SM", "DA"]), String(random.next(100_000)), String(random.next(1_000_000)),
      String(random.next(9_000)), "286-01-\(random.next(9))-\(random.next(3))", random.pick(["ok", "drop", ""]),
      "\(random.next(30)).\(1_000 + random.next(9_000))", random.pick(["1", "0", "true", "false", ""]),
      random.pick(["1", "0", "", "", ""]), "text",
    ]
    if random.next(3) == 0 { fields[2] = random.pick(["+491701234567", "004917012345", "VODAFONE"]) }
    fields[1] = "00" + fields[1]
    guard isOdd else { return quoted(fields, &random).joined(separator: ",") }
    let odd = [
      ["", "123456", " 77", "\"8\"", "x\"y"],
      [
        "", "+905320000011", "05320000012", "5320000013", "00905320000014 ", "+4930", "(0532) 000-0015",
        "\"05320000016\"", "0532000001a",
      ],
      ["", "VODAFONE", "+491701234567", "004917012345", "0532 111 22 33", "12", "05320001111\t"],
      [
        "", "2026-11-22 10:11:12", "2026-11-22T10:11", "2026-11-22T10:11:12Z", "2026-11-22T10:11:12.5+01:00",
        "2026-13-01T00:00:00Z",
        "2026-11-22T24:00:00Z", "2025-01-01T10:00:00Z", "2026-11-24T10:00:00Z", "2026-11-22X10:11:12Z",
        "2026-11-22T1a:11:12Z", "2026-11-22 10:11:12\0", "2026-11-22 10:11:12\0\0\0\0\0\0", "2026-11-22T10:11:12Z",
        "2026-11-22T10:11:12Z\0\0\0\0\0", "\0\0\0\0\0\0\0\0\0\0 10:11:12", "2026-11-22T10:11:12+03:00",
      ],
      ["", "XX", " MO", "MO ", "\"MT\"", "mo"], ["", "1.5", "-3", "9999999999999", "1e3", "12345678901", "0.0004"],
      ["", "18446744073709551616", "00012", "4294967296", "1000000000000000", "1000000000000001"],
      ["", "5000000000", "7.25", "x"],
      ["", " 1 ", "a\0b", "12345678901234567890", "\"q,uoted\""], ["drop ", "\"drop\"", "dropdropdropdropdrop"],
      ["", "-1", "12", "1.23456", "1.2", ".5", "5.", "300000", "214748.3648", "9999999999", "\"1.25\"", "1,5"],
      ["yes", " 1", "TRUE", "\"1\""], ["2", "1 ", "\"\""],
      ["\"a\nb\"", "\"a\"\"b\"", "tail\r", "", "\"open"],
    ]
    let column = random.next(fields.count)
    fields[column] = random.pick(odd[column])
    fields = quoted(fields, &random)
    switch random.next(40) {
    case 0: return ""
    case 1: return fields.dropLast().joined(separator: ",")
    case 2: return fields.joined(separator: ",") + ",more"
    case 3: return "  "
    case 4: return fields.joined(separator: ",") + "\r"
    default: return fields.joined(separator: ",")
    }
  }

  /// The fields of a line, some of every third one with quotes around them.
  private static func quoted(_ fields: [String], _ random: inout Generator) -> [String] {
    guard random.next(3) == 0 else { return fields }
    let all = random.next(3) == 0
    return fields.map { !$0.contains("\"") && (all || random.next(4) == 0) ? "\"\($0)\"" : $0 }
  }

  static func text(_ seed: Int, rowCount: Int) -> String {
    var random = Generator(seed)
    let lineEnd = seed % 5 == 4 ? "\r" : seed % 3 == 0 ? "\r\n" : "\n"
    let mark = seed % 4 == 1 ? "\u{FEFF}" : ""
    let lines = (0..<rowCount).map { _ in line(&random) }
    return mark + "id,a,b,t,k,s,u,d,c,x,m,r,i,note" + lineEnd + lines.joined(separator: lineEnd)
      + (seed % 2 == 0 ? lineEnd : "")
  }

  /// Everything that an ingest says of its rows, as text.
  static func outcome(_ feed: String, _ files: [String], threads: Int, chunkByteCount: Int) throws -> [String] {
    let world = try IngestWorld()
    try world.use(key: Array(repeating: 7, count: 32))
    try world.feed("calls", feed)
    for (index, text) in files.enumerated() { try world.deliver("calls\(index).csv", text) }
    _ = try world.night("2026-11-22", threads: threads, chunkByteCount: chunkByteCount)
    return try lines(world)
  }

  /// The rows and rejects in force, sorted, and what the log says of the files.
  static func lines(_ world: IngestWorld) throws -> [String] {
    var lines: [String] = []
    for dataset in [Dataset.usage, .counterparties, .cells, .rejects] {
      let table = try world.table(dataset)
      for row in 0..<table.rowCount {
        // Under another feed it is another run.
        let columns = zip(table.schema.fields, table.columns).filter { $0.0.name != "run" }.map(\.1)
        lines.append("\(dataset.name) " + columns.map { $0.text(row) }.joined(separator: "|"))
      }
    }
    lines.sort()
    for entry in try CommitLog.open(world.home).entries {
      for file in entry.files {
        lines.append("\(file)")
      }
    }
    return lines
  }

  @Test(arguments: 0..<12) func `columns and rows give the same facts, rejects and counts`(seed: Int) throws {
    let files = (0..<3).map { Self.text(seed * 3 + $0, rowCount: 150) }
    let expected = try Self.outcome(Self.byRows, files, threads: 1, chunkByteCount: 1 << 20)
    #expect(expected.count > 100)
    for (threads, chunkByteCount) in [(1, 4 << 20), (2, 1 << 10), (3, 200)] {
      let found = try Self.outcome(Self.feed, files, threads: threads, chunkByteCount: chunkByteCount)
      #expect(found == expected)
    }
  }

  /// Only CRs end lines, also that of the header, and the chunks hold none of them or many.
  @Test(arguments: [true, false]) func `lines that end with CR alone are read in chunks`(isLastEnded: Bool) throws {
    let feed = ColumnReadingTests.shortFeed
    let rows = (0..<2_000).map { "0532000\(1_000 + $0 % 40),2026-11-22 10:00:00,\($0 % 1_500)" }
    let text = (["a,t,id"] + rows).joined(separator: "\r") + (isLastEnded ? "\r" : "")
    let expected = try Self.outcome(feed + "\nlimits: {record: 1MiB}", [text], threads: 1, chunkByteCount: 1 << 20)
    #expect(expected.count > 40)
    for chunkByteCount in [100, 4_096, 4 << 20] {
      #expect(try Self.outcome(feed, [text], threads: 2, chunkByteCount: chunkByteCount) == expected)
    }
  }

  static let shortFeed = """
    kind: usage
    files: "calls*.csv"
    zone: UTC
    numbers: {identity: implicit, country-code: "90", trunk-prefix: "0", international-prefix: "00"}
    late-days: 9000
    columns:
      number: {from: a}
      started_at: {from: t}
      type: {constant: voice}
    record-key: {from: [id]}
    """

  /// More dates or rows than a chunk of usage may have, with keys that repeat; dry, since each day would have its files.
  @Test func `a stretch of many dates or rows is cut into chunks`() throws {
    let dated = (0..<6_000).map {
      "05320001\(100 + $0 % 7),\(Day("2026-11-22")! - $0) 10:00:00,\($0 % 5_000)"
    }
    let many = (0..<300_000).map { "05320001\(100 + $0 % 7),2026-11-22 10:00:00,\($0 % 280_000)" }
    for (rows, duplicateCount) in [(dated, 1_000), (many, 20_000)] as [([String], Int64)] {
      let world = try IngestWorld()
      try world.feed("calls", Self.shortFeed)
      try world.deliver("calls.csv", (["a,t,id"] + rows).joined(separator: "\n"))
      for chunkByteCount in [32 << 20, 64 << 10] {
        let report = try world.night("2026-11-22", threads: 2, isDryRun: true, chunkByteCount: chunkByteCount)
        #expect(report.counts["duplicateRowCount"] == duplicateCount)
        #expect(report.counts["acceptedRowCount"] == Int64(rows.count) - duplicateCount)
      }
    }
  }
}

extension Column {
  /// A value as text.
  fileprivate func text(_ row: Int) -> String {
    func text<Value>(_ column: TypedColumn<Value>) -> String { column[row].map { "\($0)" } ?? "-" }
    return switch self {
    case .int32(let column), .date(let column): text(column)
    case .int64(let column), .timestamp(let column): text(column)
    case .double(let column): text(column)
    case .bool(let column): text(column)
    case .string(let column): text(column)
    }
  }
}
