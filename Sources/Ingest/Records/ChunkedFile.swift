import CSV
import Calendar
import Ledger

/// A file that is read in chunks, put together from them in their order.
struct ChunkedFile {
  private let task: FileTask
  private let feed: Feed
  private(set) var result: FileResult
  /// Lines of the member before the next chunk.
  var lineCount = 0
  /// The error that ends the file, the first one.
  var problem: (any Error)?

  init(_ task: FileTask, _ feed: Feed) {
    self.task = task
    self.feed = feed
    result = FileResult(
      task: task,
      intake: IntakeFile(
        feed: feed.name, name: task.file.name, sha256: task.sha256 ?? .ofNothing,
        byteCount: task.stamp.byteCount))
  }

  /// Adds what came of the next chunk, whose rows are kept already.
  mutating func add(_ parsed: ChunkParser.Parsed, lineBase: Int, member: String?, isMemberEnd: Bool) {
    result.intake.acceptedCount += parsed.counts.accepted
    result.intake.rejectedCount += parsed.counts.rejected
    result.intake.outOfWindowCount += parsed.counts.outOfWindow
    result.intake.readCount += Int64(parsed.records.sum)
    result.intake.blankCount += Int64(parsed.records.blankCount)
    result.intake.commentCount += Int64(parsed.records.commentCount)
    result.intake.headerCount += Int64(parsed.records.headerCount + parsed.records.skippedCount)
    for var reject in parsed.rejects {
      reject.line += Int64(lineBase)
      result.rejects.append(reject)
    }
    if result.rejects.count > FileReading.rejectLimit {
      problem =
        problem
        ?? FileRefusal(
          "too-many-rejects",
          "more than \(FileReading.rejectLimit) rows were rejected or out of the window; is the feed right?")
    }
    result.unowned += parsed.unowned
    if let usage = parsed.usage { result.add(usage) }
    if isMemberEnd, let member { result.endMember(member) }
  }

  /// How the file ended.
  mutating func outcome(digest: SHA256Digest?) throws -> FileOutcome {
    guard FileStamp(task.file.path) == task.stamp else { return .growing(task) }
    var named = task
    let own = try task.sha256 ?? digest ?? SHA256Digest(ofFile: task.file.path)
    named.sha256 = own
    result.name(own)
    if problem == nil {
      do throws(FileRefusal) {
        try FileReading.checkDate(feed, task.file.name)
        try FileReading.checkThreshold(result, feed)
      } catch { problem = error }
    }
    guard let problem else { return .taken(result, feed: task.feed) }
    switch FileReading.refusal(problem) {
    case let refusal as FileRefusal: return .refused(named, refusal, FilePreview(result, refusal))
    case let other: throw other
    }
  }
}
