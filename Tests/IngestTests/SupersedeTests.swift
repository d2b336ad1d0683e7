import Calendar
import Columns
import Datasets
import FoundationEssentials
import Ingest
import Ledger
import Testing
import Vault

/// Promise 5: a corrected file replaces the old one's rows exactly.
@Suite struct SupersedeTests {
  private func row(_ id: Int, _ seconds: String, day: Int = 20) -> String {
    "\(id),01700000002,01709\(id % 3),2026-11-\(day) 10:00:00,\(seconds),\n"
  }

  private func seconds(_ world: IngestWorld) throws -> [Int64] {
    try world.table(.usage).int64("voice_out_seconds").values.sorted()
  }

  @Test func `without being asked, other content under a known name stays refused`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60"))
    try world.night("2026-11-20")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "61"))
    #expect(throws: IngestError.self) { try world.night("2026-11-21") }
    try world.deliver("calls_b.csv", IngestWorld.header + row(2, "5"))
    #expect(try world.night("2026-11-21").warnings.contains { $0.contains("[changed-content]") })
    // The refusal is remembered, and forgiven once somebody asks.
    #expect(try world.night("2026-11-21").isPublished == false)
    let report = try world.night("2026-11-21", supersede: true)
    #expect(report.counts["replacedFileCount"] == 1)
    #expect(try seconds(world) == [5, 61])
  }

  @Test func `a known file that is named to replace is told to be read no more, an inbox of known files is not`() throws
  {
    let world = try IngestWorld()
    try world.addCallFeeds("")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60"))
    try world.night("2026-11-20")
    let path = "\(world.folder)/inbox/calls_a.csv"
    let report = try world.night("2026-11-21", supersede: true, named: [path])
    #expect(report.counts["knownFileCount"] == 1)
    #expect(report.warnings.contains { $0.hasPrefix("calls_a.csv: same content as was taken: not read again") })
    let others = [
      try world.night("2026-11-21", supersede: true), try world.night("2026-11-21", named: [path]),
    ]
    #expect(others.allSatisfy { $0.counts["knownFileCount"] ?? 0 > 0 && !$0.warnings.contains { $0.contains("same") } })
    // One blank line more, and the same rows are read again, under the feed in force.
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60") + "\n")
    #expect(try world.night("2026-11-21", supersede: true, named: [path]).counts["replacedFileCount"] == 1)
    #expect(try seconds(world) == [60])
  }

  @Test func `a file that is derived again keeps what it was taken with, whatever the limit is today`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds()
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60"))
    try world.night("2026-11-20")
    try world.deliver(
      "calls_b.csv", IngestWorld.header + row(1, "60") + row(2, "7") + (3..<8).map { row($0, "x") }.joined())
    try world.night("2026-11-21")
    #expect(try seconds(world) == [7, 60])
    // Without row 1 of the first file that of the second counts.
    try world.deliver("calls_a.csv", IngestWorld.header + row(9, "100"))
    let report = try world.night("2026-11-22", supersede: true, rejectLimit: 2)
    #expect(report.counts["replacedFileCount"] == 1)
    #expect(try seconds(world) == [67, 100])
    #expect(try world.rejectCodes() == Array(repeating: "wrong-type", count: 5))
    // A new file has the limit of today.
    try world.deliver("calls_c.csv", IngestWorld.header + (10..<14).map { row($0, "x") }.joined() + row(14, "1"))
    let error = #expect(throws: IngestError.self) { try world.night("2026-11-23", rejectLimit: 2) }
    #expect(error?.message.contains("[too-many-rejects]") == true)
  }

  @Test func `facts, relations, rejects, their bytes and the covered days are those of the new file alone`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9\ncalendar: {covers: rows}")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60") + row(2, "x") + row(3, "7", day: 19))
    try world.deliver("calls_b.csv", IngestWorld.header + row(4, "100") + row(5, "y"))
    try world.night("2026-11-20")
    let old = try world.intake("calls_a.csv")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "61") + row(2, "2", day: 18))
    try world.night("2026-11-22", supersede: true)

    let new = try world.intake("calls_a.csv")
    #expect(new.superseded == old.sha256 && new.acceptedCount == 2)
    let usage = try world.table(.usage)
    #expect(try seconds(world) == [2, 61, 100])
    #expect(try !usage.int64("delivery_id").values.contains(old.sha256.head63))
    #expect(try world.table(.counterparties).int64("event_count").values.reduce(0, +) == 3)
    #expect(try world.table(.rejects).string("file").values == ["calls_b.csv"])
    let sealed = try world.state().products(under: "vault/rejects").flatMap {
      try SealedRejects(world.key()).open(SystemCallsReading.bytes(world.home.url($0.name)))
    }
    #expect(sealed.count == 1 && sealed[0].delivery != old.sha256)
    #expect(
      Set(try world.table(.deliveredDays).date("event_date").values.map { Day(rawValue: $0).description })
        == ["2026-11-18", "2026-11-20"])
    let verdicts = try world.table(.coverage)
    let incomplete = try verdicts.date("event_date").values.indices.filter {
      try !verdicts.bool("is_complete").values[$0]
    }
    // Use and its counterparties.
    #expect(Set(try incomplete.map { try verdicts.string("family").values[$0] }) == ["counterparties", "usage"])
    #expect(
      Set(try incomplete.map { Day(rawValue: try verdicts.date("event_date").values[$0]) }) == [Day("2026-11-19")])
    // The rows of an unchanged file keep their night, those of the new one are known tonight.
    let known = try Dictionary(
      zip(usage.int64("voice_out_seconds").values, usage.date("known_date").values), uniquingKeysWith: { $1 })
    #expect(known[100] == Day("2026-11-20")?.rawValue && known[61] == Day("2026-11-22")?.rawValue)
    let state = try world.state()
    #expect(state.isSuperseded(delivery: old.sha256) && !state.knows(delivery: old.sha256))
    #expect(state.deliveries.filter { $0.file.feed == "calls" }.map(\.file.name) == ["calls_b.csv", "calls_a.csv"])
    var verification = Verification(world.home)
    verification.readsData = true
    _ = try verification.run()
  }

  @Test func `a duplicate that the old file had suppressed comes back, with the night of its file`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("record-key: {from: [id], window-days: 3}")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60") + row(2, "7"))
    try world.night("2026-11-20")
    try world.deliver("calls_b.csv", IngestWorld.header + row(1, "60") + row(3, "100"))
    try world.deliver("calls_c.csv", IngestWorld.header + row(3, "100") + row(4, "1000"))
    try world.night("2026-11-21")
    #expect(try seconds(world) == [67, 100, 1000])
    // The corrected file lacks record 1 and has record 3, which calls_b.csv owns.
    try world.deliver("calls_a.csv", IngestWorld.header + row(2, "8") + row(3, "100"))
    let report = try world.night("2026-11-22", supersede: true)
    #expect(report.counts["rederivedFileCount"] == 2)
    #expect(try seconds(world) == [8, 160, 1000])
    let lines = try #require(CommitLog.open(world.home).entries.last).files
    #expect(lines.map(\.name) == ["calls_a.csv", "calls_b.csv", "calls_c.csv"])
    #expect(lines.map(\.duplicateCount) == [1, 0, 1])
    #expect(lines.map(\.rederivation) == [nil, .supersede, .supersede])
    let usage = try world.table(.usage)
    for (seconds, known) in zip(
      try usage.int64("voice_out_seconds").values, try usage.date("known_date").values)
    {
      #expect(Day(rawValue: known).description == (seconds == 8 ? "2026-11-22" : "2026-11-21"))
    }
    // Record 1 belongs to calls_b.csv now, for later nights too.
    try world.deliver("calls_d.csv", IngestWorld.header + row(1, "60"))
    try world.night("2026-11-23")
    #expect(try world.intake("calls_d.csv").duplicateCount == 1)
  }

  @Test func `a file whose duplicates come back is itself a reason for duplicates beyond the old window`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("record-key: {from: [id], window-days: 3}")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60"))
    try world.night("2026-11-20")
    try world.deliver("calls_b.csv", IngestWorld.header + row(1, "60") + row(2, "5"))
    try world.night("2026-11-22")
    try world.deliver("calls_c.csv", IngestWorld.header + row(1, "60") + row(3, "1000"))
    try world.night("2026-11-24")
    #expect(try seconds(world) == [5, 60, 1060], "the window of calls_a.csv was past")
    try world.deliver("calls_a.csv", IngestWorld.header + row(9, "1"))
    try world.night("2026-11-24", supersede: true)
    #expect(try seconds(world) == [1, 65, 1000], "calls_b.csv owns the record now, and calls_c.csv repeats it")
    #expect(try world.intake("calls_c.csv").duplicateCount == 1)
  }

  @Test func `a delivery that has to be derived again and is not kept refuses the replacing file`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("record-key: {from: [id], window-days: 3}")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60"))
    try world.deliver("calls_b.csv", IngestWorld.header + row(1, "60") + row(2, "7"))
    try world.night("2026-11-20")
    let digest = try world.intake("calls_b.csv").sha256
    try KeptDeliveries(world.home).drop(digest)
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "61"))
    let before = try seconds(world)
    let error = #expect(throws: IngestError.self) { try world.night("2026-11-21", supersede: true) }
    #expect(error?.message.contains("[not-kept]") == true && error?.message.contains("calls_b.csv") == true)
    #expect(try seconds(world) == before)
  }

  @Test func `a replacing file that is refused leaves what it wanted to replace`() throws {
    for key in ["", "record-key: {from: [id]}\n"] {
      let world = try IngestWorld()
      try world.addCallFeeds(key + "reject-threshold: 0.4")
      try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60"))
      try world.night("2026-11-20")
      try world.deliver("calls_a.csv", IngestWorld.header + row(1, "x"))
      try world.deliver("calls_b.csv", IngestWorld.header + row(2, "5"))
      let report = try world.night("2026-11-21", supersede: true)
      #expect(report.warnings.contains { $0.contains("[too-many-rejects]") })
      #expect(try seconds(world) == [5, 60])
    }
  }

  @Test func `replaced content does not come back from an inbox, but does when it is named`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("")
    let old = IngestWorld.header + row(1, "60")
    try world.deliver("2026-11-20/calls_a.csv", old)
    try world.night("2026-11-20")
    try world.deliver("2026-11-21/calls_a.csv", IngestWorld.header + row(1, "61"))
    try world.night("2026-11-21", supersede: true)
    #expect(try seconds(world) == [61])
    let again = try world.night("2026-11-22", supersede: true)
    #expect(again.counts["supersededFileCount"] == 1 && again.counts["replacedFileCount"] == nil)
    let path = "\(world.folder)/inbox/2026-11-20/calls_a.csv"
    #expect(throws: IngestError.self) { try world.night("2026-11-22", named: [path]) }
    try world.night("2026-11-22", supersede: true, named: [path])
    #expect(try seconds(world) == [60])
    #expect(try world.state().isSuperseded(delivery: SHA256Digest(of: IngestWorld.header + row(1, "61"))))
  }

  @Test func `facts one by one and addresses are replaced as well`() throws {
    let world = try IngestWorld()
    try world.feed(
      "people",
      """
      kind: customers
      files: "people_*"
      columns:
        subscription: {from: subscription}
        person: {from: person}
        email: {from: email}
        valid_from: {from: from}
      """)
    let header = "subscription,person,email,from\n"
    try world.deliver(
      "people_1.csv", header + "S-1,P-1,one@example.com,2026-01-01\nS-2,P-2,two@example.com,2026-01-01\n")
    try world.deliver("people_2.csv", header + "S-3,P-3,three@example.com,2026-01-01\n")
    try world.night("2026-11-20")
    try world.deliver("people_1.csv", header + "S-1,P-1,uno@example.com,2026-01-01\n")
    try world.night("2026-11-21", supersede: true)
    #expect(try world.table(.links).rowCount == 2)
    let book = try AddressBook.load(world.home, world.state(), asOf: #require(Day("2026-11-22")))
    #expect(book.personCount == 2)
    #expect(book.email(of: try world.key().pseudonym(.person, "P-1")) == "uno@example.com")
    #expect(book.email(of: try world.key().pseudonym(.person, "P-2")) == nil)
  }

  @Test func `a quiet day that turns out not to have been one leaves other quiet days covered`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("calendar: {covers: file-name, pattern: \"_(?<date>[0-9]{8})\"}")
    for day in [18, 19] { try world.deliver("calls_202611\(day).csv", IngestWorld.header) }
    try world.night("2026-11-20")
    try world.deliver("calls_20261118.csv", IngestWorld.header + row(1, "60", day: 18))
    try world.night("2026-11-21", supersede: true)
    #expect(try seconds(world) == [60])
    #expect(try world.table(.deliveredDays).rowCount == 2)
    #expect(try world.state().knows(delivery: SHA256Digest(of: IngestWorld.header)))
    // A third quiet day looks like the one that was replaced, and counts.
    try world.deliver("calls_20261121.csv", IngestWorld.header)
    try world.night("2026-11-21")
    #expect(try world.table(.deliveredDays).rowCount == 3)
  }
}
