import Columns
import Datasets
import FoundationEssentials
import Ingest
import Ledger
import Testing
import Vault

/// What a feed may say beyond the common case, each in a night of its own.
@Suite struct FeedOptionTests {
  private let world: IngestWorld

  init() throws { world = try IngestWorld() }

  /// A night of one payments file; amounts by line, in the order of the facts' amounts.
  @discardableResult
  private func payments(_ keys: String, _ text: String) throws -> [Int64] {
    try payments(keys, Array(text.utf8))
  }

  @discardableResult
  private func payments(_ keys: String, _ bytes: [UInt8]) throws -> [Int64] {
    try world.feed("pay", "kind: payments\nfiles: \"pay*\"\nreject-threshold: 1\n" + keys)
    try world.feed("other", "kind: payments\nfiles: \"other*\"\n" + Self.plain)
    try world.deliver("other_1", "id,s,d,a\n1,S,2026-11-21,1\n")
    try world.deliver("pay_1", bytes)
    try world.night("2026-11-22")
    return try world.table(.payments).int64("amount_e4").values.filter { $0 != 10_000 }.sorted()
  }

  private static let plain =
    "columns: {payment: {from: id}, subscription: {from: s}, date: {from: d}, amount: {from: a}}\n"

  /// Line, record byte, error byte and code of the rejects.
  private func rejects() throws -> [String] {
    let table = try world.table(.rejects)
    return try (0..<table.rowCount).map { row in
      "\(try table.int64("line").values[row]) \(try table.int64("record_byte").values[row]) "
        + "\(try table.int64("error_byte").values[row]) \(try table.string("code").values[row])"
    }
  }

  private func refusal() throws -> String? {
    let table = try world.table(.refusals)
    return try table.rowCount == 0 ? nil : table.string("code").values[0] + ": " + table.string("message").values[0]
  }

  // MARK: - Columns

  @Test func `columns are found by position and by the nth of a name, also with a header`() throws {
    let found = try payments(
      "columns: {payment: {position: 1}, subscription: {from: s}, date: {from: d}, amount: {from: a, occurrence: 2}}\n",
      "id,s,d,a,a\n1,S,2026-11-21,5,7\n")
    #expect(found == [70_000])
  }

  @Test func `a missing nth column refuses the file`() throws {
    try payments(
      "columns: {payment: {from: id}, subscription: {from: s}, date: {from: d}, amount: {from: a, occurrence: 2}}\n",
      "id,s,d,a\n1,S,2026-11-21,5\n")
    #expect(try refusal() == "missing-column: the header has no column 'a (2)'")
  }

  @Test func `names stand for a header, and rows of another width are rejects`() throws {
    let found = try payments("dialect: {names: [id, s, d, a], header: false}\n" + Self.plain, "1,S,2026-11-21,5\n2,S\n")
    #expect(found == [50_000])
    #expect(try rejects() == ["2 17 17 too-few-fields"])
  }

  @Test func `of several layouts the first row that fits one decides, and earlier rows are rejects`() throws {
    let keys = "dialect: {names: [[id, s, d, a], [id, s, d, a, x], [id, s, d, x, a, y]]}\n" + Self.plain
    let found = try payments(keys, "cut,here\n1,S,2026-11-21,9,5,\n2,S,2026-11-21,5\n3,S,2026-11-21,9,6,\n")
    #expect(found == [50_000, 60_000])
    #expect(try rejects() == ["1 0 0 unknown-layout", "3 29 29 too-few-fields"])
  }

  @Test
  func `missing marks are nothing, another column can stand for them, and a condition decides whether a field counts`()
    throws
  {
    let keys = """
      missing: ["N/A", "-1"]
      columns:
        payment: {from: id}
        subscription: {from: s}
        date: {from: d}
        amount: {from: a, or: [b, c]}
        failed: {from: f, when: {column: k, is: [x, y]}, missing: ["?"]}
      """
    let text = """
      id,s,d,a,b,c,f,k
      1,S,2026-11-21,N/A,-1,7,1,x
      2,S,2026-11-21,2,3,4,1,z
      3,S,2026-11-21,,,5,?,y
      4,N/A,2026-11-21,3,,,1,y
      5,S,2026-11-21,N/A,,-1,1,y
      6,S,2026-11-21,6,,-1,-1,y

      """
    #expect(try payments(keys, text) == [20_000, 50_000, 70_000])
    #expect(try world.table(.payments).bool("is_failed").values.filter { $0 }.count == 1)
    // The mark of the feed does not hold where the column has marks of its own: -1 is no flag.
    #expect(try rejects().map { $0.split(separator: " ").last } == ["missing-value", "missing-value", "wrong-type"])
  }

  @Test func `decimal signs and groups are the feed's, or a column's own`() throws {
    let keys = """
      number-format: {decimal: ",", thousands: "."}
      dialect: {delimiter: ";"}
      """
    let text = "id;s;d;a\n1;S;2026-11-21;1.234,5\n2;S;2026-11-21;1,5\n3;S;2026-11-21;1.5\n4;S;2026-11-21;12,34567\n"
    #expect(try payments(keys + "\n" + Self.plain, text) == [15_000, 12_345_000])
    #expect(try rejects() == ["4 51 66 wrong-type", "5 70 85 too-precise"])
  }

  @Test func `a rewrite makes fields readable, and what does not match is a reject or stays`() throws {
    let keys = """
      columns:
        payment: {from: id}
        subscription: {from: s, rewrite: {pattern: "(?:CUST-)?0*([0-9]+)", to: "S-$1"}}
        date: {from: d, rewrite: {pattern: '(\\d{4})(\\d\\d)(\\d\\d)', to: "$1-$2-$3", unmatched: keep}}
        amount: {from: a, rewrite: {pattern: "EUR (.*)", to: "$1"}}
      """
    let text = """
      id,s,d,a
      1,CUST-0017,20261121,EUR 5
      2,17,2026-11-21,EUR 6
      3,x17,20261121,EUR 7
      4,17,20261121,7

      """
    #expect(try payments(keys, text) == [50_000, 60_000])
    let key = try world.key()
    #expect(
      try world.table(.payments).int64("subscription_id").values.filter { $0 == key.pseudonym(.subscription, "S-17") }
        .count == 2)
    #expect(try rejects() == ["4 58 60 wrong-form", "5 79 93 wrong-form"])
  }

  @Test func `forms of columns are checked, and a longer field than patterns read is a reject`() throws {
    let keys = "checks: {id: 'P-\\d+'}\n" + Self.plain
    let long = "P-" + String(repeating: "1", count: 2_000)
    let text = "id,s,d,a\nP-1,S,2026-11-21,5\nQ-1,S,2026-11-21,6\n\(long),S,2026-11-21,7\n"
    #expect(try payments(keys, text) == [50_000])
    #expect(try rejects() == ["3 28 28 wrong-form", "4 47 47 wrong-form"])
  }

  @Test func `rows that the feed leaves out are counted as comments`() throws {
    let keys = "leave-out: [{column: a, is: [\"0\", \"\"]}]\n" + Self.plain
    #expect(try payments(keys, "id,s,d,a\n1,S,2026-11-21,0\n2,S,2026-11-21,5\n3,S,2026-11-21,\n") == [50_000])
    let intake = try world.intake("pay_1")
    #expect((intake.commentCount, intake.acceptedCount, intake.rejectedCount, intake.readCount) == (2, 1, 0, 4))
  }

  // MARK: - Records

  @Test func `rows of a header behind its first are skipped in every member`() throws {
    let text = "id,s,d,a\nint,text,date,money\n--,--\n1,S,2026-11-21,5\n"
    try world.feed("pay", "kind: payments\nfiles: \"pay*\"\ndialect: {header-lines: 3}\n" + Self.plain)
    try world.deliver("pay.zip", storedZip([("a.csv", text), ("b.csv", text.replacing("1,S", with: "2,S"))]))
    try world.night("2026-11-22")
    let intake = try world.intake("pay.zip")
    #expect((intake.headerCount, intake.acceptedCount, intake.rejectedCount) == (6, 2, 0))
  }

  @Test func `ragged rows are read as far as they go`() throws {
    let keys = """
      dialect: {fields: {minimum: 3}}
      columns: {payment: {from: id}, subscription: {from: s}, date: {from: d}, amount: {from: a, or: d2}, failed: {from: f}}
      """
    let text =
      "id,s,d,d2,a,f\n1,S,2026-11-21,7\n2,S,2026-11-21,7,8\n3,S,2026-11-21,7,9,1\n4,S\n5,S,2026-11-21\n6,S,2026-11-21,1,1,1,1\n"
    #expect(try payments(keys, text) == [70_000, 80_000, 90_000])
    #expect(
      try rejects().map { $0.split(separator: " ").last } == ["too-few-fields", "missing-value", "too-many-fields"])
  }

  @Test func `a dialect without quotes takes them as text`() throws {
    let keys = "dialect: {quoting: none, delimiter: \"|\"}\n" + Self.plain
    #expect(
      try payments(keys, "id|s|d|a\n1\"|\"S|2026-11-21|5\n\"2|S|2026-11-21|6\r\n3|S|x\"|7\n") == [50_000, 60_000])
    #expect(try rejects() == ["4 47 51 wrong-type"])
  }

  @Test func `a beginning of something else refuses the file with the feed's words`() throws {
    let keys = "dialect: {refuse: {begins-with: \"<html\", message: \"this is a page\"}}\n" + Self.plain
    try payments(keys, "\u{FEFF}<html><body>not logged in</body>")
    #expect(try refusal() == "foreign-content: this is a page")
  }

  @Test(
    arguments: [
      ("T,3,12.5\n", nil), ("T,3,\"12.5\"\n", nil),
      ("T,3,12.6\n", "another total of 'a' than the rows that were read: field 3 says 12.6, the rows add up to 12.5"),
      ("T,2,12.5\n", "does not count the 3 rows"),
      ("T,3\n", "no total of 'a'"), ("T,3,x\n", "no total of 'a'"),
    ] as [(String, String?)])
  func `totals of a trailer are compared with what was read`(trailer: String, message: String?) throws {
    let keys = "dialect: {trailer: {first-field: T, count-field: 2, sums: {a: 3}}}\n" + Self.plain
    let text = "id,s,d,a\n1,S,2026-11-21,5.25\n2,S,not a day,7.25\n3,S,2026-11-21,\n"
    try payments(keys, text + trailer)
    if let message {
      let found = try #require(try refusal())
      #expect(found.contains(message))
    } else {
      #expect(try refusal() == nil)
      #expect(try world.intake("pay_1").trailerCount == 1)
    }
  }

  private static let totals = "dialect: {trailer: {first-field: T, count-field: 2, sums: {a: 3}}}\n"

  @Test(
    arguments: [
      ("2,S,2026-11-21,\"7.25\"x", "1 row could not be cut (line 3)"),
      ("2,S,2026-11-21", "1 row could not be cut (line 3)"),
      ("2,S,2026-11-21,7,x\n2,S,\"2026\"-11-21,7", "2 rows could not be cut (the first at line 3)"),
    ])
  func `beside rows that cannot be cut another total is told, and refuses no file`(rows: String, uncut: String) throws {
    let count = 2 + rows.split(separator: "\n").count
    let text = "id,s,d,a\n1,S,2026-11-21,5.25\n\(rows)\n3,S,2026-11-21,0.5\nT,\(count),12\n"
    #expect(try payments(Self.totals + Self.plain, text) == [5_000, 52_500])
    #expect(try refusal() == nil)
    let entry = try #require(try CommitLog.open(world.home).entries.last)
    let doubt =
      "pay: pay_1: the trailer at line \(count + 2) has a total of 'a' that cannot be checked: field 3 says 12, the rows "
      + "add up to 5.75; \(uncut)"
    #expect(entry.warnings.contains(doubt))
  }

  @Test func `beside rows that cannot be cut count and columns are checked as ever`() throws {
    let rows = "id,s,d,a\n1,S,2026-11-21,5\n2,S,2026-11-21\n"
    try payments(Self.totals + Self.plain, rows + "T,1,5\n")
    #expect(try refusal()?.contains("does not count the 2 rows") == true)
    try world.deliver("pay_2", rows + "3,S,2026-11-21,x\nT,3,5\n")
    let error = #expect(throws: IngestError.self) { try world.night("2026-11-22") }
    #expect(error?.message.contains("line 4 has no number in 'a'") == true)
    try world.deliver("pay_3", rows + "T,2,5\n")
    let report = try world.night("2026-11-22")
    #expect(report.counts["fileCount"] == 1 && !report.warnings.contains { $0.contains("checked") })
  }

  @Test func `totals take the number format and the missing marks of their own column`() throws {
    let columns =
      "columns: {payment: {from: id}, subscription: {from: s}, date: {from: d}, "
      + "amount: {from: a, number-format: {decimal: \",\", thousands: \".\"}, missing: [none]}}\n"
    let dialect = "dialect: {delimiter: \";\", trailer: {first-field: T, sums: {a: 2}}}\n"
    let text = "id;s;d;a\n1;S;2026-11-21;1.005,25\n2;S;2026-11-21;none\n3;S;2026-11-21;7\n"
    #expect(try payments(dialect + columns, text + "T;1.012,25\n") == [70_000, 10_052_500])
    try world.deliver("pay_2", text + "T;1.012,26\n")
    #expect(throws: IngestError.self) { try world.night("2026-11-22") }
    try world.deliver("pay_3", text + "T;1012.25\n")
    try world.deliver("other_2", "id,s,d,a\n2,S,2026-11-21,1\n")
    let warnings = try world.night("2026-11-22").warnings
    #expect(warnings.contains { $0.contains("its field 2 is no number with a decimal comma [control-total]") })
  }

  @Test func `a column's own plain form stands before the feed's`() throws {
    let keys =
      "number-format: {decimal: \",\"}\ncolumns: {payment: {from: id}, subscription: {from: s}, date: {from: d}, "
      + "amount: {from: a, number-format: {decimal: \".\"}}}\n"
      + "dialect: {delimiter: \";\", trailer: {first-field: T, sums: {a: 2}}}\n"
    #expect(try payments(keys, "id;s;d;a\n1;S;2026-11-21;5.25\nT;5.25\n") == [52_500])
  }

  @Test func `a column that cannot be added refuses the file, and numbers are added in the feed's form`() throws {
    let keys =
      "number-format: {decimal: \",\"}\nmissing: [\"-\"]\ndialect: {delimiter: \";\", trailer: {first-field: T, sums: {a: 2}}}\n"
    #expect(
      try payments(keys + Self.plain, "id;s;d;a\n1;S;2026-11-21;5,25\n2;S;2026-11-21;-\n3;S;2026-11-21;7\nT;12,25\n")
        == [52_500, 70_000])
    try world.deliver("pay_2", "id;s;d;a\n1;S;2026-11-21;5.25\nT;5,25\n")
    let error = #expect(throws: IngestError.self) { try world.night("2026-11-22") }
    #expect(error?.message.contains("line 2 has no number in 'a'") == true)
  }

  // MARK: - Encodings

  private func utf16(_ text: String, bigEndian: Bool = false) -> [UInt8] {
    text.utf16.flatMap { unit -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return bigEndian ? [high, low] : [low, high]
    }
  }

  private let umlauts = "id,s,d,ä\r\n1,Ä,2026-11-21,5\r\n2,Ä,gestern,6\r\n"
  private static let umlautColumns =
    "columns: {payment: {from: id}, subscription: {from: s}, date: {from: d}, amount: {from: ä}}\n"

  @Test(arguments: [
    ("", "utf-16le"), ("", "utf-16be"), ("utf-16", "utf-16le"), ("utf-16", "utf-16be"), ("utf-16le", "utf-16le"),
    ("latin-1", "latin-1"), ("windows-1252", "latin-1"), ("", "utf-8"), ("utf-8", "utf-8"),
  ])
  func `text of every encoding is read, and rejects say offsets as delivered`(declared: String, written: String) throws
  {
    let bytes: [UInt8] =
      switch written {
      case "utf-16le": utf16("\u{FEFF}" + umlauts)
      case "utf-16be": utf16("\u{FEFF}" + umlauts, bigEndian: true)
      case "latin-1": umlauts.unicodeScalars.map { UInt8($0.value) }
      default: Array(umlauts.utf8)
      }
    let keys = (declared.isEmpty ? "" : "encoding: \(declared)\n") + Self.umlautColumns
    #expect(try payments(keys, bytes) == [50_000])
    let key = try world.key()
    #expect(try world.table(.payments).int64("subscription_id").values.contains(key.pseudonym(.subscription, "Ä")))
    let record = Array("id,s,d,ä\r\n1,Ä,2026-11-21,5\r\n".unicodeScalars).count
    let offsets =
      switch written {
      case "utf-8": (record + 2, record + 2 + 5)
      case "latin-1": (record, record + 4)
      default: (2 * record + 2, 2 * record + 2 + 8)
      }
    #expect(try rejects() == ["3 \(offsets.0) \(offsets.1) wrong-type"])
  }

  @Test func `a lone half of a pair, an undefined byte and half a unit cost their row only`() throws {
    var bytes = utf16("\u{FEFF}id,s,d,a\n1,S,2026-11-21,5\n2,")
    bytes += [0x00, 0xD8] + utf16(",2026-11-21,6\n3,S,2026-11-21,7\n") + [0x41]
    #expect(try payments(Self.plain, bytes) == [50_000, 70_000])
    let record = 2 + 2 * "id,s,d,a\n1,S,2026-11-21,5\n".utf8.count
    // The odd last byte is a row of its own, with too few fields.
    let last = bytes.count - 1
    #expect(try rejects() == ["3 \(record) \(record + 4) bad-encoding", "5 \(last) \(last) too-few-fields"])
    try world.feed("pay", "kind: payments\nfiles: \"pay*\"\nreject-threshold: 1\nencoding: windows-1252\n" + Self.plain)
    try world.deliver("pay_2", Array("id,s,d,a\n1,".utf8) + [0x81] + Array(",2026-11-21,9\n2,S,2026-11-21,8\n".utf8))
    try world.night("2026-11-22")
    // Two runs of a night have a table each, in no order that means anything.
    #expect(
      try rejects().sorted() == [
        "2 9 11 bad-encoding", "3 \(record) \(record + 4) bad-encoding", "5 \(last) \(last) too-few-fields",
      ])
  }

  @Test func `files of one feed may differ in encoding, where a mark says so`() throws {
    let head = "id,s,d,a\n"
    try world.feed("pay", "kind: payments\nfiles: \"pay*\"\n" + Self.plain)
    try world.deliver("pay_1", head + "1,Ä,2026-11-21,5\n")
    try world.deliver("pay_2", utf16("\u{FEFF}" + head + "2,Ä,2026-11-21,6\n"))
    try world.deliver("pay_3", utf16("\u{FEFF}" + head + "3,Ä,2026-11-21,7\n", bigEndian: true))
    try world.night("2026-11-22")
    #expect(try world.table(.payments).int64("amount_e4").values.sorted() == [50_000, 60_000, 70_000])
    #expect(Set(try world.table(.payments).int64("subscription_id").values).count == 1)
  }

  @Test func `UTF-16 without its mark is refused where the feed counts on it`() throws {
    try payments("encoding: utf-16\n" + Self.plain, utf16("id,s,d,a\n1,S,2026-11-21,5\n"))
    #expect(try refusal()?.hasPrefix("no-byte-order-mark") == true)
  }

  @Test func `line ends of every kind, mixed, are read alike`() throws {
    for (index, ends) in [["\n"], ["\r\n"], ["\r"], ["\r\n", "\r", "\n", "\n\n"]].enumerated() {
      let rows = ["id,s,d,a"] + (0..<4).map { "\(index)\($0),S,2026-11-21,\($0 + 2)" }
      let text = rows.enumerated().map { $1 + ends[$0 % ends.count] }.joined()
      for encoding in ["", "encoding: latin-1\n", "encoding: utf-16le\n"] {
        let world = try IngestWorld()
        try world.feed("pay", "kind: payments\nfiles: \"pay*\"\n" + encoding + Self.plain)
        try world.deliver("pay_1", encoding.contains("16") ? utf16(text) : Array(text.utf8))
        try world.night("2026-11-22")
        let intake = try world.intake("pay_1")
        #expect((intake.acceptedCount, intake.rejectedCount, intake.headerCount) == (4, 0, 1))
        #expect(intake.blankCount == (ends.count == 4 ? 1 : 0))
      }
    }
  }
}
