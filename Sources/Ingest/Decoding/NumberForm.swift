/// How a feed writes numbers: the decimal sign, and what stands between groups of three digits.
package struct NumberForm: Sendable, Hashable {
  /// The byte before the decimals.
  package var decimal: UInt8
  /// The byte between groups of three digits; a blank stands for no-break blanks too. Nil where there are no groups.
  package var thousands: UInt8?

  /// Names the signs.
  package init(decimal: UInt8, thousands: UInt8? = nil) {
    self.decimal = decimal
    self.thousands = thousands
  }

  /// A decimal point and no groups: what every number becomes before it is read.
  package static let plain = NumberForm(decimal: UInt8(ascii: "."))

  /// Writes a number of this form in plain form to `text`; false where it is none.
  ///
  /// Groups may be left out, but where one is set off, all are: `1.234.567,8` and `1234567,8`, never `1234.567,8`.
  package func write(_ number: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) -> Bool {
    text.removeAll(keepingCapacity: true)
    var position = 0
    if let first = number.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      text.append(first)
      position = 1
    }
    var groupCount = 0
    var digitCount = 0
    while position < number.count {
      let byte = number[position]
      if byte &- 0x30 <= 9 {
        text.append(byte)
        digitCount += 1
        position += 1
      } else if let byteCount = separator(number, position), digitCount > 0 {
        guard groupCount == 0 ? digitCount <= 3 : digitCount == 3 else { return false }
        groupCount += 1
        digitCount = 0
        position += byteCount
      } else {
        break
      }
    }
    guard groupCount == 0 || digitCount == 3 else { return false }
    guard position < number.count else { return true }
    guard number[position] == decimal else { return false }
    text.append(UInt8(ascii: "."))
    for byte in number[(position + 1)...] {
      guard byte &- 0x30 <= 9 else { return false }
      text.append(byte)
    }
    return true
  }

  /// The length of the separator of thousands at `position`, or nil where there is none.
  private func separator(_ number: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int? {
    guard let thousands else { return nil }
    if number[position] == thousands { return 1 }
    guard thousands == 0x20 else { return nil }
    // U+00A0 and U+202F.
    if number[position] == 0xC2, position + 1 < number.count, number[position + 1] == 0xA0 { return 2 }
    if number[position] == 0xE2, position + 2 < number.count, number[position + 1] == 0x80, number[position + 2] == 0xAF
    {
      return 3
    }
    return nil
  }
}
