/// The rule of a POSIX `TZ` text such as `CET-1CEST,M3.5.0,M10.5.0/3`: what a zone does in years beyond its table.
///
/// Source: POSIX.1-2024, section 8.3, with the extensions of RFC 9636, section 3.3.1 (hours from −167 to 167).
struct PosixZoneRule: Sendable, Hashable {
  /// A day of the year and a local time at which the clock is changed.
  struct Change: Sendable, Hashable {
    enum DayRule: Sendable, Hashable {
      /// `Jn`: day 1 to 365, 29 February never counted.
      case julian(Int)
      /// `n`: day 0 to 365, 29 February counted.
      case ordinal(Int)
      /// `Mm.w.d`: weekday d (0 is Sunday) of week w (5 is the last) of month m.
      case weekday(month: Int, week: Int, day: Int)
    }
    var day: DayRule
    var seconds: Int

    /// The local clock's seconds of the change in `year`.
    func localSeconds(inYear year: Int) -> Int64? {
      guard let newYear = Day(year: year, month: 1, day: 1) else { return nil }
      let found: Day
      switch day {
      case .julian(let number):
        let isAfterLeapDay = Day.length(ofMonth: 2, year: year) == 29 && number >= 60
        found = newYear + (number - 1 + (isAfterLeapDay ? 1 : 0))
      case .ordinal(let number):
        found = newYear + number
      case .weekday(let month, let week, let weekday):
        guard let first = Day(year: year, month: month, day: 1) else { return nil }
        var offset = (weekday - first.isoWeekday % 7 + 7) % 7 + (week - 1) * 7
        if offset >= Day.length(ofMonth: month, year: year) { offset -= 7 }
        found = first + offset
      }
      return Int64(found.rawValue) * 86_400 + Int64(seconds)
    }
  }

  /// Offset of standard time, in seconds east of UTC.
  let standardOffset: Int32
  /// Daylight time: its offset, and when it begins and ends; nil where the zone has none.
  let daylight: (offset: Int32, begin: Change, end: Change)?

  /// Reads the rule; nil where it breaks the grammar.
  init?(_ text: [UInt8]) {
    var scanner = Scanner(text)
    guard scanner.name(), let west = scanner.time(hourLimit: 24) else { return nil }
    standardOffset = Int32(-west)
    if scanner.isAtEnd {
      daylight = nil
      return
    }
    guard scanner.name() else { return nil }
    var offset = standardOffset + 3_600
    if let next = scanner.peek, next != 0x2C {
      guard let west = scanner.time(hourLimit: 24) else { return nil }
      offset = Int32(-west)
    }
    guard let begin = scanner.change(), let end = scanner.change(), scanner.isAtEnd else { return nil }
    daylight = (offset, begin, end)
  }

  /// The changes of `year`, in order of time: the instant in seconds of UTC and the offset from then on.
  func transitions(ofYear year: Int) -> [(time: Int64, offset: Int32)] {
    guard let daylight, let begin = daylight.begin.localSeconds(inYear: year),
      let end = daylight.end.localSeconds(inYear: year)
    else { return [] }
    let changes = [
      (begin - Int64(standardOffset), daylight.offset), (end - Int64(daylight.offset), standardOffset),
    ]
    return changes.sorted { $0.0 < $1.0 }
  }

  static func == (a: PosixZoneRule, b: PosixZoneRule) -> Bool {
    a.standardOffset == b.standardOffset && a.daylight?.offset == b.daylight?.offset
      && a.daylight?.begin == b.daylight?.begin && a.daylight?.end == b.daylight?.end
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(standardOffset)
    hasher.combine(daylight?.offset)
  }

  private struct Scanner {
    let text: [UInt8]
    var position = 0

    init(_ text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { position == text.count }
    var peek: UInt8? { position < text.count ? text[position] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
      guard peek == byte else { return false }
      position += 1
      return true
    }

    /// `CET` or `<+0330>`.
    mutating func name() -> Bool {
      let start = position
      if take(0x3C) {
        while let byte = peek, byte != 0x3E { position += byte == 0 ? text.count : 1 }
        return take(0x3E)
      }
      while let byte = peek, (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) { position += 1 }
      return position - start >= 3
    }

    mutating func number(limit: Int) -> Int? {
      var value = 0
      let start = position
      while let byte = peek, (0x30...0x39).contains(byte), position - start < 4 {
        value = value * 10 + Int(byte - 0x30)
        position += 1
      }
      return position > start && value <= limit ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time(hourLimit: Int) -> Int? {
      let isNegative = take(0x2D)
      if !isNegative { _ = take(0x2B) }
      guard let hours = number(limit: hourLimit) else { return nil }
      var seconds = hours * 3_600
      for unit in [60, 1] where take(0x3A) {
        guard let part = number(limit: 59) else { return nil }
        seconds += part * unit
      }
      return isNegative ? -seconds : seconds
    }

    /// `,day[/time]`, at 02:00:00 where no time is given.
    mutating func change() -> Change? {
      guard take(0x2C), let day = dayRule() else { return nil }
      guard take(0x2F) else { return Change(day: day, seconds: 7_200) }
      guard let seconds = time(hourLimit: 167) else { return nil }
      return Change(day: day, seconds: seconds)
    }

    mutating func dayRule() -> Change.DayRule? {
      if take(0x4A) {
        guard let number = number(limit: 365), number >= 1 else { return nil }
        return .julian(number)
      }
      guard take(0x4D) else { return number(limit: 365).map { .ordinal($0) } }
      guard let month = number(limit: 12), month >= 1, take(0x2E), let week = number(limit: 5), week >= 1,
        take(0x2E), let day = number(limit: 6)
      else { return nil }
      return .weekday(month: month, week: week, day: day)
    }
  }
}
