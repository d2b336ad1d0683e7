/// How a sample's bytes spell text, and the text as UTF-8.
struct SampleText {
  /// An encoding that inference tells apart.
  enum Encoding: String {
    case utf8 = "utf-8"
    case utf16 = "utf-16"
    case latin1 = "latin-1"
    case windows1252 = "windows-1252"
  }

  let encoding: Encoding
  let hasByteOrderMark: Bool
  /// How lines end: `LF`, `CRLF`, `CR`, or `mixed`.
  let lineEnds: String
  /// Each member's text as UTF-8 without its byte-order mark, cut after the last whole line where the member goes on.
  let texts: [[UInt8]]
  /// The same as delivered, as a feed would read it.
  let delivered: [[UInt8]]

  /// Tells the encoding of the members of one shape; nil where they are no text.
  init?(_ members: [FileSample.Member]) {
    let first = members.first { !$0.bytes.isEmpty }?.bytes ?? []
    if let isBigEndian = SampleText.utf16Order(first) {
      encoding = .utf16
      hasByteOrderMark = true
      texts = members.map { SampleText.whole($0, SampleText.utf8(ofUTF16: $0.bytes, isBigEndian)) }
      delivered = members.map { SampleText.wholeUnits($0, isBigEndian) }
    } else {
      delivered = members.map { SampleText.whole($0, $0.bytes) }
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      hasByteOrderMark = first.starts(with: mark)
      let bodies = members.map { SampleText.whole($0, $0.bytes.starts(with: mark) ? Array($0.bytes[3...]) : $0.bytes) }
      // Text has no NUL; a file full of them is something else, or UTF-16 without its mark.
      guard !bodies.contains(where: { $0.contains(0) }) else { return nil }
      if bodies.allSatisfy({ String(validating: $0, as: UTF8.self) != nil }) {
        encoding = .utf8
        texts = bodies
      } else {
        // In Latin-1 these are control characters, which no text has; Windows has quotes, dashes and the euro there.
        let isWindows = bodies.contains { $0.contains { (0x80...0x9F).contains($0) } }
        encoding = isWindows ? .windows1252 : .latin1
        texts = bodies.map { SampleText.utf8(ofSingleBytes: $0) }
      }
    }
    lineEnds = SampleText.lineEnds(texts)
  }

  private static func utf16Order(_ bytes: [UInt8]) -> Bool? {
    if bytes.starts(with: [0xFF, 0xFE]) { return false }
    return bytes.starts(with: [0xFE, 0xFF]) ? true : nil
  }

  private static func utf8(ofUTF16 bytes: [UInt8], _ isBigEndian: Bool) -> [UInt8] {
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index -> UInt16 in
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      return isBigEndian ? first << 8 | second : second << 8 | first
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// The characters that Windows-1252 has where Latin-1 has control characters; 0 where it has none.
  private static let windows: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0,
    0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
  ]

  private static func utf8(ofSingleBytes bytes: [UInt8]) -> [UInt8] {
    var text = String.UnicodeScalarView()
    for byte in bytes {
      let mapped = (0x80...0x9F).contains(byte) ? windows[Int(byte) - 0x80] : UInt32(byte)
      text.append(mapped == 0 ? "\u{FFFD}" : Unicode.Scalar(mapped) ?? "\u{FFFD}")
    }
    return Array(String(text).utf8)
  }

  /// The text without a last line that the sample may have cut.
  private static func whole(_ member: FileSample.Member, _ text: [UInt8]) -> [UInt8] {
    guard !member.isComplete, let end = text.lastIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return text }
    return Array(text[...end])
  }

  /// The same of UTF-16 as delivered.
  private static func wholeUnits(_ member: FileSample.Member, _ isBigEndian: Bool) -> [UInt8] {
    guard !member.isComplete else { return member.bytes }
    let (high, low) = isBigEndian ? (0, 1) : (1, 0)
    let ends = stride(from: 0, to: member.bytes.count - 1, by: 2).filter {
      member.bytes[$0 + high] == 0 && member.bytes[$0 + low] == 0x0A
    }
    return ends.last.map { Array(member.bytes[..<($0 + 2)]) } ?? member.bytes
  }

  private static func lineEnds(_ texts: [[UInt8]]) -> String {
    var (lineFeeds, pairs, returns) = (0, 0, 0)
    for text in texts {
      var previous: UInt8 = 0
      for byte in text {
        if byte == 0x0A { if previous == 0x0D { pairs += 1 } else { lineFeeds += 1 } }
        if byte == 0x0D { returns += 1 }
        previous = byte
      }
    }
    let lone = returns - pairs
    let kinds = [("LF", lineFeeds), ("CRLF", pairs), ("CR", lone)].filter { $0.1 > 0 }
    return kinds.count > 1 ? "mixed" : kinds.first?.0 ?? "LF"
  }
}
