import Calendar
import Ledger

/// A file that was read in chunks, put together from its parts in their order.
struct ChunkedFile {
  private let task: FileTask
  private let feed: Feed
  private var result: FileResult
  /// The error that ends the file, the first one.
  private var problem: (any Error)?

  /// Adds up what the parts brought, up to the first one with a problem; there is at least one.
  init(_ task: FileTask, _ feed: Feed, _ parts: [PartProgress]) {
    self.task = task
    self.feed = feed
    result = parts[0].join.result
    problem = parts[0].problem
    for part in parts.dropFirst() where problem == nil {
      result.append(part.join.result)
      problem = part.problem
    }
    if problem == nil, !parts.contains(where: { $0.source.isAnyRead }) {
      problem = parts.map(\.source.unwanted).reduce(into: UnwantedMembers()) { $0.append($1) }.refusal(feed)
    }
  }

  /// How the file ended; nil where it must be read row by row. `digest` is the file's, if it is known.
  func outcome(digest: SHA256Digest?) throws -> FileOutcome? {
    if case DeliverySource.Unsuited.isWide? = problem as? DeliverySource.Unsuited { return nil }
    guard FileStamp(task.file.path) == task.stamp else { return .growing(task) }
    var (named, result, problem) = (task, result, problem)
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
