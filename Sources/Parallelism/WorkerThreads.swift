import Dispatch
import Synchronization

/// Runs a fixed list of tasks on a fixed number of threads and returns their results in task order.
///
/// Work is cut by rows or by shard, never by the number of threads, and results are merged in task order, so the
/// outcome does not depend on `threads` (promise 3). `threads` is a bound on concurrency, at least 1.
public struct WorkerThreads: Sendable {
  /// The number of threads that run at once.
  public let count: Int

  /// Makes a pool of `count` threads; values below 1 count as 1.
  public init(count: Int) { self.count = max(1, count) }

  /// Calls `body` once for each index of `0..<taskCount` and returns the results in index order.
  ///
  /// Throws the error of the lowest failed index; tasks not yet begun when a task fails may be skipped.
  public func map<Result: Sendable>(
    taskCount: Int, _ body: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    guard taskCount > 1, count > 1 else { return try (0..<max(0, taskCount)).map(body) }
    let next = Atomic<Int>(0)
    let failed = Atomic<Bool>(false)
    let slots = Mutex<[Swift.Result<Result, any Error>?]>(Array(repeating: nil, count: taskCount))
    DispatchQueue.concurrentPerform(iterations: min(count, taskCount)) { _ in
      while !failed.load(ordering: .relaxed) {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < taskCount else { return }
        let result = Swift.Result { try body(index) }
        if case .failure = result { failed.store(true, ordering: .relaxed) }
        slots.withLock { $0[index] = result }
      }
    }
    return try slots.withLock { $0 }.compactMap { try $0?.get() }
  }

  /// Cuts `0..<rowCount` into chunks of `chunkRowCount` rows, calls `body` for each and returns the results in order.
  public func mapChunks<Result: Sendable>(
    rowCount: Int, chunkRowCount: Int, _ body: @Sendable (Range<Int>) throws -> Result
  ) throws -> [Result] {
    precondition(chunkRowCount > 0, "a chunk has at least one row")
    return try map(taskCount: (rowCount + chunkRowCount - 1) / chunkRowCount) { index in
      try body(index * chunkRowCount..<min(rowCount, (index + 1) * chunkRowCount))
    }
  }
}
