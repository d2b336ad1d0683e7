/// The character sets of mail that are understood: UTF-8, ASCII, Latin-1 and Windows-1252.
enum MailCharset {
  /// What 0x80 to 0x9F are in Windows-1252; its five holes are the control characters of Latin-1.
  private static let windows: [UInt16] = [
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D,
    0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
    0x0153, 0x009D, 0x017E, 0x0178,
  ]

  /// The text as UTF-8; nil where the set is another one, or the bytes are not of it. No name means UTF-8.
  static func utf8(_ bytes: [UInt8], charset: [UInt8]) -> [UInt8]? {
    switch String(decoding: charset.map { MailHeader.lower($0) }, as: UTF8.self) {
    case "utf-8", "utf8", "us-ascii", "ascii", "": String(validating: bytes, as: UTF8.self) == nil ? nil : bytes
    // Mail that says Latin-1 often means Windows-1252; in Latin-1 those 32 are control characters that nobody writes.
    case "iso-8859-1", "latin1", "windows-1252", "cp1252":
      bytes.flatMap { byte -> [UInt8] in
        guard byte >= 0x80 else { return [byte] }
        let code = byte < 0xA0 ? windows[Int(byte) - 0x80] : UInt16(byte)
        return Unicode.Scalar(code).map { Array(String($0).utf8) } ?? []
      }
    default: nil
    }
  }
}
