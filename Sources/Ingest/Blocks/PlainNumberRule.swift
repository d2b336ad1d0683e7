/// `PhoneNumberRule` for numbers of nothing but digits behind an optional +: arithmetic instead of bytes.
struct PlainNumberRule: Sendable {
  private let countryCode: UInt64
  private let countryCodeCount: Int
  private let trunk: UInt64
  private let trunkCount: Int
  private let international: UInt64
  private let internationalCount: Int

  init(_ rule: PhoneNumberRule) {
    func value(_ digits: [UInt8]) -> UInt64 { digits.reduce(0) { $0 * 10 + UInt64($1 - 0x30) } }
    countryCode = value(rule.countryCode)
    countryCodeCount = rule.countryCode.count
    trunk = value(rule.trunkPrefix)
    trunkCount = rule.trunkPrefix.count
    international = value(rule.internationalPrefix)
    internationalCount = rule.internationalPrefix.count
  }

  /// The complete number, or 0 where the reference must be asked.
  @inline(__always)
  func number(_ start: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
    guard length > 0, length <= 16 else { return 0 }
    let isComplete = start[0] == 0x2B
    let first = isComplete ? start + 1 : start
    let count = isComplete ? length &- 1 : length
    guard let all = FieldWords.number(first, count: count) else { return 0 }
    var rest = all
    var restCount = count
    var code: UInt64 = 0
    var codeCount = 0
    if !isComplete {
      if internationalCount > 0, starts(all, count, international, internationalCount) {
        restCount = count &- internationalCount
        rest = all % power(restCount)
      } else if countryCodeCount > 0 {
        if trunkCount > 0 {
          guard starts(all, count, trunk, trunkCount) else { return 0 }
          restCount = count &- trunkCount
          rest = all % power(restCount)
        }
        code = countryCode
        codeCount = countryCodeCount
      }
    }
    guard codeCount &+ restCount >= 7, codeCount &+ restCount <= 15 else { return 0 }
    // A complete number never begins with a zero.
    if codeCount == 0 { return rest >= power(restCount &- 1) ? rest : 0 }
    return code == 0 ? 0 : code &* power(restCount) &+ rest
  }

  /// Whether a complete number belongs to another country; false without a country code.
  @inline(__always)
  func isForeign(_ number: UInt64) -> Bool {
    guard countryCodeCount > 0, number > 0 else { return false }
    var head = number
    let limit = power(countryCodeCount)
    while head >= limit { head /= 10 }
    return head != countryCode
  }

  @inline(__always)
  private func starts(_ all: UInt64, _ count: Int, _ prefix: UInt64, _ prefixCount: Int) -> Bool {
    count >= prefixCount && all / power(count &- prefixCount) == prefix
  }

  /// 10 to the power of 0 to 16.
  @inline(__always)
  private func power(_ exponent: Int) -> UInt64 {
    var value: UInt64 = 1
    var base: UInt64 = 10
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { value = value &* base }
      base = base &* base
      rest >>= 1
    }
    return value
  }
}
