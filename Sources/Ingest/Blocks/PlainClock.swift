import CSV
import Calendar

/// Decodes a column of times: both clocks of each, the day and whether it was night.
///
/// The usual forms, `yyyy-MM-dd HH:mm:ss` with a blank or a T, alone or with an offset, are read as words; the date and
/// the offset of a line are mostly those of the line before. Other forms go through `TimestampFormat`.
struct PlainClock {
  private let format: TimestampFormat
  private let isISO: Bool
  private let isCivil: Bool
  private var zone: ZoneCursor
  // The date read last: its first eight bytes, its last two (no two bytes are `max`), and its day.
  private var dateHead: UInt64 = 0
  private var dateTail = UInt64.max
  private var daySeconds: Int64 = 0
  // The offset read last: its bytes, their number (zeros may stand for missing bytes, or be delivered), its seconds.
  private var offsetWord: UInt64 = 0
  private var offsetLength = 0
  private var offsetSeconds: Int64 = 0

  init(_ format: TimestampFormat, zone: Zone) {
    self.format = format
    self.zone = ZoneCursor(zone)
    isISO = format == .iso8601
    isCivil = format == (try? TimestampFormat("yyyy-MM-dd HH:mm:ss"))
  }

  /// Writes for each line the instant in seconds of UTC and the local day, and adds `isNight` to the flags.
  mutating func read(
    _ column: PlainLines.Column, _ count: Int, utc: UnsafeMutablePointer<Int64>, day: UnsafeMutablePointer<Int32>,
    flags: UnsafeMutablePointer<UInt16>, _ unsure: UnsafeMutablePointer<UInt8>
  ) {
    for line in 0..<count {
      let (start, length) = column.field(line)
      guard let instant = usual(start, length) ?? format.parse(UnsafeBufferPointer(start: start, count: length).span)
      else {
        utc[line] = 0
        day[line] = 0
        unsure[line] |= 1
        continue
      }
      let (utcSeconds, local) = zone.resolve(instant)
      let civil = Day(ofSeconds: local)
      utc[line] = utcSeconds
      day[line] = civil.rawValue
      let second = local &- Int64(civil.rawValue) &* 86_400
      flags[line] |= second >= 22 * 3_600 || second < 6 * 3_600 ? UsageRow.Flags.isNight.rawValue : 0
    }
  }

  /// Reads the usual forms; nil for any other.
  @inline(__always)
  private mutating func usual(_ start: UnsafePointer<UInt8>, _ length: Int) -> ParsedInstant? {
    guard isISO || isCivil, length >= 19, length <= 25 else { return nil }
    let head = FieldWords.load(start)
    let tail = UInt64(UnsafeRawPointer(start + 8).loadUnaligned(as: UInt16.self))
    if head != dateHead || tail != dateTail {
      let date = UnsafeBufferPointer(start: start, count: 10)
      guard let day = TimestampFormat.isoDate.parse(date.span) else { return nil }
      (dateHead, dateTail, daySeconds) = (head, tail, day.seconds)
    }
    // HH:mm:ss as eight bytes: the digits, and what stands between them.
    let separator = start[10]
    let time = FieldWords.load(start + 11)
    var fault: UInt64 = (time & 0x0000_FF00_00FF_0000) ^ 0x0000_3A00_003A_0000
    fault |= separator == 0x20 || (isISO && separator == 0x54) ? 0 : 1
    let digits = (time ^ 0x3030_3030_3030_3030) & 0x0F0F_000F_0F00_0F0F
    fault |= ((time ^ 0x3030_3030_3030_3030) & 0xF0F0_00F0_F000_F0F0)
    let hour = PlainClock.pair(digits)
    let minute = PlainClock.pair(digits >> 24)
    let second = PlainClock.pair(digits >> 48)
    let isDigits = (digits &+ 0x0606_0006_0600_0606) & 0xF0F0_00F0_F000_F0F0 == 0
    guard fault == 0, isDigits, hour < 24, minute < 60, second < 60 else { return nil }
    let timeSeconds: Int64 = hour &* 3_600 &+ minute &* 60 &+ second
    let local = daySeconds &+ timeSeconds
    if length == 19 { return ParsedInstant(seconds: local, isUTC: false) }
    guard isISO, length == 25 || length == 20 else { return nil }
    let word = FieldWords.load(start + 19, count: length &- 19)
    if word != offsetWord || length != offsetLength {
      guard let whole = format.parse(UnsafeBufferPointer(start: start, count: length).span), whole.isUTC else {
        return nil
      }
      (offsetWord, offsetLength, offsetSeconds) = (word, length, local &- whole.seconds)
    }
    return ParsedInstant(seconds: local &- offsetSeconds, isUTC: true)
  }

  /// The number of two digits in the lowest bytes, the tens first.
  @inline(__always)
  private static func pair(_ digits: UInt64) -> Int64 {
    let tens = Int64(digits & 0xFF)
    let units = Int64(digits >> 8 & 0xFF)
    return tens &* 10 &+ units
  }
}
