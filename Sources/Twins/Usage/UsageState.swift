import Calendar
package import Columns
package import Datasets
import Ledger
import Parallelism
import Synchronization

/// The sums of use as a night leaves them for the next one (`Twins.docc/UsageState.md`): files of the dataset
/// `state/usage`, one row a subscription of which something is left, ascending by id.
package enum UsageState {
  /// The dataset, as a plan lays it out.
  package static func dataset(_ plan: UsagePlan) -> Dataset { Dataset(name, Schema(dayFields(plan) + sumFields(plan))) }

  /// The dataset's name.
  static let name = "state/usage"

  private static func dayFields(_ plan: UsagePlan) -> [ColumnField] {
    [ColumnField("subscription_id", .int64, "Pseudonym of the subscription.")]
      + plan.days.flatMap { tally in
        [
          ColumnField("\(tally.name)_days_recent", .int64, "Bit a: the day of age a has any; ages 0 to 63."),
          ColumnField("\(tally.name)_days_early", .int64, "Bit a: the day of age 64 + a has any; ages 64 to 90."),
        ]
      }
  }

  private static func sumFields(_ plan: UsagePlan) -> [ColumnField] {
    let starts = [0] + plan.ringEnds
    return plan.sums.flatMap { sum in
      (0..<sum.ringCount).map { ring in
        let ages = ring < plan.ringEnds.count ? "\(starts[ring])_\(plan.ringEnds[ring] - 1)" : "\(starts[ring])_up"
        return ColumnField("\(sum.tally.name)_age_\(ages)", .int64, "Sum over these ages, in days.")
      }
    }
      + plan.weeks.flatMap { tally in
        (0..<UsageWeeks.keptCount).map {
          ColumnField("\(tally.name)_week_\($0)", .int64, "Sum over a calendar week; week 0 is that of the night.")
        }
      }
  }

  // MARK: Writing

  /// The ranks of the subscriptions of which something is left, whatever way it was reached.
  static func ranks(_ windows: UsageWindows, threads: Int) throws -> [Int] {
    let (count, plan) = (windows.ids.count, windows.plan)
    let sums = plan.placeCounts.indices.map { cell in windows.withPlaces(cell) { $0 } }
    let bits = windows.days.withLock(\.bits)
    let slices = stride(from: 0, to: count, by: sliceCount).map { $0..<min($0 + sliceCount, count) }
    return try WorkerThreads(count: threads).map(taskCount: slices.count) { number in
      // Most ids have something in the first place that is looked at, so few are looked up everywhere.
      var missing = slices[number].filter { rank in bits.allSatisfy { $0[rank] == 0 } }
      for (sums, placeCount) in zip(sums, plan.placeCounts) where !missing.isEmpty {
        missing.removeAll { rank in (0..<placeCount).contains { sums[$0 * count + rank] != 0 } }
      }
      var next = missing.makeIterator()
      var gone = next.next()
      return slices[number].filter { rank in
        guard rank == gone else { return true }
        gone = next.next()
        return false
      }
    }.flatMap { $0 }
  }

  private static let sliceCount = 1 << 16

  /// The table of what is left.
  package static func table(_ windows: UsageWindows, threads: Int) throws -> Table {
    let ranks = try ranks(windows, threads: threads)
    let plan = windows.plan
    // Mostly no id is left out, and a column is a copy.
    let span = (ranks.first ?? 0)..<(ranks.last.map { $0 + 1 } ?? 0)
    func values(_ all: [Int64], from start: Int) -> Column {
      .int64(
        TypedColumn(
          span.count == ranks.count
            ? Array(all[start + span.lowerBound..<start + span.upperBound]) : ranks.map { all[start + $0] }))
    }
    var columns = [values(windows.ids.keys, from: 0)]
    for all in windows.days.withLock(\.bits) {
      let bits = ranks.map { all[$0] }
      columns.append(.int64(TypedColumn(bits.map { Int64(truncatingIfNeeded: $0) })))
      columns.append(.int64(TypedColumn(bits.map { Int64(truncatingIfNeeded: $0 >> 64) })))
    }
    for (cell, placeCount) in plan.placeCounts.enumerated() {
      windows.withPlaces(cell) { sums in
        for place in 0..<placeCount {
          columns.append(values(sums, from: place * windows.ids.count))
        }
      }
    }
    return Table(dataset(plan).schema, columns)
  }

  // MARK: Reading

  /// Holds the files of a state against the log and the plan: a wrong sum would be carried on for ever.
  ///
  /// Throws `UsageRoll.Unusable` for one that is gone, damaged, or of another version.
  static func check(_ files: [Product], _ home: Home, _ plan: UsagePlan, threads: Int) throws {
    _ = try WorkerThreads(count: threads).map(taskCount: files.count) { number in
      let file = files[number]
      do {
        guard try SHA256Digest(ofFile: home.url(file.name)) == file.digest else {
          throw UsageRoll.Unusable(description: "\(file.name) is not what the log says")
        }
        guard try ParquetFile.schema(of: home.url(file.name)).hasShape(of: dataset(plan).schema) else {
          throw UsageRoll.Unusable(description: "\(file.name) is of another version")
        }
      } catch let error as LedgerError {
        throw UsageRoll.Unusable(description: "\(error)")
      } catch let error as ColumnsError {
        throw UsageRoll.Unusable(description: "\(error)")
      }
    }
  }

  /// Reads the rows of a state that may be of some subscriptions; others may be among them.
  static func read(
    _ files: [Product], of range: ClosedRange<Int64>, _ home: Home, threads: Int
  ) throws -> [Table] {
    let wanted = files.filter { ShardRanges.ids($0.name)?.overlaps(range) ?? true }
    return try WorkerThreads(count: threads).map(taskCount: wanted.count) { number in
      try ParquetFile.read(home.url(wanted[number].name), whereMayBe: range, in: "subscription_id")
    }
  }

  /// The sums that `tables`, the state of the moment `old`, begin the moment `new` with: of the ids of a range that they hold
  /// and of `more`, with the bits of days moved to their new age, and the weeks to their new place.
  static func windows(
    _ plan: UsagePlan, _ tables: [Table], of range: ClosedRange<Int64>, from old: TwinMoment, to new: TwinMoment,
    with more: AscendingIDs, threads: Int
  ) throws -> UsageWindows {
    let keys = try tables.map { try $0.int64("subscription_id").values }
    let ids = AscendingIDs(of: keys.flatMap { $0 }).within(range).union(more)
    let ranks = keys.map { ids.ranks(of: $0) }
    let weeksPassed = UsageWeeks.number(new.asOf.rawValue) - UsageWeeks.number(old.asOf.rawValue)
    let starts = plan.placeCounts.indices.map { 1 + 2 * plan.days.count + plan.placeCounts[..<$0].reduce(0, +) }
    let sums = try WorkerThreads(count: threads).map(taskCount: plan.placeCounts.count) { cell in
      var sums = [Int64](repeating: 0, count: ids.count * plan.placeCounts[cell])
      let passed = cell < plan.sums.count ? 0 : weeksPassed
      for (table, ranks) in zip(tables, ranks) {
        for place in 0..<max(0, plan.placeCounts[cell] - passed) {
          let values = try table.int64(at: starts[cell] + place)
          for (rank, value) in zip(ranks, values) where rank >= 0 {
            sums[(place + passed) * ids.count + Int(rank)] = value
          }
        }
      }
      return sums
    }
    let passed = UInt128(new.asOf - old.asOf)
    let window = (UInt128(1) << UInt128(Windows.longest)) - 1
    let bits = try WorkerThreads(count: threads).map(taskCount: plan.days.count) { tally in
      var bits = [UInt128](repeating: 0, count: ids.count)
      for (table, ranks) in zip(tables, ranks) {
        let (recent, early) = (try table.int64(at: 1 + 2 * tally), try table.int64(at: 2 + 2 * tally))
        for row in ranks.indices where ranks[row] >= 0 {
          let days = UInt128(UInt64(bitPattern: recent[row])) | UInt128(UInt64(bitPattern: early[row])) << 64
          bits[Int(ranks[row])] = days << passed & window
        }
      }
      return bits
    }
    return UsageWindows(
      plan, at: new, ids, sums: sums, days: UsageDays(bits: bits))
  }
}

extension Table {
  /// The values of the 64-bit column at a position.
  fileprivate func int64(at position: Int) throws -> [Int64] { try int64(schema.fields[position].name).values }
}
