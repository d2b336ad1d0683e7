import Columns
import Datasets
import Parallelism
import Synchronization

/// Sums of use of some subscriptions at one moment: each measure in three rings of days, and the days with events.
///
/// The rings are the days of age 0–6, 7–27 and 28–90; a window is a sum of rings, so a row is added once, not three
/// times. Sums are integers, so the order in which files and threads add does not matter, and what was added can be taken
/// away again (`UsageRoll`). A measure has a lock of its own, held while one batch is added.
package final class UsageWindows: Sendable {
  /// The measures, in the order of the schema.
  static let measures = Dataset.usageMeasures
  static let columns = ["subscription_id", "event_date", "known_date"] + measures
  /// The age at which each ring ends, exclusive.
  static let ringEnds = [7, 28, 91]

  let moment: TwinMoment
  let ids: AscendingIDs
  let days: Mutex<UsageDays>
  private let cells: [Cell]

  /// One measure: ring after ring, a sum a rank.
  private final class Cell: Sendable {
    let sums: Mutex<[Int64]>
    init(_ sums: sending [Int64]) { self.sums = Mutex(sums) }
  }

  /// Nothing yet.
  convenience init(at moment: TwinMoment, _ ids: AscendingIDs) {
    self.init(
      at: moment, ids,
      sums: UsageWindows.measures.map { _ in [Int64](repeating: 0, count: ids.count * UsageWindows.ringEnds.count) },
      days: UsageDays(count: ids.count))
  }

  /// Sums that are known: for each measure ring after ring, a value an id.
  init(at moment: TwinMoment, _ ids: AscendingIDs, sums: [[Int64]], days: UsageDays) {
    precondition(ids.count < Int(Int32.max) / UsageWindows.ringEnds.count, "places in rings are 32-bit")
    self.moment = moment
    self.ids = ids
    self.days = Mutex(days)
    cells = sums.map { Cell($0) }
  }

  /// Reads every part once and adds it to every moment that it bears on. Cut by part; any number of threads gives the
  /// same sums.
  static func gather(
    _ parts: [UsagePart], _ ids: AscendingIDs, at moments: [TwinMoment], threads: Int
  ) throws -> [UsageWindows] {
    let windows = moments.map { UsageWindows(at: $0, ids) }
    _ = try WorkerThreads(count: threads).map(taskCount: parts.count) { number in
      let part = parts[number]
      let touched = windows.filter { part.bears(on: $0.moment) }
      guard !touched.isEmpty else { return }
      try part.forEachBatch(columns) { batch in
        let ranks = ids.ranks(of: try batch.int64("subscription_id").values)
        for window in touched {
          try window.add(batch, ranks, from: nil, isKept: true, since: nil, firstMeasure: number)
        }
      }
    }
    for window in windows { try window.settleDays(parts, threads: threads) }
    return windows
  }

  /// The sums at one moment from every part, of every subscription that has rows.
  package static func rebuild(_ parts: [UsagePart], at moment: TwinMoment, threads: Int) throws -> UsageWindows {
    try gather(parts, ids(of: parts, threads: threads), at: [moment], threads: threads)[0]
  }

  /// The ids of every row of the parts.
  static func ids(of parts: [UsagePart], threads: Int) throws -> AscendingIDs {
    let ids = try WorkerThreads(count: threads).map(taskCount: parts.count) { number in
      var ids = AscendingIDs(ascending: [])
      try parts[number].forEachBatch(["subscription_id"]) { batch in
        ids = ids.union(AscendingIDs(of: try batch.int64("subscription_id").values))
      }
      return ids
    }
    return ids.reduce(AscendingIDs(ascending: [])) { $0.union($1) }
  }

  /// Brings the rows of a batch to where this moment has them: from the rings in which `before` had them, if it saw them,
  /// to those of this moment, if it sees them; `isKept` is false for a file that is live no more.
  ///
  /// `firstMeasure` lets threads begin at different locks.
  func add(
    _ batch: Table, _ ranks: [Int32], from before: TwinMoment?, isKept: Bool, since newest: Int32?, firstMeasure: Int
  ) throws(ColumnsError) {
    let (dates, knowns) = (try batch.date("event_date").values, try batch.date("known_date").values)
    let sources = before.map { self.targets(ranks, dates, knowns, at: $0) }
    let targets =
      isKept ? self.targets(ranks, dates, knowns, at: moment) : [Int32](repeating: -1, count: ranks.count)
    for offset in cells.indices {
      let measure = (firstMeasure + offset) % cells.count
      let values = try batch.int64(UsageWindows.measures[measure]).values
      cells[measure].sums.withLock { sums in
        if let sources {
          UsageWindows.move(values, from: sources, to: targets, &sums)
        } else {
          UsageWindows.add(values, targets, to: &sums)
        }
      }
    }
    let calls = try batch.int64("voice_out_count").values
    let messages = try batch.int64("sms_out_count").values
    let events = try batch.int64("event_count").values
    days.withLock { days in
      for row in ranks.indices where ranks[row] >= 0 {
        let isSeen = targets[row] >= 0
        guard isSeen != (sources.map { $0[row] >= 0 } ?? false) else { continue }
        guard moment.age(dates[row]) < Windows.longest else { continue }
        let use = UsageDays.Use(events: events[row], calls: calls[row], messages: messages[row])
        if isSeen, newest.map({ dates[row] > $0 }) ?? true {
          days.add(use, rank: Int(ranks[row]), date: dates[row], age: moment.age(dates[row]))
        } else if use.isAny {
          days.doubt(rank: Int(ranks[row]), date: dates[row])
        }
      }
    }
  }

  /// Where each row's values are at a moment: ring times count of ids plus rank, or -1 for rows that do not count there.
  private func targets(_ ranks: [Int32], _ dates: [Int32], _ knowns: [Int32], at moment: TwinMoment) -> [Int32] {
    var targets = [Int32](repeating: -1, count: ranks.count)
    for row in ranks.indices where ranks[row] >= 0 && moment.sees(dates[row], knowns[row]) {
      if let ring = UsageWindows.ring(ofAge: moment.age(dates[row])) {
        targets[row] = Int32(ring * ids.count) + ranks[row]
      }
    }
    return targets
  }

  /// The ring of an age that is not negative, or nil beyond the longest window.
  @inline(__always) static func ring(ofAge age: Int) -> Int? {
    age < ringEnds[0] ? 0 : age < ringEnds[1] ? 1 : age < ringEnds[2] ? 2 : nil
  }

  private static func add(_ values: [Int64], _ targets: [Int32], to sums: inout [Int64]) {
    for row in 0..<min(values.count, targets.count) {
      let target = Int(targets[row])
      // Wrapping: a sum beyond 2⁶³ needs values that no feed's limits let through, and must not stop the night.
      if target >= 0 { sums[target] &+= values[row] }
    }
  }

  private static func move(_ values: [Int64], from sources: [Int32], to targets: [Int32], _ sums: inout [Int64]) {
    for row in 0..<min(values.count, min(sources.count, targets.count)) {
      let (source, target) = (Int(sources[row]), Int(targets[row]))
      if source >= 0 { sums[source] &-= values[row] }
      if target >= 0 { sums[target] &+= values[row] }
    }
  }

  /// The sums of a measure over the window number `window` (7, 28, 91 days) of each of `ranks`; 0 for rank -1.
  func sums(_ measure: Int, window: Int, of ranks: [Int32]) -> [Int64] {
    cells[measure].sums.withLock { rings in
      ranks.map { rank in
        guard rank >= 0 else { return 0 }
        var sum: Int64 = 0
        for ring in 0...window { sum &+= rings[ring * ids.count + Int(rank)] }
        return sum
      }
    }
  }

  /// Calls `body` with the rings of a measure: ring after ring, a sum an id.
  func withRings<Result>(_ measure: Int, _ body: ([Int64]) throws -> Result) rethrows -> Result {
    try cells[measure].sums.withLock { try body($0) }
  }
}
