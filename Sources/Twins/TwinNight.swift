package import Columns
import Datasets
import Parallelism

/// The whole of twin building in a page.
///
/// 1. Fold subscription events into lives; every subscription gets a rank, ascending by id.
/// 2. Group the rows of each family by rank, once for all moments.
/// 3. Read use once, part by part, and add it to rings of days by moment; a night rolls those of the night before.
/// 4. Put the relations of 28 days before each moment together, subscription by subscription (`RelationSums`).
/// 5. For each moment: who lives, who holds them, which days are complete, which facts each field counts (`MomentFields`).
/// 6. For each slice of rows: the events that hold, then the column of every field.
package enum TwinNight {
  /// Rows that one task makes at a time: their columns stay near the processor, and few are in memory at once.
  fileprivate static let sliceRowCount = 1 << 15

  /// One twin table a moment, rows ascending by subscription id. The values do not depend on `threads`.
  package static func build(
    _ catalogue: TwinCatalogue, _ facts: TwinFacts, at moments: [TwinMoment], threads: Int
  ) throws -> [Table] {
    let events = try SubscriptionEvents(facts.table(.subscriptions))
    let ids = AscendingIDs(ascending: events.index.keys)
    let usage = try UsageWindows.gather(catalogue.usePlan, facts.usage, ids, at: moments, threads: threads)
    let workers = WorkerThreads(count: threads)
    return try fields(catalogue, facts, events, usage, workers).map { moment in
      try moment.table(0..<moment.rowCount, workers)
    }
  }

  /// The fields of one moment, of which the sums of use are known.
  static func fields(
    _ catalogue: TwinCatalogue, _ facts: TwinFacts, _ usage: UsageWindows, threads: Int
  ) throws -> MomentFields {
    let events = try SubscriptionEvents(facts.table(.subscriptions))
    return try fields(catalogue, facts, events, [usage], WorkerThreads(count: threads))[0]
  }

  private static func fields(
    _ catalogue: TwinCatalogue, _ facts: TwinFacts, _ events: SubscriptionEvents, _ usage: [UsageWindows],
    _ workers: WorkerThreads
  ) throws -> [MomentFields] {
    let holders = try Holders(facts.table(.links), events.index)
    let histories = try TwinHistories(facts, events.index, holders)
    let aggregates = catalogue.relationAggregates
    let relations = try usage.map { windows in
      let numbers =
        try aggregates.contains { $0.party != nil }
        ? OwnNumbers(facts.table(.numbers), events, at: windows.moment) : nil
      let outages =
        try aggregates.contains(where: \.function.isOfOutages)
        ? OutageMinutes(facts.table(.outages), at: windows.moment) : nil
      return try RelationSums(
        aggregates, facts.relations, numbers, outages, events.index.keys, at: windows.moment, workers)
    }
    return try workers.map(taskCount: usage.count) { number in
      try MomentFields(
        catalogue, facts, events, holders, histories, usage[number], relations[number],
        usage.count > 1 ? WorkerThreads(count: 1) : workers)
    }
  }
}

extension MomentFields {
  /// The table of some rows, made slice by slice on every thread. `isMade` is called with each slice, on its thread.
  func table(
    _ rows: Range<Int>, _ workers: WorkerThreads, isMade: @Sendable (Range<Int>, Table) throws -> Void = { _, _ in }
  ) throws -> Table {
    let slices = MomentFields.slices(rows)
    let tables = try workers.map(taskCount: slices.count) { number in
      let table = try table(slices[number])
      try isMade(slices[number], table)
      return table
    }
    return try Table.concatenating(tables, schema: catalogue.schema)
  }

  /// The ranges in which rows are made.
  static func slices(_ rows: Range<Int>) -> [Range<Int>] {
    stride(from: rows.lowerBound, to: rows.upperBound, by: TwinNight.sliceRowCount).map {
      $0..<min($0 + TwinNight.sliceRowCount, rows.upperBound)
    }
  }
}
