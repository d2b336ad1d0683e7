/// A part of a file on its way through `ParallelReading`, whose lock guards it; `source` and `join` belong to the thread
/// that began to read or to put together.
final class PartProgress: @unchecked Sendable {
  /// A chunk, and what came of it.
  struct ParsedChunk {
    var chunk: DeliveryChunk
    var result: Result<ChunkParser.Parsed, FileRefusal>
  }

  let file: FileProgress
  /// The index among the file's parts.
  let index: Int
  let source: DeliverySource
  let join: ChunkJoin
  /// When it was read last.
  private(set) var turn = 0
  private var isReading = false
  private var isReadToEnd = false
  private var isAbandoned = false
  private var isJoining = false
  private var readCount = 0
  private var joinedCount = 0
  private var ready: [Int: ParsedChunk] = [:]
  private var readProblem: (any Error)?

  init(_ file: FileProgress, _ index: Int, _ source: DeliverySource, _ join: ChunkJoin) {
    self.file = file
    self.index = index
    self.source = source
    self.join = join
  }

  /// Whether a thread may read on.
  var canBeRead: Bool { !isReading && !isReadToEnd && !isAbandoned }

  /// Whether everything that was read is put together, and nothing more comes.
  var hasEnded: Bool { !isReading && (isReadToEnd || isAbandoned) && !isJoining && joinedCount == readCount }

  /// Why the part ends where it does, the first reason; asked when it has ended.
  var problem: (any Error)? { join.problem ?? readProblem }

  /// Nobody needs what is not read yet.
  func abandon() { isAbandoned = true }

  /// A thread begins to read the next chunk.
  func beginReading(turn: Int) {
    self.turn = turn
    isReading = true
  }

  /// What was read, if anybody needs it; nil at the end of the part.
  func endReading(_ found: Result<DeliveryChunk?, any Error>) -> DeliveryChunk? {
    isReading = false
    if case .success(let chunk?) = found, !isAbandoned {
      readCount += 1
      return chunk
    }
    isReadToEnd = true
    if case .failure(let error) = found { readProblem = error }
    return nil
  }

  /// Takes a chunk that waits for those before it.
  func store(_ parsed: ParsedChunk) { ready[parsed.chunk.sequence] = parsed }

  /// The next chunk to be put together, unless it is not there or a thread is at it: then that thread asks again.
  func beginJoining() -> ParsedChunk? {
    guard !isJoining, let next = ready.removeValue(forKey: joinedCount) else { return nil }
    isJoining = true
    return next
  }

  /// A chunk is put together.
  func endJoining() {
    isJoining = false
    joinedCount += 1
  }
}
