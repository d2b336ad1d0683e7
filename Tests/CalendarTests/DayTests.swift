import Calendar
import Testing

@Suite struct DayTests {
  @Test func `every day of eight centuries survives the way to a civil date and back`() throws {
    let first = try #require(Day("1600-01-01"))
    let last = try #require(Day("2399-12-31"))
    var previous = (first - 1).civil
    for raw in first.rawValue...last.rawValue {
      let day = Day(rawValue: raw)
      let civil = day.civil
      #expect(Day(year: civil.year, month: civil.month, day: civil.day) == day)
      let isNext =
        civil.day == previous.day + 1
        || (civil.day == 1 && previous.day == Day.length(ofMonth: previous.month, year: previous.year))
      #expect(isNext)
      previous = civil
    }
  }

  @Test(arguments: [("1970-01-01", 0), ("2000-02-29", 11016), ("2026-11-23", 20780), ("1969-12-31", -1)])
  func `known days have their numbers`(text: String, number: Int32) throws {
    let day = try #require(Day(text))
    #expect(day.rawValue == number)
    #expect(day.description == text)
  }

  @Test(arguments: [
    "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "2026-01-01 ", "2026/01/01", "", "20a6-01-01",
  ])
  func `what is not a day is nil`(text: String) {
    #expect(Day(text) == nil)
  }

  @Test func `weekdays follow the ISO week`() throws {
    let monday = try #require(Day("2026-11-23"))
    #expect((0..<7).map { (monday + $0).isoWeekday } == [1, 2, 3, 4, 5, 6, 7])
    #expect((monday - 1).isWeekend)
    #expect(!monday.isWeekend)
    #expect(Day(rawValue: -4).isoWeekday == 7)
  }
}
