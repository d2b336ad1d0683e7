import Calendar
import Columns
import Learning
import Testing

@Suite struct ActivityDaysTests {
  let start = FactTables.day("2026-01-01")

  /// One subscription whose days are given as text: x active, . silent, ? not complete, l active but learned 10 days late.
  func activity(_ days: String) -> ActivityDays {
    let marks = Array(days)
    return ActivityDays(
      subscriptions: [1], start: start,
      firstKnown: marks.indices.map { index in
        switch marks[index] {
        case "x": [(start + index).rawValue]
        case "l": [(start + index + 10).rawValue]
        default: [ActivityDays.never]
        }
      }, isComplete: marks.map { $0 != "?" })
  }

  func silence(_ days: String, from: Int, through: Int, count: Int) -> Int? {
    activity(days).silence(
      0, within: start + from...start + through, count: count, knownBy: start + 1_000
    ).map { $0 - start }
  }

  @Test func `a silence begins on the first day without activity`() {
    #expect(silence("xxxx....xx", from: 2, through: 6, count: 4) == 4)
    #expect(silence("xxxx....xx", from: 2, through: 6, count: 5) == nil)
    #expect(silence("xx..x.....", from: 1, through: 6, count: 5) == 5, "a short silence before it does not count")
  }

  @Test func `a silence that began before the window is not one of the window's`() {
    #expect(silence("xx........", from: 4, through: 8, count: 3) == nil)
    #expect(silence("xx........", from: 2, through: 8, count: 3) == 2)
    #expect(silence("xx..x......", from: 3, through: 8, count: 3) == 5, "but one that begins after a return is")
  }

  @Test func `a silence that begins after the window is not one of the window's`() {
    #expect(silence("xxxxxx.....", from: 1, through: 5, count: 3) == nil)
    #expect(silence("xxxxxx.....", from: 1, through: 6, count: 3) == 6)
  }

  @Test func `days without deliveries neither break a silence nor count`() {
    #expect(silence("xxx..?..xx", from: 1, through: 6, count: 4) == 3)
    #expect(silence("xxx..?..xx", from: 1, through: 6, count: 5) == nil)
    #expect(silence("xxx?....xx", from: 1, through: 6, count: 4) == 4)
  }

  @Test func `silence at a date is judged by what that date knew`() {
    let days = activity("xxll......")
    #expect(days.isSilent(0, endingAt: start + 6, count: 4, knownBy: start + 6))
    #expect(!days.isSilent(0, endingAt: start + 6, count: 7, knownBy: start + 6))
    #expect(days.isSilent(0, endingAt: start + 6, count: 5, knownBy: start + 6), "the late news had not come")
    #expect(!days.isSilent(0, endingAt: start + 6, count: 5, knownBy: start + 30))
    #expect(!activity("??????").isSilent(0, endingAt: start + 5, count: 3, knownBy: start + 5), "nothing is known")
  }

  @Test func `any event of use and any top-up are activity, a row without events is not`() throws {
    let usage = FactTables.table(
      Schema(
        [ColumnField("subscription_id", .int64), ColumnField("known_date", .date)]
          + ActivityDays.measures.map { ColumnField($0, .int64) }),
      [
        ["subscription_id": .whole(1), "known_date": .whole(9), "event_count": .whole(2)],
        ["subscription_id": .whole(1), "known_date": .whole(7), "event_count": .whole(1)],
        ["subscription_id": .whole(2), "known_date": .whole(7)],
        ["subscription_id": .whole(99), "known_date": .whole(7), "event_count": .whole(1)],
      ])
    let topUps = FactTables.table(
      Schema([ColumnField("subscription_id", .int64), ColumnField("known_date", .date)]),
      [["subscription_id": .whole(3), "known_date": .whole(8)]])
    let known = try ActivityDays.firstKnown([usage, topUps], positions: [1: 0, 2: 1, 3: 2])
    #expect(known == [7, ActivityDays.never, 8])
  }
}
