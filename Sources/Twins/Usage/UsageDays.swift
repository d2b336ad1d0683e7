import Calendar
import Columns
import Parallelism
import Synchronization

/// The days on which some subscriptions had any of some tallies, as bits by age.
///
/// A day has any of a tally where that of its facts adds up to more than none. Facts may take use back from a day: a session
/// turned out to have begun on another one (`Sessions` of ingest), a file was replaced. A subscription's days that such facts
/// touch are doubted, and summed before they are settled.
struct UsageDays: Sendable {
  /// Of each tally, rank after rank: bit `a` is set where age `a` has any.
  private(set) var bits: [[UInt128]]
  /// The ranks whose bits do not hold yet, by date; the same one may come more than once.
  private(set) var doubted: [Int32: [Int32]] = [:]

  init(bits: [[UInt128]]) { self.bits = bits }

  /// Adds row `row` of the values of each tally, which is of a day of which every fact is added.
  @inline(__always) mutating func add(_ tallies: [[Int64]], row: Int, rank: Int, date: Int32, age: Int) {
    let bit = UInt128(1) << UInt128(age)
    for tally in bits.indices where tallies[tally][row] != 0 {
      if tallies[tally][row] < 0 {
        doubt(rank: rank, date: date)
      } else {
        bits[tally][rank] |= bit
      }
    }
  }

  /// Asks for a day of a subscription to be summed.
  mutating func doubt(rank: Int, date: Int32) { doubted[date, default: []].append(Int32(rank)) }

  /// Hands out the ranks that are doubted, distinct and ascending, by date.
  mutating func takeDoubted() -> [(date: Int32, ranks: [Int32])] {
    defer { doubted = [:] }
    return doubted.keys.sorted().map { date in (date, Array(Set(doubted[date] ?? [])).sorted()) }
  }

  /// Sets the bits of a day of some ranks by what their facts add up to: rank after rank, tally after tally.
  mutating func settle(_ ranks: [Int32], age: Int, _ sums: [Int64]) {
    let bit = UInt128(1) << UInt128(age)
    for (place, rank) in ranks.enumerated() {
      for tally in bits.indices {
        let known = bits[tally][Int(rank)]
        bits[tally][Int(rank)] = sums[place * bits.count + tally] > 0 ? known | bit : known & ~bit
      }
    }
  }
}

extension UsageWindows {
  /// The days with any of a tally, of each of `ranks`; none for rank -1.
  func days(_ tally: Tally, of ranks: [Int32]) -> [UInt128] {
    guard let number = plan.days.firstIndex(of: tally) else { return ranks.map { _ in 0 } }
    let bits = days.withLock { $0.bits[number] }
    return ranks.map { $0 < 0 ? 0 : bits[Int($0)] }
  }

  /// Settles the days that are doubted. Reads the parts of those dates again, where there are some.
  func settleDays(_ parts: [UsagePart], of range: ClosedRange<Int64>, threads: Int) throws {
    let doubted = days.withLock { $0.takeDoubted() }
    let tallyCount = plan.days.count
    _ = try WorkerThreads(count: threads).map(taskCount: doubted.count) { number in
      let (date, ranks) = doubted[number]
      let wanted = AscendingIDs(ascending: ranks.map { ids.keys[Int($0)] })
      var sums = [Int64](repeating: 0, count: ranks.count * tallyCount)
      for part in parts where part.eventDate.map({ $0.rawValue == date }) ?? true {
        try part.forEachBatch(plan.columns, of: range) { batch in
          let places = wanted.ranks(of: try batch.int64("subscription_id").values)
          let (dates, knowns) = (try batch.date("event_date").values, try batch.date("known_date").values)
          let tallies = try plan.days.map { try UsageWindows.values($0, batch, dates) }
          for row in places.indices where places[row] >= 0 && dates[row] == date && moment.sees(date, knowns[row]) {
            for tally in 0..<tallyCount { sums[Int(places[row]) * tallyCount + tally] &+= tallies[tally][row] }
          }
        }
      }
      days.withLock { $0.settle(ranks, age: moment.age(date), sums) }
    }
  }
}
