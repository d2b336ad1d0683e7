// Runs as a dictionary and indices of it: Parquet's encoding RLE_DICTIONARY.
extension RunColumn {
  /// A column as it stands in a file.
  struct Encoded {
    /// The dictionary's values as they lie in memory; nil where `page` holds the values themselves.
    var dictionary: [UInt8]?
    var dictionaryCount = 0
    var page: [UInt8]
  }

  /// Encodes all rows, of values of `width` bytes; plainly, where a dictionary would take more. O(runs).
  func encoded(width: Int) -> Encoded {
    let (values, lengths) = (values, lengths)
    let (dictionary, indices) = RunColumn.numbered(values)
    let bitWidth = max(1, Int.bitWidth - (dictionary.count - 1).leadingZeroBitCount)
    var encoder = IndexEncoder(bitWidth: bitWidth)
    for (index, length) in zip(indices, lengths) { encoder.append(index, count: length) }
    let page = encoder.finish()
    let rowCount = lengths.reduce(0, +)
    guard dictionary.count * width + page.count < rowCount * width else {
      var plain: [UInt8] = []
      plain.reserveCapacity(rowCount * width)
      for (value, length) in zip(values, lengths) {
        for _ in 0..<length { RunColumn.append(value, width, to: &plain) }
      }
      return Encoded(page: plain)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(dictionary.count * width)
    for value in dictionary { RunColumn.append(value, width, to: &bytes) }
    return Encoded(dictionary: bytes, dictionaryCount: dictionary.count, page: page)
  }

  private static func append(_ value: Int64, _ width: Int, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0.prefix(width)) }
  }

  /// The different values as they are met, and for each run the index of its value.
  private static func numbered(_ values: [Int64]) -> (dictionary: [Int64], indices: [Int]) {
    // What ascends has no value twice.
    if zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }) { return (values, Array(values.indices)) }
    var slotCount = 16
    while slotCount < values.count * 2 { slotCount *= 2 }
    var slots = [Int](repeating: -1, count: slotCount)
    var dictionary: [Int64] = []
    let indices = values.map { value -> Int in
      var slot = Int(truncatingIfNeeded: (UInt64(bitPattern: value) &* 0x9E37_79B9_7F4A_7C15) >> 32) & (slotCount - 1)
      while slots[slot] >= 0, dictionary[slots[slot]] != value { slot = (slot + 1) & (slotCount - 1) }
      if slots[slot] < 0 {
        slots[slot] = dictionary.count
        dictionary.append(value)
      }
      return slots[slot]
    }
    return (dictionary, indices)
  }
}

/// Indices of a dictionary in Parquet's hybrid of runs and bit-packed groups of eight.
///
/// The bit width as a byte; then runs, `length << 1` as a varint and the index in whole bytes, and between them groups,
/// `groups << 1 | 1` as a varint and the indices' bits, the lowest first.
struct IndexEncoder {
  /// Groups behind one header, so that the header is one byte.
  private static let groupLimit = 63

  private let bitWidth: Int
  private var bytes: [UInt8]
  /// Where the header of the groups in progress stands, how many there are, and how many indices the last one has.
  private var header = 0
  private var groupCount = 0
  private var indexCount = 0
  /// Bits that are no whole byte yet.
  private var bits: UInt64 = 0
  private var bitCount = 0

  init(bitWidth: Int) {
    self.bitWidth = bitWidth
    bytes = [UInt8(bitWidth)]
  }

  /// Appends an index `count` times.
  mutating func append(_ index: Int, count: Int) {
    var rest = count
    // Eight and more are a run, where the group in progress is whole.
    while rest > 0, rest < 8 || indexCount > 0 {
      pack(index)
      rest -= 1
    }
    guard rest > 0 else { return }
    groupCount = 0
    append(varint: rest << 1)
    for shift in stride(from: 0, to: bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: index >> shift)) }
  }

  /// Ends the last group and returns all bytes.
  consuming func finish() -> [UInt8] {
    // A reader knows the number of values and looks no further.
    while indexCount > 0 { pack(0) }
    return bytes
  }

  private mutating func pack(_ index: Int) {
    if indexCount == 0 {
      if groupCount == 0 || groupCount == IndexEncoder.groupLimit {
        header = bytes.count
        bytes.append(0)
        groupCount = 0
      }
      groupCount += 1
      bytes[header] = UInt8(groupCount << 1 | 1)
    }
    bits |= UInt64(index) << UInt64(bitCount)
    bitCount += bitWidth
    while bitCount >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
      bitCount -= 8
    }
    // Eight indices end at a whole byte.
    indexCount = (indexCount + 1) & 7
  }

  private mutating func append(varint value: Int) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
