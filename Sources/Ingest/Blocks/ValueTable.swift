import CSV

/// Finds which of a few short texts a field is, and answers with bits: the value maps of enumerations and flags.
///
/// A perfect hash: a multiplier is sought at the start under which all texts fall into different slots of a table, so
/// that a look-up is one multiplication and one comparison.
struct ValueTable: Sendable {
  /// The bit of a field that the map does not know, or that is missing where a value is needed.
  static let unsure: UInt16 = 1 << 15
  /// Texts are at most this long: two words.
  static let byteLimit = 16
  /// Slots, as a power of two: few texts need few of them.
  private static let slotBits: ClosedRange<UInt64> = 6...8

  private struct Slot {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var count: Int32 = -1
    var bits: UInt16 = 0
  }

  private let slots: [Slot]
  private let multiplier: UInt64
  /// What is left of a product, shifted by it, is a slot.
  private let shift: UInt64
  private let empty: UInt16
  private let otherwise: UInt16

  /// Makes a table; nil where a text is too long or no multiplier parts them. The first of equal texts counts.
  init?(_ texts: [(bytes: [UInt8], bits: UInt16)], empty: UInt16, otherwise: UInt16) {
    var wanted: [(slot: Slot, bytes: [UInt8])] = []
    for text in texts where !wanted.contains(where: { $0.bytes == text.bytes }) {
      // A text with spaces at its ends is never what a trimmed field says.
      let isTrimmed = (text.bytes.first ?? 0x21) <= 0x20 || (text.bytes.last ?? 0x21) <= 0x20
      guard text.bytes.count <= ValueTable.byteLimit, !isTrimmed else { return nil }
      var slot = Slot(count: Int32(text.bytes.count), bits: text.bits)
      for (index, byte) in text.bytes.enumerated() {
        if index < 8 {
          slot.first |= UInt64(byte) << UInt64(index * 8)
        } else {
          slot.second |= UInt64(byte) << UInt64((index - 8) * 8)
        }
      }
      wanted.append((slot, text.bytes))
    }
    self.empty = empty
    self.otherwise = otherwise
    for bits in ValueTable.slotBits {
      guard let found = ValueTable.part(wanted.map(\.slot), bits) else { continue }
      (slots, multiplier) = found
      shift = 64 - bits
      return
    }
    return nil
  }

  /// Seeks a multiplier that parts the texts; odd ones of a fixed sequence, so that the same feed finds the same one on
  /// every machine.
  private static func part(_ wanted: [Slot], _ bits: UInt64) -> (slots: [Slot], multiplier: UInt64)? {
    var candidate: UInt64 = 0x9E37_79B9_7F4A_7C15
    for _ in 0..<10_000 {
      var table = Array(repeating: Slot(), count: 1 << Int(bits))
      let isParted = wanted.allSatisfy { slot in
        let index = index(slot.first, slot.second, candidate, 64 - bits)
        defer { table[index] = slot }
        return table[index].count < 0
      }
      if isParted { return (table, candidate) }
      candidate = candidate &* 0xD134_2543_DE82_EF95 &+ 0x1234_5678_9ABC_DEF1 | 1
    }
    return nil
  }

  @inline(__always)
  private static func index(_ first: UInt64, _ second: UInt64, _ multiplier: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: ((first ^ second &* 0xC2B2_AE3D_27D4_EB4F) &* multiplier) >> shift)
  }

  /// Adds the bits of each of the column's `count` fields.
  func read(_ column: PlainLines.Column, _ count: Int, into flags: UnsafeMutablePointer<UInt16>) {
    slots.withUnsafeBufferPointer { slots in
      guard let slots = slots.baseAddress else { return }
      for row in 0..<count {
        let (start, length) = column.field(row)
        guard length > 0 else {
          flags[row] |= empty
          continue
        }
        let first = FieldWords.load(start, count: length)
        let second = length > 8 ? FieldWords.load(start + 8, count: min(8, length &- 8)) : 0
        let slot = slots + ValueTable.index(first, second, multiplier, shift)
        if slot.pointee.first == first, slot.pointee.second == second, Int(slot.pointee.count) == length {
          flags[row] |= slot.pointee.bits
        } else {
          // A field to trim may be one of the texts.
          flags[row] |= FieldWords.isTrimmed(start, count: length) ? ValueTable.unsure : otherwise
        }
      }
    }
  }
}
