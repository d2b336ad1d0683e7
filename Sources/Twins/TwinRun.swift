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

  /// Plans the twins of a night; the caller holds the run lock when it calls `run`.
  public init(
    _ home: Home, _ catalogues: TwinCatalogues, night: Day, threads: Int, versions: [String: String]
  ) {
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
      try kept.map { kept in
        try kept.roll.run(threads: threads) {
          try UsageState.read(kept.files, home, catalogue.usePlan, threads: threads)
        }
      } ?? UsageWindows.rebuild(catalogue.usePlan, sources.usageParts(home), at: moment, threads: threads)
    steps.end("use")
    transaction.retireEarlierRuns()
    transaction.retire(KeptUsage.outdated(state, by: night, rolling: kept))
    let rows = try UsageState.rows(usage, threads: threads)
    try write(UsageState.dataset(catalogue.usePlan), rows.parts, transaction) { part, path in
      let table = UsageState.table(usage, rows.ranks[part.rows])
      try ParquetFile.write(
        table, rows: 0..<table.rowCount, to: path, rowGroupRowCount: SubscriptionTwin.rowGroupRowCount,
        encoding: .splitBytes)
    }
    steps.end("state")
    let facts = try sources.read(home, threads: threads)
    steps.end("facts")
    let fields = try TwinNight.fields(catalogue, facts, usage, threads: threads)
    steps.end("fields")
    let rolled = try RolledTwins(catalogues.rolledUp, fields, facts, WorkerThreads(count: threads))
    steps.end("rows")
    let ids = fields.subscriptionIDs
    let parts = ShardRanges.parts(rowCount: ids.count) { ids[$0] }
    try write(SubscriptionTwin.dataset(catalogue), parts, transaction) { part, path in
      // Several files are made side by side, the slices of one as well; a slice is let go once it is written.
      let workers = WorkerThreads(count: parts.count > 1 ? 1 : threads)
      var writer = try ParquetWriter(
        path: path, schema: catalogue.schema, rowGroupRowCount: SubscriptionTwin.rowGroupRowCount)
      let slices = MomentFields.slices(part.rows)
      for first in stride(from: 0, to: slices.count, by: workers.count) {
        let tables = try workers.map(taskCount: min(workers.count, slices.count - first)) { number in
          let table = try fields.table(slices[first + number])
          try rolled.add(table, slices[first + number])
          quality.count(table, slices[first + number])
          return table
        }
        for table in tables { try writer.write(table) }
      }
      _ = try writer.close()
    }
    steps.end("twin")
    for twin in rolled.twins {
      try write(twin.catalogue.dataset, rolled.parts(twin), transaction) { part, path in
        try ParquetFile.write(
          twin.table(part.rows), rows: 0..<part.rows.count, to: path,
          rowGroupRowCount: SubscriptionTwin.rowGroupRowCount)
      }
      steps.end(twin.catalogue.entity.name)
    }
    var counts = counts(fields).merging(rolled.counts) { first, _ in first }
    if let catalogue = catalogues.process {
      let twin = try ProcessTwin(catalogue, facts, usage, threads: threads)
      try write(catalogue.dataset, ShardRanges.parts(rowCount: twin.rowCount, id: twin.id), transaction) { part, path in
        try ParquetFile.write(
          twin.table(part.rows), rows: 0..<part.rows.count, to: path,
          rowGroupRowCount: SubscriptionTwin.rowGroupRowCount)
      }
      counts.merge(twin.counts) { first, _ in first }
      steps.end(catalogue.entity.name)
    }
    let findings = try quality.findings(fields.completeDays)
    try write(findings, transaction)
    counts.merge(findings.counts) { first, _ in first }
    steps.end("quality")
    let revisions = try TwinRevisions(home, state, catalogues, night: night, threads: threads)
    try revisions.write(transaction, night: night)
    counts[KeptSnapshots.countName] = Int64(revisions.snapshotCount)
    steps.end("revisions")
    let entry = try transaction.commit(
      counts: counts, warnings: (warning.map { [$0] } ?? []) + warnings(fields) + findings.warnings)
    steps.end("commit")
    return .published(entry, steps)
  }

  /// Stages the files of a dataset in parallel; `body` writes the rows of one to a path.
  private func write(
    _ dataset: Dataset, _ parts: [ShardRanges.Part], _ transaction: Transaction,
    _ body: @Sendable (ShardRanges.Part, String) throws -> Void
  ) throws {
    _ = try WorkerThreads(count: threads).map(taskCount: parts.count) { number in
      let part = parts[number]
      let name = dataset.name.split(separator: "/").joined(separator: "-")
      let path = transaction.stagingPath("\(name)-\(part.folder).parquet")
      try body(part, path)
      try transaction.add(
        stagedPath: path, folder: "\(dataset.folder)/date=\(night)/\(part.folder)",
        fileName: .digest(ext: "parquet"), rowCount: Int64(part.rows.count))
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
