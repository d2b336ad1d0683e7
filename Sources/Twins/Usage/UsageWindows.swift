import Calendar
import Columns
import Datasets
import Parallelism
import Synchronization

/// Sums of use of some subscriptions at one moment: tallies in rings of days and by calendar weeks, and the days with any.
///
/// The rings are ranges of age, such as 0–6, 7–27 and 28–90; a window is a sum of rings, so a row is added once, not once a
/// window. Sums are integers, so the order in which files and threads add does not matter, and what was added can be taken
/// away again (`UsageRoll`). A tally has a lock of its own, held while one batch is added.
package final class UsageWindows: Sendable {
  /// The measures of the facts, in the order of the schema.
  static let measures = Dataset.usageMeasures

  package let plan: UsagePlan
  let moment: TwinMoment
  let ids: AscendingIDs
  let days: Mutex<UsageDays>
  /// The tallies of `plan.sums`, then those of `plan.weeks`.
  private let cells: [Cell]

  /// One tally: ring after ring or week after week, a sum a rank.
  private final class Cell: Sendable {
    let sums: Mutex<[Int64]>
    init(_ sums: sending [Int64]) { self.sums = Mutex(sums) }
  }

  /// Nothing yet.
  convenience init(_ plan: UsagePlan, at moment: TwinMoment, _ ids: AscendingIDs) {
    self.init(
      plan, at: moment, ids,
      sums: plan.placeCounts.map { [Int64](repeating: 0, count: ids.count * $0) },
      days: UsageDays(bits: plan.days.map { _ in [UInt128](repeating: 0, count: ids.count) }))
  }

  /// Sums that are known: for each tally ring after ring or week after week, a value an id.
  init(_ plan: UsagePlan, at moment: TwinMoment, _ ids: AscendingIDs, sums: [[Int64]], days: UsageDays) {
    precondition(ids.count < Int(Int32.max) / (plan.placeCounts.max() ?? 1), "places are 32-bit")
    self.plan = plan
    self.moment = moment
    self.ids = ids
    self.days = Mutex(days)
    cells = sums.map { Cell($0) }
  }

  /// Reads every part once, as far as it may have rows of the range, and adds it to every moment that it bears on. Cut by part;
  /// any number of threads gives the same sums.
  static func gather(
    _ plan: UsagePlan, _ parts: [UsagePart], _ ids: AscendingIDs, of range: ClosedRange<Int64> = ShardRanges.everyID,
    at moments: [TwinMoment], threads: Int
  ) throws -> [UsageWindows] {
    let windows = moments.map { UsageWindows(plan, at: $0, ids) }
    _ = try WorkerThreads(count: threads).map(taskCount: parts.count) { number in
      let part = parts[number]
      let touched = windows.filter { part.bears(on: $0.moment, plan) }
      guard !touched.isEmpty else { return }
      try part.forEachBatch(plan.columns, of: range) { batch in
        let ranks = ids.ranks(of: try batch.int64("subscription_id").values)
        for window in touched {
          try window.add(batch, ranks, from: nil, isKept: true, since: nil, firstCell: number)
        }
      }
    }
    for window in windows { try window.settleDays(parts, of: range, threads: threads) }
    return windows
  }

  /// The sums at one moment from every part, of every subscription of a range that has rows.
  package static func rebuild(
    _ plan: UsagePlan, _ parts: [UsagePart], of range: ClosedRange<Int64> = ShardRanges.everyID,
    at moment: TwinMoment, threads: Int
  ) throws -> UsageWindows {
    let ids = try ids(of: parts, in: range, threads: threads)
    return try gather(plan, parts, ids, of: range, at: [moment], threads: threads)[0]
  }

  /// The ids of a range that rows of the parts have.
  static func ids(of parts: [UsagePart], in range: ClosedRange<Int64>, threads: Int) throws -> AscendingIDs {
    let ids = try WorkerThreads(count: threads).map(taskCount: parts.count) { number in
      var ids = AscendingIDs(ascending: [])
      try parts[number].forEachBatch(["subscription_id"], of: range) { batch in
        ids = ids.union(AscendingIDs(of: try batch.int64("subscription_id").values))
      }
      return ids
    }
    return ids.reduce(AscendingIDs(ascending: [])) { $0.union($1) }.within(range)
  }

  // MARK: Adding

  /// Brings the rows of a batch to where this moment has them: from where `before` had them, if it saw them, to where this
  /// moment has them, if it sees them; `isKept` is false for a file that is live no more.
  ///
  /// `since` is the day whose facts the days' bits know already. `firstCell` lets threads begin at different locks.
  func add(
    _ batch: Table, _ ranks: [Int32], from before: TwinMoment?, isKept: Bool, since newest: Int32?, firstCell: Int
  ) throws(ColumnsError) {
    let (dates, knowns) = (try batch.date("event_date").values, try batch.date("known_date").values)
    let wereSeen = before.map { before in dates.indices.map { before.sees(dates[$0], knowns[$0]) } }
    let areSeen = isKept ? dates.indices.map { moment.sees(dates[$0], knowns[$0]) } : dates.map { _ in false }
    let ringSources = wereSeen.map { seen in ringPlaces(ranks, dates, seen, at: before ?? moment) }
    let ringTargets = ringPlaces(ranks, dates, areSeen, at: moment)
    let weekSources = plan.weeks.isEmpty ? nil : wereSeen.map { weekPlaces(ranks, dates, $0) }
    let weekTargets = plan.weeks.isEmpty ? [] : weekPlaces(ranks, dates, areSeen)
    for offset in cells.indices {
      let cell = (firstCell + offset) % cells.count
      let isWeekly = cell >= plan.sums.count
      let values = try UsageWindows.values(plan.tally(cell), batch, dates)
      let limit = plan.placeCounts[cell] * ids.count
      cells[cell].sums.withLock { sums in
        UsageWindows.move(
          values, from: isWeekly ? weekSources : ringSources, to: isWeekly ? weekTargets : ringTargets, below: limit,
          &sums)
      }
    }
    let tallies = try plan.days.map { tally throws(ColumnsError) in try UsageWindows.values(tally, batch, dates) }
    days.withLock { days in
      for row in ranks.indices where ranks[row] >= 0 && areSeen[row] != (wereSeen?[row] ?? false) {
        let age = moment.age(dates[row])
        guard age < Windows.longest else { continue }
        if areSeen[row], newest.map({ dates[row] > $0 }) ?? true {
          days.add(tallies, row: row, rank: Int(ranks[row]), date: dates[row], age: age)
        } else if tallies.contains(where: { $0[row] != 0 }) {
          days.doubt(rank: Int(ranks[row]), date: dates[row])
        }
      }
    }
  }

  /// The values of a tally in the rows of a batch: 0 on days of the week that do not count.
  static func values(_ tally: Tally, _ batch: Table, _ dates: [Int32]) throws(ColumnsError) -> [Int64] {
    var values = try batch.int64(tally.measures[0]).values
    for measure in tally.measures.dropFirst() {
      let more = try batch.int64(measure).values
      for row in values.indices { values[row] &+= more[row] }
    }
    if tally.weekdays != .all {
      for row in values.indices where !tally.weekdays.contains(dates[row]) { values[row] = 0 }
    }
    return values
  }

  /// Where the rings of a moment have each row: ring times count of ids plus rank, or -1 for rows that do not count there.
  private func ringPlaces(_ ranks: [Int32], _ dates: [Int32], _ areSeen: [Bool], at moment: TwinMoment) -> [Int32] {
    ranks.indices.map { row in
      guard ranks[row] >= 0, areSeen[row], let ring = plan.ring(ofAge: moment.age(dates[row])) else { return -1 }
      return Int32(ring * ids.count) + ranks[row]
    }
  }

  /// Where the weeks of this moment have each row, likewise.
  private func weekPlaces(_ ranks: [Int32], _ dates: [Int32], _ areSeen: [Bool]) -> [Int32] {
    ranks.indices.map { row in
      guard ranks[row] >= 0, areSeen[row], let week = UsageWeeks.place(dates[row], asOf: moment.asOf.rawValue) else {
        return -1
      }
      return Int32(week * ids.count) + ranks[row]
    }
  }

  private static func move(
    _ values: [Int64], from sources: [Int32]?, to targets: [Int32], below limit: Int, _ sums: inout [Int64]
  ) {
    // Wrapping: a sum beyond 2⁶³ needs values that no feed's limits let through, and must not stop the night.
    if let sources {
      for row in 0..<min(values.count, min(sources.count, targets.count)) {
        let (source, target) = (Int(sources[row]), Int(targets[row]))
        if source >= 0, source < limit { sums[source] &-= values[row] }
        if target >= 0, target < limit { sums[target] &+= values[row] }
      }
    } else {
      for row in 0..<min(values.count, targets.count) {
        let target = Int(targets[row])
        if target >= 0, target < limit { sums[target] &+= values[row] }
      }
    }
  }

  // MARK: Reading

  /// The sums of a tally over a window, of each of `ranks`; 0 for rank -1.
  func sums(_ tally: Tally, _ window: FieldWindow, of ranks: [Int32]) -> [Int64] {
    guard let cell = plan.sums.firstIndex(where: { $0.tally == tally }) else { return ranks.map { _ in 0 } }
    let ringCount = plan.ringCount(window)
    return cells[cell].sums.withLock { rings in
      ranks.map { rank in
        guard rank >= 0 else { return 0 }
        var sum: Int64 = 0
        for ring in 0..<ringCount { sum &+= rings[ring * ids.count + Int(rank)] }
        return sum
      }
    }
  }

  /// Calls `body` with the kept weeks of a tally: week after week from that of the as-of day back, a sum an id.
  func withWeeks<Result>(_ tally: Tally, _ body: ([Int64]) throws -> Result) rethrows -> Result? {
    guard let number = plan.weeks.firstIndex(of: tally) else { return nil }
    return try withPlaces(plan.sums.count + number, body)
  }

  /// Calls `body` with what is kept of one tally: ring after ring or week after week, a sum an id.
  func withPlaces<Result>(_ cell: Int, _ body: ([Int64]) throws -> Result) rethrows -> Result {
    try cells[cell].sums.withLock { try body($0) }
  }
}

extension UsagePlan {
  /// The rings or weeks that are kept of each tally: those of `sums`, then those of `weeks`.
  var placeCounts: [Int] { sums.map(\.ringCount) + weeks.map { _ in UsageWeeks.keptCount } }

  /// The tally of a cell, in the same order.
  func tally(_ cell: Int) -> Tally { cell < sums.count ? sums[cell].tally : weeks[cell - sums.count] }
}
