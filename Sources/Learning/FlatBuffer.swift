import Glibc

/// Fixed memory that tasks of one kernel share: each writes a range of its own.
///
/// The owner frees the memory when it goes. Marked as sendable by hand, since the compiler cannot see that the ranges
/// are disjoint: whoever hands it to several tasks promises that.
package final class FlatBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The first element.
  package let base: UnsafeMutablePointer<Element>
  /// The number of elements.
  package let count: Int

  /// Elements begin where a cache line does, so that none which is cut to measure spans two.
  private static var alignment: Int { 64 }
  /// Bytes of a large page of memory. Kernels go to and fro in large buffers, and the processor knows few small pages by heart.
  private static var largePage: Int { 1 << 21 }

  /// Makes `count` elements of value `initial`.
  package init(count: Int, initial: Element) {
    self.count = count
    base = FlatBuffer.allocate(count)
    base.initialize(repeating: initial, count: count)
  }

  /// Makes room for `count` elements: who reads one has written it before. What is never written takes no memory.
  package init(uninitializedCount count: Int) {
    self.count = count
    base = FlatBuffer.allocate(count)
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Element> {
    let byteCount = max(1, count) * MemoryLayout<Element>.stride
    let isLarge = byteCount >= 2 * largePage
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: isLarge ? largePage : alignment)
    // Advice only: where the kernel has no large pages, small ones do.
    if isLarge { madvise(memory, byteCount, MADV_HUGEPAGE) }
    return memory.bindMemory(to: Element.self, capacity: max(1, count))
  }

  /// Copies an array.
  package init(_ array: [Element]) {
    count = array.count
    base = FlatBuffer.allocate(array.count)
    array.withUnsafeBufferPointer { source in
      if let first = source.baseAddress { base.initialize(from: first, count: array.count) }
    }
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// The elements as arrays of equal length, one behind the other.
  package func columns(_ columnCount: Int) -> [[Element]] {
    guard columnCount > 0 else { return [] }
    let rowCount = count / columnCount
    return withExtendedLifetime(self) {
      (0..<columnCount).map { Array(UnsafeBufferPointer(start: base + $0 * rowCount, count: rowCount)) }
    }
  }

  /// The elements where they are; they go with the owner.
  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  /// The elements as an array.
  package var array: [Element] {
    // The memory must not go while it is read.
    withExtendedLifetime(self) { Array(UnsafeBufferPointer(start: base, count: count)) }
  }
}
