import CSV

/// The bytes of a short field as machine words, and what words say at once: digits, equality, hashes.
///
/// Loads reach up to eight bytes beyond a field; `LineReader.padding` bytes around a chunk may be read.
enum FieldWords {
  /// Eight bytes from `start`, the first one lowest.
  @inline(__always)
  static func load(_ start: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
  }

  /// The first `count` bytes from `start` (at most eight), zeros behind them.
  @inline(__always)
  static func load(_ start: UnsafePointer<UInt8>, count: Int) -> UInt64 {
    count >= 8 ? load(start) : load(start) & ((1 << UInt64(truncatingIfNeeded: count &* 8)) &- 1)
  }

  /// The value of up to eight digits; sets a bit of `fault` where a byte is none. The count is 1 to 8.
  @inline(__always)
  static func digits(_ start: UnsafePointer<UInt8>, count: Int, _ fault: inout UInt64) -> UInt64 {
    digits(load(start), count: count, &fault)
  }

  /// The value of up to eight digits that stand in a word, the first one lowest, whatever stands behind them.
  @inline(__always)
  static func digits(_ text: UInt64, count: Int, _ fault: inout UInt64) -> UInt64 {
    // The digits move to the high bytes; zeros stand in front of them.
    let word = (text ^ 0x3030_3030_3030_3030) << UInt64(truncatingIfNeeded: 64 &- count &* 8)
    fault |= (word | (word &+ 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0
    let pairs = word &* 10 &+ word >> 8
    let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let high = (pairs >> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (low &+ high) >> 32
  }

  /// The value of 1 to 16 digits; nil for any other bytes.
  @inline(__always)
  static func number(_ start: UnsafePointer<UInt8>, count: Int) -> UInt64? {
    var fault: UInt64 = 0
    if count &- 1 < 8, count > 0 {
      let value = digits(start, count: count, &fault)
      return fault == 0 ? value : nil
    }
    guard count > 8, count <= 16 else { return nil }
    let value =
      digits(start, count: count &- 8, &fault) &* 100_000_000
      &+ digits(start + (count &- 8), count: 8, &fault)
    return fault == 0 ? value : nil
  }

  /// Whether the driver would trim the field: a space or tab (or any byte up to the space) stands at one of its ends.
  @inline(__always)
  static func isTrimmed(_ start: UnsafePointer<UInt8>, count: Int) -> Bool {
    count > 0 && (start[0] <= 0x20 || start[count &- 1] <= 0x20)
  }
}
