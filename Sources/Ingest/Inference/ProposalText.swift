/// Spells the delivery's own texts so that they stay values of the feed file, and words of a comment, whatever they hold.
enum ProposalText {
  /// The most characters of a name that a comment shows.
  private static let commentLimit = 80

  /// A text in double quotes.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      default:
        if isPrintable(scalar) {
          result.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
      }
    }
    return result + "\""
  }

  /// A byte in double quotes.
  static func quoted(_ byte: UInt8) -> String { quoted(String(Unicode.Scalar(byte))) }

  /// A text as YAML needs it: plain where it can be nothing but a text, else in quotes.
  static func scalar(_ text: String) -> String {
    let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    let isPlain =
      text.utf8.allSatisfy { byte in
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
          || byte == 0x2E
      } && text.utf8.first.map { $0 > 0x39 } ?? false && !words.contains(text.lowercased())
    return isPlain ? text : quoted(text)
  }

  /// A text on one line of a comment.
  static func comment(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(commentLimit) { result.append(isPrintable(scalar) ? scalar : "?") }
    return String(result) + (text.unicodeScalars.count > commentLimit ? "…" : "")
  }

  /// Whether a character shows and keeps the line and its direction.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: scalar != "\u{FEFF}"
    }
  }

  /// A share as a whole percentage; 100 % only where nothing is missing.
  static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded(.down))) %" }

  /// A number with two decimals.
  static func fraction(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = abs(hundredths % 100)
    return "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// An offset from UTC as `+03:00`.
  static func offset(_ seconds: Int) -> String {
    let minutes = abs(seconds) / 60
    let (hour, minute) = (minutes / 60, minutes % 60)
    return "\(seconds < 0 ? "-" : "+")\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }
}
