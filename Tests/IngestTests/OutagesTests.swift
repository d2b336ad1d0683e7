import Calendar
import Columns
import Datasets
import Testing
import Vault

@Suite struct OutagesTests {
  private static let feed = """
    kind: outages
    files: "outages_*.csv"
    zone: Europe/Berlin
    reject-threshold: 0.9
    late-days: 500
    columns:
      cell: {from: cell}
      started_at: {from: started, format: "yyyy-MM-dd HH:mm:ss"}
      ended_at: {from: ended, format: "yyyy-MM-dd HH:mm:ss"}
      outage: {from: outage}
      kind: {from: kind, values: {WORKS: planned, ALARM: fault}}
    """

  /// The facts of a file in the order of the file's cells, a line each, without cell and delivery.
  private func facts(_ world: borrowing IngestWorld) throws -> [String] {
    let table = try world.table(.outages)
    let (starts, ends) = (try table.int32("start_minute"), try table.int32("end_minute"))
    let (first, last) = (try table.date("event_date"), try table.date("end_date"))
    let kinds = try table.string("kind")
    return (0..<table.rowCount).map { row in
      let day = { (value: Int32?) in value.map { "\(Day(rawValue: $0))" } ?? "-" }
      return [
        day(first[row]), starts[row].map { "\($0)" } ?? "-", day(last[row]), ends[row].map { "\($0)" } ?? "-",
        kinds[row] ?? "-",
      ].joined(separator: " ")
    }.sorted()
  }

  private func world(_ rows: String) throws -> IngestWorld {
    let world = try IngestWorld()
    try world.feed("outages", Self.feed)
    try world.deliver("outages_1.csv", "cell,started,ended,outage,kind\n\(rows)\n")
    try world.night("2026-11-22")
    return world
  }

  @Test func `an outage has local days and minutes, and its end is the minute by which it was over`() throws {
    let world = try world(
      """
      C1,2026-11-20 23:58:59,2026-11-21 00:00:01,N-1,ALARM
      C2,2026-11-21 00:00:00,2026-11-22 00:00:00,N-2,WORKS
      C3,2026-11-22 10:00:30,,,
      C4,2026-11-22 11:00:00,2026-11-22 11:00:00,N-4,ALARM
      C5,2026-11-20 12:00:00,2026-11-20 23:59:30,N-5,ALARM
      """)
    #expect(
      try facts(world) == [
        "2026-11-20 1438 2026-11-21 1 fault", "2026-11-20 720 2026-11-21 0 fault", "2026-11-21 0 2026-11-22 0 planned",
        "2026-11-22 600 - - -", "2026-11-22 660 2026-11-22 660 fault",
      ])
    let ids = try world.table(.outages).int64("outage_id")
    #expect((0..<5).count { !ids.isValid($0) } == 1)
    let first = try world.key().pseudonym(.outage, "N-1")
    #expect((0..<5).contains { ids[$0] == first })
  }

  @Test func `the hour that the clock shows twice makes no outage end before it begins`() throws {
    // 02:30 in summer time to 02:15 in winter time: by the clock backwards, three quarters of an hour in truth.
    let world = try IngestWorld()
    try world.feed("outages", Self.feed.replacing(#""yyyy-MM-dd HH:mm:ss""#, with: #""epoch""#))
    try world.deliver("outages_1.csv", "cell,started,ended,outage,kind\nC1,1792888200,1792890900,N-1,ALARM\n")
    try world.night("2026-11-22")
    #expect(try facts(world) == ["2026-10-25 150 2026-10-25 195 fault"])
  }

  @Test func `rows that tell of no outage are rejected, their neighbours stay`() throws {
    let world = try world(
      """
      C1,2026-11-21 10:00:00,2026-11-21 11:00:00,N-1,ALARM
      ,2026-11-21 10:00:00,2026-11-21 11:00:00,N-2,ALARM
      C3,,2026-11-21 11:00:00,N-3,ALARM
      C4,2026-11-21 10:00:00,2026-11-21 09:59:59,N-4,ALARM
      C5,2026-11-21 10:00:00,2026-02-31 09:59:59,N-5,ALARM
      C6,9999-12-31 23:59:59,9999-12-31 23:59:59,N-6,ALARM
      C7,2026-11-21 10:00:00,2026-11-21 11:00:00,N-7,LIGHTNING
      """)
    #expect(try facts(world) == ["2026-11-21 600 2026-11-21 660 fault"])
    #expect(
      try world.rejectCodes() == [
        "missing-value", "missing-value", "bad-period", "wrong-type", "out-of-window", "unknown-value",
      ])
  }

  @Test func `an end in the year 9999, an outage of 400 days and repeated ids are facts as they are told`() throws {
    let world = try world(
      """
      C1,2026-11-21 10:00:00,9999-12-31 12:00:00,N-1,ALARM
      C1,2026-11-21 10:00:00,2026-11-21 11:00:00,N-1,ALARM
      C1,2026-11-21 10:00:00,2026-11-21 11:00:00,N-1,ALARM
      C2,2025-10-01 10:00:00,2026-11-05 11:00:00,N-1,ALARM
      """)
    #expect(
      try facts(world) == [
        "2025-10-01 600 2026-11-05 660 fault", "2026-11-21 600 2026-11-21 660 fault",
        "2026-11-21 600 2026-11-21 660 fault", "2026-11-21 600 9999-12-31 720 fault",
      ])
  }

  @Test func `a cell has the same hash as in its use`() throws {
    let world = try world("262-01-7,2026-11-21 10:00:00,,N-1,ALARM")
    try world.feed(
      "use",
      """
      kind: usage
      files: "use_*.csv"
      zone: Europe/Berlin
      columns:
        subscription: {from: line}
        type: {from: type}
        started_at: {from: at, format: "yyyy-MM-dd HH:mm:ss"}
        cell: {from: cell}
      """)
    try world.deliver("use_1.csv", "line,type,at,cell\nS-1,voice,2026-11-22 10:00:00,262-01-7\n")
    try world.night("2026-11-22")
    let used = try world.table(.cells).int64("cell_hash").values
    #expect(used.count == 1)
    #expect(try world.table(.outages).int64("cell_hash").values == used)
  }
}
