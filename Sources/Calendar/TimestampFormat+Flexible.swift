// Patterns with parts of no fixed place: one-digit numbers, names, halves of days, offsets. Nothing here allocates
// while it parses.
extension TimestampFormat {
  /// One part of a flexible pattern.
  enum Part: Sendable, Hashable {
    case literal(UInt8)
    /// A number of exactly so many digits.
    case number(Unit, digitCount: Int)
    /// A number of one or two digits.
    case shortNumber(Unit)
    /// A year of two digits.
    case shortYear
    case monthName(isShort: Bool)
    case weekdayName(isShort: Bool)
    /// AM or PM.
    case half
    case offset
  }

  /// What a number counts.
  enum Unit: Int, Sendable, Hashable {
    case year, month, day, hour, halfHour, minute, second, fraction
  }

  static let unknownLetters =
    "is neither epoch, epoch-ms, iso8601 nor made of yyyy yy M MM MMM MMMM d dd EEE EEEE H HH h hh a m mm s ss S Z, each once"

  private static let monthNames = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ].map { Array($0.utf8) }
  private static let weekdayNames = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ].map { Array($0.utf8) }
  /// The letters of short names.
  private static let shortNameByteCount = 3

  /// The parts of a pattern, or nil where all of them have fixed places and the pattern parses faster.
  static func flexibleParts(of text: String) throws(CalendarError) -> [Part]? {
    func bad(_ what: String) -> CalendarError { CalendarError(.badFormat, "the time format '\(text)' \(what)") }
    let bytes = Array(text.utf8)
    var parts: [Part] = []
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "'") {
        guard let end = bytes[(position + 1)...].firstIndex(of: byte) else { throw bad("has an open quote") }
        parts += bytes[(position + 1)..<end].map { .literal($0) }
        position = end + 1
        continue
      }
      var run = 1
      while position + run < bytes.count, bytes[position + run] == byte { run += 1 }
      let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      guard isLetter else {
        parts.append(.literal(byte))
        position += 1
        continue
      }
      guard let part = part(byte, run) else { throw bad(unknownLetters) }
      parts.append(part)
      position += run
    }
    let isFixed = parts.allSatisfy { part in
      switch part {
      case .literal: true
      case .number(let unit, _): unit != .halfHour
      default: false
      }
    }
    if isFixed { return nil }
    let units = parts.compactMap(unit)
    guard Set(units).count == units.count else { throw bad("has a part twice") }
    let found = Set(units)
    guard found.isSuperset(of: [.year, .month, .day]) else { throw bad("lacks year, month or day") }
    guard found.contains(.halfHour) == parts.contains(.half), !found.isSuperset(of: [.hour, .halfHour]) else {
      throw bad("has hours of 1 to 12 without AM and PM, or the other way round")
    }
    let hasHour = found.contains(.hour) || found.contains(.halfHour)
    guard hasHour || !found.contains(.minute), found.contains(.minute) || !found.contains(.second),
      found.contains(.second) || !found.contains(.fraction)
    else { throw bad("has a smaller part without the greater one") }
    guard hasHour || !parts.contains(.offset) else { throw bad("has an offset without a time") }
    return parts
  }

  private static func part(_ byte: UInt8, _ run: Int) -> Part? {
    switch (byte, run) {
    case (0x79, 4): .number(.year, digitCount: 4)
    case (0x79, 2): .shortYear
    case (0x4D, 1): .shortNumber(.month)
    case (0x4D, 2): .number(.month, digitCount: 2)
    case (0x4D, 3): .monthName(isShort: true)
    case (0x4D, 4): .monthName(isShort: false)
    case (0x64, 1): .shortNumber(.day)
    case (0x64, 2): .number(.day, digitCount: 2)
    case (0x45, 3): .weekdayName(isShort: true)
    case (0x45, 4): .weekdayName(isShort: false)
    case (0x48, 1): .shortNumber(.hour)
    case (0x48, 2): .number(.hour, digitCount: 2)
    case (0x68, 1): .shortNumber(.halfHour)
    case (0x68, 2): .number(.halfHour, digitCount: 2)
    case (0x61, 1): .half
    case (0x6D, 1): .shortNumber(.minute)
    case (0x6D, 2): .number(.minute, digitCount: 2)
    case (0x73, 1): .shortNumber(.second)
    case (0x73, 2): .number(.second, digitCount: 2)
    case (0x53, 1...6): .number(.fraction, digitCount: run)
    case (0x5A, 1): .offset
    default: nil
    }
  }

  private static func unit(_ part: Part) -> Unit? {
    switch part {
    case .number(let unit, _), .shortNumber(let unit): unit
    case .shortYear: .year
    case .monthName: .month
    default: nil
    }
  }

  /// Values of one time, by unit.
  private struct Values {
    var year = 0, month = 0, day = 0, hour = 0, halfHour = 12, minute = 0, second = 0, microseconds = 0
    var isAfternoon: Bool?
    var offset: Int?

    mutating func set(_ unit: Unit, _ value: Int, digitCount: Int) {
      switch unit {
      case .year: year = value
      case .month: month = value
      case .day: day = value
      case .hour: hour = value
      case .halfHour: halfHour = value
      case .minute: minute = value
      case .second: second = value
      case .fraction:
        microseconds = value
        for _ in digitCount..<6 { microseconds *= 10 }
      }
    }
  }

  func parseFlexible(_ bytes: Span<UInt8>) -> ParsedInstant? {
    var values = Values()
    var position = 0
    for part in parts {
      let rest = bytes.count - position
      switch part {
      case .literal(let byte):
        guard rest > 0, bytes[position] == byte else { return nil }
        position += 1
      case .number(let unit, let digitCount):
        guard let value = number(bytes, position, digitCount) else { return nil }
        values.set(unit, value, digitCount: digitCount)
        position += digitCount
      case .shortNumber(let unit):
        let digitCount = number(bytes, position, 2) == nil ? 1 : 2
        guard let value = number(bytes, position, digitCount) else { return nil }
        values.set(unit, value, digitCount: digitCount)
        position += digitCount
      case .shortYear:
        guard let pivot, let value = number(bytes, position, 2) else { return nil }
        values.year = pivot + (value - pivot % 100 + 100) % 100
        position += 2
      case .monthName(let isShort):
        guard let (month, byteCount) = name(bytes, position, TimestampFormat.monthNames, isShort) else { return nil }
        values.month = month + 1
        position += byteCount
      case .weekdayName(let isShort):
        guard let (_, byteCount) = name(bytes, position, TimestampFormat.weekdayNames, isShort) else { return nil }
        position += byteCount
      case .half:
        guard rest >= 2, bytes[position + 1] | 0x20 == UInt8(ascii: "m") else { return nil }
        switch bytes[position] | 0x20 {
        case UInt8(ascii: "a"): values.isAfternoon = false
        case UInt8(ascii: "p"): values.isAfternoon = true
        default: return nil
        }
        position += 2
      case .offset:
        var end = position
        while end < bytes.count,
          bytes[end] == 0x2B || bytes[end] == 0x2D || bytes[end] == 0x3A || bytes[end] == 0x5A
            || bytes[end] &- 0x30 <= 9
        { end += 1 }
        guard let offset = TimestampFormat.offsetSeconds(bytes.extracting(position..<end)) else { return nil }
        values.offset = offset
        position = end
      }
    }
    return position == bytes.count ? instant(values) : nil
  }

  private func instant(_ values: Values) -> ParsedInstant? {
    var hour = values.hour
    if let isAfternoon = values.isAfternoon {
      guard (1...12).contains(values.halfHour) else { return nil }
      hour = values.halfHour % 12 + (isAfternoon ? 12 : 0)
    }
    guard let day = Day(year: values.year, month: values.month, day: values.day), hour < 24, values.minute < 60,
      values.second < 60
    else { return nil }
    let seconds = Int64(day.rawValue) * 86_400 + Int64(hour * 3_600 + values.minute * 60 + values.second)
    return ParsedInstant(
      seconds: seconds - Int64(values.offset ?? 0), microseconds: Int32(values.microseconds),
      isUTC: values.offset != nil)
  }

  /// The number of exactly `digitCount` digits at `position`.
  private func number(_ bytes: Span<UInt8>, _ position: Int, _ digitCount: Int) -> Int? {
    guard position + digitCount <= bytes.count else { return nil }
    var fault: UInt8 = 0
    let value = digits(bytes, Place(start: position, length: digitCount), &fault)
    return fault == 0 ? value : nil
  }

  /// The name at `position`, in any case: its index and its length.
  private func name(
    _ bytes: Span<UInt8>, _ position: Int, _ names: [[UInt8]], _ isShort: Bool
  ) -> (index: Int, byteCount: Int)? {
    for (index, name) in names.enumerated() {
      let byteCount = isShort ? TimestampFormat.shortNameByteCount : name.count
      guard position + byteCount <= bytes.count else { continue }
      var isEqual = true
      for offset in 0..<byteCount where bytes[position + offset] | 0x20 != name[offset] { isEqual = false }
      if isEqual { return (index, byteCount) }
    }
    return nil
  }
}
