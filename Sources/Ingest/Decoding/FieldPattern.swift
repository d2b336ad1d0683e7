/// A pattern on whole fields: a small regular expression whose matching is linear in the field.
///
/// It is run as a set of threads over a program (Thompson's construction, Pike's captures), so no pattern and no field
/// makes it backtrack: a match takes at most `programLimit` steps a byte. Among several ways to match, the first one
/// by the usual order counts: earlier alternatives, and as many repetitions as possible (as few with `?` behind).
///
/// | syntax | matches |
/// |---|---|
/// | `x`, `\.` | the character; punctuation after a backslash stands for itself |
/// | `.` | any byte |
/// | `[a-z0-9_]`, `[^,]` | one ASCII character, or one byte that is not of the set |
/// | `\d`, `\w`, `\s` | a digit; a letter, digit or `_`; a blank or tab |
/// | `(…)`, `(?:…)` | a group that a rewrite may name `$1` to `$9`; one that it may not |
/// | `a|b` | either |
/// | `*`, `+`, `?`, `{2}`, `{2,}`, `{2,5}` | repetitions; counts up to 100 |
package struct FieldPattern: Sendable, Hashable {
  /// One step of the program.
  enum Instruction: Sendable, Hashable {
    /// Takes one byte of the set.
    case take(ByteSet)
    /// Goes on at both places; the first is preferred.
    case split(Int, Int)
    case jump(Int)
    /// Remembers the position in a slot: 2·n − 2 where group n begins, 2·n − 1 where it ends.
    case save(Int)
    case match
  }

  /// A set of bytes.
  struct ByteSet: Sendable, Hashable {
    private var low: (UInt64, UInt64) = (0, 0)
    private var high: (UInt64, UInt64) = (0, 0)

    init() {}
    init(_ bytes: some Sequence<UInt8>) { for byte in bytes { insert(byte) } }

    mutating func insert(_ byte: UInt8) {
      let bit: UInt64 = 1 << UInt64(byte & 63)
      switch byte >> 6 {
      case 0: low.0 |= bit
      case 1: low.1 |= bit
      case 2: high.0 |= bit
      default: high.1 |= bit
      }
    }

    func contains(_ byte: UInt8) -> Bool {
      let word =
        switch byte >> 6 {
        case 0: low.0
        case 1: low.1
        case 2: high.0
        default: high.1
        }
      return word >> UInt64(byte & 63) & 1 == 1
    }

    /// Every byte that is not of the set.
    var inverted: ByteSet {
      var set = ByteSet()
      set.low = (~low.0, ~low.1)
      set.high = (~high.0, ~high.1)
      return set
    }

    static func == (a: ByteSet, b: ByteSet) -> Bool { a.low == b.low && a.high == b.high }

    func hash(into hasher: inout Hasher) {
      hasher.combine(low.0)
      hasher.combine(low.1)
      hasher.combine(high.0)
      hasher.combine(high.1)
    }
  }

  /// Why a text is no pattern.
  package struct Fault: Error, Hashable {
    /// What is wrong, to follow the pattern's name.
    package var message: String
  }

  /// The longest pattern, in bytes.
  static let textLimit = 200
  /// The longest program: what a byte of a field may cost.
  static let programLimit = 1_000
  /// The longest field that is matched, in bytes; a longer one is rejected.
  package static let fieldLimit = 1_000

  /// The pattern as written.
  package let text: String
  let program: [Instruction]
  /// The number of groups that a rewrite may name.
  package let groupCount: Int

  /// Reads a pattern.
  package init(_ text: String) throws(Fault) {
    guard text.utf8.count <= FieldPattern.textLimit else {
      throw Fault(message: "is longer than \(FieldPattern.textLimit) bytes")
    }
    var parser = FieldPatternParser(Array(text.utf8))
    let node = try parser.parse()
    var program: [Instruction] = []
    try FieldPattern.append(node, to: &program)
    program.append(.match)
    self.text = text
    self.program = program
    groupCount = parser.groupCount
  }

  private static func append(_ node: FieldPatternParser.Node, to program: inout [Instruction]) throws(Fault) {
    guard program.count < programLimit else { throw Fault(message: "has too many repetitions") }
    switch node {
    case .empty: break
    case .set(let set): program.append(.take(set))
    case .sequence(let nodes): for node in nodes { try append(node, to: &program) }
    case .group(let number, let inner):
      if let number { program.append(.save(2 * number - 2)) }
      try append(inner, to: &program)
      if let number { program.append(.save(2 * number - 1)) }
    case .either(let nodes):
      var ends: [Int] = []
      for (index, node) in nodes.enumerated() {
        let isLast = index == nodes.count - 1
        let split = program.count
        if !isLast { program.append(.jump(0)) }
        try append(node, to: &program)
        guard !isLast else { break }
        ends.append(program.count)
        program.append(.jump(0))
        program[split] = .split(split + 1, program.count)
      }
      for end in ends { program[end] = .jump(program.count) }
    case .repeated(let inner, let least, let most, let isGreedy):
      for _ in 0..<least { try append(inner, to: &program) }
      func split(_ place: Int, into inside: Int, or behind: Int) {
        program[place] = isGreedy ? .split(inside, behind) : .split(behind, inside)
      }
      guard let most else {
        let start = program.count
        program.append(.jump(0))
        try append(inner, to: &program)
        program.append(.jump(start))
        return split(start, into: start + 1, or: program.count)
      }
      var starts: [Int] = []
      for _ in least..<max(least, most) {
        starts.append(program.count)
        program.append(.jump(0))
        try append(inner, to: &program)
      }
      for start in starts { split(start, into: start + 1, or: program.count) }
    }
  }
}
