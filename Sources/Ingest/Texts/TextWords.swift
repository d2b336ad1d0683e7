/// The words of a text, one behind the other, as they are compared: in lower case, numbers as one and the same word.
///
/// A word is a run of letters and their marks. A run with a digit in it is `#`, whatever the number: numbers name people and
/// cases, and say little else. Characters of scripts without spaces (`Ideographic`) are words each. Bytes that are no UTF-8, and
/// everything else, end a word. The bounds keep a text of any size from costing more than a long letter.
package struct TextWords: Sendable {
  /// The most words of a text that are looked at, from its beginning.
  package static let wordLimit = 256
  /// The most bytes of a text that are looked at.
  package static let byteLimit = 16_384
  /// A longer run is no word of a language: an address of the web, or what a programme wrote. It is left out.
  package static let wordByteLimit = 64
  /// The word that stands for every number.
  static let number = UInt8(ascii: "#")

  private var bytes: [UInt8] = []
  /// Where each word ends in `bytes`.
  private var ends: [Int] = []
  private var isOpen = false
  private var hasDigit = false
  private var isTooLong = false

  /// Room for words.
  package init() {}

  /// The number of words.
  package var count: Int { ends.count }

  /// The bytes of a word.
  package subscript(word: Int) -> ArraySlice<UInt8> { bytes[start(word)..<ends[word]] }

  private func start(_ word: Int) -> Int { word == 0 ? 0 : ends[word - 1] }

  /// Takes the words of a text in place of those before. O(bytes, at most `byteLimit`).
  package mutating func cut(_ text: some Sequence<UInt8>) {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    (isOpen, hasDigit, isTooLong) = (false, false, false)
    var iterator = text.prefix(TextWords.byteLimit).makeIterator()
    var decoder = UTF8()
    while ends.count < TextWords.wordLimit {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): take(scalar)
      case .error: end()
      case .emptyInput:
        end()
        return
      }
    }
  }

  @inline(__always) private mutating func take(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x61...0x7A: add(UInt8(truncatingIfNeeded: scalar.value))
    case 0x41...0x5A: add(UInt8(truncatingIfNeeded: scalar.value) | 0x20)
    case 0x30...0x39:
      hasDigit = true
      add(UInt8(truncatingIfNeeded: scalar.value))
    case 0..<0x80: end()
    default: takeOther(scalar)
    }
  }

  private mutating func takeOther(_ scalar: Unicode.Scalar) {
    let properties = scalar.properties
    if properties.isIdeographic {
      end()
      add(scalar)
      end()
    } else if properties.numericType != nil {
      hasDigit = true
      add(TextWords.number)
    } else if properties.isAlphabetic {
      for byte in properties.lowercaseMapping.utf8 { add(byte) }
    } else {
      switch properties.generalCategory {
      // Accents and vowel signs belong to the word that they stand in.
      case .nonspacingMark, .spacingMark, .enclosingMark: if isOpen { add(scalar) } else { end() }
      // Soft hyphens, joiners and marks of direction are not seen.
      case .format: break
      default: end()
      }
    }
  }

  private mutating func add(_ scalar: Unicode.Scalar) {
    for byte in String(scalar).utf8 { add(byte) }
  }

  @inline(__always) private mutating func add(_ byte: UInt8) {
    isOpen = true
    let start = ends.last ?? 0
    if bytes.count - start >= TextWords.wordByteLimit { isTooLong = true }
    if !isTooLong { bytes.append(byte) }
  }

  @inline(__always) private mutating func end() {
    guard isOpen, ends.count < TextWords.wordLimit else { return }
    let start = ends.last ?? 0
    if hasDigit || isTooLong { bytes.removeLast(bytes.count - start) }
    if hasDigit { bytes.append(TextWords.number) }
    if bytes.count > start { ends.append(bytes.count) }
    (isOpen, hasDigit, isTooLong) = (false, false, false)
  }
}
