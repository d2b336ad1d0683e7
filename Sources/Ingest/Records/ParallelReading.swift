import CSV
import Dispatch
import Ledger
import Parallelism
import Synchronization

/// Reads usage files in chunks on several threads: the sketch of the fast path.
///
/// A thread that comes for work parses a chunk if one waits, else reads the next one (only one thread reads at a time;
/// digest and decompression go with reading), else waits. Parsed chunks are put together in the order of the files. A
/// chunk is parsed as if a record began with it; where the one before ends within a record that was wrong, and whoever
/// puts the chunks together parses it again. Nothing depends on how many threads there are, or on who did what.
final class ParallelReading: Sendable {
  private struct State: @unchecked Sendable {
    var waiting: [DeliveryChunk] = []
    var isReading = false
    var isReadToEnd = false
    var isJoining = false
    /// The number of chunks and file ends that were read, and that were put together.
    var readCount = 0
    var joinedCount = 0
    var ready: [Int: Piece] = [:]
    var sleeperCount = 0
    var failure: (any Error)?
    var outcomes: [FileOutcome?] = []
    var abandoned = -1
  }

  /// A parsed chunk, or the end of a file.
  private enum Piece {
    case chunk(DeliveryChunk, Result<ChunkParser.Parsed, FileRefusal>)
    case fileEnd(DeliverySource.FileEnd)
  }

  /// What is used by one thread at a time.
  private struct Exclusive: @unchecked Sendable {
    let source: DeliverySource
    let join: ChunkJoin
  }

  private let tasks: [FileTask]
  private let feeds: [Feed]
  private let columns: [Int: UsageColumns]
  private let context: NightContext
  private let threads: WorkerThreads
  private let state = Mutex(State())
  private let exclusive: Exclusive
  private let wake = DispatchSemaphore(value: 0)

  /// Names the files, whose feeds all have columns.
  init(
    _ tasks: [FileTask], _ feeds: [Feed], _ columns: [Int: UsageColumns], _ context: NightContext,
    threads: WorkerThreads, chunkByteCount: Int
  ) {
    self.tasks = tasks
    self.feeds = feeds
    self.columns = columns
    self.context = context
    self.threads = threads
    exclusive = Exclusive(
      source: DeliverySource(tasks, feeds, chunkByteCount: chunkByteCount), join: ChunkJoin(tasks, feeds, context))
  }

  /// Reads all files; outcomes in their order, nil for a file that must be read row by row. Throws where the night cannot
  /// go on.
  func read() throws -> [FileOutcome?] {
    guard !tasks.isEmpty else { return [] }
    _ = try threads.map(taskCount: threads.count) { _ in work() }
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.outcomes
    }
  }

  private enum Work {
    case parse(DeliveryChunk)
    case read
    case sleep
    case stop
  }

  private func work() {
    let parser = ChunkParser(tasks, feeds, columns, context)
    while true {
      switch next() {
      case .parse(let chunk):
        let result = Result<ChunkParser.Parsed, FileRefusal> { () throws(FileRefusal) in
          try parser.parse(chunk, line: 1)
        }
        finish(chunk.sequence, .chunk(chunk, result), parser)
      case .read: readNext(parser)
      case .sleep: wake.wait()
      case .stop: return
      }
    }
  }

  private func next() -> Work {
    state.withLock { state in
      if state.failure != nil { return .stop }
      // Chunks read ahead are bounded: each holds its bytes until it is put together.
      let isAhead = state.readCount - state.joinedCount > 2 * threads.count + 2
      let canRead = !state.isReading && !state.isReadToEnd && !isAhead
      if canRead, state.waiting.count < 2 {
        state.isReading = true
        return .read
      }
      if !state.waiting.isEmpty { return .parse(state.waiting.removeFirst()) }
      if state.isReadToEnd, state.joinedCount == state.readCount { return .stop }
      state.sleeperCount += 1
      return .sleep
    }
  }

  private func readNext(_ parser: ChunkParser) {
    let abandoned = state.withLock { $0.abandoned }
    exclusive.source.abandon(file: abandoned)
    let item = exclusive.source.next()
    switch item {
    case .chunk(let chunk):
      state.withLock { state in
        state.isReading = false
        state.readCount += 1
        state.waiting.append(chunk)
      }
      wakeSleepers()
    case .fileEnd(let end):
      state.withLock { state in
        state.isReading = false
        state.readCount += 1
      }
      finish(end.sequence, .fileEnd(end), parser)
    case nil:
      state.withLock { state in
        state.isReading = false
        state.isReadToEnd = true
      }
      wakeSleepers()
    }
  }

  /// Stores a piece and puts together what can be, unless another thread is at it.
  private func finish(_ sequence: Int, _ piece: Piece, _ parser: ChunkParser) {
    state.withLock { $0.ready[sequence] = piece }
    while true {
      let next = state.withLock { state -> Piece? in
        guard !state.isJoining, let piece = state.ready.removeValue(forKey: state.joinedCount) else { return nil }
        state.isJoining = true
        return piece
      }
      guard let next else { break }
      let joined = Result<Joined, any Error> { try join(next, parser) }
      state.withLock { state in
        state.isJoining = false
        state.joinedCount += 1
        state.abandoned = exclusive.join.abandoned
        switch joined {
        case .success(.file(let outcome)): state.outcomes.append(outcome)
        case .success(.chunk): break
        case .failure(let error): state.failure = error
        }
      }
    }
    wakeSleepers()
  }

  /// What a piece became: a part of its file, or the file's end.
  private enum Joined {
    case chunk
    case file(FileOutcome?)
  }

  private func join(_ piece: Piece, _ parser: ChunkParser) throws -> Joined {
    switch piece {
    case .chunk(let chunk, let result):
      try exclusive.join.add(chunk, result, parser)
      return .chunk
    case .fileEnd(let end): return .file(try exclusive.join.end(end))
    }
  }

  private func wakeSleepers() {
    let count = state.withLock { state -> Int in
      defer { state.sleeperCount = 0 }
      return state.sleeperCount
    }
    for _ in 0..<count { wake.signal() }
  }
}
