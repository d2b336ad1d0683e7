import Columns
import Datasets
package import Ledger

/// Promise 4, against the products themselves: what each file's line in the log counts is what lies in the files that the
/// entry will name. Reads them back as they were written, before they become visible; parts that were counted apart are
/// put together.
package struct NightBalance: Sendable {
  /// Rows of facts by head of the delivery's digest: events where the rows are sums of events.
  private var accepted: [Int64: Int64] = [:]
  /// What all measures of usage add up to by head of the delivery's digest, where a delivery of daily sums is among them.
  private var measureSums: [Int64: Int64] = [:]
  /// Parts of sessions by head of the delivery's digest.
  private var parts: [Int64: Int64] = [:]
  /// Rows of the rejects by the delivery's digest.
  private var rejected: [String: Int64] = [:]
  /// Record keys by head of the delivery's digest.
  private var keys: [Int64: Int64] = [:]

  private let addsMeasures: Bool
  /// Facts that say again what is counted elsewhere: of events in use, of number assignments in the vault.
  private static let besides: Set<Dataset> = [.counterparties, .cells, .numbers]

  /// Begins with nothing; measures are added up where `feeds` give daily sums, which nothing else can be held against.
  package init(_ feeds: some Sequence<Feed>) { addsMeasures = feeds.contains { $0.kind == .usageDaily } }

  /// Counts one staged table that is to lie below `folder`.
  package mutating func add(stagedPath: String, folder: String) throws {
    func isOf(_ dataset: Dataset) -> Bool { folder.hasPrefix(dataset.folder + "/") }
    if isOf(.usage) {
      try NightBalance.tally(stagedPath, weights: ["event_count"], into: &accepted)
      if addsMeasures { try NightBalance.tally(stagedPath, weights: Dataset.usageMeasures, into: &measureSums) }
    } else if isOf(.sessionParts) {
      try NightBalance.tally(stagedPath, into: &parts)
    } else if isOf(.recordKeys) {
      try NightBalance.tally(stagedPath, into: &keys)
    } else if isOf(.rejects) {
      try ParquetFile.forEachBatch(of: stagedPath, columns: ["sha256"]) { batch in
        for digest in try batch.string("sha256").values { rejected[digest, default: 0] += 1 }
      }
    } else if folder.hasPrefix("vault/numbers/")
      || Dataset.facts.contains(where: { isOf($0) && !NightBalance.besides.contains($0) })
    {
      try NightBalance.tally(stagedPath, into: &accepted)
    }
  }

  /// Adds what another one counted.
  package mutating func add(_ other: NightBalance) {
    accepted.merge(other.accepted, uniquingKeysWith: &+)
    measureSums.merge(other.measureSums, uniquingKeysWith: &+)
    parts.merge(other.parts, uniquingKeysWith: &+)
    rejected.merge(other.rejected, uniquingKeysWith: &+)
    keys.merge(other.keys, uniquingKeysWith: &+)
  }

  /// Adds up rows, or what some columns hold, by delivery; neighbours of one delivery are added as a run.
  ///
  /// The intake has kept the sums within 64 bits; those of rows that are not what it wrote may wrap, and differ.
  private static func tally(_ path: String, weights columns: [String] = [], into counts: inout [Int64: Int64]) throws {
    var total = counts
    try ParquetFile.forEachBatch(of: path, columns: ["delivery_id"] + columns) { batch in
      let owners = try batch.int64("delivery_id").values
      let weights = try columns.map { try batch.int64($0).values }
      var run: Int64 = 0
      for row in owners.indices {
        if weights.isEmpty { run &+= 1 }
        for weight in weights { run &+= weight[row] }
        if row + 1 == owners.count || owners[row + 1] != owners[row] {
          total[owners[row], default: 0] &+= run
          run = 0
        }
      }
    }
    counts = total
  }

  /// Throws where a file's line and its rows in the products differ.
  package func check(_ files: [(intake: IntakeFile, feed: Feed)]) throws(IngestError) {
    for (intake, feed) in files {
      let identifier = intake.sha256.head63
      if feed.sessions != nil {
        try compare(parts[identifier] ?? 0, intake.acceptedCount, "parts of sessions", intake)
      } else if feed.kind == .usageDaily {
        // A row of a daily sum stands for any number of events, and several may become one fact.
        try compare(measureSums[identifier] ?? 0, intake.measureSum ?? 0, "as sum of the measures", intake)
      } else {
        try compare(accepted[identifier] ?? 0, intake.acceptedCount, "accepted rows", intake)
      }
      if feed.recordKey != nil { try compare(keys[identifier] ?? 0, intake.acceptedCount, "record keys", intake) }
      try compare(
        rejected[intake.sha256.hex] ?? 0, intake.rejectedCount + intake.outOfWindowCount,
        "rows rejected or out of the window", intake)
    }
  }

  private func compare(
    _ found: Int64, _ counted: Int64, _ what: String, _ intake: IntakeFile
  ) throws(IngestError) {
    guard found == counted else {
      throw IngestError(
        .unbalanced, "\(intake.feed), \(intake.name): \(counted) \(what) counted, but \(found) lie in the products")
    }
  }
}
