/// The words of a text as `facts/tickets` keeps them: numbers of buckets, ascending, each once, written as two characters.
///
/// A word falls into a bucket by a hash under the key of the vault, so the numbers say which texts have words in common and
/// not which words. Written down, the characters are those of URL-safe base64: `value = first × 64 + second`.
public enum WordBuckets {
  /// The number of buckets: as many as two characters tell apart.
  public static let count = 4_096

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  /// What each byte stands for; 64 where it is none of the alphabet.
  private static let values: [UInt16] = {
    var values = [UInt16](repeating: 64, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt16(value) }
    return values
  }()

  /// The text of ascending buckets, each less than `count`.
  public static func text(_ buckets: some Sequence<UInt16>) -> String {
    var bytes: [UInt8] = []
    for bucket in buckets {
      bytes.append(alphabet[Int(bucket >> 6)])
      bytes.append(alphabet[Int(bucket & 63)])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the buckets of a text; what is no text of buckets adds nothing.
  public static func append(_ text: String, to buckets: inout [UInt16]) {
    let before = buckets.count
    let bytes = text.utf8.span
    guard bytes.count.isMultiple(of: 2) else { return }
    for place in stride(from: 0, to: bytes.count, by: 2) {
      let (high, low) = (values[Int(bytes[place])], values[Int(bytes[place + 1])])
      guard high < 64, low < 64 else { return buckets.removeLast(buckets.count - before) }
      buckets.append(high << 6 | low)
    }
  }
}
