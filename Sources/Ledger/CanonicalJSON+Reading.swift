extension CanonicalJSON {
  /// Reads the one text of a value; nil for any other form of JSON.
  public init?(reading bytes: [UInt8]) {
    var reader = CanonicalReader(bytes: bytes)
    guard let value = reader.value(depth: 0), reader.isAtEnd else { return nil }
    self = value
  }
}

/// A recursive descent over canonical JSON that refuses every form that the writer would not have chosen.
private struct CanonicalReader {
  /// Deeper nesting than any statement has; guards the stack against hostile input.
  private static let maximumDepth = 32

  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  private func isNext(_ byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard isNext(byte) else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) -> CanonicalJSON? {
    guard depth < Self.maximumDepth, position < bytes.count else { return nil }
    switch bytes[position] {
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "["): return array(depth: depth)
    case UInt8(ascii: "{"): return object(depth: depth)
    default: return integer()
    }
  }

  private mutating func array(depth: Int) -> CanonicalJSON? {
    position += 1
    if take(UInt8(ascii: "]")) { return .array([]) }
    var values: [CanonicalJSON] = []
    while true {
      guard let element = value(depth: depth + 1) else { return nil }
      values.append(element)
      if take(UInt8(ascii: "]")) { return .array(values) }
      guard take(UInt8(ascii: ",")) else { return nil }
    }
  }

  private mutating func object(depth: Int) -> CanonicalJSON? {
    position += 1
    if take(UInt8(ascii: "}")) { return .object([:]) }
    var members: [String: CanonicalJSON] = [:]
    var last: String?
    while true {
      guard let key = string(), take(UInt8(ascii: ":")), let member = value(depth: depth + 1) else { return nil }
      // Strictly ascending keys leave no room for a second member of one name.
      if let last, !last.utf8.lexicographicallyPrecedes(key.utf8) { return nil }
      last = key
      members[key] = member
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { return nil }
    }
  }

  private mutating func integer() -> CanonicalJSON? {
    let start = position
    _ = take(UInt8(ascii: "-"))
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Int64(text), String(value) == text else { return nil }
    return .integer(value)
  }

  private mutating func string() -> String? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    var content: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(validating: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        if take(UInt8(ascii: "\"")) {
          content.append(UInt8(ascii: "\""))
        } else if take(UInt8(ascii: "\\")) {
          content.append(UInt8(ascii: "\\"))
        } else {
          guard let control = escapedControl() else { return nil }
          content.append(control)
        }
      case 0..<0x20: return nil
      default: content.append(byte)
      }
    }
    return nil
  }

  /// Reads `u00xx` of a control byte.
  private mutating func escapedControl() -> UInt8? {
    guard position + 5 <= bytes.count, Array(bytes[position..<position + 3]) == Array("u00".utf8) else { return nil }
    let digits = String(decoding: bytes[position + 3..<position + 5], as: UTF8.self)
    guard let byte = [UInt8](lowercaseHex: digits)?.first, byte < 0x20 else { return nil }
    position += 5
    return byte
  }
}
