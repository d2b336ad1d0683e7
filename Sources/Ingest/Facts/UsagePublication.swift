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

  /// What was written.
  struct Written {
    /// The subscriptions met, ascending, where they are kept.
    var subscriptions: [Int64]
    /// What lies in the files, those of the work beside it among them.
    var balance: NightBalance
  }

  /// Writes and adds every file; other work goes on beside it, so that all threads stay busy.
  func write(_ transaction: Transaction, beside works: [@Sendable () throws -> NightBalance]) throws -> Written {
    let rangeCount = UsagePublication.rangeCount(groups.rowCount)
    let shards = UsageRow.shardCount / rangeCount
    let done = try threads.map(taskCount: works.count + rangeCount) { index -> Done in
      guard index >= works.count else { return Done(sink: nil, balance: try works[index]()) }
      let range = index - works.count
      let part = shards * range..<shards * (range + 1)
      let sink = UsageSink(groups, keepsSubscriptions: keepsSubscriptions) { dataset, day, rowCount in
        rangeCount == 1 || rowCount > UsagePublication.rangeRowCount
          ? transaction.stagingPath(UsagePublication.name(dataset, day, part)) : nil
      }
      let fold = UsageFold(groups)
      for shard in part { try fold.fold(shard, into: sink) }
      var balance = NightBalance()
      for (index, files) in sink.days.enumerated() {
        for (dataset, file) in files.all where file.path != nil {
          try add(dataset, file, groups.days[index].day, part, transaction, &balance)
        }
      }
      return Done(sink: sink, balance: balance)
    }
    var balance = NightBalance()
    for part in done { balance.add(part.balance) }
    let sinks = done.compactMap(\.sink)
    try writeWaiting(sinks, transaction, &balance)
    return Written(subscriptions: sinks.flatMap(\.subscriptions), balance: balance)
  }

  /// What a task came to: passes a finished sink to the thread that asked for it; nobody else holds it.
  private struct Done: @unchecked Sendable {
    let sink: UsageSink?
    let balance: NightBalance
  }

  /// Writes the days whose rows waited for all ranges.
  private func writeWaiting(
    _ sinks: [UsageSink], _ transaction: Transaction, _ balance: inout NightBalance
  ) throws {
    let all = 0..<UsageRow.shardCount
    for (index, day) in groups.days.enumerated() {
      for (position, first) in (sinks.first?.days[index].all ?? []).enumerated() where first.file.path == nil {
        let file = FactFile(
          first.dataset.schema, first.file.forms,
          path: transaction.stagingPath(UsagePublication.name(first.dataset, day.day, all)))
        for sink in sinks { try file.append(contentsOf: sink.days[index].all[position].file) }
        try add(first.dataset, file, day.day, all, transaction, &balance)
      }
    }
  }

  private func add(
    _ dataset: Dataset, _ file: FactFile, _ day: Int32, _ shards: Range<Int>, _ transaction: Transaction,
    _ balance: inout NightBalance
  ) throws {
    guard file.rowCount > 0, let path = file.path else { return }
    try file.close()
    let folder = "\(dataset.folder)/date=\(Day(rawValue: day))/shards=\(UsagePublication.text(shards))"
    try transaction.add(
      stagedPath: path, folder: folder, fileName: .digest(ext: "parquet"), rowCount: Int64(file.rowCount))
    try balance.add(stagedPath: path, folder: folder)
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
