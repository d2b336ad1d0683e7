import Synchronization

/// Memory of chunks that serves again: fresh pages would have to be cleared for each. Only blocks of the usual size are
/// kept; there are never more of them than chunks that were held at once.
final class ChunkMemory: Sendable {
  /// Memory that nobody uses.
  private struct Block: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer
  }

  private let free = Mutex<[Block]>([])
  private let blockByteCount: Int

  /// Makes an empty pool for chunks of a usual size, with room for a line's rest.
  init(usualByteCount: Int) { blockByteCount = usualByteCount + (64 << 10) }

  deinit {
    let blocks = free.withLock { $0 }
    for block in blocks { block.memory.deallocate() }
  }

  func take(byteCount: Int) -> UnsafeMutableRawBufferPointer {
    guard byteCount <= blockByteCount else { return .allocate(byteCount: byteCount, alignment: 64) }
    if let found = free.withLock({ $0.popLast() }) { return found.memory }
    return .allocate(byteCount: blockByteCount, alignment: 64)
  }

  func give(back memory: UnsafeMutableRawBufferPointer) {
    guard memory.count == blockByteCount else { return memory.deallocate() }
    let block = Block(memory: memory)
    free.withLock { $0.append(block) }
  }
}
