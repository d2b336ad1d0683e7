public import Calendar
import Columns
import Datasets
public import Ledger

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
    TwinSources(try CommitLog.open(home).state(.knownBy(night)), [moment]).materials.count
  }

  /// Builds the twins and commits them. Throws `LedgerError` and `ColumnsError`; nothing is visible then.
  public func run() throws -> Outcome {
    let sources = TwinSources(try CommitLog.open(home).state(.knownBy(night)), [moment])
    let transaction = try Transaction.begin(
      home, stage: "twin", date: night, materials: sources.materials, configDigest: SHA256Digest(of: ""),
      versions: versions)
    if let done = transaction.alreadyDone { return .alreadyDone(done) }
    let facts = try sources.read(home, threads: threads)
    let twin = try TwinNight.build(facts, at: [moment], threads: threads)[0]
    let path = transaction.stagingPath("subscription.parquet")
    try ParquetFile.write(twin, to: path)
    transaction.retireEarlierRuns()
    try transaction.add(
      stagedPath: path, folder: "\(SubscriptionTwin.dataset.folder)/date=\(night)/shards=000-255",
      fileName: .digest(ext: "parquet"), rowCount: Int64(twin.rowCount))
    let completeDays = try CompleteDays(facts.table(.coverage), at: moment)
    return .published(
      try transaction.commit(counts: try counts(twin, completeDays), warnings: warnings(twin, completeDays)))
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
