/// Measures of a row as a mask of those that are not zero (2 bytes) and these as zigzag varints: about 25 bytes where a
/// table's row has 120.
enum UsageMeasureBytes {
  /// The number of measures of `facts/usage`.
  static let measureCount = 15
  /// The longest row.
  static let byteLimit = 2 + measureCount * 10

  /// Appends `measureCount` measures.
  static func append(_ measures: UnsafeBufferPointer<Int64>, to bytes: inout [UInt8]) {
    withUnsafeTemporaryAllocation(byteCount: byteLimit, alignment: 8) { row in
      var mask: UInt16 = 0
      var end = 2
      for measure in 0..<measureCount where measures[measure] != 0 {
        mask |= 1 << UInt16(measure)
        var rest = UInt64(bitPattern: measures[measure] << 1 ^ measures[measure] >> 63)
        while rest >= 0x80 {
          row[end] = UInt8(truncatingIfNeeded: rest) | 0x80
          rest >>= 7
          end += 1
        }
        row[end] = UInt8(truncatingIfNeeded: rest)
        end += 1
      }
      row.storeBytes(of: mask.littleEndian, as: UInt16.self)
      bytes.append(contentsOf: row[..<end])
    }
  }

  /// The position behind the measures that stand at `offset`.
  static func end(_ bytes: UnsafePointer<UInt8>, _ offset: Int) -> Int {
    var measure = mask(bytes, offset).nonzeroBitCount
    var position = offset + 2
    while measure > 0 {
      if bytes[position] < 0x80 { measure -= 1 }
      position += 1
    }
    return position
  }

  /// Adds the measures that stand at `offset` to `sums`, which are cut where they would leave what facts hold.
  static func add(_ bytes: UnsafePointer<UInt8>, _ offset: Int, to sums: UnsafeMutablePointer<Int64>) {
    var mask = mask(bytes, offset)
    var position = offset + 2
    while mask != 0 {
      let measure = mask.trailingZeroBitCount
      mask &= mask - 1
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while bytes[position] >= 0x80 {
        value |= UInt64(bytes[position] & 0x7F) << shift
        shift += 7
        position += 1
      }
      value |= UInt64(bytes[position]) << shift
      position += 1
      sums[measure] = AmountSum.cut(sums[measure], plus: Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1))
    }
  }

  private static func mask(_ bytes: UnsafePointer<UInt8>, _ offset: Int) -> UInt16 {
    UInt16(littleEndian: UnsafeRawPointer(bytes + offset).loadUnaligned(as: UInt16.self))
  }
}
