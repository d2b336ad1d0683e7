import CSV
import Vault

/// Parses chunks: one a thread, with the scratch and the memory of that thread.
final class ChunkParser {
  /// What came of a chunk.
  struct Parsed: @unchecked Sendable {
    var usage: [UsageChunk] = []
    var counts = FileReading.IntakeCounts()
    var records = RecordCounts()
    var rejects: [RejectRow] = []
    var unowned: [UnownedNumber] = []
    /// LFs in the chunk, and in the lines in front of a first one.
    var lineCount = 0
    /// The driver, where the chunk ends within a record: it goes to the thread that reads the next chunk again.
    var open: RecordReader?
  }

  private let tasks: [FileTask]
  private let feeds: [Feed]
  private let columns: [Int: UsageColumns]
  private let context: NightContext
  private var kernels: [Int: UsageKernel] = [:]
  private var lines: LineReader?
  private var builder = UsageChunkBuilder()
  private var reading: FileReading?
  // The file, member and form of lines that the parser is set up for.
  private var file = -1
  private var memberIndex: UInt32 = .max
  private var fieldCount = 0
  private var feed = -1

  init(_ tasks: [FileTask], _ feeds: [Feed], _ columns: [Int: UsageColumns], _ context: NightContext) {
    self.tasks = tasks
    self.feeds = feeds
    self.columns = columns
    self.context = context
  }

  /// Parses a chunk whose first line is `line`; `continuing` is the driver of a chunk that ended within a record.
  func parse(_ chunk: DeliveryChunk, line: Int, continuing: RecordReader? = nil) throws(FileRefusal) -> Parsed {
    do throws(FileRefusal) { return try read(chunk, line: line, continuing: continuing) } catch {
      forget()
      throw error
    }
  }

  /// Forgets what was gathered of a chunk that refuses its file: the next chunk may be another file's.
  private func forget() {
    builder = UsageChunkBuilder()
    kernels = [:]
    lines = nil
    reading = nil
    (file, memberIndex, feed) = (-1, .max, -1)
  }

  private func read(_ chunk: DeliveryChunk, line: Int, continuing: RecordReader?) throws(FileRefusal) -> Parsed {
    setUp(chunk.member)
    guard let kernel = kernels[feed], let lines else { return Parsed() }
    var parsed = Parsed()
    for batch in chunk.headBatches { try take(batch) }
    parsed.records += chunk.headCounts
    let end = try lines.read(
      chunk.bytes, byteOffset: chunk.byteOffset, line: line + chunk.headLineCount, isEnd: chunk.isLast,
      continuing: continuing,
      plain: { (run) throws(FileRefusal) in
        let before = builder.gatheredRowCount
        var handedBack = 0
        try kernel.take(run, into: &builder) { (range, builder) throws(FileRefusal) in
          let kept = builder.gatheredRowCount
          let batch = lines.drive(
            run.delivered(range), byteOffset: run.byteOffset(ofLine: range.lowerBound),
            line: run.firstLine + range.lowerBound)
          try reading?.take(batch, into: &builder)
          handedBack += builder.gatheredRowCount - kept
        }
        parsed.counts.accepted += Int64(builder.gatheredRowCount - before - handedBack)
      },
      driven: { (batch) throws(FileRefusal) in try take(batch) })
    if case .withinRecord(let driver) = end { parsed.open = driver }
    parsed.records += lines.takeCounts()
    parsed.lineCount = chunk.headLineCount + lines.lineCount
    if let (counts, rejects, unowned) = reading?.takeResult() {
      parsed.counts.accepted += counts.accepted
      parsed.counts.rejected += counts.rejected
      parsed.counts.outOfWindow += counts.outOfWindow
      parsed.rejects = rejects
      parsed.unowned = unowned
    }
    parsed.usage = builder.takeChunks()
    return parsed
  }

  private func take(_ batch: RecordBatch) throws(FileRefusal) { try reading?.take(batch, into: &builder) }

  private func setUp(_ member: DeliveryChunk.Member) {
    guard member.file != file || member.index != memberIndex else { return }
    let task = tasks[member.file]
    let own = feeds[task.feed]
    if member.file != file { reading = FileReading(task, feed: own, context: context) }
    reading?.begin(member)
    if task.feed != feed || member.fieldCount != fieldCount {
      lines = LineReader(own.dialect, limits: own.limits.records(), fieldCount: member.fieldCount)
    }
    let positions = own.sources.indices.map { member.layout.position(ofSource: $0) ?? 0 }
    if let kernel = kernels[task.feed] {
      kernel.move(to: positions)
    } else if let columns = columns[task.feed] {
      kernels[task.feed] = UsageKernel(columns, positions: positions, feed: own, context: context)
    }
    (file, memberIndex, feed, fieldCount) = (member.file, member.index, task.feed, member.fieldCount)
  }
}
