/// What a cell of a machine list may look like. A list with a cell that does not fit is refused, never rewritten:
/// whoever loads it must get what was decided, and no spreadsheet may find anything to execute.
package enum CellPattern: Sendable {
  /// Digits of E.164 without the plus sign.
  case number
  /// A key or code: a letter or digit first, then letters, digits, dot, underscore, colon, hyphen.
  case key
  /// A whole number without sign.
  case count
  /// A decimal number with four or six places, perhaps negative.
  case decimal
  /// A local time with its offset from UTC.
  case instant
  /// An e-mail address of the usual characters.
  case address
  /// A pattern, or nothing.
  indirect case optional(CellPattern)

  /// Whether `cell` fits. O(length).
  package func fits(_ cell: String) -> Bool {
    let bytes = Array(cell.utf8)
    switch self {
    case .optional(let pattern): return bytes.isEmpty || pattern.fits(cell)
    case .number: return (8...15).contains(bytes.count) && bytes.allSatisfy(CellPattern.isDigit)
    case .key:
      guard let first = bytes.first, bytes.count <= 128, CellPattern.isWord(first) else { return false }
      return bytes.allSatisfy { CellPattern.isWord($0) || Array("._:-".utf8).contains($0) }
    case .count: return (1...18).contains(bytes.count) && bytes.allSatisfy(CellPattern.isDigit)
    case .decimal:
      let parts = (bytes.first == 0x2D ? bytes.dropFirst() : bytes[...])
        .split(separator: 0x2E, omittingEmptySubsequences: false)
      return parts.count == 2 && !parts[0].isEmpty && (parts[1].count == 4 || parts[1].count == 6)
        && parts.allSatisfy { $0.allSatisfy(CellPattern.isDigit) }
    case .instant: return CellPattern.hasShape(bytes, "0000-00-00T00:00:00+00:00")
    case .address: return CellPattern.isAddress(bytes)
    }
  }

  /// Whether a spreadsheet might take the text for a formula: by its first character, or that of an inner line.
  package static func isExecutable(_ text: String) -> Bool {
    let starters: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%"]
    let spaces: Set<Unicode.Scalar> = [" ", "\u{A0}", "\u{FEFF}", "\u{200B}", "\"", "'"]
    for line in text.unicodeScalars.split(whereSeparator: { $0 == "\n" || $0 == "\r" }) {
      if let first = line.first(where: { !spaces.contains($0) }), starters.contains(first) { return true }
    }
    return text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// Whether digits stand where `shape` has digits, and the same characters elsewhere; `+` stands for either sign.
  private static func hasShape(_ bytes: [UInt8], _ shape: String) -> Bool {
    let shape = Array(shape.utf8)
    return bytes.count == shape.count
      && zip(bytes, shape).allSatisfy { byte, wanted in
        switch wanted {
        case 0x30: isDigit(byte)
        case 0x2B: byte == 0x2B || byte == 0x2D
        default: byte == wanted
        }
      }
  }

  private static func isAddress(_ bytes: [UInt8]) -> Bool {
    let parts = bytes.split(separator: 0x40, omittingEmptySubsequences: false)
    guard parts.count == 2, bytes.count <= 254, let first = parts[0].first, isWord(first) else { return false }
    let isLocalSafe = parts[0].allSatisfy { isWord($0) || Array("._%+-".utf8).contains($0) }
    let labels = parts[1].split(separator: 0x2E, omittingEmptySubsequences: false)
    return isLocalSafe && labels.count >= 2
      && labels.allSatisfy { label in
        guard let first = label.first else { return false }
        return isWord(first) && label.allSatisfy { isWord($0) || $0 == 0x2D }
      }
  }
}
