import Columns
import Datasets
import Ingest
import Ledger
import Testing

/// Promise A-6: late rows are told by their age, taken or out of the window.
@Suite struct EventAgesTests {
  /// Events of the night of 2026-11-22 and around it, by columns and row by row.
  @Test(arguments: ["", "leave-out: [{column: charge, is: [\"no\"]}]"])
  func `late rows and rows out of the window are told by age`(extra: String) throws {
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9\nlate-days: 30\nrecord-key: {from: [id]}\n\(extra)")
    let days = [
      "11-22", "11-22", "11-21", "11-20", "11-15", "11-14", "10-25", "10-24", "10-23", "10-22", "01-01", "11-23",
    ]
    var rows = days.enumerated().map { "\($0),01700000002,,2026-\($1) 10:00:00,60," }
    // A duplicate is not late: it does not count.
    rows.append("3,01700000002,,2026-11-20 10:00:00,60,")
    try world.deliver("calls_1.csv", IngestWorld.header + rows.joined(separator: "\n") + "\n")
    let report = try world.night("2026-11-22")
    #expect(report.counts["acceptedRowCount"] == 12)
    let ages = report.counts.filter { $0.key.hasPrefix("late") || $0.key.hasPrefix("outOfWindow") }
    #expect(
      ages == [
        "late1DayRowCount": 1, "late2To7DaysRowCount": 2, "late8To28DaysRowCount": 2, "lateOver28DaysRowCount": 2,
        "outOfWindowRowCount": 3, "outOfWindowAfterNightRowCount": 1, "outOfWindowOver28DaysRowCount": 2,
      ])
    #expect(
      report.warnings.contains("calls: 3 rows out of the window: 1 after the night, 2 by more than 28 days"))
    #expect(
      report.summary.hasSuffix(
        "3 out of window; 7 of the accepted late: 1 by 1 day, 2 by 2 to 7 days, 2 by 8 to 28 days, 2 by more than 28 days"
      ))
    // What only says when it is valid has no age.
    #expect(try world.state().entries.last?.counts["late1DayRowCount"] == 1)
  }

  @Test func `facts other than usage are told by age too, and a night in time says nothing of it`() throws {
    let world = try IngestWorld()
    try world.feed(
      "payments",
      """
      kind: payments
      files: "payments_*"
      columns: {subscription: {from: s}, payment: {from: p}, date: {from: d}, amount: {from: a}}
      """)
    try world.deliver("payments_1.csv", "s,p,d,a\nS-1,p1,2026-11-20,5.00\n")
    let inTime = try world.night("2026-11-20")
    #expect(!inTime.summary.contains("late"))
    #expect(!inTime.counts.keys.contains { $0.hasPrefix("late") })
    let rows = ["p2,2026-11-20", "p3,2026-11-18", "p4,2026-11-23"].map { "S-1,\($0),5.00\n" }
    try world.deliver("payments_2.csv", "s,p,d,a\n" + rows.joined())
    let late = try world.night("2026-11-23")
    #expect(late.counts["late2To7DaysRowCount"] == 2)
    #expect(late.summary.hasSuffix("; 2 of the accepted late: 2 by 2 to 7 days"))
  }
}
