/// Header text beyond ASCII (RFC 2047): `=?UTF-8?Q?Beschwerde_=C3=BCber?=`.
enum EncodedWord {
  /// The value with its encoded words decoded to UTF-8; words that cannot be decoded stay as they are.
  ///
  /// Blanks between two encoded words are no part of the text.
  static func decoded(_ value: [UInt8]) -> [UInt8] {
    guard value.contains(0x3F) else { return value }
    var text: [UInt8] = []
    var blanks: [UInt8] = []
    var isBehindWord = false
    var position = 0
    while position < value.count {
      if let word = word(value, at: position) {
        if !isBehindWord { text += blanks }
        text += word.text
        position = word.end
        isBehindWord = true
        blanks = []
        continue
      }
      let byte = value[position]
      position += 1
      if byte == 0x20 || byte == 0x09 {
        blanks.append(byte)
      } else {
        text += blanks
        text.append(byte)
        blanks = []
        isBehindWord = false
      }
    }
    return text + blanks
  }

  /// The longest word that is looked for; RFC 2047 allows 75 bytes.
  private static let lengthLimit = 1_000

  private static func word(_ value: [UInt8], at start: Int) -> (text: [UInt8], end: Int)? {
    guard value[start...].starts(with: [0x3D, 0x3F]) else { return nil }
    let limit = min(value.count, start + lengthLimit)
    guard let charsetEnd = value[(start + 2)..<limit].firstIndex(of: 0x3F), charsetEnd + 3 < limit,
      value[charsetEnd + 2] == 0x3F
    else { return nil }
    let textStart = charsetEnd + 3
    guard let textEnd = value[textStart..<limit].firstIndex(of: 0x3F), textEnd + 1 < value.count,
      value[textEnd + 1] == 0x3D
    else { return nil }
    // A language may follow the name: `UTF-8*de`.
    let charset = value[(start + 2)..<charsetEnd].prefix { $0 != 0x2A }
    let raw: [UInt8]?
    switch MailHeader.lower(value[charsetEnd + 1]) {
    case 0x62: raw = TransferEncoding.base64(value[textStart..<textEnd])
    case 0x71: raw = TransferEncoding.quotedPrintable(value[textStart..<textEnd], isHeader: true)
    default: raw = nil
    }
    guard let raw, let text = MailCharset.utf8(raw, charset: Array(charset)) else { return nil }
    return (text, textEnd + 2)
  }
}
