import Columns

/// A 64-bit print of each row: equal for equal values, whatever the process. Prints of rows are added up, so that two lots
/// of rows are compared without keeping either; a missing value adds nothing, like a column that an older file lacks.
enum RowPrints {
  /// The prints of a table's rows.
  static func of(_ table: Table) -> [UInt64] {
    var sums = [UInt64](repeating: 0, count: table.rowCount)
    for (field, column) in zip(table.schema.fields, table.columns) {
      let seed = print(of: field.name)
      switch column {
      case .int32(let values), .date(let values): add(values, to: &sums) { mixed(UInt64(bitPattern: Int64($0)), seed) }
      case .int64(let values), .timestamp(let values): add(values, to: &sums) { mixed(UInt64(bitPattern: $0), seed) }
      case .double(let values): add(values, to: &sums) { mixed($0.bitPattern, seed) }
      case .bool(let values): add(values, to: &sums) { mixed($0 ? 1 : 0, seed) }
      case .string(let values): add(values, to: &sums) { mixed(print(of: $0), seed) }
      }
    }
    // Mixed once more, or values could change places between rows unseen.
    return sums.map { mixed($0, 0) }
  }

  @inline(__always) private static func add<Value>(
    _ column: TypedColumn<Value>, to sums: inout [UInt64], _ print: (Value) -> UInt64
  ) {
    for row in sums.indices where column.isValid(row) { sums[row] &+= print(column.values[row]) }
  }

  /// FNV-1a (Fowler, Noll, Vo).
  private static func print(of text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
  @inline(__always) private static func mixed(_ value: UInt64, _ seed: UInt64) -> UInt64 {
    var word = (value ^ seed) &+ 0x9E37_79B9_7F4A_7C15
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
