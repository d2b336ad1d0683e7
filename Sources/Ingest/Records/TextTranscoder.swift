/// Turns the bytes of one member into UTF-8, and offsets in that UTF-8 back into offsets of the member as delivered.
///
/// No table of offsets is kept: the UTF-8 of a character tells how many bytes it was delivered in. In UTF-16 a character
/// of one to three bytes was two bytes and one of four was four; in an encoding of one byte a character, each was one.
///
/// What no character is stays recognisable, so that its row can be rejected: half of a surrogate pair becomes the three
/// bytes of its number (0xED 0xA0…0xBF 0x80…0xBF, which UTF-8 forbids), everything else 0xFF.
package struct TextTranscoder {
  private let encoding: TextEncoding
  /// Bytes of a character that is not complete.
  private var pending: [UInt8] = []
  private var high: UInt32?
  /// UTF-8 whose offsets can be told, and the offsets of its first byte in UTF-8 and as delivered.
  private var text: [UInt8] = []
  private var textOffset = 0
  private var textDelivered = 0
  /// Where the last question ended: the next one is most likely a little further.
  private var cursor = (offset: 0, delivered: 0)
  /// Whether anything was no character so far.
  package private(set) var hasBadUnits = false

  /// The text that is kept behind what the reader has taken, in bytes: a reject may begin that far back. The offsets of
  /// a line that is longer still are those of its last part.
  private static let keptByteCount = 4 << 20
  private static let badUnit: UInt8 = 0xFF

  /// Makes a transcoder of one member; `utf16` and `utf8` are resolved by the caller.
  package init(_ encoding: TextEncoding) { self.encoding = encoding }

  private var isWide: Bool { encoding == .utf16LittleEndian || encoding == .utf16BigEndian }

  /// The UTF-8 of the next bytes.
  package mutating func transcode(_ chunk: some Sequence<UInt8>, isEnd: Bool = false) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(chunk.underestimatedCount * 2)
    for byte in chunk { isWide ? takeWide(byte, &output) : takeNarrow(byte, &output) }
    if isEnd {
      if let half = high { bad(half, &output) }
      high = nil
      if !pending.isEmpty { bad(nil, &output) }
      pending = []
    }
    text.append(contentsOf: output)
    return output
  }

  private mutating func takeNarrow(_ byte: UInt8, _ output: inout [UInt8]) {
    if encoding == .windows1252, (0x80...0x9F).contains(byte) {
      let scalar = TextEncoding.windows1252Controls[Int(byte - 0x80)]
      if scalar == 0 { bad(nil, &output) } else { TextTranscoder.append(scalar, &output) }
    } else {
      TextTranscoder.append(UInt32(byte), &output)
    }
  }

  private mutating func takeWide(_ byte: UInt8, _ output: inout [UInt8]) {
    guard let first = pending.popLast() else { return pending.append(byte) }
    let isBig = encoding == .utf16BigEndian
    let unit = UInt32(isBig ? first : byte) << 8 | UInt32(isBig ? byte : first)
    if let half = high {
      high = nil
      if (0xDC00...0xDFFF).contains(unit) {
        return TextTranscoder.append(0x10000 + (half - 0xD800) << 10 + (unit - 0xDC00), &output)
      }
      bad(half, &output)
    }
    switch unit {
    case 0xD800...0xDBFF: high = unit
    case 0xDC00...0xDFFF: bad(unit, &output)
    default: TextTranscoder.append(unit, &output)
    }
  }

  private mutating func bad(_ surrogate: UInt32?, _ output: inout [UInt8]) {
    hasBadUnits = true
    if let surrogate {
      TextTranscoder.append(surrogate, &output)
    } else {
      output.append(TextTranscoder.badUnit)
    }
  }

  private static func append(_ scalar: UInt32, _ output: inout [UInt8]) {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | scalar >> shift & 0x3F) }
    switch scalar {
    case ..<0x80: output.append(UInt8(scalar))
    case ..<0x800: output += [UInt8(0xC0 | scalar >> 6), tail(0)]
    case ..<0x10000: output += [UInt8(0xE0 | scalar >> 12), tail(6), tail(0)]
    default: output += [UInt8(0xF0 | scalar >> 18), tail(12), tail(6), tail(0)]
    }
  }

  // MARK: - Offsets

  /// The offset as delivered of the character at `offset` of the UTF-8. Fast where questions run forward.
  package mutating func delivered(_ offset: Int) -> Int {
    if offset < cursor.offset { cursor = (textOffset, textDelivered) }
    let end = min(max(offset, textOffset), textOffset + text.count)
    while cursor.offset < end {
      cursor.delivered += deliveredByteCount(text[cursor.offset - textOffset])
      cursor.offset += 1
    }
    return cursor.delivered
  }

  /// How many delivered bytes the character has whose UTF-8 begins with `byte`; zero for the bytes behind its first.
  private func deliveredByteCount(_ byte: UInt8) -> Int {
    if byte & 0xC0 == 0x80 { return 0 }
    if byte == TextTranscoder.badUnit || !isWide { return 1 }
    return byte >= 0xF0 ? 4 : 2
  }

  /// Forgets text that no question can be about any more.
  package mutating func forget(before offset: Int) {
    let byteCount = offset - TextTranscoder.keptByteCount - textOffset
    // Seldom, so that moving the rest to the front costs little.
    guard byteCount > TextTranscoder.keptByteCount else { return }
    textDelivered = delivered(textOffset + byteCount)
    text.removeFirst(byteCount)
    textOffset += byteCount
  }

  /// The index in a record's UTF-8 of the first thing that is no character, or nil.
  package static func firstBadUnit(in record: some Collection<UInt8>) -> Int? {
    var isBehindED = false
    for (index, byte) in record.enumerated() {
      if byte == badUnit { return index }
      if isBehindED, byte >= 0xA0 { return index - 1 }
      isBehindED = byte == 0xED
    }
    return nil
  }
}
