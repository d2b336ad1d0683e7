public import Calendar
import Columns
import Datasets
public import Ledger
import Parallelism
import Vault

/// One night's ingest, the sketch of this room:
///
/// feeds → inbox → survey (what is new) → numbers (who owns which) → all other files, in parallel → completeness →
/// one log entry with every fact, reject and vault product of the night, or nothing at all.
public struct IngestNight: Sendable {
  /// The data home.
  public let home: Home
  /// The night: nothing that arrived or happened later is looked at.
  public let night: Day
  /// The configuration folder, whose `feeds/*.yaml` are read unless `feedFiles` are given.
  public var configuration = "Pipelines"
  /// Feed files named one by one.
  public var feedFiles: [String] = []
  /// The folder of deliveries.
  public var inbox: String?
  /// Deliveries named one by one.
  public var files: [String] = []
  /// The number of threads.
  public var threads = 1
  /// Versions of whatever the bytes depend on, for the manifest.
  public var versions: [String: String] = [:]

  /// Names home and night.
  public init(home: Home, night: Day) {
    self.home = home
    self.night = night
  }

  /// How a night's ingest ended.
  public struct Report: Sendable, Hashable {
    /// Whether an entry was committed.
    public var isPublished: Bool
    /// One line for people.
    public var summary: String
    /// What a person should know.
    public var warnings: [String]
    /// Counts by name.
    public var counts: [String: Int64]
    /// What would be done, file by file; nil where it was done.
    public var preview: NightPreview?
    /// Why the night would end without anything published, where a dry run found out.
    public var failure: IngestError?

    /// What would be done, in lines for people.
    public var fileLines: [String] { preview?.lines ?? [] }

    /// The result of `--json` of a dry run.
    public var previewJSON: String? { preview?.json(self) }
  }

  /// Does the work; with `isDryRun` everything is read and nothing written.
  public func run(isDryRun: Bool = false) throws -> Report {
    let folder =
      feedFiles.isEmpty ? try FeedFolder.load(configuration: configuration) : try FeedFolder(paths: feedFiles)
    guard (inbox == nil) != files.isEmpty else { throw IngestError(.usage, "name an inbox or files, one of them") }
    let delivered = try inbox.map { try Inbox.files(in: $0, until: night) } ?? Inbox.files(named: files)
    let log = try CommitLog.open(home)
    let state = log.state(.head)
    var work = NightWork(
      night: night, folder: folder,
      survey: try Survey(delivered, folder, home, state, night: night, threads: WorkerThreads(count: threads)))

    let key = try PseudonymKey.load(home)
    var book = try NumberBook.load(home, state)
    let numberTasks = work.survey.tasks.filter { folder.feeds[$0.feed].kind == .numbers }
    try work.takeNumbers(
      read(numberTasks, NightContext(night: night, key: key, book: book), folder, state), into: &book)
    let otherTasks = work.survey.tasks.filter { folder.feeds[$0.feed].kind != .numbers }
    let context = NightContext(night: night, key: key, book: book)
    work.take(try read(otherTasks, context, folder, state))
    work.take(try read(work.copiesToRead(), context, folder, state))

    work.sessionNotices = try SessionMerge(home: home, state: state).apply(&work)
    work.sequences = try SequenceCheck(home, state, work)
    var completeness = try Completeness(home, state, night: night, feeds: folder.feeds)
    for row in work.coveredDays { completeness.add(row) }
    work.changes = completeness.changes()

    let isNightKnown = log.entries.contains { $0.stage == "ingest" && $0.date == night }
    guard work.isWorthAnEntry(isNightKnown: isNightKnown) else {
      return isDryRun ? work.preview() : work.report(isPublished: false)
    }
    guard !isDryRun else { return work.preview() }
    if let error = work.failure { throw error }
    let publication = NightPublication(home: home, work: work, key: key, threads: threads)
    return try publication.commit(state, versions: versions)
      ? work.report(isPublished: true) : work.report(isPublished: false)
  }

  /// Reads files, in parallel by file; files of a feed with a record key one after the other, since the first one counts.
  private func read(
    _ tasks: [FileTask], _ context: NightContext, _ folder: FeedFolder, _ state: LiveState
  ) throws -> [FileOutcome] {
    var groups: [[FileTask]] = []
    for task in tasks {
      if folder.feeds[task.feed].recordKey != nil, let last = groups.last?.last, last.feed == task.feed {
        groups[groups.count - 1].append(task)
      } else {
        groups.append([task])
      }
    }
    let work = groups
    let keyProducts = state.products(Dataset.recordKeys.name)
    return try WorkerThreads(count: threads).map(taskCount: work.count) { index in
      let feed = folder.feeds[work[index][0].feed]
      var seen = RecordKeySet()
      if let recordKey = feed.recordKey {
        let first = night - (recordKey.windowDays - 1)
        seen = try RecordKeySet.load(home, keyProducts, feed: feed.name, since: first.description)
      }
      return work[index].map { task in read(task, feed, context, &seen) }
    }.flatMap { $0 }
  }

  private func read(_ task: FileTask, _ feed: Feed, _ context: NightContext, _ seen: inout RecordKeySet) -> FileOutcome
  {
    var reading = FileReading(task, feed: feed, context: context)
    var refusal: FileRefusal?
    do throws(FileRefusal) { try reading.read(seen: &seen) } catch { refusal = error }
    let isStable = FileStamp(task.file.path) == task.stamp
    if refusal != nil || !isStable { seen.remove(reading.result.keys) }
    // A file that somebody still writes may look damaged; its turn comes when it is whole.
    guard isStable else { return .growing(task) }
    return refusal.map { .refused(task, $0, FilePreview(reading.result, $0)) }
      ?? .taken(reading.result, feed: task.feed)
  }
}

/// What became of a file that was read.
enum FileOutcome: Sendable {
  case taken(FileResult, feed: Int)
  /// With what was found until then.
  case refused(FileTask, FileRefusal, FilePreview)
  case growing(FileTask)
}
