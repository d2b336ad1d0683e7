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
    /// The entry that was committed, and how long its steps took.
    case published(LogEntry, TwinSteps)
  }

  private let home: Home
  private let catalogues: TwinCatalogues
  private let night: Day
  private let threads: Int
  private let versions: [String: String]
  private let fileRowCount: Int

  /// Plans the twins of a night; the caller holds the run lock when it calls `run`.
  public init(
    _ home: Home, _ catalogues: TwinCatalogues, night: Day, threads: Int, versions: [String: String]
  ) {
    self.init(
      home, catalogues, night: night, threads: threads, versions: versions, fileRowCount: ShardRanges.fileRowCount)
  }

  /// The same, with files and ranges of about so many subscriptions, 64 at most.
  package init(
    _ home: Home, _ catalogues: TwinCatalogues, night: Day, threads: Int, versions: [String: String], fileRowCount: Int
  ) {
    self.fileRowCount = fileRowCount
    self.home = home
    self.catalogues = catalogues
    self.night = night
    self.threads = threads
    self.versions = versions
  }

  private var catalogue: TwinCatalogue { catalogues.subscription }
  private var moment: TwinMoment { TwinMoment(asOf: night, knownBy: night) }

  /// The number of fact files that a run would read.
  public func sourceFileCount() throws -> Int {
    let state = try CommitLog.open(home).state(.knownBy(night))
    let sources = TwinSources(state, catalogue, and: catalogues.others, [moment])
    let usageFileCount = KeptUsage(
      home, state, catalogue.usePlan, usage: sources.usage, to: moment, versions: versions)?.roll.readFileCount
    return (usageFileCount ?? sources.usage.count) + sources.fileCount
  }

  /// Builds the twins and commits them. Throws `LedgerError` and `ColumnsError`; nothing is visible then.
  public func run() throws -> Outcome {
    let state = try CommitLog.open(home).state(.knownBy(night))
    let sources = TwinSources(state, catalogue, and: catalogues.others, [moment])
    let quality = NightQuality(home, state, catalogue, night: night, threads: threads)
    if let done = KeptUsage.done(
      state, night, sources.materials + catalogues.materials + quality.materials, versions: versions)
    {
      try Transaction.recover(home)
      return .alreadyDone(done)
    }
    let kept = KeptUsage(
      home, state, catalogue.usePlan, usage: sources.usage, to: moment, versions: versions)
    do {
      return try run(state, sources, kept, quality)
    } catch let error as UsageRoll.Unusable {
      return try run(
        state, sources, nil, quality, warning: "every fact of use was read, since yesterday's sums could not: \(error)")
    }
  }

  private func run(
    _ state: LiveState, _ sources: TwinSources, _ kept: KeptUsage?, _ quality: NightQuality, warning: String? = nil
  ) throws -> Outcome {
    let transaction = try Transaction.begin(
      home, stage: "twin", date: night,
      materials: sources.materials + catalogues.materials + (kept?.files ?? []).map { Material($0) }
        + quality.allMaterials,
      configDigest: catalogues.digest, versions: versions)
    if let done = transaction.alreadyDone { return .alreadyDone(done) }
    var steps = TwinSteps()
    let usage =
      try kept.map { try NightUsage(rolling: $0, home, catalogue.usePlan, at: moment, threads: threads) }
      ?? NightUsage(of: sources.usageParts(home), catalogue.usePlan, at: moment)
    transaction.retireEarlierRuns()
    transaction.retire(KeptUsage.outdated(state, by: night, rolling: kept))
    steps.end("use")
    var facts = try sources.read(home, threads: threads)
    steps.end("facts")
    let made = try writeSubscriptions(&facts, usage, quality, transaction, &steps)
    var counts = made.counts
    if let catalogue = catalogues.process {
      let twin = try ProcessTwin(
        catalogue, made.events, facts, made.useDays, at: moment, threads: threads)
      try write(catalogue.dataset, ShardRanges.parts(rowCount: twin.rowCount, id: twin.id), transaction) { part, path in
        try ParquetFile.write(
          twin.table(part.rows), rows: 0..<part.rows.count, to: path,
          rowGroupRowCount: SubscriptionTwin.rowGroupRowCount)
      }
      counts.merge(twin.counts) { first, _ in first }
      steps.end(catalogue.entity.name)
    }
    let findings = try quality.findings(made.completeDays)
    try write(findings, transaction)
    counts.merge(findings.counts) { first, _ in first }
    steps.end("quality")
    let revisions = try TwinRevisions(home, state, catalogues, night: night, threads: threads)
    try revisions.write(transaction, night: night)
    counts[KeptSnapshots.countName] = Int64(revisions.snapshotCount)
    steps.end("revisions")
    let entry = try transaction.commit(
      counts: counts, warnings: (warning.map { [$0] } ?? []) + made.warnings + findings.warnings)
    steps.end("commit")
    return .published(entry, steps)
  }

  /// What is left of subscriptions and of what is rolled up from them, once their twins are written.
  private struct Made {
    let events: SubscriptionEvents
    let completeDays: CompleteDays
    let useDays: UseDays?
    let counts: [String: Int64]
    let warnings: [String]
  }

  /// Stages the twins of subscriptions, and those that are rolled up from them; facts that nobody asks for later are let go.
  private func writeSubscriptions(
    _ facts: inout TwinFacts, _ usage: NightUsage, _ quality: NightQuality, _ transaction: Transaction,
    _ steps: inout TwinSteps
  ) throws -> Made {
    let workers = WorkerThreads(count: threads)
    let fields = try TwinNight.fields(catalogue, facts, at: [moment], workers)[0]
    facts.drop(MomentFields.datasetsOfItsOwn)
    try facts.drop(MomentFields.textColumn, of: .tickets)
    steps.end("fields")
    let rolled = try RolledTwins(catalogues.rolledUp, fields, facts, workers)
    steps.end("rows")
    let ids = fields.subscriptionIDs
    let parts = ShardRanges.parts(rowCount: ids.count, fileRowCount: fileRowCount) { ids[$0] }
    let ranges = try workers.map(taskCount: parts.count) { number in
      let own = threads / parts.count + (number < threads % parts.count ? 1 : 0)
      let range = TwinRange(parts[number], usage, fields, WorkerThreads(count: own))
      return try range.write(transaction, night: night) { table, rows in
        try rolled.add(table, rows)
        quality.count(table, rows)
      }
    }
    steps.end(ranges.map(\.durations))
    for twin in rolled.twins {
      try write(twin.catalogue.dataset, rolled.parts(twin), transaction) { part, path in
        try ParquetFile.write(
          twin.table(part.rows), rows: 0..<part.rows.count, to: path,
          rowGroupRowCount: SubscriptionTwin.rowGroupRowCount)
      }
      steps.end(twin.catalogue.entity.name)
    }
    return Made(
      events: fields.events, completeDays: fields.completeDays,
      useDays: UseDays(concatenating: ranges.compactMap(\.useDays)),
      counts: counts(fields).merging(rolled.counts) { first, _ in first }, warnings: warnings(fields))
  }

  /// Stages the files of a dataset in parallel; `body` writes the rows of one to a path.
  private func write(
    _ dataset: Dataset, _ parts: [ShardRanges.Part], _ transaction: Transaction,
    _ body: @Sendable (ShardRanges.Part, String) throws -> Void
  ) throws {
    _ = try WorkerThreads(count: threads).map(taskCount: parts.count) { number in
      let part = parts[number]
      try transaction.stage(dataset, part, night, rowCount: part.rows.count) { try body(part, $0) }
    }
  }

  /// Stages what the night says of its twin: a small file a dataset.
  private func write(_ findings: NightQuality.Findings, _ transaction: Transaction) throws {
    for (dataset, table) in findings.tables {
      let path = transaction.stagingPath("\(dataset.name.split(separator: "/").joined(separator: "-")).parquet")
      try ParquetFile.write(table, to: path)
      try transaction.add(
        stagedPath: path, folder: "\(dataset.folder)/date=\(night)", fileName: .digest(ext: "parquet"),
        rowCount: Int64(table.rowCount))
    }
  }

  private func counts(_ fields: MomentFields) -> [String: Int64] {
    var counts = fields.counts
    for family in CompleteDays.families {
      counts["completeDays.\(CompleteDays.key(family))"] = Int64(fields.completeDays.count(family))
    }
    return counts
  }

  /// Missing deliveries, not history that does not reach back: nobody can do anything about that.
  private func warnings(_ fields: MomentFields) -> [String] {
    var warnings = CompleteDays.families.compactMap { family -> String? in
      guard let gap = fields.completeDays.gap(family), gap.isMissingDelivery else { return nil }
      // Counterparties and cells come with use: where its day is missing, that is said.
      if RelationFamily.allCases.contains(where: { $0.dataset == family }),
        fields.completeDays.gap(.usage)?.day == gap.day
      {
        return nil
      }
      let lost = catalogue.windowLengths(gap.family).filter { $0 > gap.completeDayCount }
        .map(String.init).joined(separator: ", ")
      guard !lost.isEmpty else { return nil }
      return "\(gap.family): the deliveries of \(gap.day) are not complete; windows of \(lost) days are unknown"
    }
    if fields.rowCount == 0 { warnings.append("no subscription lives at the end of \(night)") }
    return warnings
  }
}
