import Synchronization

/// Memory of chunks that serves again: fresh pages would have to be cleared for each.
final class ChunkMemory: Sendable {
  /// Memory that nobody uses.
  private struct Block: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer
  }

  private let free = Mutex<[Block]>([])
  private let usualByteCount: Int

  /// Makes an empty pool for chunks of a usual size.
  init(usualByteCount: Int) { self.usualByteCount = usualByteCount }

  deinit {
    let blocks = free.withLock { $0 }
    for block in blocks { block.memory.deallocate() }
  }

  func take(byteCount: Int) -> UnsafeMutableRawBufferPointer {
    let found = free.withLock { free -> Block? in
      guard let last = free.last, last.memory.count >= byteCount else { return nil }
      return free.removeLast()
    }
    if let found { return found.memory }
    // Room for a line's rest, so that most chunks fit all memory.
    return .allocate(byteCount: max(byteCount, usualByteCount + (64 << 10)), alignment: 64)
  }

  func give(back memory: UnsafeMutableRawBufferPointer) {
    let block = Block(memory: memory)
    free.withLock { $0.append(block) }
  }
}
