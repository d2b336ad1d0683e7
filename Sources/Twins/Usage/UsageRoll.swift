import Calendar
package import Columns
import Parallelism

/// What has to be read to make tonight's sums of use of those that an earlier night left.
///
/// A fact file lies in one ring of days, or in none. Files whose ring tonight is the one of the state's night are not read
/// again: what is read is the days that came, those that pass from ring to ring or leave the longest window, and whatever
/// was added, replaced or taken away in between. So the cost follows the subscriptions and the new facts.
package struct UsageRoll: Sendable {
  /// A file that has to be read, and on which sides of the roll it counts.
  private struct Step: Sendable {
    var part: UsagePart
    var wasLive: Bool
    var isLive: Bool
  }

  /// Why sums cannot be rolled: the state, or a fact file that it was made of and that is live no more, is gone or damaged.
  package struct Unusable: Error, CustomStringConvertible {
    package let description: String
  }

  let plan: UsagePlan
  /// The moment of the state.
  let old: TwinMoment
  /// The moment that is rolled to.
  let moment: TwinMoment
  private let steps: [Step]
  private let live: [UsagePart]

  /// Compares the files of use that the state was made of with those of `moment`, both by name.
  package init(
    _ plan: UsagePlan, from old: TwinMoment, _ before: [String: UsagePart], to moment: TwinMoment,
    _ now: [String: UsagePart]
  ) {
    func ring(of date: Day, at moment: TwinMoment) -> Int? {
      date > moment.asOf ? nil : plan.ring(ofAge: moment.asOf - date)
    }
    self.plan = plan
    self.old = old
    self.moment = moment
    live = now.keys.sorted().compactMap { now[$0] }
    steps = Set(before.keys).union(now.keys).sorted().compactMap { name in
      guard let part = now[name] ?? before[name] else { return nil }
      let step = Step(part: part, wasLive: before[name] != nil, isLive: now[name] != nil)
      guard let date = part.eventDate else { return step }
      let ringBefore = step.wasLive ? ring(of: date, at: old) : nil
      let ringNow = step.isLive ? ring(of: date, at: moment) : nil
      return ringBefore == ringNow ? nil : step
    }
  }

  /// The number of fact files that are read.
  package var readFileCount: Int { steps.count }

  /// Holds each file that is read against the log: what is added one night is taken away another, so it has to be the same.
  ///
  /// Throws `Unusable` where only a rebuild helps, and `ColumnsError` for a live fact file that cannot be read.
  package func check(threads: Int) throws {
    _ = try WorkerThreads(count: threads).map(taskCount: steps.count) { number in
      if steps[number].isLive {
        try steps[number].part.check()
      } else {
        try rollable { try steps[number].part.check() }
      }
    }
  }

  /// The sums of use at the moment, of the subscriptions of a range: the same as `UsageWindows.rebuild` makes of all files.
  ///
  /// `state` gives the tables of the state that have any of them. Throws as `check` does.
  package func windows(
    of range: ClosedRange<Int64> = ShardRanges.everyID, threads: Int, state: () throws -> [Table]
  ) throws -> UsageWindows {
    let tables = try rollable(state)
    let ids = try UsageWindows.ids(of: steps.filter(\.isLive).map(\.part), in: range, threads: threads)
    let goneIDs = try rollable {
      try UsageWindows.ids(of: steps.filter { !$0.isLive }.map(\.part), in: range, threads: threads)
    }
    let windows = try UsageState.windows(
      plan, tables, of: range, from: old, to: moment, with: ids.union(goneIDs), threads: threads)
    _ = try WorkerThreads(count: threads).map(taskCount: steps.count) { number in
      let step = steps[number]
      func add() throws {
        try step.part.forEachBatch(plan.columns, of: range) { batch in
          let ranks = windows.ids.ranks(of: try batch.int64("subscription_id").values)
          try windows.add(
            batch, ranks, from: step.wasLive ? old : nil, isKept: step.isLive, since: old.asOf.rawValue,
            firstCell: number)
        }
      }
      if step.isLive { try add() } else { try rollable(add) }
    }
    try windows.settleDays(live, of: range, threads: threads)
    return windows
  }

  /// What is not live any more may be gone: then it takes a rebuild, not a person.
  private func rollable<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as ColumnsError {
      throw Unusable(description: "\(error)")
    }
  }
}
