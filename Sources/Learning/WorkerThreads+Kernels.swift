import Parallelism

extension WorkerThreads {
  /// Runs tasks that cannot fail and return nothing; in line where there is but one.
  func run(taskCount: Int, _ body: @Sendable (Int) -> Void) {
    // The body does not throw, so neither does map.
    _ = try? map(taskCount: taskCount, body)
  }

  /// Runs tasks that cannot fail and returns their results in order.
  func collect<Result: Sendable>(taskCount: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    (try? map(taskCount: taskCount, body)) ?? []
  }

  /// Cuts rows into chunks and returns the results of their tasks in order.
  func collectChunks<Result: Sendable>(
    rowCount: Int, chunkRowCount: Int, _ body: @Sendable (Range<Int>) -> Result
  ) -> [Result] {
    (try? mapChunks(rowCount: rowCount, chunkRowCount: chunkRowCount, body)) ?? []
  }
}
