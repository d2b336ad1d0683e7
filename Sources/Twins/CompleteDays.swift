import Calendar
import Columns
import Datasets

/// How many days of a family, counted back from the as-of day, are complete without a gap.
///
/// A window of `w` days is known iff at least `w` are; the age of a newest event is known iff at least that many are,
/// since every day after the event must be. A day's newest coverage row holds; of rows of one night, all must agree.
struct CompleteDays: Sendable {
  /// A family whose windows are cut short.
  struct Gap: Sendable, Hashable {
    let family: String
    /// Complete days counted back from the as-of day.
    let completeDayCount: Int
    /// The newest day that is not complete.
    let day: Day
    /// Whether a delivery that was expected has not come, rather than history not reaching back so far.
    let isMissingDelivery: Bool
  }

  /// The families with windows.
  static let families: [Dataset] = [
    .usage, .bills, .payments, .topUps, .balances, .tickets, .subscriptions, .counterparties, .cells, .outages,
  ]

  private let counts: [String: Int]
  private let firstDays: [String: Int32]
  /// The days that are complete, by family.
  private let complete: [String: Set<Int32>]
  private let moment: TwinMoment

  init(_ coverage: Table, at moment: TwinMoment) throws(ColumnsError) {
    let dates = try coverage.date("event_date").values
    let known = try coverage.date("known_date").values
    let families = try coverage.string("family").values
    let flags = try coverage.bool("is_complete").values
    var newest: [String: [Int32: (known: Int32, isComplete: Bool)]] = [:]
    for row in 0..<coverage.rowCount where moment.sees(dates[row], known[row]) {
      let found = newest[families[row]]?[dates[row]]
      if let found, found.known > known[row] { continue }
      let isComplete = flags[row] && (found?.known == known[row] ? found?.isComplete ?? true : true)
      newest[families[row], default: [:]][dates[row]] = (known[row], isComplete)
    }
    var counts: [String: Int] = [:]
    var firstDays: [String: Int32] = [:]
    for (family, days) in newest {
      var count = 0
      while count < Windows.longest, days[moment.asOf.rawValue - Int32(count)]?.isComplete == true { count += 1 }
      counts[family] = count
      firstDays[family] = days.keys.min()
    }
    self.counts = counts
    self.firstDays = firstDays
    complete = newest.mapValues { Set($0.filter(\.value.isComplete).keys) }
    self.moment = moment
  }

  /// Complete days counted back from the as-of day, at most 91; 0 for a family without coverage.
  func count(_ family: Dataset) -> Int { counts[CompleteDays.key(family)] ?? 0 }

  /// What cuts the windows of a family short, or nil where all 91 days are complete.
  func gap(_ family: Dataset) -> Gap? {
    let count = count(family)
    guard count < Windows.longest else { return nil }
    let day = moment.asOf - count
    let first = firstDays[CompleteDays.key(family)]
    return Gap(
      family: CompleteDays.key(family), completeDayCount: count, day: day,
      isMissingDelivery: first.map { day.rawValue >= $0 } ?? false)
  }

  /// What is known of a day of a family.
  func state(_ family: Dataset, _ day: Day) -> TwinCompleteness.DayState {
    let key = CompleteDays.key(family)
    if complete[key]?.contains(day.rawValue) == true { return .complete }
    return firstDays[key].map { day.rawValue >= $0 } ?? false ? .missing : .beforeHistory
  }

  /// The family's name in coverage rows: the dataset's without `facts/`.
  static func key(_ family: Dataset) -> String {
    String(family.name.drop { $0 != "/" }.dropFirst())
  }
}
