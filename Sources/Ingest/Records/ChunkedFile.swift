import Calendar
import Ledger

/// A file that was read in chunks, put together from its parts in their order.
struct ChunkedFile {
  private let task: FileTask
  private let feed: Feed
  private var result: FileResult
  /// The error that ends the file, the first one.
  private var problem: (any Error)?
  private var isAnyRead = false
  private var unwanted = UnwantedMembers()
  /// The digest, where the file is one part.
  private var digest: SHA256Digest?

  /// Begins without a part; what the file's name shows to be wrong ends it.
  init(_ task: FileTask, _ feed: Feed) {
    self.task = task
    self.feed = feed
    result = FileResult(task, of: feed)
    do throws(FileRefusal) { try FileReading.checkDate(feed, task.file.name) } catch { problem = error }
  }

  /// Whether no part is needed, or no more.
  var isRefused: Bool { problem != nil }

  /// Adds what the next part brought, up to the first problem.
  mutating func add(_ part: PartProgress) {
    guard problem == nil else { return }
    result.append(part.join.result)
    digest = digest ?? part.source.digest
    isAnyRead = isAnyRead || part.source.isAnyRead
    unwanted.append(part.source.unwanted)
    problem = part.problem
  }

  /// How the file ended; nil where it must be read row by row. `known` is the file's digest, where it is known.
  func outcome(digest known: SHA256Digest?) throws -> FileOutcome? {
    var (result, problem) = (result, problem)
    if problem == nil, !isAnyRead { problem = unwanted.refusal(feed) }
    if case DeliverySource.Unsuited.isWide? = problem as? DeliverySource.Unsuited { return nil }
    // Row by row each row is judged that finds no room.
    if problem == nil, result.amountsAreBeyondLimit { return nil }
    guard FileStamp(task.file.path) == task.stamp else { return .growing(task) }
    var named = task
    let own = try task.sha256 ?? known ?? digest ?? SHA256Digest(ofFile: task.file.path)
    named.sha256 = own
    result.name(own)
    if problem == nil {
      do throws(FileRefusal) { try FileReading.checkThreshold(result, feed) } catch { problem = error }
    }
    guard let problem else { return .taken(result, feed: task.feed) }
    switch FileReading.refusal(problem) {
    case let refusal as FileRefusal: return .refused(named, refusal, FilePreview(result, refusal))
    case let other: throw other
    }
  }
}
