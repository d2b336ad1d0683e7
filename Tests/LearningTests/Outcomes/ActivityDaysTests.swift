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

  /// Whether the subscription is silent on the last `count` complete days up to `at`, by what was known on `knownOn`.
  func isSilent(_ days: String, at: Int, count: Int, within: Int = 21, knownOn: Int? = nil) -> Bool {
    activity(days).isSilent(
      0, endingAt: start + at, count: count, within: within, knownBy: start + (knownOn ?? at))
  }

  @Test func `silence at a date is judged by what that date knew`() {
    #expect(isSilent("xxll......", at: 6, count: 4))
    #expect(!isSilent("xxll......", at: 6, count: 7))
    #expect(isSilent("xxll......", at: 6, count: 5), "the late news had not come")
    #expect(!isSilent("xxll......", at: 6, count: 5, knownOn: 30))
    #expect(!isSilent("??????", at: 5, count: 3), "nothing is known")
  }

  @Test func `a few known days are no silence, days further back take the place of unknown ones`() {
    #expect(!isSilent("xxxx??????.", at: 10, count: 7), "one of seven is known")
    #expect(!isSilent("....??????.", at: 10, count: 7), "five are known in all")
    #expect(isSilent("xx......???.", at: 11, count: 7))
    #expect(!isSilent("xxx.....???.", at: 11, count: 7))
    #expect(!isSilent("xx......???.", at: 11, count: 7, within: 9), "no further back than asked for")
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
