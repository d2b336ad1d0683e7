public import Calendar
public import Ledger
import Vault

/// Reads repaired rows in place of the rejected ones, under the identity of the file that delivered them (Replay.md).
///
/// The delivery is derived again from its kept bytes with the repairs laid over them, so that its line in the log, its
/// facts, keys and rejects are those of the repaired file. What a repaired row says is known since tonight.
public struct Replay: Sendable {
  /// The data home.
  public let home: Home
  /// The night that brings the repairs.
  public let night: Day
  /// The file of repaired rows.
  public let file: String
  /// The configuration folder, whose `feeds/*.yaml` are read unless `feedFiles` are given.
  public var configuration = "Pipelines"
  /// Feed files named one by one.
  public var feedFiles: [String] = []
  /// The number of threads.
  public var threads = 1
  /// Versions of whatever the bytes depend on, for the manifest.
  public var versions: [String: String] = [:]

  /// Names home, night and file.
  public init(home: Home, night: Day, file: String) {
    self.home = home
    self.night = night
    self.file = file
  }

  /// Does the work; with `isDryRun` everything is read and nothing written.
  public func run(isDryRun: Bool = false) throws -> IngestNight.Report {
    let folder =
      feedFiles.isEmpty ? try FeedFolder.load(configuration: configuration) : try FeedFolder(paths: feedFiles)
    let bytes: [UInt8]
    do throws(LedgerError) { bytes = try SystemCalls.readFile(file) } catch {
      throw IngestError(.unreadableInput, error.message)
    }
    let state = try CommitLog.open(home).state(.head)
    let key = try PseudonymKey.load(home)
    let rows = try repaired(RepairFile.rows(bytes, name: file), folder, state, key)
    var work = NightWork(night: night, folder: folder, survey: Survey())
    guard !rows.isEmpty else { return work.report(notes: nil) }

    var repairs = try Repairs(home, state, key)
    repairs.add(rows, night: night)
    var revision = HistoryRevision(home: home, state: state, folder: folder, repairs: repairs)
    for row in rows { revision.affected[row.delivery] = .repair }
    let learned = LearnedNumbers(key)
    work.history = try revision.run(
      NightContext(
        night: night, key: key, book: NumberBook.load(home, state), repairs: repairs, learned: learned,
        spill: .unbounded))
    work.repairs = rows
    work.repairOutcome = RepairOutcome(rows, in: work.history.rederived)
    var completeness = try Completeness(
      home, state, night: night, feeds: folder.feeds, without: work.history.withdrawal)
    for row in work.coveredDays.values.joined() { completeness.add(row) }
    work.changes = completeness.changes()
    guard !isDryRun else { return work.preview() }
    let publication = NightPublication(home: home, work: work, key: key, learned: learned, threads: threads)
    return work.report(notes: try publication.commit(state, versions: versions))
  }

  /// The rows that differ from what was rejected; throws where one is no reject that stands, all of them at once.
  private func repaired(
    _ lines: [(line: Int, row: SealedRejects.Row)], _ folder: FeedFolder, _ state: LiveState, _ key: PseudonymKey
  ) throws -> [SealedRejects.Row] {
    var rejects: [SHA256Digest: [RowPlace: [UInt8]]] = [:]
    let sealer = SealedRejects(key)
    for product in state.products(under: "vault/rejects") {
      for row in try sealer.open(SystemCalls.readFile(home.url(product.name))) {
        rejects[row.delivery, default: [:]][row.rowPlace] = row.bytes
      }
    }
    var problems: [String] = []
    var seen: Set<SealedRejects.Row> = []
    var rows: [SealedRejects.Row] = []
    for (line, row) in lines {
      let delivery = state.deliveries.first { $0.file.sha256 == row.delivery }
      let feed = folder.feeds.first { $0.name == delivery?.file.feed }
      if let problem = problem(row, rejects, delivery, feed) {
        problems.append("\(file):\(line): \(problem)")
      } else if !seen.insert(SealedRejects.Row(place: row)).inserted {
        problems.append("\(file):\(line): an earlier line repairs the same row")
      } else if rejects[row.delivery]?[row.rowPlace] != row.bytes {
        rows.append(row)
      }
    }
    if !problems.isEmpty { throw IngestError(.badRepair, RepairFile.text(problems)) }
    return rows.sorted { ($0.delivery, $0.memberIndex, $0.recordByte) < ($1.delivery, $1.memberIndex, $1.recordByte) }
  }

  private func problem(
    _ row: SealedRejects.Row, _ rejects: [SHA256Digest: [RowPlace: [UInt8]]], _ delivery: TakenDelivery?, _ feed: Feed?
  ) -> String? {
    guard let delivery else { return "no delivery with this 'sha256' counts" }
    guard let feed else { return "the feed '\(delivery.file.feed)' is not configured" }
    guard feed.kind != .numbers else {
      return "number assignments cannot be repaired in place: deliver them under another name"
    }
    guard feed.sessions == nil else {
      return "rows of a feed with sessions cannot be repaired in place: deliver them under another name"
    }
    guard feed.format == .csv || feed.format == .ndjson else {
      return "rows of \(feed.format.rawValue) cannot be repaired one by one: deliver the file again with --supersede"
    }
    guard let rejected = rejects[row.delivery]?[row.rowPlace] else {
      return "no reject stands at this 'member_index' and 'record_byte' of \(delivery.file.name): it may have been "
        + "repaired before"
    }
    // What is behind the bytes kept would be lost in silence.
    guard rejected == row.bytes || rejected.count < RejectRow.keptByteLimit else {
      return "of this row no more than the first \(RejectRow.keptByteLimit) bytes are kept: deliver the file again "
        + "with --supersede"
    }
    return nil
  }
}

extension SealedRejects.Row {
  /// The place of a row alone, without its bytes.
  fileprivate init(place row: SealedRejects.Row) {
    self.init(delivery: row.delivery, memberIndex: row.memberIndex, recordByte: row.recordByte, bytes: [])
  }
}
