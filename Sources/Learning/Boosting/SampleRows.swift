/// The rows of a column that are looked at to place bounds: one drawn from each stretch of neighbouring rows.
///
/// What is drawn depends on the number of rows alone, not on threads; and since every stretch has its own draw, a column
/// that follows the rows' order with any period keeps its shares, as it would not with every nth row.
enum SampleRows {
  /// Rows looked at, at least, of columns that have so many; more change bounds by less than a bin's width.
  static let rowCount = 200_000

  /// The values of the sampled rows, without missing ones. O(min(rows, `rowCount`)).
  static func values(of column: [Double]) -> [Double] {
    let length = max(1, column.count / rowCount)
    guard length > 1 else { return column.filter { !$0.isNaN } }
    var sample: [Double] = []
    sample.reserveCapacity(column.count / length + 1)
    var (start, stretch) = (0, UInt64(0))
    while start < column.count {
      let own = UInt64(min(length, column.count - start))
      let value = column[start + Int(mixed(stretch).multipliedFullWidth(by: own).high)]
      if !value.isNaN { sample.append(value) }
      start += length
      stretch += 1
    }
    return sample
  }

  /// The random bits of a stretch: the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), a few cycles.
  @inline(__always) private static func mixed(_ stretch: UInt64) -> UInt64 {
    var word = (stretch &+ 1) &* 0x9E37_79B9_7F4A_7C15
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
