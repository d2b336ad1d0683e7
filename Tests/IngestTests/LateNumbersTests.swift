import Calendar
import Columns
import Datasets
import FoundationEssentials
import Ingest
import Ledger
import Testing
import Vault

/// Promise 6: a number assignment that comes late gives what it had given on time.
@Suite struct LateNumbersTests {
  private static let numbersHeader = "number,subscription,from,to\n"

  private func row(_ id: Int, _ caller: String, _ day: Int, _ seconds: Int) -> String {
    "\(id),\(caller),,2026-11-\(day) 10:00:00,\(seconds),\n"
  }

  /// Facts of usage as text, without the nights that learned them.
  private func facts(_ world: IngestWorld) throws -> [String] {
    let usage = try world.table(.usage)
    let (owners, days) = (try usage.int64("subscription_id").values, try usage.date("event_date").values)
    let (deliveries, seconds) = (try usage.int64("delivery_id").values, try usage.int64("voice_out_seconds").values)
    return owners.indices.map { "\(owners[$0]) \(days[$0]) \(deliveries[$0]) \(seconds[$0])" }.sorted()
  }

  /// A home with the same pseudonyms as every other one of this test.
  private func world(_ options: String) throws -> IngestWorld {
    let world = try IngestWorld()
    try Data((0..<32).map { UInt8($0) }).write(to: URL(filePath: world.home.url(PseudonymKey.fileName)))
    try world.addCallFeeds(options)
    return world
  }

  @Test(arguments: ["reject-threshold: 1", "reject-threshold: 1\nrecord-key: {from: [id], window-days: 5}"])
  func `rows that nobody owned find their owner when the assignment comes`(options: String) throws {
    let early = try world(options)
    let late = try world(options)
    let assignment = Self.numbersHeader + "+491700000009,S-9,2026-11-01 00:00:00,2026-11-20 12:00:00\n"
    let calls = [
      ("calls_a.csv", row(1, "01700000009", 19, 60) + row(2, "01700000002", 19, 5) + row(3, "01700000008", 19, 1)),
      // Record 1 is here as well; it counts for the file that came first, once somebody owns it.
      ("calls_b.csv", row(1, "01700000009", 19, 60) + row(4, "01700000009", 20, 7)),
      ("calls_c.csv", row(5, "01700000009", 21, 9) + row(6, "01700000002", 20, 3)),
    ]
    try early.deliver("numbers_2.csv", assignment)
    try early.night("2026-11-18")
    for (night, call) in zip(19..., calls) {
      for world in [early, late] {
        try world.deliver(call.0, IngestWorld.header + call.1)
        try world.night("2026-11-\(night)")
      }
    }
    #expect(try facts(early) != facts(late))
    try late.deliver("numbers_2.csv", assignment)
    let report = try late.night("2026-11-22")
    #expect(report.counts["rederivedFileCount"] == 2, "calls_c.csv happened after the end of the assignment")
    #expect(try facts(early) == facts(late))
    #expect(try early.rejectCodes().sorted() == late.rejectCodes().sorted())
    #expect(try early.table(.recordKeys).rowCount == late.table(.recordKeys).rowCount)
    let (a, b) = (try early.state().deliveries.map(\.file), try late.state().deliveries.map(\.file))
    for name in calls.map(\.0) {
      let (first, second) = (a.first { $0.name == name }, b.first { $0.name == name })
      #expect(first?.acceptedCount == second?.acceptedCount && first?.duplicateCount == second?.duplicateCount)
      #expect(first?.rejectedCount == second?.rejectedCount)
    }
    // The rows are known since the night that took their file.
    #expect(
      try Set(late.table(.usage).date("known_date").values.map { Day(rawValue: $0).description })
        == ["2026-11-19", "2026-11-20", "2026-11-21"])
    // Once is enough.
    #expect(try late.night("2026-11-22").isPublished == false)
  }

  @Test func `an assignment that is closed late gives its later rows to the next owner`() throws {
    let world = try world("reject-threshold: 0.9")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "01700000002", 18, 60) + row(2, "01700000002", 20, 7))
    try world.night("2026-11-20")
    try world.deliver(
      "numbers_2.csv",
      Self.numbersHeader + "+491700000002,S-3,2026-01-01 00:00:00,2026-11-19 00:00:00\n"
        + "+491700000002,S-4,2026-11-19 00:00:00,\n")
    let report = try world.night("2026-11-21")
    #expect(report.counts["rederivedFileCount"] == 1)
    let usage = try world.table(.usage)
    let owners = try Dictionary(
      uniqueKeysWithValues: zip(usage.int64("voice_out_seconds").values, usage.int64("subscription_id").values))
    #expect(owners[60] == (try world.key().pseudonym(.subscription, "S-3")))
    #expect(owners[7] == (try world.key().pseudonym(.subscription, "S-4")))
  }

  @Test func `a file that was refused for its unknown numbers is tried again when numbers come`() throws {
    let world = try world("reject-threshold: 0.4")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "01700000009", 19, 60))
    #expect(try world.night("2026-11-20").warnings.contains { $0.contains("[too-many-rejects]") })
    #expect(try world.night("2026-11-20").counts["refusedBeforeFileCount"] == 1)
    try world.deliver("numbers_2.csv", Self.numbersHeader + "+491700000009,S-9,2026-11-01 00:00:00,\n")
    try world.night("2026-11-21")
    #expect(try world.table(.usage).int64("voice_out_seconds").values == [60])
  }

  @Test func `a delivery that is not kept stays as it was, and is named`() throws {
    let world = try world("reject-threshold: 0.9")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "01700000009", 19, 60) + row(2, "01700000002", 19, 5))
    try world.night("2026-11-20")
    try KeptDeliveries(world.home).drop(world.intake("calls_a.csv").sha256)
    try world.deliver("numbers_2.csv", Self.numbersHeader + "+491700000009,S-9,2026-11-01 00:00:00,\n")
    let report = try world.night("2026-11-21")
    #expect(report.warnings.contains { $0.contains("calls_a.csv") && $0.contains("stays as it was") })
    #expect(try world.table(.usage).int64("voice_out_seconds").values == [5])
  }

  @Test func `two books differ exactly where an owner differs`() throws {
    func assignment(_ number: UInt64, _ owner: Int64, _ from: Int64, _ to: Int64?) -> NumberAssignment {
      NumberAssignment(
        number: number, subscription: owner, validFrom: from, validTo: to, knownDate: Day(rawValue: 0), delivery: 0,
        file: "f", line: from)
    }
    var before = NumberBook()
    _ = before.add([assignment(1, 10, 100, nil), assignment(2, 20, 0, 50)])
    var after = before
    _ = after.add([assignment(1, 10, 100, 200), assignment(1, 11, 250, nil), assignment(2, 21, 50, 60)])
    let changes = after.changes(since: before, of: [1, 2, 3])
    for number in [1, 2, 3] as [UInt64] {
      for instant in 0..<300 as Range<Int64> {
        let change = changes.first { $0.number == number && $0.from <= instant && instant < $0.until }
        let (old, new) = (
          before.subscription(ofNumber: number, at: instant), after.subscription(ofNumber: number, at: instant)
        )
        #expect((change != nil) == (old != new) && (change == nil || (change?.old == old && change?.new == new)))
      }
    }
  }
}
