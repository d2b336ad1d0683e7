import Parallelism
import Testing

@Suite struct WorkerThreadsTests {
  struct Refusal: Error, Equatable { var index: Int }

  @Test(arguments: [1, 2, 5]) func `results come in task order for any number of threads`(threads: Int) throws {
    let squares = try WorkerThreads(count: threads).map(taskCount: 1_000) { $0 * $0 }
    #expect(squares == (0..<1_000).map { $0 * $0 })
  }

  @Test(arguments: [1, 2]) func `chunks cover every row once`(threads: Int) throws {
    let chunks = try WorkerThreads(count: threads).mapChunks(rowCount: 1_003, chunkRowCount: 100) { $0 }
    #expect(chunks.flatMap { Array($0) } == Array(0..<1_003))
    #expect(try WorkerThreads(count: threads).mapChunks(rowCount: 0, chunkRowCount: 10) { $0 }.isEmpty)
  }

  @Test(arguments: [1, 2]) func `a failed task ends the work with its error`(threads: Int) {
    #expect(throws: Refusal(index: 3)) {
      try WorkerThreads(count: threads).map(taskCount: 50) { index in
        if index == 3 { throw Refusal(index: index) }
      }
    }
  }
}
