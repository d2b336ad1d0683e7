/// Fixed memory that tasks of one kernel share: each writes a range of its own.
///
/// The owner frees the memory when it goes. Marked as sendable by hand, since the compiler cannot see that the ranges
/// are disjoint: whoever hands it to several tasks promises that.
package final class FlatBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The first element.
  package let base: UnsafeMutablePointer<Element>
  /// The number of elements.
  package let count: Int

  /// Makes `count` elements of value `initial`.
  package init(count: Int, initial: Element) {
    self.count = count
    base = .allocate(capacity: max(1, count))
    base.initialize(repeating: initial, count: count)
  }

  /// Copies an array.
  package init(_ array: [Element]) {
    count = array.count
    base = .allocate(capacity: max(1, array.count))
    array.withUnsafeBufferPointer { source in
      if let first = source.baseAddress { base.initialize(from: first, count: array.count) }
    }
  }

  deinit { base.deallocate() }

  /// The elements as arrays of equal length, one behind the other.
  package func columns(_ columnCount: Int) -> [[Element]] {
    guard columnCount > 0 else { return [] }
    let rowCount = count / columnCount
    return withExtendedLifetime(self) {
      (0..<columnCount).map { Array(UnsafeBufferPointer(start: base + $0 * rowCount, count: rowCount)) }
    }
  }

  /// The elements as an array.
  package var array: [Element] {
    // The memory must not go while it is read.
    withExtendedLifetime(self) { Array(UnsafeBufferPointer(start: base, count: count)) }
  }
}
