/// The subscriptions of a slice that roll up to some row, ascending by that row.
///
/// Customers are in no order of their subscriptions: taken one after the other, a slice would touch the totals all over. In this
/// order they pass once through the totals, while the values of the slice stay in the cache; one order serves every field.
struct RollupPlaces: Sendable {
  /// The rows that are rolled up to, ascending.
  private(set) var rows: [Int32] = []
  /// The row of the slice of each.
  private(set) var numbers: [Int32] = []

  /// `rows` are the rows that those of a slice roll up to, -1 for none. O(n log n).
  init(_ rows: ArraySlice<Int32>) {
    var keys: [Int64] = []
    keys.reserveCapacity(rows.count)
    for (number, row) in rows.enumerated() where row >= 0 { keys.append(Int64(row) << 32 | Int64(number)) }
    keys.sort()
    self.rows.reserveCapacity(keys.count)
    numbers.reserveCapacity(keys.count)
    for key in keys {
      self.rows.append(Int32(truncatingIfNeeded: key >> 32))
      numbers.append(Int32(truncatingIfNeeded: key))
    }
  }
}
