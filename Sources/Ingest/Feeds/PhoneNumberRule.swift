/// How a feed's phone numbers become E.164: digits as an integer, country code first.
package struct PhoneNumberRule: Sendable, Hashable {
  /// Digits of the country code, or empty where only complete numbers are read.
  package var countryCode: [UInt8] = []
  /// Digits in front of a national number.
  package var trunkPrefix: [UInt8] = []
  /// Digits in front of an international number.
  package var internationalPrefix: [UInt8] = []
  /// How many digits the country's own numbers have behind its code; nil where nothing is known.
  package var nationalLengths: ClosedRange<Int>?
  /// Whether a number that nobody owns stands for a subscription of its own.
  package var isImplicit = false

  /// Makes a rule from its digits.
  package init(
    countryCode: String = "", trunkPrefix: String = "", internationalPrefix: String = "",
    nationalLengths: ClosedRange<Int>? = nil
  ) {
    self.nationalLengths = nationalLengths
    self.countryCode = Array(countryCode.utf8)
    self.trunkPrefix = Array(trunkPrefix.utf8)
    self.internationalPrefix = Array(internationalPrefix.utf8)
  }

  /// Makes the rule of a country's plan; nil where there is none of that name.
  package init?(plan country: String) {
    guard let plan = NumberPlan.all.first(where: { $0.country == country }) else { return nil }
    self.init(
      countryCode: plan.countryCode, trunkPrefix: plan.trunkPrefix, internationalPrefix: plan.internationalPrefix,
      nationalLengths: plan.lengths)
  }

  /// The fewest and the most digits of a complete number (E.164: at most 15).
  static let digitCounts = 7...15

  /// Reads a number; nil where it is none by this rule. No allocation.
  package func number(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64? {
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    return withUnsafeMutableBytes(of: &digits) { buffer -> UInt64? in
      var count = 0
      var isComplete = false
      for byte in bytes {
        switch byte {
        case 0x30...0x39:
          guard count < buffer.count else { return nil }
          buffer[count] = byte
          count += 1
        case 0x2B where count == 0 && !isComplete: isComplete = true
        case 0x20, 0x2D, 0x2E, 0x2F, 0x28, 0x29: continue
        default: return nil
        }
      }
      var start = 0
      var prefix: [UInt8] = []
      if !isComplete {
        if starts(buffer, count, internationalPrefix) {
          start = internationalPrefix.count
        } else if !countryCode.isEmpty {
          start = trunkPrefix.isEmpty || isBareNational(count) ? 0 : trunkPrefix.count
          guard start == 0 || starts(buffer, count, trunkPrefix) else { return nil }
          prefix = countryCode
        }
      }
      if let nationalLengths {
        let own =
          !prefix.isEmpty ? start : starts(buffer, count, countryCode, at: start) ? start + countryCode.count : nil
        if let own, !nationalLengths.contains(count - own) { return nil }
      }
      guard PhoneNumberRule.digitCounts.contains(prefix.count + count - start) else { return nil }
      var number: UInt64 = 0
      for byte in prefix { number = number * 10 + UInt64(byte - 0x30) }
      for index in start..<count {
        number = number * 10 + UInt64(buffer[index] - 0x30)
        // A complete number never begins with a zero.
        if number == 0 { return nil }
      }
      return number
    }
  }

  /// Whether a complete number belongs to another country; nil without a country code.
  func isForeign(_ number: UInt64) -> Bool? {
    guard !countryCode.isEmpty else { return nil }
    let digits = Array(String(number).utf8)
    return !digits.starts(with: countryCode)
  }

  /// Whether a number of that length is a national one without its trunk prefix, as only a plan with one length tells.
  private func isBareNational(_ count: Int) -> Bool {
    guard let nationalLengths, nationalLengths.count == 1 else { return false }
    return nationalLengths.contains(count)
  }

  private func starts(
    _ buffer: UnsafeMutableRawBufferPointer, _ count: Int, _ prefix: [UInt8], at start: Int = 0
  ) -> Bool {
    guard !prefix.isEmpty, count - start >= prefix.count else { return false }
    for index in prefix.indices where buffer[start + index] != prefix[index] { return false }
    return true
  }
}
