/// Durations that are written in parts, not as one number.
package enum DurationForm: Sendable, Hashable {
  /// `hh:mm:ss`, with as many hours as there are, or `mm:ss`; a fraction of the seconds may follow.
  case clock
  /// Numbers with units, from great to small, as `1h2m3.5s`; units h, m, s, ms, us, ns. A bare number is nanoseconds.
  case go

  /// The duration in whole seconds, halves up.
  package func seconds(_ bytes: UnsafeBufferPointer<UInt8>) throws(NumberParsing.Fault) -> Int64 {
    let nanoseconds = try self == .clock ? DurationForm.clock(bytes) : DurationForm.go(bytes)
    return (nanoseconds + 500_000_000) / 1_000_000_000
  }

  /// The longest duration: a hundred years, in nanoseconds; sums of parts below it do not overflow.
  private static let limit: Int64 = 100 * 366 * 86_400 * 1_000_000_000

  private static func clock(_ bytes: UnsafeBufferPointer<UInt8>) throws(NumberParsing.Fault) -> Int64 {
    var position = 0
    var parts: [Int64] = []
    while true {
      let start = position
      guard let value = digits(bytes, &position, limit: 9) else { throw .wrongType }
      if !parts.isEmpty, position - start != 2 || value > 59 { throw .wrongType }
      parts.append(value)
      guard position < bytes.count, bytes[position] == UInt8(ascii: ":"), parts.count < 3 else { break }
      position += 1
    }
    guard parts.count > 1 else { throw .wrongType }
    var seconds: Int64 = 0
    for part in parts { seconds = seconds * 60 + part }
    guard seconds <= limit / 1_000_000_000 else { throw .outOfRange }
    let fraction = try fraction(bytes, &position)
    guard position == bytes.count else { throw .wrongType }
    return seconds * 1_000_000_000 + fraction
  }

  private static func go(_ bytes: UnsafeBufferPointer<UInt8>) throws(NumberParsing.Fault) -> Int64 {
    var position = 0
    var total: Int64 = 0
    var lastUnit = Int64.max
    guard bytes.count > 0 else { throw .wrongType }
    while position < bytes.count {
      guard let whole = digits(bytes, &position, limit: 18) else { throw .wrongType }
      let isBare = position == bytes.count && total == 0 && lastUnit == .max
      let billionths = try fraction(bytes, &position)
      let unit = isBare ? 1 : unit(bytes, &position)
      guard let unit, unit < lastUnit else { throw .wrongType }
      lastUnit = unit
      let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
      guard !overflow, product <= limit else { throw .outOfRange }
      // A billionth of the unit is unit / 10^9 nanoseconds; below the hour this never overflows.
      total += product + Int64((Int128(billionths) * Int128(unit)) / 1_000_000_000)
      guard total <= limit else { throw .outOfRange }
    }
    return total
  }

  private static func digits(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, limit: Int) -> Int64? {
    let start = position
    var value: Int64 = 0
    while position < bytes.count, bytes[position] &- 0x30 <= 9, position - start < limit {
      value = value * 10 + Int64(bytes[position] - 0x30)
      position += 1
    }
    return position > start ? value : nil
  }

  /// The billionths behind a point, if there is one.
  private static func fraction(
    _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int
  ) throws(NumberParsing.Fault) -> Int64 {
    guard position < bytes.count, bytes[position] == UInt8(ascii: ".") else { return 0 }
    position += 1
    let start = position
    var value: Int64 = 0
    var scale: Int64 = 100_000_000
    while position < bytes.count, bytes[position] &- 0x30 <= 9 {
      value += Int64(bytes[position] - 0x30) * scale
      scale /= 10
      position += 1
    }
    guard position > start else { throw .wrongType }
    return value
  }

  /// The nanoseconds of the unit at `position`.
  private static func unit(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Int64? {
    guard position < bytes.count else { return nil }
    let isSecond = position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "s")
    let (unit, byteCount): (Int64, Int)
    switch bytes[position] {
    case UInt8(ascii: "h"): (unit, byteCount) = (3_600_000_000_000, 1)
    case UInt8(ascii: "m"): (unit, byteCount) = isSecond ? (1_000_000, 2) : (60_000_000_000, 1)
    case UInt8(ascii: "s"): (unit, byteCount) = (1_000_000_000, 1)
    case UInt8(ascii: "u") where isSecond: (unit, byteCount) = (1_000, 2)
    case UInt8(ascii: "n") where isSecond: (unit, byteCount) = (1, 2)
    default: return nil
    }
    position += byteCount
    return unit
  }
}
