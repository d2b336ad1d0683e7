/// Reads the text of a pattern into a tree (`FieldPattern` has the syntax).
struct FieldPatternParser {
  indirect enum Node {
    case empty
    case set(FieldPattern.ByteSet)
    case sequence([Node])
    case either([Node])
    case group(number: Int?, Node)
    case repeated(Node, least: Int, most: Int?, isGreedy: Bool)
  }

  private let text: [UInt8]
  private var position = 0
  private var depth = 0
  private(set) var groupCount = 0

  private static let depthLimit = 20
  private static let repetitionLimit = 100
  private static let digits = FieldPattern.ByteSet(0x30...0x39)
  private static let word = FieldPattern.ByteSet(
    [0x5F] + Array(0x30...0x39) + Array(0x41...0x5A) + Array(0x61...0x7A))
  private static let space = FieldPattern.ByteSet([0x20, 0x09])

  init(_ text: [UInt8]) { self.text = text }

  mutating func parse() throws(FieldPattern.Fault) -> Node {
    let node = try alternatives()
    guard position == text.count else { throw fault("has a ')' without its '('") }
    return node
  }

  private func fault(_ message: String) -> FieldPattern.Fault { FieldPattern.Fault(message: message) }

  private func peek() -> UInt8? { position < text.count ? text[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  private mutating func alternatives() throws(FieldPattern.Fault) -> Node {
    var nodes = [try sequence()]
    while take(UInt8(ascii: "|")) { nodes.append(try sequence()) }
    return nodes.count == 1 ? nodes[0] : .either(nodes)
  }

  private mutating func sequence() throws(FieldPattern.Fault) -> Node {
    var nodes: [Node] = []
    while let byte = peek(), byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      nodes.append(try repetitions(of: try atom(byte)))
    }
    return nodes.isEmpty ? .empty : nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func atom(_ byte: UInt8) throws(FieldPattern.Fault) -> Node {
    position += 1
    switch byte {
    case UInt8(ascii: "."): return .set(FieldPattern.ByteSet().inverted)
    case UInt8(ascii: "["): return .set(try set())
    case UInt8(ascii: "\\"): return .set(try escape())
    case UInt8(ascii: "("): return try group()
    case UInt8(ascii: "^"), UInt8(ascii: "$"):
      throw fault("has a '\(Character(Unicode.Scalar(byte)))': a pattern is always about the whole field")
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
      throw fault("repeats nothing with '\(Character(Unicode.Scalar(byte)))'")
    default: return .set(FieldPattern.ByteSet([byte]))
    }
  }

  private mutating func group() throws(FieldPattern.Fault) -> Node {
    var number: Int?
    if take(UInt8(ascii: "?")) {
      guard take(UInt8(ascii: ":")) else { throw fault("has a group of an unknown form; (…) and (?:…) are known") }
    } else {
      groupCount += 1
      number = groupCount
      guard groupCount <= 9 else { throw fault("has more than nine groups; (?:…) does not count") }
    }
    depth += 1
    guard depth <= FieldPatternParser.depthLimit else { throw fault("nests too deeply") }
    let inner = try alternatives()
    depth -= 1
    guard take(UInt8(ascii: ")")) else { throw fault("has a '(' without its ')'") }
    return .group(number: number, inner)
  }

  private mutating func escape() throws(FieldPattern.Fault) -> FieldPattern.ByteSet {
    guard let byte = peek() else { throw fault("ends with a backslash") }
    position += 1
    switch byte {
    case UInt8(ascii: "d"): return FieldPatternParser.digits
    case UInt8(ascii: "w"): return FieldPatternParser.word
    case UInt8(ascii: "s"): return FieldPatternParser.space
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...:
      throw fault("has an unknown backslash; \\d, \\w, \\s and punctuation are known")
    default: return FieldPattern.ByteSet([byte])
    }
  }

  private mutating func set() throws(FieldPattern.Fault) -> FieldPattern.ByteSet {
    let isInverted = take(UInt8(ascii: "^"))
    var set = FieldPattern.ByteSet()
    var isEmpty = true
    while true {
      guard let byte = peek() else { throw fault("has a '[' without its ']'") }
      position += 1
      if byte == UInt8(ascii: "]"), !isEmpty { return isInverted ? set.inverted : set }
      guard byte < 0x80 else { throw fault("has a set with a character outside of ASCII") }
      isEmpty = false
      if byte == UInt8(ascii: "\\") {
        let escaped = try escape()
        for member in UInt8.min...UInt8.max where escaped.contains(member) { set.insert(member) }
        continue
      }
      guard peek() == UInt8(ascii: "-"), position + 1 < text.count, text[position + 1] != UInt8(ascii: "]") else {
        set.insert(byte)
        continue
      }
      let last = text[position + 1]
      position += 2
      guard last >= byte, last < 0x80, last != UInt8(ascii: "\\") else {
        throw fault("has a range that runs backwards")
      }
      for member in byte...last { set.insert(member) }
    }
  }

  private mutating func repetitions(of node: Node) throws(FieldPattern.Fault) -> Node {
    let least: Int
    let most: Int?
    switch peek() {
    case UInt8(ascii: "*")?: (least, most) = (0, nil)
    case UInt8(ascii: "+")?: (least, most) = (1, nil)
    case UInt8(ascii: "?")?: (least, most) = (0, 1)
    case UInt8(ascii: "{")?:
      (least, most) = try counts()
    default: return node
    }
    position += 1
    let isGreedy = !take(UInt8(ascii: "?"))
    if let next = peek(), [0x2A, 0x2B, 0x3F, 0x7B].contains(next) { throw fault("repeats a repetition") }
    return .repeated(node, least: least, most: most, isGreedy: isGreedy)
  }

  /// Reads `{2}`, `{2,}` or `{2,5}` up to its closing brace.
  private mutating func counts() throws(FieldPattern.Fault) -> (least: Int, most: Int?) {
    let wrong = fault("has '{' without counts up to \(FieldPatternParser.repetitionLimit), such as {2}, {2,} or {2,5}")
    position += 1
    guard let end = text[position...].firstIndex(of: UInt8(ascii: "}")) else { throw wrong }
    let parts = String(decoding: text[position..<end], as: UTF8.self).split(
      separator: ",", omittingEmptySubsequences: false)
    position = end
    guard (1...2).contains(parts.count), let least = Int(parts[0]),
      (0...FieldPatternParser.repetitionLimit).contains(least)
    else { throw wrong }
    guard parts.count == 2 else { return (least, least) }
    if parts[1].isEmpty { return (least, nil) }
    guard let most = Int(parts[1]), (max(1, least)...FieldPatternParser.repetitionLimit).contains(most) else {
      throw wrong
    }
    return (least, most)
  }
}
