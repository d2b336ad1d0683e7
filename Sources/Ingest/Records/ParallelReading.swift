import CSV
import Delivery
import Dispatch
import Ledger
import Parallelism
import Synchronization

/// Reads usage files in chunks on several threads: the sketch of the fast path.
///
/// A thread that comes for work reads the next chunk of a file or zip member (decompression and digest go with reading)
/// while fewer than two chunks wait, else parses a chunk, else waits. Each file or member is read by one thread at a time;
/// another one is begun only when those that are open are being read. Parsed chunks are put together in the order of
/// their file or member. A chunk is parsed as if a record began with it; where the one before ends within a record that
/// was wrong, and whoever puts the chunks together parses it again. Nothing depends on how many threads there are, or on
/// who did what.
final class ParallelReading: Sendable {
  private struct State: @unchecked Sendable {
    var nextFile = 0
    var isOpening = false
    /// Files that are open, in their order.
    var files: [FileProgress] = []
    var outcomes: [Int: FileOutcome?] = [:]
    /// Chunks to be parsed.
    var waiting: [(part: PartProgress, chunk: DeliveryChunk)] = []
    /// Chunks from the moment when their reading begins until they are put together.
    var chunkCount = 0
    /// Counts readings, so that the part that waited longest is read next.
    var turn = 0
    var sleeperCount = 0
    var failure: (any Error)?
  }

  private let tasks: [FileTask]
  private let feeds: [Feed]
  private let columns: [Int: UsageColumns]
  private let context: NightContext
  private let threads: WorkerThreads
  private let chunkByteCount: Int
  private let pool: ChunkMemory
  private let state = Mutex(State())
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
    self.chunkByteCount = chunkByteCount
    pool = ChunkMemory(usualByteCount: chunkByteCount)
  }

  /// Reads all files; outcomes in their order, nil for a file that must be read row by row. Throws where the night cannot
  /// go on.
  func read() throws -> [FileOutcome?] {
    guard !tasks.isEmpty else { return [] }
    _ = try threads.map(taskCount: threads.count) { _ in work() }
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      return tasks.indices.map { state.outcomes[$0] ?? nil }
    }
  }

  // MARK: - Work

  private enum Work {
    case open(file: Int)
    case digest(FileProgress)
    case read(PartProgress)
    case parse(PartProgress, DeliveryChunk)
    case sleep
    case stop
  }

  private func work() {
    let parser = ChunkParser(tasks, feeds, columns, context)
    while true {
      switch next() {
      case .open(let file): open(file)
      case .digest(let file): digest(file)
      case .read(let part): read(part)
      case .parse(let part, let chunk):
        let result = Result<ChunkParser.Parsed, FileRefusal> { () throws(FileRefusal) in
          try parser.parse(chunk, line: 1)
        }
        join(part, PartProgress.ParsedChunk(chunk: chunk, result: result), parser)
      case .sleep:
        wake.wait()
        continue
      case .stop: return
      }
      wakeSleepers()
    }
  }

  private func next() -> Work {
    state.withLock { state in
      if state.failure != nil { return .stop }
      // Chunks read ahead are bounded: each holds its bytes until it is put together.
      if state.waiting.count < 2, state.chunkCount < 2 * threads.count + 2, let work = nextReading(&state) {
        return work
      }
      if !state.waiting.isEmpty {
        let (part, chunk) = state.waiting.removeFirst()
        return .parse(part, chunk)
      }
      if state.nextFile == tasks.count, !state.isOpening, state.files.isEmpty { return .stop }
      state.sleeperCount += 1
      return .sleep
    }
  }

  /// What there is to be read: a part that is open, the one that waited longest first, since the time of its file runs;
  /// else the next part, else the next file.
  private func nextReading(_ state: inout State) -> Work? {
    let free = state.files.flatMap(\.active).filter(\.canBeRead)
    var part = free.min { $0.turn < $1.turn }
    if part == nil {
      for file in state.files where part == nil {
        if file.beginDigest() { return .digest(file) }
        part = begin(file)
      }
    }
    if let part {
      state.turn += 1
      part.beginReading(turn: state.turn)
      state.chunkCount += 1
      return .read(part)
    }
    guard state.nextFile < tasks.count, !state.isOpening else { return nil }
    state.isOpening = true
    defer { state.nextFile += 1 }
    return .open(file: state.nextFile)
  }

  private func begin(_ file: FileProgress) -> PartProgress? {
    guard let (index, part) = file.partToBegin else { return nil }
    let task = tasks[file.index]
    let feed = feeds[task.feed]
    let source = DeliverySource(part, ofFile: file.index, task, feed, chunkByteCount: chunkByteCount, pool: pool)
    let progress = PartProgress(file, index, source, ChunkJoin(task, feed, context))
    file.begin(progress)
    return progress
  }

  // MARK: - Reading

  private func open(_ index: Int) {
    let task = tasks[index]
    // What is wrong with a zip file as a whole is found again, in its place, when it is read as one part.
    let feed = feeds[task.feed]
    context.whenBegun(task.file)
    let zip = (try? ZipMembers(path: task.file.path, limits: feed.limits.delivery)) ?? nil
    let file = FileProgress(
      index, task, feed, zip.flatMap { $0.memberNames.isEmpty ? nil : $0 }, rejectLimit: context.rejectLimit)
    state.withLock { state in
      state.isOpening = false
      state.files.append(file)
    }
    finish(file)
  }

  private func digest(_ file: FileProgress) {
    let digest = try? SHA256Digest(ofFile: tasks[file.index].file.path)
    state.withLock { _ in file.endDigest(digest) }
    finish(file)
  }

  private func read(_ part: PartProgress) {
    let found = Result { try part.source.next() }
    state.withLock { state in
      if let chunk = part.endReading(found) {
        state.waiting.append((part, chunk))
      } else {
        state.chunkCount -= 1
      }
      if case .failure(let error) = found { part.file.fail(part, error) }
    }
    finish(part.file)
  }

  // MARK: - Putting together

  /// Stores a parsed chunk and puts together what can be, unless another thread is at it.
  private func join(_ part: PartProgress, _ parsed: PartProgress.ParsedChunk, _ parser: ChunkParser) {
    state.withLock { _ in part.store(parsed) }
    while let next = state.withLock({ _ in part.beginJoining() }) {
      let before = part.join.result.rejectWeight
      let joined = Result { try part.join.add(next.chunk, next.result, parser) }
      let added = part.join.result.rejectWeight - before
      let isProblem = part.join.problem != nil
      state.withLock { state in
        part.endJoining()
        state.chunkCount -= 1
        part.file.add(rejectWeight: added, isProblem: isProblem, in: part)
        if case .failure(let error) = joined { state.failure = error }
      }
    }
    finish(part.file)
  }

  /// Ends a file when all of its parts have ended.
  private func finish(_ file: FileProgress) {
    guard state.withLock({ _ in file.becomesWhole() }) else { return }
    let outcome = Result { try file.outcome() }
    state.withLock { state in
      state.files.removeAll { $0 === file }
      switch outcome {
      case .success(let outcome): state.outcomes.updateValue(outcome, forKey: file.index)
      case .failure(let error): state.failure = error
      }
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
