/// RFC 4648, section 4, with padding. Decoding accepts exactly what encoding writes.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()

  /// Writes bytes as base64.
  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for position in 0..<4 {
        text.append(position <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * position) & 63)] : padding)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads base64; nil where the text is not what `encode` would have written.
  package static func decode(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 4) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 4 * 3)
    for start in stride(from: 0, to: digits.count, by: 4) {
      let isLast = start + 4 == digits.count
      var paddingCount = 0
      if isLast && digits[start + 3] == padding { paddingCount = digits[start + 2] == padding ? 2 : 1 }
      var bits: UInt32 = 0
      for position in 0..<4 {
        let value = position < 4 - paddingCount ? values[Int(digits[start + position])] : 0
        guard value != 0xFF else { return nil }
        bits = bits << 6 | UInt32(value)
      }
      let group = [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
      // Unused bits must be zero: they would be invisible in the decoded bytes.
      guard group.suffix(paddingCount).allSatisfy({ $0 == 0 }) else { return nil }
      bytes.append(contentsOf: group.prefix(3 - paddingCount))
    }
    return bytes
  }
}
