import Calendar
import Columns
import Datasets
import Ingest
import Testing

@Suite struct CompletenessTests {
  /// The verdicts in force: of each family and day the row known last.
  private func verdicts(_ world: IngestWorld) throws -> [String: Bool] {
    let table = try world.table(.coverage)
    let (days, knowns) = (try table.date("event_date").values, try table.date("known_date").values)
    let (families, flags) = (try table.string("family").values, try table.bool("is_complete").values)
    var newest: [String: (known: Int32, flag: Bool)] = [:]
    for row in 0..<table.rowCount {
      let name = "\(families[row]) \(Day(rawValue: days[row]))"
      if let old = newest[name] { #expect(old.known != knowns[row], "no tie") }
      if knowns[row] >= newest[name]?.known ?? .min { newest[name] = (knowns[row], flags[row]) }
    }
    return newest.mapValues(\.flag)
  }

  private func addFeeds(_ world: IngestWorld) throws {
    for name in ["voice", "data"] {
      try world.feed(
        name,
        """
        kind: usage
        files: "\(name)_*"
        columns: {subscription: {from: s}, started_at: {from: t}, type: {constant: \(name)}}
        calendar: {every: day, covers: file-name, pattern: "_(?<date>[0-9-]{10})", from: 2026-11-20}
        """)
    }
    try world.feed(
      "history",
      """
      kind: usage-daily
      files: "history_*"
      columns: {subscription: {from: s}, date: {from: d}, event_count: {from: n}}
      calendar: {covers: range, pattern: "_(?<before>[0-9-]{10})"}
      known: {lag-days: 1}
      late-days: 400
      """)
  }

  private func deliver(_ world: IngestWorld, _ feed: String, _ day: String) throws {
    try world.deliver("\(feed)_\(day).csv", "s,t\nS-\(feed),\(day)T10:00:00\n")
  }

  @Test func `a missing delivery makes its day incomplete, warned of once, until it comes`() throws {
    let world = try IngestWorld()
    try addFeeds(world)
    try world.deliver("history_2026-11-20.csv", "s,d,n\nS-1,2026-11-15,3\nS-1,2026-11-17,4\n")
    try deliver(world, "voice", "2026-11-20")
    try deliver(world, "data", "2026-11-20")
    try deliver(world, "voice", "2026-11-21")
    let report = try world.night("2026-11-21")
    #expect(report.warnings == ["data: no delivery covers 2026-11-21; windows over it are unknown"])
    var found = try verdicts(world)
    #expect((15...20).allSatisfy { found["usage 2026-11-\($0)"] == true })
    #expect(found["usage 2026-11-21"] == false)
    #expect(found["usage 2026-11-14"] == nil)
    // The history's days count as known when its rows were.
    #expect(try world.table(.coverage).date("known_date").values.first == Day("2026-11-16")!.rawValue)

    // The same night again: nothing to do, no second warning.
    #expect(try world.night("2026-11-21").isPublished == false)
    // The file comes late, in the same night and then a night later.
    try deliver(world, "data", "2026-11-21")
    #expect(try world.night("2026-11-21").warnings == [])
    found = try verdicts(world)
    #expect(found["usage 2026-11-21"] == true)
    let next = try world.night("2026-11-22")
    #expect(next.warnings.count == 2)
    #expect(try verdicts(world)["usage 2026-11-22"] == false)
    try deliver(world, "data", "2026-11-22")
    try deliver(world, "voice", "2026-11-22")
    try world.deliver("data_2026-11-23.csv", "s,t\n")
    try world.deliver("voice_2026-11-23.csv", "s,t\n")
    #expect(try world.night("2026-11-23").warnings == [])
    found = try verdicts(world)
    #expect(found["usage 2026-11-22"] == true && found["usage 2026-11-23"] == true)
  }

  @Test func `folders that arrive after the night are not looked at`() throws {
    let world = try IngestWorld()
    try addFeeds(world)
    try world.deliver("2026-11-21/voice_2026-11-20.csv", "s,t\nS-1,2026-11-20T10:00:00\n")
    #expect(try world.night("2026-11-20").counts["fileCount"] == 0)
    #expect(try world.night("2026-11-21").counts["fileCount"] == 1)
  }

  @Test func `a file of a later day waits for its night`() throws {
    let world = try IngestWorld()
    try addFeeds(world)
    for feed in ["voice", "data"] { for day in 20...22 { try deliver(world, feed, "2026-11-\(day)") } }
    for (index, day) in ["2026-11-20", "2026-11-21", "2026-11-22"].enumerated() {
      let report = try world.night(day)
      #expect(report.warnings == [])
      #expect(report.counts["fileCount"] == 2 && report.counts["acceptedRowCount"] == 2)
      #expect(report.counts["earlyFileCount"] == Int64(2 * (2 - index)))
      #expect(try world.night(day).isPublished == false)
    }
    #expect(try world.table(.usage).rowCount == 6)
    #expect(try verdicts(world).count == 3)
  }

  @Test func `content that is refused under one name counts under another`() throws {
    let world = try IngestWorld()
    try addFeeds(world)
    let files = [
      ("a/voice_2026-11-20", 1), ("b/voice_2026-11-20", 2), ("voice_2026-11-21", 1), ("voice_2026-11-22", 2),
    ]
    for (name, subscription) in files {
      try world.deliver("\(name).csv", "s,t\nS-\(subscription),2026-11-20T10:00:00\n")
    }
    let report = try world.night("2026-11-22")
    // One of the two of one name is refused, its content taken under its other name; the other one's copy is known.
    #expect(report.counts["fileCount"] == 2 && report.counts["refusedFileCount"] == 1)
    #expect(report.counts["knownFileCount"] == 1)
    #expect(try world.table(.usage).rowCount == 2)
  }

  @Test func `a history that names a later day covers none after its night`() throws {
    let world = try IngestWorld()
    try addFeeds(world)
    try world.deliver("history_2026-11-30.csv", "s,d,n\nS-1,2026-11-15,3\n")
    #expect(try world.night("2026-11-19").warnings == [])
    #expect(try verdicts(world)["usage 2026-11-19"] == true)
    #expect(try world.night("2026-11-20").warnings.count == 2)
    #expect(try verdicts(world)["usage 2026-11-20"] == false)
  }

  @Test func `a night without deliveries is an entry all the same, once`() throws {
    let world = try IngestWorld()
    try addFeeds(world)
    let first = try world.night("2026-11-19")
    #expect(first.isPublished && first.warnings == [])
    #expect(try world.night("2026-11-19").isPublished == false)
  }
}

extension CompletenessTests {
  @Test func `files without a row count each for its day, on one night and on the next`() throws {
    let world = try IngestWorld()
    try world.feed(
      "bills",
      """
      kind: bills
      files: "bills_*"
      columns: {bill: {from: b}, subscription: {from: s}, issued_date: {from: d}, due_date: {from: d}, period_start: {from: d}, period_end: {from: d}, amount: {from: a}}
      calendar: {every: day, covers: file-name, pattern: "_(?<date>[0-9-]{10})"}
      """)
    for day in ["2026-11-20", "2026-11-21"] { try world.deliver("bills_\(day).csv", "b,s,d,a\n") }
    #expect(try world.night("2026-11-21").counts["fileCount"] == 2)
    try world.deliver("bills_2026-11-22.csv", "b,s,d,a\n")
    let report = try world.night("2026-11-22")
    #expect(report.counts["fileCount"] == 1 && report.warnings == [])
    #expect(try world.night("2026-11-22").isPublished == false)
    let coverage = try world.table(.coverage)
    #expect(coverage.rowCount == 3)
    #expect(try coverage.bool("is_complete").values.allSatisfy { $0 })
    // A file with rows under another name is a copy and no delivery of that day.
    try world.deliver("bills_2026-11-23.csv", "b,s,d,a\nB,S,2026-11-23,1\n")
    try world.night("2026-11-23")
    try world.deliver("bills_2026-11-24.csv", "b,s,d,a\nB,S,2026-11-23,1\n")
    #expect(
      try world.night("2026-11-24").warnings == ["bills: no delivery covers 2026-11-24; windows over it are unknown"])
  }
}
