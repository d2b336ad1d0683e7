import CSV

/// `PhoneNumberRule` for numbers of nothing but digits behind an optional +: words instead of bytes.
struct PlainNumberRule: Sendable {
  /// Digits as the first bytes of a word.
  private struct Prefix {
    var word: UInt64 = 0
    var mask: UInt64 = 0
    var count = 0

    /// The word holds eight digits; longer ones never match.
    init(_ digits: [UInt8]) {
      count = digits.count
      for (index, digit) in digits.prefix(8).enumerated() {
        word |= UInt64(digit) << UInt64(index * 8)
        mask |= 0xFF << UInt64(index * 8)
      }
    }

    @inline(__always)
    func begins(_ start: UnsafePointer<UInt8>, _ length: Int) -> Bool {
      length >= count && FieldWords.load(start) & mask == word
    }
  }

  private let countryCode: Prefix
  private let trunk: Prefix
  private let international: Prefix
  /// The country code followed by so many zeros.
  private let codes: InlineArray<16, UInt64>
  /// No prefix is longer than a word holds.
  private let isUsual: Bool

  init(_ rule: PhoneNumberRule) {
    countryCode = Prefix(rule.countryCode)
    trunk = Prefix(rule.trunkPrefix)
    international = Prefix(rule.internationalPrefix)
    isUsual = max(rule.countryCode.count, rule.trunkPrefix.count, rule.internationalPrefix.count) <= 8
    var code = rule.countryCode.reduce(0 as UInt64) { $0 &* 10 &+ UInt64($1 - 0x30) }
    codes = InlineArray { _ in
      defer { code = code &* 10 }
      return code
    }
  }

  /// The complete number, or 0 where the reference must be asked; and whether it is of another country, which no number
  /// is without a country code.
  @inline(__always)
  func read(_ start: UnsafePointer<UInt8>, _ length: Int) -> (number: UInt64, isForeign: Bool) {
    guard length > 0, length <= 16 else { return (0, false) }
    var first = start
    var count = length
    if start[0] == 0x2B {
      first += 1
      count &-= 1
    } else {
      guard isUsual else { return (0, false) }
      if international.count > 0, international.begins(first, count) {
        first += international.count
        count &-= international.count
      } else if countryCode.count > 0 {
        return (national(first, count), false)
      }
    }
    // A complete number never begins with a zero.
    guard count >= 7, count <= 15, first[0] != 0x30 else { return (0, false) }
    let isForeign = countryCode.count > 0 && !countryCode.begins(first, count)
    return (FieldWords.number(first, count: count) ?? 0, isForeign)
  }

  /// The number of a subscriber of the feed's country, which stands without its code.
  @inline(__always)
  private func national(_ start: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
    guard trunk.count == 0 || trunk.begins(start, length) else { return 0 }
    let count = length &- trunk.count
    let total = countryCode.count &+ count
    guard total >= 7, total <= 15, codes[0] > 0, let rest = FieldWords.number(start + trunk.count, count: count)
    else { return 0 }
    return codes[count] &+ rest
  }
}
