import CSV

/// Finds which of a few short texts a field is, and answers with a code: the value map of an enumeration or a flag.
///
/// A perfect hash: a multiplier is sought at the start under which all texts fall into different slots of a table of 64,
/// so that a look-up is one multiplication and one comparison.
struct ValueTable: Sendable {
  /// The code of a field that the map does not know, or that it says is missing where a value is needed.
  static let unsure: UInt8 = 255
  /// Texts are at most this long: two words.
  static let byteLimit = 16
  private static let slotCount = 64

  private struct Slot {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var count: Int = -1
    var code: UInt8 = 0
  }

  private let slots: [Slot]
  private let multiplier: UInt64
  private let emptyCode: UInt8
  private let otherwise: UInt8

  /// Makes a table; nil where a text is too long or no multiplier parts them. The first of equal texts counts.
  init?(_ texts: [(bytes: [UInt8], code: UInt8)], empty: UInt8, otherwise: UInt8) {
    var emptyCode = empty
    var wanted: [(slot: Slot, bytes: [UInt8])] = []
    for text in texts where !wanted.contains(where: { $0.bytes == text.bytes }) {
      // A text with spaces at its ends is never what a trimmed field says.
      let isTrimmed = (text.bytes.first ?? 0x21) <= 0x20 || (text.bytes.last ?? 0x21) <= 0x20
      guard text.bytes.count <= ValueTable.byteLimit, !isTrimmed else { return nil }
      var slot = Slot(count: text.bytes.count, code: text.code)
      for (index, byte) in text.bytes.enumerated() {
        if index < 8 {
          slot.first |= UInt64(byte) << UInt64(index * 8)
        } else {
          slot.second |= UInt64(byte) << UInt64((index - 8) * 8)
        }
      }
      if text.bytes.isEmpty { emptyCode = text.code }
      wanted.append((slot, text.bytes))
    }
    self.emptyCode = emptyCode
    self.otherwise = otherwise
    // Odd multipliers of a fixed sequence: the same feed finds the same one on every machine.
    var candidate: UInt64 = 0x9E37_79B9_7F4A_7C15
    for _ in 0..<10_000 {
      var table = Array(repeating: Slot(), count: ValueTable.slotCount)
      var isParted = true
      for entry in wanted {
        let index = ValueTable.index(entry.slot.first, entry.slot.second, candidate)
        isParted = isParted && table[index].count < 0
        table[index] = entry.slot
      }
      if isParted {
        slots = table
        multiplier = candidate
        return
      }
      candidate = candidate &* 0xD134_2543_DE82_EF95 &+ 0x1234_5678_9ABC_DEF1 | 1
    }
    return nil
  }

  @inline(__always)
  private static func index(_ first: UInt64, _ second: UInt64, _ multiplier: UInt64) -> Int {
    Int(truncatingIfNeeded: ((first ^ second &* 0xC2B2_AE3D_27D4_EB4F) &* multiplier) >> 58)
  }

  /// Writes the code of each of the column's `count` fields.
  func read(_ column: PlainLines.Column, _ count: Int, _ codes: UnsafeMutablePointer<UInt8>) {
    slots.withUnsafeBufferPointer { slots in
      for row in 0..<count {
        let (start, length) = column.field(row)
        guard length > 0 else {
          codes[row] = emptyCode
          continue
        }
        let first = FieldWords.load(start, count: length)
        let second = length > 8 ? FieldWords.load(start + 8, count: min(8, length &- 8)) : 0
        let slot = slots[ValueTable.index(first, second, multiplier)]
        if slot.first == first, slot.second == second, slot.count == length {
          codes[row] = slot.code
        } else {
          // A field to trim may be one of the texts.
          codes[row] = FieldWords.isTrimmed(start, count: length) ? ValueTable.unsure : otherwise
        }
      }
    }
  }
}
