import Calendar
import Columns
import Datasets
import Delivery
import FoundationEssentials
import Ingest
import Ledger
import Testing

@Suite struct BadInputTests {
  private func good(_ id: Int) -> String { "\(id),01700000002,,2026-11-21 10:00:00,\(1 << id),0.01" }

  /// Runs a night on three rows with `bad` at `place`, and returns the codes of the rejects.
  private func codes(with bad: String, at place: Int) throws -> (codes: [String], seconds: [Int64]) {
    let world = try IngestWorld()
    try world.addCallFeeds()
    var rows = [good(1), good(2), good(3)]
    rows.insert(bad, at: place)
    try world.deliver("calls_a.csv", IngestWorld.header + rows.joined(separator: "\n") + "\n")
    try world.night("2026-11-22")
    let intake = try world.intake("calls_a.csv")
    #expect(intake.rejectedCount == 1 && intake.acceptedCount == 3)
    return (try world.rejectCodes(), try world.table(.usage).int64("voice_out_seconds").values)
  }

  @Test(arguments: [
    ("9,01700000002,,2026-11-21 10:00:00,x,0.01", "wrong-type"),
    ("9,01700000002,,2026-11-21 10:00:00,-1,0.01", "out-of-range"),
    ("9,01700000002,,2026-11-21 10:00:00,1,0.00001", "too-precise"),
    ("9,01700000002,,2026-11-31 10:00:00,1,0.01", "wrong-type"), ("9,01700000002,,,1,0.01", "missing-value"),
    ("9,017000AB,,2026-11-21 10:00:00,1,0.01", "bad-number"),
    ("9,01700000009,,2026-11-21 10:00:00,1,0.01", "unknown-number"),
    ("9,01700000002,,2026-11-21 10:00:00,1", "too-few-fields"),
    ("9,01700000002,,2026-11-21 10:00:00,1,0.01,", "too-many-fields"),
    ("9,\"0170\"0000002,,2026-11-21 10:00:00,1,0.01", "text-after-closing-quote"),
    ("9,017\"00000002,,2026-11-21 10:00:00,1,0.01", "quote-in-unquoted-field"),
    ("9,\"01700000002,,2026-11-21 10:00:00,1,0.01", "unterminated-quote"),
  ])
  func `a bad row is a reject with its code, and its neighbours stay`(row: String, code: String) throws {
    for place in [0, 1, 3] {
      let outcome = try codes(with: row, at: place)
      #expect(outcome.codes == [code])
      #expect(outcome.seconds == [14])
    }
  }

  @Test func `a reject says where it stands and shows nothing of its content`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds()
    try world.deliver(
      "calls_a.csv", IngestWorld.header + good(1) + "\n\"9\",01700000002,,2026-11-21 10:00:00,x3,0.01\n")
    try world.night("2026-11-22")
    let rejects = try world.table(.rejects)
    #expect(try rejects.int64("line").values == [3])
    #expect(try rejects.int32("column_index").values == [5])
    #expect(try rejects.string("column").values == ["seconds"])
    #expect(try rejects.string("masked").values == ["\"9\",99999999999,,9999-99-99 99:99:99,x9,9.99"])
    let start = IngestWorld.header.utf8.count + good(1).utf8.count + 1
    #expect(try rejects.int64("record_byte").values == [Int64(start)])
    #expect(
      try rejects.int64("error_byte").values == [Int64(start + "\"9\",01700000002,,2026-11-21 10:00:00,".utf8.count)])
    #expect(try rejects.string("message").values.allSatisfy { !$0.contains("x3") })
  }

  /// Delivers one file alone and returns the error of the night.
  private func refusal(_ name: String, _ bytes: [UInt8], _ feed: String = "") throws -> IngestError? {
    let world = try IngestWorld()
    try world.addCallFeeds(feed)
    try world.night("2026-11-21")
    let entryCount = try world.state().entries.count
    try world.deliver(name, bytes)
    let error = #expect(throws: IngestError.self) { try world.night("2026-11-22") }
    #expect(try world.state().entries.count == entryCount, "nothing is published")
    #expect(error?.exitStatus == 65)
    return error
  }

  @Test func `a missing column refuses the file and names the column`() throws {
    let text = "id,caller,called,begin,seconds,charge\n" + good(1) + "\n"
    let error = try refusal("calls_a.csv", Array(text.utf8))
    #expect(error?.message.contains("has no column 'start' [missing-column]") == true)
  }

  @Test func `a column that is there twice refuses the file`() throws {
    let text = "id,caller,called,start,seconds,seconds\n" + good(1) + "\n"
    let message = try refusal("calls_a.csv", Array(text.utf8))?.message
    #expect(message?.contains("'seconds' 2 times: say which one in the feed, by 'occurrence: 1' or") == true)
    #expect(message?.contains("[ambiguous-column]") == true)
  }

  @Test func `an empty file that should have a header is refused`() throws {
    #expect(try refusal("calls_a.csv", [])?.message.contains("there is no header") == true)
  }

  @Test func `a truncated gzip is refused, and nothing of it is published`() throws {
    let text =
      IngestWorld.header
      + (1...5_000).map { "\($0),01700000002,,2026-11-21 10:00:00,\($0 * 7919 % 997),0.01\n" }.joined()
    let whole = try GzipFixture.gzip(text)
    let error = try refusal("calls_a.csv.gz", Array(whole.dropLast(200)))
    #expect(error?.message.contains("[truncated]") == true || error?.message.contains("[damaged]") == true)
  }

  @Test func `a zip whose member leads out of its folder is refused`() throws {
    let error = try refusal(
      "calls_a.zip", storedZip([("good.csv", IngestWorld.header), ("../evil.csv", IngestWorld.header)]))
    #expect(error?.message.contains("[unsafe-path]") == true)
  }

  @Test func `an archive without a wanted member is refused`() throws {
    #expect(try refusal("calls_a.zip", storedZip([("readme.txt", "x")]))?.message.contains("[no-member]") == true)
  }

  @Test func `the first reject that a refusal names is the first in the file`() throws {
    // A record that cannot be read is found before the rows around it.
    let text =
      IngestWorld.header + "1,01700000002,,never,1,\n" + good(2) + "\n3,\"0170\"0000002,,,,\n"
    for feed in ["reject-threshold: 0", "reject-threshold: 0\nchecks: {id: \"\\\\d+\"}"] {
      let message = try refusal("calls_a.csv", Array(text.utf8), feed)?.message
      #expect(message?.contains("the first at line 2: wrong-type") == true)
    }
  }

  @Test(arguments: [
    ("T,1\n", "control-total"), ("", "missing-trailer"),
    ("T,2\n9,01700000002,,2026-11-21 10:00:00,1,\n", "rows-after-trailer"),
    ("T,x\n", "control-total"), ("T\n", "control-total"), ("T,2\nT,2\n", "rows-after-trailer"),
  ])
  func `a wrong trailer refuses the file`(trailer: String, code: String) throws {
    let text = IngestWorld.header + good(1) + "\n" + good(2) + "\n" + trailer
    let error = try refusal("calls_a.csv", Array(text.utf8), "dialect: {trailer: {first-field: T, count-field: 2}}")
    #expect(error?.message.contains("[\(code)]") == true)
  }

  @Test func `a right trailer is counted and the file taken`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("dialect: {trailer: {first-field: T, count-field: 2}}")
    try world.deliver("calls_a.csv", IngestWorld.header + good(1) + "\n" + good(2) + "\nT,2\n")
    try world.night("2026-11-22")
    let intake = try world.intake("calls_a.csv")
    #expect((intake.acceptedCount, intake.trailerCount, intake.readCount) == (2, 1, 4))
  }

  @Test func `a refused file is remembered and named, and the others go on`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("")
    try world.deliver("calls_bad.zip", storedZip([("/etc/evil.csv", IngestWorld.header)]))
    try world.deliver("calls_good.csv", IngestWorld.header + good(1) + "\n")
    let report = try world.night("2026-11-22")
    #expect(report.isPublished && report.counts["refusedFileCount"] == 1)
    #expect(report.warnings.contains { $0.contains("calls_bad.zip is refused") })
    #expect(try world.table(.refusals).string("code").values == ["unsafe-path"])
    let again = try world.night("2026-11-22")
    #expect(!again.isPublished && again.counts["refusedBeforeFileCount"] == 1)
    // Under other feeds it is tried again.
    try world.addCallFeeds("late-days: 40")
    #expect(throws: IngestError.self) { try world.night("2026-11-22") }
  }

  @Test func `a file that no feed claims, and one that two claim, are named`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("")
    try world.feed(
      "more",
      "kind: usage\nfiles: \"calls_b*\"\ncolumns: {subscription: {from: s}, type: {constant: sms}, started_at: {from: t}}"
    )
    try world.deliver("stray.txt", "x")
    try world.deliver("calls_b.csv", IngestWorld.header)
    let report = try world.night("2026-11-22")
    #expect(report.warnings.contains("no feed claims stray.txt"))
    #expect(report.warnings.contains { $0.contains("several feeds claim it: calls, more [several-feeds]") })
  }

  @Test func `an inbox that is not there ends with 66`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("")
    try FileManager.default.removeItem(atPath: world.folder + "/inbox")
    let error = #expect(throws: IngestError.self) { try world.night("2026-11-22") }
    #expect(error?.exitStatus == 66)
  }

  @Test func `an assignment that overlaps another is a reject that names both sources`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("")
    try world.deliver(
      "numbers_2.csv",
      "number,subscription,from,to\n+491700000002,S-9,2026-05-01 00:00:00,\n+491700000004,S-9,2026-05-01 00:00:00,2026-04-01 00:00:00\n"
        + "+491700000005,S-8,2026-05-01 00:00:00,\n")
    try world.night("2026-11-22")
    let rejects = try world.table(.rejects)
    #expect(try rejects.string("code").values == ["overlapping-validity", "bad-period"])
    let message = try #require(rejects.string("message").values.first)
    #expect(
      message.contains("this is numbers_2.csv line 2, the other numbers_1.csv line 4 of 2026-11-22"))
    #expect(try world.intake("numbers_2.csv").rejectedCount == 2)
  }
}

/// A gzip file of stored blocks' opposite: real deflate through the product's own writer.
enum GzipFixture {
  static func gzip(_ text: String) throws -> [UInt8] {
    try GzipPiece.member(of: [GzipPiece(Array(text.utf8))]).flatMap { $0 }
  }
}
