/// The times of mail headers (RFC 5322, with its obsolete forms): `Tue, 24 Nov 2026 09:15:00 +0100 (CET)`.
enum MailDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  /// Hours east of Greenwich. Any other name says nothing, and counts as UTC like `-0000`.
  private static let zones = [
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
  ]

  /// The time as ISO 8601 with its offset; nil where the bytes are no such time. The day is not checked against the month.
  static func iso8601(_ value: [UInt8]) -> [UInt8]? {
    var words = words(value)
    if let first = words.first, first.hasSuffix(",") || first.allSatisfy(\.isLetter) { words.removeFirst() }
    guard words.count >= 4, let day = number(words[0], digits: 1...2),
      let month = months.firstIndex(of: String(words[1].prefix(3))), let year = year(words[2])
    else { return nil }
    let clock = words[3].split(separator: ":", omittingEmptySubsequences: false).map {
      number(String($0), digits: 1...2)
    }
    guard (2...3).contains(clock.count), let hour = clock[0], let minute = clock[1],
      let second = clock.count == 3 ? clock[2] : 0, let offset = offset(words.count > 4 ? words[4] : "-0000")
    else { return nil }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let padded = String("000\(year)".suffix(4))
    let zone = "\(offset < 0 ? "-" : "+")\(two(abs(offset) / 60)):\(two(abs(offset) % 60))"
    return Array("\(padded)-\(two(month + 1))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))\(zone)".utf8)
  }

  /// The words in lower case, without comments; a comma ends a word.
  private static func words(_ value: [UInt8]) -> [String] {
    var words: [String] = []
    var word = ""
    var depth = 0
    func end() {
      if !word.isEmpty { words.append(word) }
      word = ""
    }
    // Longer ones are no times.
    for byte in value.prefix(200) {
      switch byte {
      case 0x28: depth += 1
      case 0x29: depth = max(0, depth - 1)
      case _ where depth > 0: break
      case 0x20, 0x09: end()
      case 0x2C:
        word += ","
        end()
      default: word.unicodeScalars.append(Unicode.Scalar(MailHeader.lower(byte)))
      }
    }
    end()
    return words
  }

  private static func number(_ text: String, digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  private static func year(_ text: String) -> Int? {
    guard let year = number(text, digits: 2...4) else { return nil }
    switch text.utf8.count {
    case 2: return year < 50 ? 2000 + year : 1900 + year
    case 3: return 1900 + year
    default: return year
    }
  }

  /// Minutes east of Greenwich.
  private static func offset(_ text: String) -> Int? {
    guard let sign = text.first, sign == "+" || sign == "-" else {
      return text.allSatisfy(\.isLetter) ? (zones[text] ?? 0) * 60 : nil
    }
    guard let digits = number(String(text.dropFirst()), digits: 4...4), digits % 100 < 60, digits < 2400 else {
      return nil
    }
    return (sign == "-" ? -1 : 1) * (digits / 100 * 60 + digits % 100)
  }
}
