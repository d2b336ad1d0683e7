/// A civil day of the proleptic Gregorian calendar, counted from 1970-01-01 (day 0).
///
/// The count is what Parquet's `date32` holds, so a column of days is a column of `Int32`.
/// Conversions follow Howard Hinnant, "chrono-compatible low-level date algorithms".
public struct Day: RawRepresentable, Hashable, Comparable, Sendable {
  /// Days since 1970-01-01; negative before it.
  public var rawValue: Int32

  /// Makes the day `rawValue` days after 1970-01-01.
  @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }

  /// Makes the day of a civil date, or nil where the calendar has no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= Day.length(ofMonth: month, year: year),
      (-9999...9999).contains(year)
    else { return nil }
    // Years start in March, so that the leap day is the last one of its year.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    rawValue = Int32(era * 146_097 + dayOfEra - 719_468)
  }

  /// Reads `yyyy-MM-dd` exactly; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// The civil date of this day.
  public var civil: (year: Int, month: Int, day: Int) {
    let shifted = Int(rawValue) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// The day of the ISO week: 1 is Monday, 7 is Sunday.
  public var isoWeekday: Int {
    // 1970-01-01 was a Thursday.
    let offset = (Int(rawValue) + 3) % 7
    return (offset < 0 ? offset + 7 : offset) + 1
  }

  /// Whether the day is a Saturday or a Sunday.
  public var isWeekend: Bool { isoWeekday >= 6 }

  /// The number of days of a month.
  public static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Whether `a` comes before `b`.
  @inlinable public static func < (a: Day, b: Day) -> Bool { a.rawValue < b.rawValue }
  /// The day `count` days later.
  @inlinable public static func + (day: Day, count: Int) -> Day { Day(rawValue: day.rawValue + Int32(count)) }
  /// The day `count` days earlier.
  @inlinable public static func - (day: Day, count: Int) -> Day { Day(rawValue: day.rawValue - Int32(count)) }
  /// The days from `b` to `a`; negative where `a` is the earlier one.
  @inlinable public static func - (a: Day, b: Day) -> Int { Int(a.rawValue) - Int(b.rawValue) }
}

extension Day: CustomStringConvertible {
  /// The day as `yyyy-MM-dd`.
  public var description: String {
    let (year, month, day) = civil
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}
