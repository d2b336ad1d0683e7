import Calendar
import Columns
import Datasets
import Ledger
import Parallelism

/// What a night makes of one range of subscriptions: their sums of use, which the next night rolls, and their twins.
///
/// A range has files of its own, and its sums are let go once these are written: a night holds the facts of everybody, but the
/// sums of as many ranges as there are threads.
struct TwinRange: Sendable {
  /// What is left of a range.
  struct Written: Sendable {
    /// Days with use, where processes ask for them.
    let useDays: UseDays?
    let durations: TwinSteps.Durations
  }

  private let part: ShardRanges.Part
  private let usage: NightUsage
  private let fields: MomentFields
  private let workers: WorkerThreads

  /// A range of the rows of `fields`; its work is shared by `workers`.
  init(_ part: ShardRanges.Part, _ usage: NightUsage, _ fields: MomentFields, _ workers: WorkerThreads) {
    self.part = part
    self.usage = usage
    self.fields = fields
    self.workers = workers
  }

  /// Stages the files; `isMade` is called with each slice of the twin and its rows.
  func write(
    _ transaction: Transaction, night: Day, isMade: @Sendable (Table, Range<Int>) throws -> Void
  ) throws -> Written {
    var durations = TwinSteps.Durations()
    let windows = try usage.windows(of: part.ids, threads: workers.count)
    durations.end("use")
    try writeState(windows, transaction, night: night)
    durations.end("state")
    let sums = try fields.sums(part.rows, windows, workers)
    durations.end("relations")
    try writeTwin(sums, transaction, night: night, isMade: isMade)
    durations.end("twin")
    return Written(useDays: UseDays(windows), durations: durations)
  }

  /// Nothing where nothing is left of any subscription.
  private func writeState(_ windows: UsageWindows, _ transaction: Transaction, night: Day) throws {
    let table = try UsageState.table(windows, threads: workers.count)
    guard table.rowCount > 0 else { return }
    try transaction.stage(UsageState.dataset(windows.plan), part, night, rowCount: table.rowCount) { path in
      try ParquetFile.write(
        table, rows: 0..<table.rowCount, to: path, rowGroupRowCount: SubscriptionTwin.rowGroupRowCount,
        encoding: .splitBytes)
    }
  }

  private func writeTwin(
    _ sums: RangeSums, _ transaction: Transaction, night: Day, isMade: @Sendable (Table, Range<Int>) throws -> Void
  ) throws {
    let catalogue = fields.catalogue
    try transaction.stage(SubscriptionTwin.dataset(catalogue), part, night, rowCount: part.rows.count) { path in
      var writer = try ParquetWriter(
        path: path, schema: catalogue.schema, rowGroupRowCount: SubscriptionTwin.rowGroupRowCount)
      let slices = MomentFields.slices(part.rows)
      // A slice is let go once it is written.
      for first in stride(from: 0, to: slices.count, by: workers.count) {
        let tables = try workers.map(taskCount: min(workers.count, slices.count - first)) { number in
          let table = try fields.table(slices[first + number], sums)
          try isMade(table, slices[first + number])
          return table
        }
        for table in tables { try writer.write(table) }
      }
      _ = try writer.close()
    }
  }
}

extension Transaction {
  /// Stages the file of a part of a dataset; `body` writes it to a path.
  func stage(
    _ dataset: Dataset, _ part: ShardRanges.Part, _ night: Day, rowCount: Int, _ body: (String) throws -> Void
  ) throws {
    let name = dataset.name.split(separator: "/").joined(separator: "-")
    let path = stagingPath("\(name)-\(part.folder).parquet")
    try body(path)
    try add(
      stagedPath: path, folder: "\(dataset.folder)/date=\(night)/\(part.folder)", fileName: .digest(ext: "parquet"),
      rowCount: Int64(rowCount))
  }
}
