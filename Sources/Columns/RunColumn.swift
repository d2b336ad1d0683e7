/// A column of integers or days as runs of equal values: what is constant, or sorted, costs nothing a row.
package struct RunColumn: Sendable {
  /// The runs before the last one.
  @usableFromInline
  package var closedValues: [Int64] = []
  @usableFromInline
  package var closedLengths: [Int] = []
  /// The last run; without rows at the beginning.
  @usableFromInline
  package var lastValue: Int64 = 0
  @usableFromInline
  package var lastLength = 0

  /// Makes a column without rows.
  package init() {}

  /// The value of each run; neighbours differ.
  package var values: [Int64] { lastLength > 0 ? closedValues + [lastValue] : [] }

  /// The number of rows of each run.
  package var lengths: [Int] { lastLength > 0 ? closedLengths + [lastLength] : [] }

  /// Appends `count` rows of one value, at least one.
  @inlinable
  package mutating func append(_ value: Int64, count: Int = 1) {
    if value != lastValue || lastLength == 0 { open(value) }
    lastLength &+= count
  }

  @usableFromInline
  package mutating func open(_ value: Int64) {
    if lastLength > 0 {
      closedValues.append(lastValue)
      closedLengths.append(lastLength)
    }
    lastValue = value
    lastLength = 0
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
    closedValues.removeAll(keepingCapacity: true)
    closedLengths.removeAll(keepingCapacity: true)
    lastLength = 0
  }
}
