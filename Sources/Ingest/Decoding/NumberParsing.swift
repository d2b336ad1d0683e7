/// Reads numbers from the bytes of a field, exactly and without floats.
package enum NumberParsing {
  /// What a number may be at most, whole or in 1/10,000: sums of 9,000 of them still fit 64 bits.
  static let limit: Int64 = 1_000_000_000_000_000

  /// Why bytes are no number that can be taken.
  package enum Fault: Error {
    case wrongType
    case outOfRange
    case tooPrecise
  }

  /// A whole number: an optional sign and 1 to 18 digits.
  package static func whole(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    var index = 0
    let count = bytes.count
    guard count > 0 else { return nil }
    let isNegative = bytes[0] == 0x2D
    if isNegative || bytes[0] == 0x2B { index = 1 }
    guard count > index, count - index <= 18 else { return nil }
    var value: Int64 = 0
    var fault: UInt8 = 0
    while index < count {
      let digit = bytes[index] &- 0x30
      fault |= digit > 9 ? 1 : 0
      value = value &* 10 &+ Int64(digit)
      index += 1
    }
    guard fault == 0 else { return nil }
    return isNegative ? -value : value
  }

  /// A decimal in 1/10,000: an optional sign, digits, and a point with up to four digits (more only if they are zero).
  package static func tenThousandths(_ bytes: UnsafeBufferPointer<UInt8>) throws(Fault) -> Int64 {
    var index = 0
    let isNegative = bytes.count > 0 && bytes[0] == 0x2D
    if isNegative || (bytes.count > 0 && bytes[0] == 0x2B) { index = 1 }
    var value: Int64 = 0
    var digitCount = 0
    var fractionCount = -1
    var isLost = false
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == 0x2E {
        guard fractionCount < 0 else { throw .wrongType }
        fractionCount = 0
        continue
      }
      let digit = byte &- 0x30
      guard digit <= 9 else { throw .wrongType }
      digitCount += 1
      if fractionCount >= 4 {
        isLost = isLost || digit != 0
        continue
      }
      // Asked before the multiplication: a nineteenth digit would overflow it.
      guard value <= limit * 100 else { throw .outOfRange }
      value = value * 10 + Int64(digit)
      if fractionCount >= 0 { fractionCount += 1 }
    }
    guard digitCount > 0 else { throw .wrongType }
    guard !isLost else { throw .tooPrecise }
    for _ in max(0, fractionCount)..<4 {
      guard value <= limit * 100 else { throw .outOfRange }
      value *= 10
    }
    return isNegative ? -value : value
  }

  /// A decimal times `numerator` over `denominator`, as the nearest whole, halves up; never negative.
  package static func scaled(_ bytes: UnsafeBufferPointer<UInt8>, _ numerator: Int64, _ denominator: Int64)
    throws(Fault)
    -> Int64
  {
    if numerator == 1, denominator == 1, let value = whole(bytes) {
      guard value >= 0, value <= limit else { throw .outOfRange }
      return value
    }
    let value = try tenThousandths(bytes)
    guard value >= 0 else { throw .outOfRange }
    let (product, overflow) = value.multipliedReportingOverflow(by: numerator)
    guard !overflow, product <= .max - denominator * 10_000 else { throw .outOfRange }
    let rounded = (product + denominator * 5_000) / (denominator * 10_000)
    guard rounded <= limit else { throw .outOfRange }
    return rounded
  }

  /// An amount in 1/10,000 of the currency unit, exactly.
  package static func money(_ bytes: UnsafeBufferPointer<UInt8>, _ unit: MoneyUnit) throws(Fault) -> Int64 {
    let value = try tenThousandths(bytes)
    let (amount, rest) = value.quotientAndRemainder(dividingBy: unit.rawValue)
    guard rest == 0 else { throw .tooPrecise }
    guard abs(amount) <= limit else { throw .outOfRange }
    return amount
  }
}

/// What a delivered 1 is worth: the divisor of 1/10,000.
package enum MoneyUnit: Int64, Sendable {
  case currency = 1
  case cents = 100
  case tenThousandths = 10_000
}
