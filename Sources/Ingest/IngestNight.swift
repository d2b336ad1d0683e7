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
  /// Whether a file of a known name with new bytes replaces what its feed took under that name.
  public var isSuperseding = false
  /// The number of threads.
  public var threads = 1
  /// Bytes of usage rows and record keys that may be held at once; rows beyond two fifths of it wait in staging.
  public var memoryByteCount = 1 << 30
  /// Bytes of the chunks in which usage files are read; no result depends on it.
  package var chunkByteCount = 4 << 20
  /// The most rejects of a file that are kept, long ones counting more; a file with more is refused.
  package var rejectLimit = 1_000_000
  /// Told of each file when its reading begins.
  package var whenBegun: @Sendable (String) -> Void = { _ in }
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
    /// What a person should know of this machine, which the entry does not say: how deliveries could be kept.
    public var notes: [String]
    /// Counts by name.
    public var counts: [String: Int64]
    /// What became of repaired rows; nil where there were none.
    public var repairs: String?
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
    let pool = WorkerThreads(count: threads)
    let columns = folder.usageColumns
    var work = NightWork(
      night: night, folder: folder,
      survey: try Survey(
        delivered, folder, home, state, night: night, threads: pool,
        replacement: Replacement(home, state, isAllowed: isSuperseding, isNamed: inbox == nil),
        digestsWhileReading: { columns[$0] != nil }))

    let key = try PseudonymKey.load(home)
    let earlierBook = try NumberBook.load(home, state)
    var book = earlierBook
    let learned = LearnedNumbers(key)
    let spill = UsageSpill(folder: home.url("staging"), budgetByteCount: memoryByteCount / 5 * 2)
    let numberTasks = work.survey.tasks.filter { folder.feeds[$0.feed].kind == .numbers }
    try work.takeNumbers(
      read(
        numberTasks, NightContext(night: night, key: key, book: book, learned: learned, spill: spill), folder, state),
      waiting: numberTasks.isEmpty ? [] : NumberBook.contested(home, state), into: &book)
    let repairs = try Repairs(home, state, key)
    let context = NightContext(
      night: night, key: key, book: book, repairs: repairs, learned: learned, spill: spill, rejectLimit: rejectLimit,
      whenBegun: { [whenBegun] in whenBegun($0.path) })
    var revision = HistoryRevision(home: home, state: state, folder: folder, repairs: repairs)
    let otherTasks = try sortOut(
      work.survey.tasks.filter { folder.feeds[$0.feed].kind != .numbers }, context, &work, &revision)
    // Nothing that was taken before can be concerned where nothing was.
    let changes =
      state.deliveries.isEmpty ? [] : book.changes(since: earlierBook, of: Set(work.assignments.map(\.number)))
    try revision.add(LateNumbers(home: home, state: state, feeds: folder.feeds, night: night).affected(by: changes))
    work.history = try revision.run(context)
    work.take(try read(otherTasks, columns, context, folder, state, work.history.keys))
    work.take(try read(work.copiesToRead(), context, folder, state, work.history.keys))
    try work.settle(revision.superseded)

    work.sessionNotices = try SessionMerge(home: home, state: state).apply(&work)
    work.sequences = try SequenceCheck(home, state, work)
    var completeness = try Completeness(
      home, state, night: night, feeds: folder.feeds, without: work.history.withdrawal)
    for row in work.coveredDays.values.joined() { completeness.add(row) }
    work.changes = completeness.changes()

    let isNightKnown = log.entries.contains { $0.stage == "ingest" && $0.date == night }
    guard work.isWorthAnEntry(isNightKnown: isNightKnown) else {
      return isDryRun ? work.preview() : work.report(notes: nil)
    }
    guard !isDryRun else { return work.preview() }
    if let error = work.failure { throw error }
    let publication = NightPublication(home: home, work: work, key: key, learned: learned, threads: threads)
    return work.report(notes: try publication.commit(state, versions: versions))
  }

  /// Reads the files that replace others, to see whether they can be taken: only then is what they replace withdrawn.
  ///
  /// Returns the files that are still to be read. Where record keys count, a replacing file is among them: which of its
  /// rows are duplicates is known only when the old file's keys are gone. That does not change whether it is taken.
  private func sortOut(
    _ tasks: [FileTask], _ context: NightContext, _ work: inout NightWork, _ revision: inout HistoryRevision
  ) throws -> [FileTask] {
    let replacing = tasks.filter { $0.superseded != nil }
    guard !replacing.isEmpty else { return tasks }
    var remaining = tasks.filter { $0.superseded == nil }
    let feeds = work.folder.feeds
    let outcomes = try WorkerThreads(count: threads).map(taskCount: replacing.count) { index in
      var seen = RecordKeySet()
      return try read(replacing[index], feeds[replacing[index].feed], context, &seen)
    }
    for (task, outcome) in zip(replacing, outcomes) {
      guard case .taken = outcome else {
        work.take([outcome])
        continue
      }
      let feed = feeds[task.feed]
      revision.superseded += revision.state.deliveries.filter {
        $0.file.feed == feed.name && $0.file.name == task.file.name
      }
      if feed.recordKey == nil { work.take([outcome]) } else { remaining.append(task) }
    }
    return remaining.sorted {
      ($0.feed, $0.file.name, $0.sha256 ?? .ofNothing) < ($1.feed, $1.file.name, $1.sha256 ?? .ofNothing)
    }
  }

  /// Reads files: by columns, on all threads, where the feed is of the usual make, and row by row otherwise. Outcomes in
  /// the order of the files.
  private func read(
    _ tasks: [FileTask], _ columns: [Int: UsageColumns], _ context: NightContext, _ folder: FeedFolder,
    _ state: LiveState, _ revised: [String: KeyHistory]
  ) throws -> [FileOutcome] {
    // The files of a feed go one way: their record keys are compared with each other.
    let rowFeeds = Set(
      tasks.filter { task in
        columns[task.feed] == nil || task.superseded != nil || revised[folder.feeds[task.feed].name] != nil
          || task.sha256.map { context.repairs.concern($0) } ?? false
      }.map(\.feed))
    let chunked = tasks.filter { !rowFeeds.contains($0.feed) }
    let pool = WorkerThreads(count: threads)
    let read = try ParallelReading(
      chunked, folder.feeds, columns, context, threads: pool, chunkByteCount: chunkByteCount
    ).read()
    // A member in UTF-16 sends the files of its feed the other way.
    let unsuited = Set(zip(chunked, read).filter { $0.1 == nil }.map(\.0.feed))
    var outcomes = zip(chunked, read).compactMap { task, outcome in unsuited.contains(task.feed) ? nil : outcome }
    try UsageKeys(
      home: home, state: state, night: night, budgetByteCount: memoryByteCount / 2, threads: pool
    ).settle(&outcomes, folder.feeds)
    let rest = try tasks.filter { rowFeeds.contains($0.feed) || unsuited.contains($0.feed) }.map { task in
      var named = task
      named.sha256 = try task.sha256 ?? SHA256Digest(ofFile: task.file.path)
      return named
    }
    return outcomes + (try self.read(rest, context, folder, state, revised))
  }

  /// Reads files row by row, in parallel by file; files of a feed whose record keys are looked at while reading one after
  /// the other, since the first one counts.
  private func read(
    _ tasks: [FileTask], _ context: NightContext, _ folder: FeedFolder, _ state: LiveState,
    _ revised: [String: KeyHistory] = [:]
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
      if let history = revised[feed.name] {
        seen = history.seen(before: history.deliveries.count, night: night)
      } else if let recordKey = feed.recordKey {
        let first = night - (recordKey.windowDays - 1)
        seen = try RecordKeySet.load(home, keyProducts, feed: feed.name, since: first.description)
      }
      return try work[index].map { task in try read(task, feed, context, &seen) }
    }.flatMap { $0 }
  }

  private func read(
    _ task: FileTask, _ feed: Feed, _ context: NightContext, _ seen: inout RecordKeySet
  ) throws -> FileOutcome {
    var reading = FileReading(task, feed: feed, context: context)
    var refusal: FileRefusal?
    do { try reading.read(seen: &seen) } catch let error as FileRefusal { refusal = error }
    let isStable = FileStamp(task.file.path) == task.stamp
    if refusal != nil || !isStable { seen.remove(Array(reading.result.keys)) }
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
