import Calendar
package import Columns
package import Datasets
import Ledger
import Parallelism
import Synchronization

/// The sums of use as a night leaves them for the next one (`Twins.docc/UsageState.md`): files of the dataset
/// `state/usage`, one row a subscription with use in the longest window, ascending by id.
package enum UsageState {
  /// The dataset.
  package static let dataset = Dataset("state/usage", Schema(dayFields + ringFields))

  private static let dayFields: [ColumnField] =
    [ColumnField("subscription_id", .int64, "Pseudonym of the subscription.")]
    + [("active", "an event"), ("outgoing", "a call made or a message sent")].flatMap { name, what in
      [
        ColumnField("\(name)_days_recent", .int64, "Bit a: the day of age a has \(what); ages 0 to 63."),
        ColumnField("\(name)_days_early", .int64, "Bit a: the day of age 64 + a has \(what); ages 64 to 90."),
      ]
    }

  private static let ringFields: [ColumnField] = UsageWindows.measures.flatMap { measure in
    zip([0] + UsageWindows.ringEnds, UsageWindows.ringEnds).map { first, end in
      ColumnField("\(measure)_age_\(first)_\(end - 1)", .int64, "Sum of `\(measure)` over ages \(first) to \(end - 1).")
    }
  }

  // MARK: Writing

  /// The rows of a state: the ranks of the subscriptions of which something is left, whatever way it was reached.
  struct Rows: Sendable {
    let ranks: [Int]
    let parts: [ShardRanges.Part]
  }

  /// What is left, and how it is cut into files; no file where nothing is.
  static func rows(_ windows: UsageWindows) -> Rows {
    let count = windows.ids.count
    var isKept = windows.days.withLock { days in days.active.indices.map { days.active[$0] != 0 } }
    for measure in UsageWindows.measures.indices {
      windows.withRings(measure) { rings in
        for ring in UsageWindows.ringEnds.indices {
          for rank in 0..<count where rings[ring * count + rank] != 0 { isKept[rank] = true }
        }
      }
    }
    let ranks = isKept.indices.filter { isKept[$0] }
    let parts = ShardRanges.parts(rowCount: ranks.count) { windows.ids.keys[ranks[$0]] }
    return Rows(ranks: ranks, parts: ranks.isEmpty ? [] : parts)
  }

  /// The tables of the state's files.
  package static func tables(_ windows: UsageWindows) -> [Table] {
    let rows = rows(windows)
    return rows.parts.map { table(windows, rows.ranks[$0.rows]) }
  }

  /// The table of one file.
  static func table(_ windows: UsageWindows, _ ranks: ArraySlice<Int>) -> Table {
    let (active, outgoing) = windows.days.withLock { days in
      (ranks.map { days.active[$0] }, ranks.map { days.outgoing[$0] })
    }
    var columns: [Column] = [.int64(TypedColumn(ranks.map { windows.ids.keys[$0] }))]
    for days in [active, outgoing] {
      columns.append(.int64(TypedColumn(days.map { Int64(truncatingIfNeeded: $0) })))
      columns.append(.int64(TypedColumn(days.map { Int64(truncatingIfNeeded: $0 >> 64) })))
    }
    for measure in UsageWindows.measures.indices {
      windows.withRings(measure) { rings in
        for ring in UsageWindows.ringEnds.indices {
          let start = ring * windows.ids.count
          columns.append(.int64(TypedColumn(ranks.map { rings[start + $0] })))
        }
      }
    }
    return Table(dataset.schema, columns)
  }

  // MARK: Reading

  /// Reads the files of a state, and checks the digest of each: a wrong sum would be carried on for ever.
  ///
  /// Throws `UsageRoll.Unusable` for one that is gone, damaged, or of another version.
  static func read(_ files: [Product], _ home: Home, threads: Int) throws -> [Table] {
    try WorkerThreads(count: threads).map(taskCount: files.count) { number in
      let file = files[number]
      do {
        let path = home.url(file.name)
        guard try SHA256Digest(ofFile: path) == file.digest else {
          throw UsageRoll.Unusable(description: "\(file.name) is not what the log says")
        }
        let table = try ParquetFile.read(path)
        guard table.schema.hasShape(of: dataset.schema) else {
          throw UsageRoll.Unusable(description: "\(file.name) is of another version")
        }
        return table
      } catch let error as LedgerError {
        throw UsageRoll.Unusable(description: "\(error)")
      }
    }
  }

  /// The sums that `tables`, the state of the moment `old`, begin the moment `new` with: of the ids that they hold and of
  /// `more`, with the bits of days moved to their new age.
  static func windows(
    _ tables: [Table], from old: TwinMoment, to new: TwinMoment, with more: AscendingIDs, threads: Int
  ) throws -> UsageWindows {
    let keys = try tables.map { try $0.int64("subscription_id").values }
    let ids = AscendingIDs(of: keys.flatMap { $0 }).union(more)
    let ranks = keys.map { ids.ranks(of: $0) }
    let ringCount = UsageWindows.ringEnds.count
    let sums = try WorkerThreads(count: threads).map(taskCount: UsageWindows.measures.count) { measure in
      var sums = [Int64](repeating: 0, count: ids.count * ringCount)
      for (table, ranks) in zip(tables, ranks) {
        for ring in 0..<ringCount {
          let values = try table.int64(at: dayFields.count + measure * ringCount + ring)
          for (rank, value) in zip(ranks, values) { sums[ring * ids.count + Int(rank)] = value }
        }
      }
      return sums
    }
    let passed = UInt128(new.asOf - old.asOf)
    let window = (UInt128(1) << UInt128(Windows.longest)) - 1
    func bits(_ column: Int) throws -> [UInt128] {
      var bits = [UInt128](repeating: 0, count: ids.count)
      for (table, ranks) in zip(tables, ranks) {
        let (recent, early) = (try table.int64(at: column), try table.int64(at: column + 1))
        for row in ranks.indices {
          let days = UInt128(UInt64(bitPattern: recent[row])) | UInt128(UInt64(bitPattern: early[row])) << 64
          bits[Int(ranks[row])] = days << passed & window
        }
      }
      return bits
    }
    return UsageWindows(at: new, ids, sums: sums, days: UsageDays(active: try bits(1), outgoing: try bits(3)))
  }
}

extension Table {
  /// The values of the 64-bit column at a position.
  fileprivate func int64(at position: Int) throws -> [Int64] { try int64(schema.fields[position].name).values }
}
