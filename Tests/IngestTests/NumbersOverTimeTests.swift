import Calendar
import Columns
import Datasets
import Ingest
import Ledger
import Testing
import Vault

/// Numbers that are ported, recycled and contested: whatever the order in which their files come, the facts are the same.
@Suite struct NumbersOverTimeTests {
  private static let header = "number,subscription,from,to\n"

  /// What the operator says in time: an assignment, or a newer row on it behind the older one.
  private static let histories: [[String]] = [
    ["+491700000021,S-1,2026-01-01 00:00:00,", "+491700000021,S-1,2026-01-01 00:00:00,2026-11-06 00:00:00"],
    // Recycled twice.
    ["+491700000021,S-2,2026-11-08 00:00:00,", "+491700000021,S-2,2026-11-08 00:00:00,2026-11-12 00:00:00"],
    ["+491700000021,S-3,2026-11-13 00:00:00,"],
    // Ported: S-1 keeps its contract and takes over a number that S-4 had.
    ["+491700000022,S-4,2026-01-01 00:00:00,", "+491700000022,S-4,2026-01-01 00:00:00,2026-11-10 12:00:00"],
    ["+491700000022,S-1,2026-11-10 12:00:00,"],
  ]

  private func world() throws -> IngestWorld {
    let world = try IngestWorld()
    try world.use(key: (0..<32).map { UInt8($0) })
    try world.addCallFeeds("reject-threshold: 1")
    let calls = (1...16).flatMap { day in
      [21, 22].map { number in
        let date = "2026-11-\(day < 10 ? "0" : "")\(day)"
        return "\(day)-\(number),01700000\(number == 21 ? "021" : "022"),,\(date) 12:00:00,\(day * 100 + number),\n"
      }
    }
    try world.deliver("calls_1.csv", IngestWorld.header + calls.joined())
    return world
  }

  /// Facts of usage as text, whenever they were known.
  private func facts(_ world: IngestWorld) throws -> [String] {
    let usage = try world.table(.usage)
    let (owners, days) = (try usage.int64("subscription_id").values, try usage.date("event_date").values)
    let seconds = try usage.int64("voice_out_seconds").values
    return owners.indices.map { "\(owners[$0]) \(days[$0]) \(seconds[$0])" }.sorted()
  }

  @Test func `random orders of arrival give the same facts`() throws {
    let onTime = try world()
    try onTime.deliver("numbers_2.csv", Self.header + Self.histories.compactMap(\.last).joined(separator: "\n") + "\n")
    try onTime.night("2026-11-20")
    let wanted = try facts(onTime)
    // 5 days of S-1, 4 of S-2, 4 of S-3; 9 of S-4 and the other 7 of S-1: one day of gap each.
    #expect(wanted.count == 29)
    var admitted: Int64 = 0
    var random = DrawSequence(seed: 5)
    for _ in 0..<8 {
      let world = try world()
      var left = Self.histories
      var night = 20
      var file = 2
      while left.contains(where: { !$0.isEmpty }) {
        // One or two rows a night, each in a file of its own: of two on one assignment the later name is the newer.
        for _ in 0...random.integer(below: 2) {
          let open = left.indices.filter { !left[$0].isEmpty }
          guard !open.isEmpty else { break }
          let row = left[open[random.integer(below: open.count)]].first ?? ""
          for index in left.indices where left[index].first == row { left[index].removeFirst() }
          let filler = "+49170000\(1000 + file),S-\(file),2026-01-01 00:00:00,"
          try world.deliver("numbers_\(100 + file).csv", Self.header + "\(row)\n\(filler)\n")
          file += 1
        }
        let report = try world.night("2026-11-\(night)", threads: 1 + night % 2)
        admitted += report.counts["admittedAssignmentCount"] ?? 0
        night += 1
      }
      #expect(try facts(world) == wanted)
      let waiting = try NumberBook.contested(world.home, world.state())
      #expect(waiting.isEmpty)
    }
    #expect(admitted > 3, "some rows had to wait")
  }

  @Test func `an overlap is a reject with both sources and nights, and waits until there is room`() throws {
    let world = try world()
    try world.deliver("numbers_2.csv", Self.header + "+491700000021,S-1,2026-01-01 00:00:00,\n")
    try world.night("2026-11-20")
    try world.deliver(
      "numbers_3.csv", Self.header + "+491700000021,S-2,2026-11-08 00:00:00,\n+491700000031,S-3,2026-01-01 00:00:00,\n")
    try world.night("2026-11-21")
    let rejects = try world.table(.rejects)
    let row = try #require(try rejects.string("code").values.firstIndex(of: "overlapping-validity"))
    let message = try rejects.string("message").values[row]
    #expect(message.hasSuffix("this is numbers_3.csv line 2, the other numbers_2.csv line 2 of 2026-11-20"))
    #expect(!message.contains("491700000021"))
    let before = try facts(world)
    // The same row again is the same reject, and waits once.
    try world.deliver(
      "numbers_4.csv", Self.header + "+491700000021,S-2,2026-11-08 00:00:00,\n+491700000032,S-4,2026-01-01 00:00:00,\n")
    #expect(try world.night("2026-11-22").counts["admittedAssignmentCount"] == nil)
    #expect(try NumberBook.contested(world.home, world.state()).map(\.file) == ["numbers_4.csv"])
    #expect(try facts(world) == before)
    try world.deliver("numbers_5.csv", Self.header + "+491700000021,S-1,2026-01-01 00:00:00,2026-11-06 00:00:00\n")
    let report = try world.night("2026-11-23")
    #expect(report.counts["admittedAssignmentCount"] == 1)
    #expect(report.warnings.contains { $0.hasPrefix("1 number assignment that was rejected before holds now") })
    #expect(try NumberBook.contested(world.home, world.state()).isEmpty)
    let book = try NumberBook.load(world.home, world.state())
    let second = try world.key().pseudonym(.subscription, Array("S-2".utf8))
    let instant = Int64(try #require(Day("2026-11-10")).rawValue) * 86_400
    #expect(book.subscription(ofNumber: 491_700_000_021, at: instant) == second)
    #expect(try facts(world).count == before.count - 2, "two days between the owners belong to nobody")
    #expect(try world.night("2026-11-23").isPublished == false)
  }

  @Test func `of a night's rows on an assignment the last by file and line is a fact, as in the book`() throws {
    let world = try world()
    let (first, second) = ("+491700000041,S-7,2026-01-01 00:00:00,", "+491700000042,S-8,2026-01-01 00:00:00,")
    try world.deliver("numbers_2.csv", Self.header + "\(first)\n\(first)2026-11-01 00:00:00\n")
    for (file, end) in ["2026-11-05", "2026-11-02", "2026-11-03"].enumerated() {
      try world.deliver("numbers_\(3 + file).csv", Self.header + "\(second)\(end) 00:00:00\n")
    }
    try world.night("2026-11-20")
    let (facts, book) = (try world.table(.numbers), try NumberBook.load(world.home, world.state()))
    let (owners, ends) = (try facts.int64("subscription_id").values, try facts.date("valid_to"))
    // Midnight in Berlin is the day before in UTC.
    for (name, end) in [("S-7", "2026-10-31"), ("S-8", "2026-11-02")] {
      let id = try world.key().pseudonym(.subscription, Array(name.utf8))
      let day = try #require(Day(end)).rawValue
      #expect(owners.indices.filter { owners[$0] == id }.map { ends[$0] } == [day])
      let seconds = try #require(book.assignments.first { $0.subscription == id }?.validTo)
      #expect(seconds / 86_400 == Int64(day))
    }
  }

  @Test func `a file with several rows of one night is judged whole`() throws {
    let world = try world()
    try world.deliver(
      "numbers_2.csv",
      Self.header + "+491700000021,S-1,2026-01-01 00:00:00,2026-11-05 00:00:00\n"
        + "+491700000021,S-2,2026-11-05 00:00:00,2026-11-10 00:00:00\n+491700000021,S-3,2026-11-10 00:00:00,\n")
    try world.night("2026-11-20")
    // The first two ends move by two days, the first one into the time of the second as it stood.
    try world.deliver(
      "numbers_3.csv",
      Self.header + "+491700000021,S-1,2026-01-01 00:00:00,2026-11-04 00:00:00\n"
        + "+491700000021,S-2,2026-11-05 00:00:00,2026-11-08 00:00:00\n+491700000021,S-4,2026-11-08 00:00:00,2026-11-10 00:00:00\n"
    )
    try world.night("2026-11-21")
    #expect(try !world.rejectCodes().contains("overlapping-validity"))
    #expect(try NumberBook.load(world.home, world.state()).assignments.count { $0.number == 491_700_000_021 } == 4)
  }
}
