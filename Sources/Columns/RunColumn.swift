/// A column of integers or days as runs of equal values: what is constant, or sorted, costs nothing a row.
package struct RunColumn: Sendable {
  /// The value of each run; neighbours differ.
  package private(set) var values: [Int64] = []
  /// The number of rows of each run.
  package private(set) var lengths: [Int] = []

  /// Makes a column without rows.
  package init() {}

  /// Appends `count` rows of one value, at least one.
  package mutating func append(_ value: Int64, count: Int = 1) {
    let last = values.count - 1
    if last >= 0, values[last] == value {
      lengths[last] += count
    } else {
      values.append(value)
      lengths.append(count)
    }
  }

  /// Appends `rows` of another column.
  package mutating func append(_ rows: Range<Int>, of other: RunColumn) {
    var start = 0
    for (value, length) in zip(other.values, other.lengths) {
      let part = rows.clamped(to: start..<start + length)
      if !part.isEmpty { append(value, count: part.count) }
      start += length
    }
  }

  /// Forgets all rows and keeps the memory.
  package mutating func removeAll() {
    values.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
  }
}
