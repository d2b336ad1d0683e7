/// How a delivery writes its text, where that is not UTF-8.
package enum TextEncoding: String, CaseIterable, Sendable {
  /// UTF-16, told by its byte-order mark.
  case utf16 = "utf-16"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"
  case latin1 = "latin-1"
  case windows1252 = "windows-1252"
  /// The default, where it is to be said: a byte-order mark of UTF-16 is then not looked for.
  case utf8 = "utf-8"

  /// The characters of Windows-1252 from 0x80 to 0x9F; zero where it defines none.
  static let windows1252Controls: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
    0x0178,
  ]

  /// The encoding that the first two bytes of a member say by a byte-order mark, if they do.
  static func mark(_ first: UInt8, _ second: UInt8) -> TextEncoding? {
    switch (first, second) {
    case (0xFF, 0xFE): .utf16LittleEndian
    case (0xFE, 0xFF): .utf16BigEndian
    default: nil
    }
  }
}
