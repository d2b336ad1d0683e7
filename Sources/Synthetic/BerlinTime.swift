package import Calendar

/// Local time of Berlin by the rule of the European Union (directive 2000/84/EC): summer time from the last Sunday of
/// March to the last Sunday of October, changing at 01:00 UTC.
///
/// The world needs it for one zone and recent years only; reading deliveries uses the system's zone data instead.
package enum BerlinTime {
  /// Whether the clock changes on that day.
  package static func isChangeDay(_ day: Day) -> Bool {
    let civil = day.civil
    return (civil.month == 3 || civil.month == 10) && day == lastSunday(ofMonth: civil.month, year: civil.year)
  }

  /// Seconds that local time is ahead of UTC at a local second of a day that is not between 02:00 and 03:00 of a change.
  package static func offsetSeconds(_ day: Day, second: Int) -> Int {
    let year = day.civil.year
    let spring = lastSunday(ofMonth: 3, year: year)
    let autumn = lastSunday(ofMonth: 10, year: year)
    let isSummer =
      (day > spring || (day == spring && second >= 10_800)) && (day < autumn || (day == autumn && second < 7_200))
    return isSummer ? 7_200 : 3_600
  }

  /// Seconds since 1970-01-01T00:00:00Z.
  package static func epochSeconds(_ day: Day, second: Int) -> Int {
    Int(day.rawValue) * 86_400 + second - offsetSeconds(day, second: second)
  }

  private static func lastSunday(ofMonth month: Int, year: Int) -> Day {
    let length = Day.length(ofMonth: month, year: year)
    let last = Day(year: year, month: month, day: length) ?? Day(rawValue: 0)
    return last - last.isoWeekday % 7
  }
}
