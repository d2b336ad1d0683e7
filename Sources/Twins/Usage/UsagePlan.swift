import Columns
import Datasets

/// What of daily use is kept from night to night: what the fields of a catalogue ask for, and no more.
package struct UsagePlan: Sendable, Hashable {
  /// A tally whose sums are kept in rings.
  struct Sum: Sendable, Hashable {
    let tally: Tally
    /// The rings that are kept: the first so many.
    var ringCount: Int
  }

  /// The age at which each ring of days ends, exclusive, ascending; the last is the longest window. Days beyond it are one
  /// more ring, where `hasLife`.
  let ringEnds: [Int]
  /// Whether days beyond the longest window count for some field.
  let hasLife: Bool
  let sums: [Sum]
  /// The tallies of which it is kept on which days there were any.
  let days: [Tally]
  /// The tallies whose sums are kept week by week.
  let weeks: [Tally]
  /// The measures that are read, in the order of `facts/usage`.
  let measures: [String]

  init(_ computations: [FieldComputation]) {
    var windows: [(Tally, FieldWindow)] = []
    var days: Set<Tally> = []
    var weeks: Set<Tally> = []
    for computation in computations {
      switch computation {
      case .use(.sum(let tally, let window)): windows.append((tally, window))
      case .use(.trend(let tally, let recent, let usual)):
        windows += [(tally, .days(recent)), (tally, .days(usual))]
      case .use(.days(let tally, _)), .use(.recency(let tally)): days.insert(tally)
      case .use(.slope(let tally)), .use(.volatility(let tally)): weeks.insert(tally)
      case .rule(let rule) where rule.name == MarginField.name:
        windows += MarginField.measures.map { (Tally([$0]), .days(MarginField.days)) }
      case .rule, .events, .relation, .rollup, .ratio: break
      }
    }
    let lengths = Set(windows.compactMap { window in if case .days(let days) = window.1 { days } else { nil } })
    let ringEnds = lengths.union([Windows.longest]).sorted()
    self.ringEnds = ringEnds
    hasLife = windows.contains { $0.1 == .life }
    var ringCounts: [Tally: Int] = [:]
    for (tally, window) in windows {
      ringCounts[tally] = max(ringCounts[tally] ?? 0, UsagePlan.ringCount(window, ringEnds))
    }
    sums = UsagePlan.sorted(ringCounts.keys).map { Sum(tally: $0, ringCount: ringCounts[$0] ?? 0) }
    self.days = UsagePlan.sorted(days)
    self.weeks = UsagePlan.sorted(weeks)
    let asked = Set((Array(ringCounts.keys) + days + weeks).flatMap(\.measures))
    measures = Dataset.usageMeasures.filter { asked.contains($0) }
  }

  /// The columns of the facts that are read.
  var columns: [String] { ["subscription_id", "event_date", "known_date"] + measures }

  /// The ring of an age that is not negative, or nil where none keeps it.
  @inline(__always) func ring(ofAge age: Int) -> Int? {
    for ring in ringEnds.indices where age < ringEnds[ring] { return ring }
    return hasLife ? ringEnds.count : nil
  }

  /// The number of rings that make up a window.
  func ringCount(_ window: FieldWindow) -> Int { UsagePlan.ringCount(window, ringEnds) }

  private static func ringCount(_ window: FieldWindow, _ ringEnds: [Int]) -> Int {
    switch window {
    case .days(let days): (ringEnds.firstIndex(of: days) ?? ringEnds.count - 1) + 1
    case .life: ringEnds.count + 1
    }
  }

  /// In an order that does not hang on how the catalogue is sorted.
  private static func sorted(_ tallies: some Sequence<Tally>) -> [Tally] {
    let places = Dictionary(uniqueKeysWithValues: Dataset.usageMeasures.enumerated().map { ($1, $0) })
    func key(_ tally: Tally) -> [Int] {
      tally.measures.map { places[$0] ?? 0 } + [-1 - (Tally.Weekdays.allCases.firstIndex(of: tally.weekdays) ?? 0)]
    }
    return tallies.sorted { key($0).lexicographicallyPrecedes(key($1)) }
  }
}

/// The calendar weeks, Monday to Sunday, whose sums are kept.
enum UsageWeeks {
  /// Weeks that are kept: the one that the as-of day lies in, and twelve before.
  static let keptCount = 13
  /// Whole weeks that slopes and volatilities look at.
  static let spanCount = 12
  /// Whole weeks of life below which they say nothing.
  static let leastCount = 4

  /// The number of the week of a day, counted from that of 1970-01-01, a Thursday.
  @inline(__always) static func number(_ date: Int32) -> Int {
    let days = Int(date) + 3
    return days >= 0 ? days / 7 : (days - 6) / 7
  }

  /// The kept week of a day: 0 is that of the as-of day; nil before the first and after the as-of day.
  @inline(__always) static func place(_ date: Int32, asOf: Int32) -> Int? {
    let place = number(asOf) - number(date)
    return place >= 0 && place < keptCount ? place : nil
  }

  /// The newest kept week that is over by the end of the as-of day: its last day is a Sunday.
  static func firstWhole(asOf: Int32) -> Int { number(asOf + 1) > number(asOf) ? 0 : 1 }
}
