package import Columns
import Datasets
import Parallelism

/// The whole of twin building in a page.
///
/// 1. Fold subscription events into lives; every subscription gets a rank, ascending by id.
/// 2. Group the rows of each family by rank, once for all moments.
/// 3. For each moment: who lives, who holds them, which days are complete, which facts each field counts (`MomentFields`).
/// 4. Read use once, part by part, and add it to rings of days by moment; a night rolls those of the night before.
/// 5. Put the relations of 28 days before each moment together, subscription by subscription (`RelationSums`).
/// 6. For each slice of rows: the events that hold, then the column of every field.
///
/// A night goes through 4 to 6 for one range of subscriptions after the other (`TwinRun`).
package enum TwinNight {
  /// Rows that one task makes at a time: their columns stay near the processor, and few are in memory at once.
  fileprivate static let sliceRowCount = 1 << 15

  /// One twin table a moment, rows ascending by subscription id. The values do not depend on `threads`.
  package static func build(
    _ catalogue: TwinCatalogue, _ facts: TwinFacts, at moments: [TwinMoment], threads: Int
  ) throws -> [Table] {
    let workers = WorkerThreads(count: threads)
    let fields = try fields(catalogue, facts, at: moments, workers)
    let ids = AscendingIDs(ascending: fields.first?.events.index.keys ?? [])
    let usage = try UsageWindows.gather(catalogue.usePlan, facts.usage, ids, at: moments, threads: threads)
    return try zip(fields, usage).map { fields, usage in
      let all = 0..<fields.rowCount
      return try fields.table(all, fields.sums(all, usage, workers), workers)
    }
  }

  /// What `body` makes of each slice of the twins: a list a moment, in the order of rows.
  ///
  /// Goes through one range of subscriptions after the other, as a night does, for all moments: each file of use is read once a
  /// range, and no twin is ever whole in memory. The slices do not depend on `threads`.
  static func map<Result: Sendable>(
    _ catalogue: TwinCatalogue, _ facts: TwinFacts, at moments: [TwinMoment], threads: Int,
    fileRowCount: Int = ShardRanges.fileRowCount, _ body: @Sendable (TwinMoment, Table) throws -> Result
  ) throws -> [[Result]] {
    let workers = WorkerThreads(count: threads)
    let fields = try fields(catalogue, facts, at: moments, workers)
    let ids = fields.first?.events.index.keys ?? []
    let ranges = ShardRanges.parts(rowCount: ids.count, fileRowCount: fileRowCount) { ids[$0] }
    var ends = [Int](repeating: 0, count: moments.count)
    var made: [[Result]] = moments.map { _ in [] }
    for range in ranges {
      let usage = try UsageWindows.gather(
        catalogue.usePlan, facts.usage, AscendingIDs(ascending: Array(ids[range.rows])), of: range.ids, at: moments,
        threads: threads)
      for (number, moment) in moments.enumerated() {
        let own = fields[number]
        let rows = ends[number]..<own.endOfRows(upTo: range.ids.upperBound, from: ends[number])
        ends[number] = rows.upperBound
        let sums = try own.sums(rows, usage[number], workers)
        let slices = MomentFields.slices(rows)
        made[number] += try workers.map(taskCount: slices.count) { try body(moment, own.table(slices[$0], sums)) }
      }
    }
    return made
  }

  /// The fields of some moments, before anything is summed.
  static func fields(
    _ catalogue: TwinCatalogue, _ facts: TwinFacts, at moments: [TwinMoment], _ workers: WorkerThreads
  ) throws -> [MomentFields] {
    let events = try SubscriptionEvents(facts.table(.subscriptions))
    let holders = try Holders(facts.table(.links), events.index)
    let consents = try ConsentHistory(facts.table(.consents), persons: holders.personIndex)
    let histories = try TwinHistories(facts, events.index, holders, workers)
    return try workers.map(taskCount: moments.count) { number in
      try MomentFields(
        catalogue, facts, events, holders, consents, histories, at: moments[number],
        moments.count > 1 ? WorkerThreads(count: 1) : workers)
    }
  }
}

extension MomentFields {
  /// The table of some rows, made slice by slice on every thread. `isMade` is called with each slice, on its thread.
  func table(
    _ rows: Range<Int>, _ sums: RangeSums, _ workers: WorkerThreads,
    isMade: @Sendable (Range<Int>, Table) throws -> Void = { _, _ in }
  ) throws -> Table {
    let slices = MomentFields.slices(rows)
    let tables = try workers.map(taskCount: slices.count) { number in
      let table = try table(slices[number], sums)
      try isMade(slices[number], table)
      return table
    }
    return try Table.concatenating(tables, schema: catalogue.schema)
  }

  /// The first row from `start` on of a subscription above `id`.
  fileprivate func endOfRows(upTo id: Int64, from start: Int) -> Int {
    let ids = subscriptionIDs
    var (low, high) = (start, ids.count)
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] <= id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The ranges in which rows are made.
  static func slices(_ rows: Range<Int>) -> [Range<Int>] {
    stride(from: rows.lowerBound, to: rows.upperBound, by: TwinNight.sliceRowCount).map {
      $0..<min($0 + TwinNight.sliceRowCount, rows.upperBound)
    }
  }
}
