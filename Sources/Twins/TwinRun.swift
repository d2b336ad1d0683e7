public import Calendar
import Columns
import Datasets
public import Ledger
import Parallelism

/// The stage `nightjar-twin`: the twins of one night, from the live facts to one entry of the log.
public struct TwinRun: Sendable {
  /// How a run ended.
  public enum Outcome: Sendable {
    /// The log holds this very work already.
    case alreadyDone(LogEntry)
    /// The entry that was committed.
    case published(LogEntry)
  }

  private let home: Home
  private let night: Day
  private let threads: Int
  private let versions: [String: String]

  /// Plans the twins of a night; the caller holds the run lock when it calls `run`.
  public init(_ home: Home, night: Day, threads: Int, versions: [String: String]) {
    self.home = home
    self.night = night
    self.threads = threads
    self.versions = versions
  }

  private var moment: TwinMoment { TwinMoment(asOf: night, knownBy: night) }

  /// The number of fact files that a run would read.
  public func sourceFileCount() throws -> Int {
    let state = try CommitLog.open(home).state(.knownBy(night))
    let sources = TwinSources(state, [moment])
    let usageFileCount = KeptUsage(home, state, usage: sources.usage, to: moment)?.roll.readFileCount
    return sources.families.reduce(usageFileCount ?? sources.usage.count) { $0 + $1.count }
  }

  /// Builds the twins and commits them. Throws `LedgerError` and `ColumnsError`; nothing is visible then.
  public func run() throws -> Outcome {
    let state = try CommitLog.open(home).state(.knownBy(night))
    let sources = TwinSources(state, [moment])
    let kept = KeptUsage(home, state, usage: sources.usage, to: moment)
    do {
      return try run(state, sources, kept)
    } catch let error as UsageRoll.Unusable {
      return try run(
        state, sources, nil, warning: "every fact of use was read, since yesterday's sums could not: \(error)")
    }
  }

  private func run(
    _ state: LiveState, _ sources: TwinSources, _ kept: KeptUsage?, warning: String? = nil
  ) throws -> Outcome {
    let transaction = try Transaction.begin(
      home, stage: "twin", date: night, materials: sources.materials + (kept?.files ?? []).map { Material($0) },
      configDigest: SHA256Digest(of: ""), versions: versions)
    if let done = transaction.alreadyDone { return .alreadyDone(done) }
    let usage =
      try kept.map { kept in
        try kept.roll.run(threads: threads) { try UsageState.read(kept.files, home, threads: threads) }
      } ?? UsageWindows.rebuild(sources.usageParts(home), at: moment, threads: threads)
    let facts = try sources.read(home, threads: threads)
    let twin = try TwinNight.build(facts, usage, threads: threads)
    transaction.retireEarlierRuns()
    transaction.retire(KeptUsage.outdated(state, by: night, rolling: kept))
    try write(twin, UsageState.tables(usage), transaction)
    let completeDays = try CompleteDays(facts.table(.coverage), at: moment)
    return .published(
      try transaction.commit(
        counts: try counts(twin, completeDays), warnings: (warning.map { [$0] } ?? []) + warnings(twin, completeDays)))
  }

  /// Stages the twin and the files of the state, in parallel.
  private func write(_ twin: Table, _ state: [Table], _ transaction: Transaction) throws {
    _ = try WorkerThreads(count: threads).map(taskCount: 1 + state.count) { number in
      let table = number == 0 ? twin : state[number - 1]
      let path = transaction.stagingPath(number == 0 ? "subscription.parquet" : "usage-\(number).parquet")
      try ParquetFile.write(table, to: path)
      let folder =
        number == 0
        ? "\(SubscriptionTwin.dataset.folder)/date=\(night)/shards=000-255"
        : "\(UsageState.dataset.folder)/date=\(night)/part=\(String(number + 999).dropFirst())"
      try transaction.add(
        stagedPath: path, folder: folder, fileName: .digest(ext: "parquet"), rowCount: Int64(table.rowCount))
    }
  }

  private func counts(_ twin: Table, _ completeDays: CompleteDays) throws -> [String: Int64] {
    let statuses = try twin.string("status").values
    let paymentTypes = try twin.string("payment_type").values
    var counts: [String: Int64] = [
      "rows": Int64(twin.rowCount),
      "inNotice": Int64(try twin.bool("is_in_notice").values.count { $0 }),
      "suspended": Int64(statuses.count { $0 == "suspended" }),
      "prepaid": Int64(paymentTypes.count { $0 == "prepaid" }),
      "postpaid": Int64(paymentTypes.count { $0 == "postpaid" }),
    ]
    for family in CompleteDays.families {
      counts["completeDays.\(CompleteDays.key(family))"] = Int64(completeDays.count(family))
    }
    return counts
  }

  /// Missing deliveries, not history that does not reach back: nobody can do anything about that.
  private func warnings(_ twin: Table, _ completeDays: CompleteDays) -> [String] {
    var warnings = CompleteDays.families.compactMap { family -> String? in
      guard let gap = completeDays.gap(family), gap.isMissingDelivery else { return nil }
      let lost = Windows.lengths.filter { $0 > gap.completeDayCount }.map(String.init).joined(separator: ", ")
      return "\(gap.family): the deliveries of \(gap.day) are not complete; windows of \(lost) days are unknown"
    }
    if twin.rowCount == 0 { warnings.append("no subscription lives at the end of \(night)") }
    return warnings
  }
}
