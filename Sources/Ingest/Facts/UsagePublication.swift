import Calendar
import Datasets
import Ledger
import Parallelism

/// Writes the usage facts of a night: shard after shard folded, ranges of shards in parallel.
///
/// The number of ranges follows the rows, never the threads, so the files are the same on any machine.
struct UsagePublication {
  /// Rows of a day for which a range of shards, and a file of its own, is worth it.
  static let rangeRowCount = 1 << 21
  /// The most ranges.
  static let rangeLimit = 64

  let groups: UsageGroups
  /// Whether numbers were learned from deliveries, so that the subscriptions met must be known.
  let keepsSubscriptions: Bool
  let threads: WorkerThreads

  /// The ranges of shards of a number of rows.
  static func rangeCount(_ rowCount: Int) -> Int {
    var count = 1
    while count < rangeLimit, rowCount > count * rangeRowCount { count *= 2 }
    return count
  }

  /// Writes every file, and returns the subscriptions met, ascending, where they are kept.
  ///
  /// Other work goes on beside it, so that all threads stay busy. Files wait in `staged`; a thread that has nothing to fold
  /// any more finishes them.
  func write(
    _ transaction: Transaction, _ staged: StagedFiles, beside works: [@Sendable () throws -> Void]
  ) throws -> [Int64] {
    let rangeCount = UsagePublication.rangeCount(groups.rowCount)
    let shards = UsageRow.shardCount / rangeCount
    let done = try threads.map(taskCount: works.count + rangeCount + threads.count) { index -> Held in
      if index < works.count { try works[index]() }
      let range = index - works.count
      if range >= rangeCount { try staged.finish() }
      guard range >= 0, range < rangeCount else { return Held(sink: nil) }
      let part = shards * range..<shards * (range + 1)
      let sink = UsageSink(groups, keepsSubscriptions: keepsSubscriptions) { dataset, day, rowCount in
        rangeCount == 1 || rowCount > UsagePublication.rangeRowCount
          ? transaction.stagingPath(UsagePublication.name(dataset, day, part)) : nil
      }
      let fold = UsageFold(groups)
      for shard in part { try fold.fold(shard, into: sink) }
      for (index, files) in sink.days.enumerated() {
        for (dataset, file) in files.all where file.path != nil {
          try close(dataset, file, groups.days[index].day, part, staged)
        }
      }
      return Held(sink: sink)
    }
    let sinks = done.compactMap(\.sink)
    try writeWaiting(sinks, transaction, staged)
    return sinks.flatMap(\.subscriptions)
  }

  /// Passes a finished sink to the thread that asked for it; nobody else holds it.
  private struct Held: @unchecked Sendable {
    let sink: UsageSink?
  }

  /// Writes the days whose rows waited for all ranges.
  private func writeWaiting(_ sinks: [UsageSink], _ transaction: Transaction, _ staged: StagedFiles) throws {
    let all = 0..<UsageRow.shardCount
    for (index, day) in groups.days.enumerated() {
      for (position, first) in (sinks.first?.days[index].all ?? []).enumerated() where first.file.path == nil {
        let file = FactFile(
          first.dataset.schema, first.file.forms,
          path: transaction.stagingPath(UsagePublication.name(first.dataset, day.day, all)))
        for sink in sinks { try file.append(contentsOf: sink.days[index].all[position].file) }
        try close(first.dataset, file, day.day, all, staged)
      }
    }
  }

  private func close(
    _ dataset: Dataset, _ file: FactFile, _ day: Int32, _ shards: Range<Int>, _ staged: StagedFiles
  ) throws {
    guard file.rowCount > 0, let path = file.path else { return }
    try file.close()
    let folder = "\(dataset.folder)/date=\(Day(rawValue: day))/shards=\(UsagePublication.text(shards))"
    staged.append(StagedFiles.File(path: path, folder: folder, rowCount: Int64(file.rowCount)))
  }

  private static func name(_ dataset: Dataset, _ day: Int32, _ shards: Range<Int>) -> String {
    "\(dataset.name.split(separator: "/").last ?? "facts")-\(Day(rawValue: day))-\(text(shards)).parquet"
  }

  /// `000-063`
  private static func text(_ shards: Range<Int>) -> String {
    [shards.lowerBound, shards.upperBound - 1].map { shard in
      let digits = String(shard)
      return String(repeating: "0", count: 3 - digits.count) + digits
    }.joined(separator: "-")
  }
}
