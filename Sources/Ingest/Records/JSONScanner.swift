/// Checks one JSON object by RFC 8259 and picks the values at some paths of keys.
struct JSONScanner {
  /// Where and why the text is not taken.
  struct Fault: Error {
    let code: String
    let position: Int
  }

  /// The deepest nesting that is followed.
  static let depthLimit = 32

  private let bytes: [UInt8]
  private let paths: [[[UInt8]]]
  private var position = 0
  /// The value at each path, its text without quotes and escapes; empty where it is null or absent.
  private(set) var values: [[UInt8]]
  /// The offset of each value, its quote included; 0 where it is absent.
  private(set) var starts: [Int]

  init(bytes: [UInt8], paths: [[[UInt8]]]) {
    self.bytes = bytes
    self.paths = paths
    values = Array(repeating: [], count: paths.count)
    starts = Array(repeating: 0, count: paths.count)
  }

  /// The text that a string literal without its quotes stands for; nil where it is none.
  static func text(ofLiteral bytes: [UInt8]) -> [UInt8]? {
    guard bytes.contains(0x5C) else { return bytes }
    var scanner = JSONScanner(bytes: [0x22] + bytes + [0x22], paths: [])
    return try? scanner.string()
  }

  /// Whether the bytes are a number, `true`, `false` or `null`.
  static func isWord(_ bytes: [UInt8]) -> Bool {
    var scanner = JSONScanner(bytes: bytes, paths: [])
    do throws(Fault) { try scanner.value([], depth: 0) } catch { return false }
    return scanner.position == bytes.count
  }

  /// Reads the whole text, which must be one object.
  mutating func scan() throws(Fault) {
    skipBlanks()
    guard peek == 0x7B else { throw bad() }
    try object(Array(paths.indices), depth: 0)
    skipBlanks()
    guard position == bytes.count else { throw bad() }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Fault(code: "not-utf8", position: JSONScanner.firstInvalid(bytes))
    }
  }

  /// The offset of the first byte that is no part of UTF-8 text.
  private static func firstInvalid(_ bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var count = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { count += UTF8.width(scalar) }
    return count
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }
  private func bad() -> Fault { Fault(code: "bad-json", position: position) }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A { position += 1 }
  }

  private mutating func expect(_ byte: UInt8) throws(Fault) {
    guard peek == byte else { throw bad() }
    position += 1
  }

  /// Reads an object; `candidates` are the paths whose first `depth` keys led here.
  private mutating func object(_ candidates: [Int], depth: Int) throws(Fault) {
    guard depth < JSONScanner.depthLimit else { throw Fault(code: "too-deep", position: position) }
    try expect(0x7B)
    skipBlanks()
    var seen: Set<[UInt8]> = []
    if peek == 0x7D {
      position += 1
      return
    }
    while true {
      skipBlanks()
      let start = position
      let key = try string()
      guard seen.insert(key).inserted else { throw Fault(code: "repeated-key", position: start) }
      skipBlanks()
      try expect(0x3A)
      try value(candidates.filter { paths[$0].count > depth && paths[$0][depth] == key }, depth: depth + 1)
      skipBlanks()
      if peek == 0x2C {
        position += 1
        continue
      }
      return try expect(0x7D)
    }
  }

  private mutating func value(_ candidates: [Int], depth: Int) throws(Fault) {
    skipBlanks()
    let wanted = candidates.filter { paths[$0].count == depth }
    let start = position
    for path in wanted { starts[path] = start }
    switch peek {
    case 0x7B:
      guard wanted.isEmpty else { throw Fault(code: "nested-value", position: start) }
      try object(candidates, depth: depth)
    case 0x5B:
      guard wanted.isEmpty else { throw Fault(code: "nested-value", position: start) }
      try list(candidates, depth: depth)
    case 0x22:
      let text = try string()
      for path in wanted { values[path] = text }
    case 0x74: try word("true", wanted)
    case 0x66: try word("false", wanted)
    case 0x6E: try word("null", [])
    default:
      try number()
      for path in wanted { values[path] = Array(bytes[start..<position]) }
    }
  }

  private mutating func list(_ candidates: [Int], depth: Int) throws(Fault) {
    guard depth < JSONScanner.depthLimit else { throw Fault(code: "too-deep", position: position) }
    try expect(0x5B)
    skipBlanks()
    if peek == 0x5D {
      position += 1
      return
    }
    while true {
      skipBlanks()
      let start = position
      try value([], depth: depth + 1)
      for path in candidates { try select(path, depth: depth, in: start..<position) }
      skipBlanks()
      if peek == 0x2C {
        position += 1
        continue
      }
      return try expect(0x5D)
    }
  }

  /// Picks the value of a path below an element of a list, where the path's next key selects that element: `[id=17]`.
  private mutating func select(_ path: Int, depth: Int, in range: Range<Int>) throws(Fault) {
    guard starts[path] == 0, bytes[range.lowerBound] == 0x7B, let selector = Selector(paths[path][depth]) else {
      return
    }
    let element = Array(bytes[range])
    var probe = JSONScanner(bytes: element, paths: [[selector.key]])
    guard (try? probe.scan()) != nil, probe.starts[0] > 0, probe.values[0] == selector.text else { return }
    var found = JSONScanner(bytes: element, paths: [Array(paths[path][(depth + 1)...])])
    do throws(Fault) { try found.scan() } catch {
      throw Fault(code: error.code, position: range.lowerBound + error.position)
    }
    guard found.starts[0] > 0 else { return }
    values[path] = found.values[0]
    starts[path] = range.lowerBound + found.starts[0]
  }

  /// A key of a path that selects an element of a list by the text of one of its own keys.
  struct Selector {
    let key: [UInt8]
    let text: [UInt8]

    /// Reads `[key=text]`; nil where the bytes are another key.
    init?(_ bytes: [UInt8]) {
      guard bytes.first == 0x5B, bytes.last == 0x5D, let equals = bytes.firstIndex(of: 0x3D), equals > 1 else {
        return nil
      }
      key = Array(bytes[1..<equals])
      text = Array(bytes[(equals + 1)..<(bytes.count - 1)])
    }
  }

  private mutating func word(_ text: StaticString, _ wanted: [Int]) throws(Fault) {
    let expected = Array("\(text)".utf8)
    guard bytes[position...].starts(with: expected) else { throw bad() }
    position += expected.count
    for path in wanted { values[path] = expected }
  }

  private mutating func digits() throws(Fault) {
    let start = position
    while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw bad() }
  }

  private mutating func number() throws(Fault) {
    if peek == 0x2D { position += 1 }
    if peek == 0x30 { position += 1 } else { try digits() }
    if peek == 0x2E {
      position += 1
      try digits()
    }
    if peek == 0x65 || peek == 0x45 {
      position += 1
      if peek == 0x2B || peek == 0x2D { position += 1 }
      try digits()
    }
  }

  private mutating func string() throws(Fault) -> [UInt8] {
    try expect(0x22)
    var text: [UInt8] = []
    while true {
      guard let byte = peek, byte >= 0x20 else { throw bad() }
      position += 1
      switch byte {
      case 0x22: return text
      case 0x5C: try escape(&text)
      default: text.append(byte)
      }
    }
  }

  private mutating func escape(_ text: inout [UInt8]) throws(Fault) {
    guard let byte = peek else { throw bad() }
    position += 1
    switch byte {
    case 0x22, 0x5C, 0x2F: text.append(byte)
    case 0x62: text.append(0x08)
    case 0x66: text.append(0x0C)
    case 0x6E: text.append(0x0A)
    case 0x72: text.append(0x0D)
    case 0x74: text.append(0x09)
    case 0x75:
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code) {
        try expect(0x5C)
        try expect(0x75)
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw bad() }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw bad() }
      text.append(contentsOf: Array(String(scalar).utf8))
    default: throw bad()
    }
  }

  private mutating func hexadecimal() throws(Fault) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { throw bad() }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}
