import Calendar
import Ingest
import Ledger
import Testing

/// What a dry run tells of files, their members and their faults.
@Suite struct PreviewTests {
  private func world() throws -> IngestWorld {
    let world = try IngestWorld()
    try world.addCallFeeds("record-key: {from: [id], window-days: 35}\nreject-threshold: 0.6")
    return world
  }

  private let good = "1,0170 0000001,0171 5,2026-11-20 08:00:00,60,0.10\n"
  private let bad = "2,0170 0000002,0171 5,2026-11-20 26:00:00,60,0.10\n"

  @Test func `members, faults, days and keys are told`() throws {
    let world = try world()
    try world.deliver(
      "calls_1.zip",
      storedZip([
        ("a.csv", IngestWorld.header + good + bad),
        ("b.csv", "\n" + IngestWorld.header + good + "3" + good.dropFirst()),
        ("read.me", "nothing"),
      ]))
    let report = try world.night("2026-11-22", isDryRun: true)
    let preview = try #require(report.preview)
    let file = try #require(preview.files.first { $0.name == "calls_1.zip" })
    #expect(file.refusal == nil)
    #expect(file.members.map(\.name) == ["a.csv", "b.csv"])
    #expect(file.members[0].counts.accepted == 1 && file.members[0].counts.rejected == 1)
    #expect(
      file.members[1].counts.duplicate == 1 && file.members[1].counts.accepted == 1 && file.members[1].counts.blank == 1
    )
    #expect(file.counts.read == file.members.map(\.counts.read).reduce(0, +))
    #expect(file.eventDays == [try #require(Day("2026-11-20"))])
    #expect(file.newKeyCount == 2)
    #expect(
      file.lines == [
        "calls calls_1.zip: read 7, accepted 2, rejected 1, duplicate 1, out of window 0; lines: 2 header, 1 blank",
        "  member a.csv: read 3, accepted 1, rejected 1, duplicate 0, out of window 0; lines: 1 header",
        "  member b.csv: read 4, accepted 1, rejected 0, duplicate 1, out of window 0; lines: 1 header, 1 blank",
        "  1 row wrong-type in column 4 'start': the field is not a time of the feed's format; expected: a time of the feed's format",
        "    line 3 of a.csv: 9,9999 9999999,9999 9,9999-99-99 99:99:99,99,9.99",
        "  events of 2026-11-20; covers no day", "  record keys: 2 new, 1 repeated",
      ])
    #expect(preview.lines.contains("feed calls: 1 file, 2 rows, 2026-11-20, 2 new record keys"))
    #expect(try world.state().entries.allSatisfy { $0.stage != "ingest" })
  }

  @Test func `a refused file says what was wrong with its rows`() throws {
    let world = try world()
    try world.deliver("calls_1.csv", IngestWorld.header + String(repeating: bad, count: 5))
    try world.remove("numbers_1.csv")
    let report = try world.night("2026-11-22", isDryRun: true)
    let file = try #require(report.preview?.files.first)
    #expect(file.refusal?.code == "too-many-rejects")
    #expect(file.faults.map(\.rowCount) == [5])
    #expect(file.faults[0].first.map(\.line) == [2, 3, 4])
    #expect(report.failure?.code == .nothingAcceptable)
    #expect(throws: IngestError.self) { try world.night("2026-11-22") }
  }

  @Test func `no number of a row is told`() throws {
    let world = try world()
    try world.deliver("calls_1.csv", IngestWorld.header + good + bad + "4,0170 7777777,x,y,z,w,v\n")
    let report = try world.night("2026-11-22", isDryRun: true)
    let told = (report.preview?.lines.joined() ?? "") + (report.previewJSON ?? "")
    #expect(told.contains("9999 9999999"))
    for secret in ["0000001", "0000002", "7777777"] { #expect(!told.contains(secret)) }
  }

  @Test func `a dry run and the night count alike`() throws {
    let world = try world()
    try world.deliver("calls_1.csv", IngestWorld.header + good + bad)
    let preview = try world.night("2026-11-22", isDryRun: true)
    let night = try world.night("2026-11-22")
    #expect(night.isPublished && !preview.isPublished)
    #expect(preview.counts == night.counts)
    #expect(preview.warnings == night.warnings)
    #expect(night.preview == nil)
  }
}
