/// Walks one JSON document byte by byte, strictly, and finds the elements of the list at a path of keys.
///
/// Outside of the list everything is checked by RFC 8259 (but not its UTF-8). Within an element only brackets and
/// strings are followed, so that an element of bad content still has an end; its content is for `JSONScanner` to judge. The
/// state is a few bytes and one byte a level of nesting, at most `depthLimit`.
struct JSONDocumentScanner {
  /// What a byte means for the elements.
  enum Event {
    case none
    /// The byte is an element's first.
    case elementStarts
    /// The byte is the last of the element in progress.
    case elementEnds
    /// The element in progress ended before the byte.
    case elementEndedBefore
  }

  /// Why the document is none.
  struct Fault: Error {
    let message: String
  }

  private enum State {
    case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd, text, escape, hexadecimal, word
    case element, elementOrEnd, elementCommaOrEnd, elementBody, elementText, elementEscape, elementWord
    case end
  }

  /// The deepest nesting that is followed.
  static let depthLimit = 1 << 16
  /// The longest number or word outside of elements, and the longest key that may be on the path.
  private static let wordLimit = 4_096

  private let path: [[UInt8]]
  private var state = State.value
  /// The opening brackets that are not closed.
  private var open: [UInt8] = []
  /// How many of the open ones lead to the list; the root is the first.
  private var pathDepth = 0
  /// Whether the value that comes next is on the path.
  private var isWanted = true
  private var isFound = false
  private var isKey = false
  private var hexadecimalCount = 0
  /// The number, word or key in progress, as delivered.
  private var word: [UInt8] = []
  /// The open brackets around the elements.
  private var listDepth = 0

  init(path: [[UInt8]]) { self.path = path }

  /// What the path is called in messages.
  private var place: String {
    path.isEmpty
      ? "as the document" : "at '\(path.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "."))'"
  }

  /// Takes the next byte.
  mutating func step(_ byte: UInt8) throws(Fault) -> Event {
    switch state {
    case .elementBody, .elementText, .elementEscape: return try stepElement(byte)
    case .text, .escape, .hexadecimal:
      try stepText(byte)
      return .none
    case .word:
      guard JSONDocumentScanner.endsWord(byte) else {
        guard word.count < JSONDocumentScanner.wordLimit else { throw Fault(message: "a number or word is too long") }
        word.append(byte)
        return .none
      }
      guard JSONScanner.isWord(word) else { throw Fault(message: "a number or word is none of JSON's") }
      endValue()
      return try step(byte)
    case .elementWord:
      guard JSONDocumentScanner.endsWord(byte) else { return .none }
      state = .elementCommaOrEnd
      _ = try step(byte)
      return .elementEndedBefore
    default:
      if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { return .none }
      return try stepBetween(byte)
    }
  }

  /// Ends the document.
  func finish() throws(Fault) {
    guard case .end = state else { throw Fault(message: "the document ends before its time") }
    guard isFound else { throw Fault(message: "there is no list \(place)") }
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x5D, 0x7D: true
    default: false
    }
  }

  // MARK: - Between values

  private mutating func stepBetween(_ byte: UInt8) throws(Fault) -> Event {
    switch state {
    case .value: try beginValue(byte)
    case .valueOrEnd: if byte == 0x5D { try close(byte) } else { try beginValue(byte) }
    case .key, .keyOrEnd:
      if case .keyOrEnd = state, byte == 0x7D { return try closed(byte) }
      guard byte == 0x22 else { throw Fault(message: "a key is expected") }
      beginText(isKey: true)
    case .colon:
      guard byte == 0x3A else { throw Fault(message: "a colon is expected") }
      state = .value
    case .commaOrEnd:
      guard byte == 0x2C else { return try closed(byte) }
      state = open.last == 0x7B ? .key : .value
    case .element, .elementOrEnd:
      if case .elementOrEnd = state, byte == 0x5D { return try closed(byte) }
      return try beginElement(byte)
    case .elementCommaOrEnd:
      guard byte == 0x2C else { return try closed(byte) }
      state = .element
    default: throw Fault(message: "something follows the end of the document")
    }
    return .none
  }

  private mutating func closed(_ byte: UInt8) throws(Fault) -> Event {
    try close(byte)
    return .none
  }

  private mutating func beginValue(_ byte: UInt8) throws(Fault) {
    let isWanted = self.isWanted
    self.isWanted = false
    if isWanted { return try beginWanted(byte) }
    switch byte {
    case 0x7B:
      try push(byte)
      state = .keyOrEnd
    case 0x5B:
      try push(byte)
      state = .valueOrEnd
    case 0x22: beginText(isKey: false)
    case 0x2D, 0x30...0x39, 0x61...0x7A:
      word = [byte]
      state = .word
    default: throw Fault(message: "a value is expected")
    }
  }

  /// Begins a value on the path: objects on the way, the list at its end.
  private mutating func beginWanted(_ byte: UInt8) throws(Fault) {
    guard byte == (pathDepth == path.count ? 0x5B : 0x7B) else { throw Fault(message: "there is no list \(place)") }
    try push(byte)
    guard pathDepth == path.count else {
      pathDepth += 1
      state = .keyOrEnd
      return
    }
    guard !isFound else { throw Fault(message: "there is more than one list \(place)") }
    isFound = true
    listDepth = open.count
    state = .elementOrEnd
  }

  private mutating func push(_ bracket: UInt8) throws(Fault) {
    guard open.count < JSONDocumentScanner.depthLimit else { throw Fault(message: "the document is nested too deeply") }
    open.append(bracket)
  }

  private mutating func pop(_ bracket: UInt8) throws(Fault) {
    guard let last = open.last, bracket == last + 2 else { throw Fault(message: "a bracket does not match") }
    open.removeLast()
    pathDepth = min(pathDepth, open.count)
  }

  private mutating func close(_ bracket: UInt8) throws(Fault) {
    guard bracket == 0x7D || bracket == 0x5D else { throw Fault(message: "a comma or an end is expected") }
    try pop(bracket)
    endValue()
  }

  private mutating func endValue() { state = open.isEmpty ? .end : .commaOrEnd }

  // MARK: - Texts and keys

  private mutating func beginText(isKey: Bool) {
    self.isKey = isKey
    word.removeAll(keepingCapacity: true)
    state = .text
  }

  private mutating func stepText(_ byte: UInt8) throws(Fault) {
    if isKey, word.count <= JSONDocumentScanner.wordLimit, !(state == .text && byte == 0x22) { word.append(byte) }
    switch state {
    case .escape:
      guard "\"\\/bfnrtu".utf8.contains(byte) else { throw Fault(message: "a text has a wrong escape") }
      state = byte == 0x75 ? .hexadecimal : .text
      hexadecimalCount = 0
    case .hexadecimal:
      guard byte < 0x80, Character(Unicode.Scalar(byte)).isHexDigit else {
        throw Fault(message: "a text has a wrong escape")
      }
      hexadecimalCount += 1
      if hexadecimalCount == 4 { state = .text }
    default:
      guard byte >= 0x20 else { throw Fault(message: "a text has a control character") }
      if byte == 0x5C { state = .escape }
      guard byte == 0x22 else { return }
      guard isKey else { return endValue() }
      let isOnPath = open.count == pathDepth && pathDepth <= path.count
      isWanted = isOnPath && JSONScanner.text(ofLiteral: word) == path[pathDepth - 1]
      state = .colon
    }
  }

  // MARK: - Elements

  private mutating func beginElement(_ byte: UInt8) throws(Fault) -> Event {
    switch byte {
    case 0x7B, 0x5B:
      try push(byte)
      state = .elementBody
    case 0x22: state = .elementText
    case 0x2C, 0x3A, 0x5D, 0x7D: throw Fault(message: "an element is expected")
    default: state = .elementWord
    }
    return .elementStarts
  }

  private mutating func stepElement(_ byte: UInt8) throws(Fault) -> Event {
    switch state {
    case .elementText:
      if byte == 0x5C { state = .elementEscape }
      if byte == 0x22 { return endOfPart() }
    case .elementEscape: state = .elementText
    default:
      switch byte {
      case 0x22: state = .elementText
      case 0x7B, 0x5B: try push(byte)
      case 0x7D, 0x5D:
        try pop(byte)
        return endOfPart()
      default: break
      }
    }
    return .none
  }

  /// A text or a bracket within an element is closed.
  private mutating func endOfPart() -> Event {
    state = open.count == listDepth ? .elementCommaOrEnd : .elementBody
    return open.count == listDepth ? .elementEnds : .none
  }
}
