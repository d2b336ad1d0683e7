/// What happens to the bytes of a field before they are read; most fields have none of it.
///
/// condition → missing marks → alternatives for an empty field → rewrite → value map or number form → reading.
struct FieldPreparation: Sendable, Hashable {
  /// What another field must be, or else this one is missing.
  struct Condition: Sendable, Hashable {
    /// Index among the feed's sources.
    var source: Int
    var values: [[UInt8]]
  }

  var condition: Condition?
  /// Texts that mean that there is no value.
  var missing: [[UInt8]] = []
  /// Sources that are read, in this order, where the field is empty.
  var alternatives: [Int] = []
  var rewrite: FieldRewrite?
  var numberForm: NumberForm?

  /// Whether there is nothing to do.
  var isEmpty: Bool { self == FieldPreparation() }
}

/// A pattern and what a field that matches it becomes.
struct FieldRewrite: Sendable, Hashable {
  /// A piece of the new text.
  enum Piece: Sendable, Hashable {
    case text([UInt8])
    /// What the group of this number matched; nothing where it took no part.
    case group(Int)
  }

  var pattern: FieldPattern
  var pieces: [Piece]
  /// Whether a field that does not match stays as it is; otherwise its row is rejected.
  var keepsUnmatched: Bool

  /// Reads `to`: `$1` to `$9` are groups of the pattern, `$$` is a dollar sign.
  static func pieces(of text: String, groupCount: Int) throws(FieldPattern.Fault) -> [Piece] {
    var pieces: [Piece] = []
    var literal: [UInt8] = []
    var isDollar = false
    for byte in text.utf8 {
      guard isDollar else {
        if byte == UInt8(ascii: "$") { isDollar = true } else { literal.append(byte) }
        continue
      }
      isDollar = false
      if byte == UInt8(ascii: "$") {
        literal.append(byte)
        continue
      }
      let group = Int(byte) - 0x30
      guard (1...9).contains(group) else {
        throw FieldPattern.Fault(message: "has a '$' before something other than 1 to 9 and $")
      }
      guard group <= groupCount else {
        throw FieldPattern.Fault(message: "names the group \(group), and there is none")
      }
      if !literal.isEmpty { pieces.append(.text(literal)) }
      literal = []
      pieces.append(.group(group))
    }
    guard !isDollar else { throw FieldPattern.Fault(message: "ends with a '$'; $$ is a dollar sign") }
    return literal.isEmpty ? pieces : pieces + [.text(literal)]
  }
}
