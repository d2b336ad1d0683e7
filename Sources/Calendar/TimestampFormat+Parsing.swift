// Reads times from the bytes of a field. Nothing here allocates.
extension TimestampFormat {
  /// The time that `bytes` says, or nil where they do not have this form.
  public func parse(_ bytes: Span<UInt8>) -> ParsedInstant? {
    switch form {
    case .pattern: parsePattern(bytes)
    case .flexible: parseFlexible(bytes)
    case .iso8601: parseISO8601(bytes)
    case .epochSeconds: parseEpoch(bytes, unitsPerSecond: 1)
    case .epochMilliseconds: parseEpoch(bytes, unitsPerSecond: 1_000)
    }
  }

  /// The furthest epoch time that is read: the end of the year 9999.
  static let maximumEpochSeconds: Int64 = 253_402_300_799

  private func parsePattern(_ bytes: Span<UInt8>) -> ParsedInstant? {
    guard bytes.count == byteCount else { return nil }
    for literal in literals where bytes[literal.position] != literal.byte { return nil }
    var fault: UInt8 = 0
    let civil = Day(
      year: digits(bytes, year, &fault), month: digits(bytes, month, &fault), day: digits(bytes, day, &fault))
    let hour = digits(bytes, hour, &fault)
    let minute = digits(bytes, minute, &fault)
    let second = digits(bytes, second, &fault)
    var microseconds = digits(bytes, fraction, &fault)
    guard let civil, fault == 0, hour < 24, minute < 60, second < 60 else { return nil }
    for _ in fraction.length..<6 { microseconds *= 10 }
    let time = hour * 3_600 + minute * 60 + second
    return ParsedInstant(
      seconds: Int64(civil.rawValue) * 86_400 + Int64(time), microseconds: Int32(microseconds), isUTC: false)
  }

  /// The number at `place`; sets `fault` where a byte is no digit.
  @inline(__always)
  func digits(_ bytes: Span<UInt8>, _ place: Place, _ fault: inout UInt8) -> Int {
    var value = 0
    for index in place.start..<place.start + place.length {
      let digit = bytes[index] &- 0x30
      fault |= digit > 9 ? 1 : 0
      value = value * 10 + Int(digit)
    }
    return value
  }

  /// `yyyy-MM-dd`, then nothing, or `T` or a blank, `HH:mm[:ss[.fraction]]` and `Z`, `±hh`, `±hhmm`, `±hh:mm` or nothing.
  private func parseISO8601(_ bytes: Span<UInt8>) -> ParsedInstant? {
    guard bytes.count >= 10 else { return nil }
    guard let day = TimestampFormat.isoDate.parsePattern(bytes.extracting(0..<10)) else { return nil }
    if bytes.count == 10 { return day }
    guard bytes[10] == 0x54 || bytes[10] == 0x20, bytes.count >= 16, bytes[13] == 0x3A else { return nil }
    var fault: UInt8 = 0
    let hour = digits(bytes, Place(start: 11, length: 2), &fault)
    let minute = digits(bytes, Place(start: 14, length: 2), &fault)
    var second = 0
    var microseconds = 0
    var position = 16
    if position < bytes.count, bytes[position] == 0x3A {
      guard bytes.count >= 19 else { return nil }
      second = digits(bytes, Place(start: 17, length: 2), &fault)
      position = 19
      if position < bytes.count, bytes[position] == 0x2E || bytes[position] == 0x2C {
        var unit = 100_000
        let first = position + 1
        position = first
        while position < bytes.count, bytes[position] &- 0x30 <= 9 {
          microseconds += Int(bytes[position] - 0x30) * unit
          unit /= 10
          position += 1
        }
        guard position > first else { return nil }
      }
    }
    guard fault == 0, hour < 24, minute < 60, second < 60 else { return nil }
    let local = day.seconds + Int64(hour * 3_600 + minute * 60 + second)
    if position == bytes.count { return ParsedInstant(seconds: local, microseconds: Int32(microseconds), isUTC: false) }
    guard let offset = TimestampFormat.offsetSeconds(bytes.extracting(position..<bytes.count)) else { return nil }
    return ParsedInstant(seconds: local - Int64(offset), microseconds: Int32(microseconds), isUTC: true)
  }

  /// Reads an offset from UTC, in seconds to the east: `Z`, `±hh`, `±hhmm` or `±hh:mm`; nil for anything else.
  public static func offsetSeconds(_ bytes: Span<UInt8>) -> Int? {
    if bytes.count == 1, bytes[0] == 0x5A { return 0 }
    guard bytes.count >= 3, bytes[0] == 0x2B || bytes[0] == 0x2D else { return nil }
    var fault: UInt8 = 0
    let hours = isoDate.digits(bytes, Place(start: 1, length: 2), &fault)
    var minutes = 0
    switch bytes.count {
    case 3: break
    case 5: minutes = isoDate.digits(bytes, Place(start: 3, length: 2), &fault)
    case 6 where bytes[3] == 0x3A: minutes = isoDate.digits(bytes, Place(start: 4, length: 2), &fault)
    default: return nil
    }
    guard fault == 0, hours < 24, minutes < 60 else { return nil }
    let seconds = hours * 3_600 + minutes * 60
    return bytes[0] == 0x2D ? -seconds : seconds
  }

  /// A whole number of units since 1970, with an optional sign and, for seconds, an optional fraction.
  private func parseEpoch(_ bytes: Span<UInt8>, unitsPerSecond: Int64) -> ParsedInstant? {
    var position = 0
    let isNegative = bytes.count > 0 && bytes[0] == 0x2D
    if isNegative { position = 1 }
    let first = position
    var units: Int64 = 0
    while position < bytes.count, bytes[position] &- 0x30 <= 9 {
      units = units * 10 + Int64(bytes[position] - 0x30)
      guard units <= TimestampFormat.maximumEpochSeconds * unitsPerSecond else { return nil }
      position += 1
    }
    guard position > first else { return nil }
    var microseconds = units % unitsPerSecond * (1_000_000 / unitsPerSecond)
    if position < bytes.count {
      guard unitsPerSecond == 1, bytes[position] == 0x2E, position + 1 < bytes.count else { return nil }
      var unit: Int64 = 100_000
      for index in position + 1..<bytes.count {
        guard bytes[index] &- 0x30 <= 9 else { return nil }
        microseconds += Int64(bytes[index] - 0x30) * unit
        unit /= 10
      }
    }
    var seconds = units / unitsPerSecond
    if isNegative {
      seconds = -seconds
      if microseconds > 0 {
        seconds -= 1
        microseconds = 1_000_000 - microseconds
      }
    }
    return ParsedInstant(seconds: seconds, microseconds: Int32(microseconds), isUTC: true)
  }
}
