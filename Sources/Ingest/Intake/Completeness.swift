import Calendar
import Columns
import Datasets
import Ledger

/// Which days of which fact families are complete: what the calendars expect against what the deliveries cover.
///
/// A day of a family is complete once a delivery without a daily calendar (a history) covers it, or every daily feed of
/// the family that expects a delivery for it has been covered. A day that is expected and not covered is incomplete:
/// its windows are unknown, never zero.
struct Completeness {
  /// A day that a delivery covers, and the day on which that was known.
  struct Covered: Sendable, Hashable {
    var feed: String
    var day: Int32
    var known: Int32
    var delivery: Int64
  }

  /// What coverage says of a day of a family.
  struct Verdict: Hashable {
    var day: Int32
    var known: Int32
    var isComplete: Bool
  }

  let night: Day
  let feeds: [Feed]
  /// By feed and day: the first day on which it was known to be covered.
  private var covered: [String: [Int32: Int32]] = [:]
  /// By feed: days that only counted as covered by deliveries whose rows are withdrawn tonight.
  private var withdrawn: [String: Set<Int32>] = [:]
  /// By family and day: the verdict in force.
  private var current: [String: [Int32: Verdict]] = [:]

  /// Reads what earlier nights found, without what is withdrawn tonight.
  init(_ home: Home, _ state: LiveState, night: Day, feeds: [Feed], without withdrawal: Withdrawal = Withdrawal())
    throws
  {
    self.night = night
    self.feeds = feeds
    for product in state.products(Dataset.deliveredDays.name) {
      let table = try ParquetFile.read(home.url(product.name))
      let (days, knowns) = (try table.date("event_date").values, try table.date("known_date").values)
      let (names, deliveries) = (try table.string("feed").values, try table.int64("delivery_id").values)
      for row in 0..<table.rowCount {
        if withdrawal.takesBack(delivery: deliveries[row], day: days[row]) {
          withdrawn[names[row], default: []].insert(days[row])
          continue
        }
        add(Covered(feed: names[row], day: days[row], known: knowns[row], delivery: deliveries[row]))
      }
    }
    for product in state.products(Dataset.coverage.name) {
      let table = try ParquetFile.read(home.url(product.name))
      let (days, knowns) = (try table.date("event_date").values, try table.date("known_date").values)
      let (families, flags) = (try table.string("family").values, try table.bool("is_complete").values)
      for row in 0..<table.rowCount {
        let verdict = Verdict(day: days[row], known: knowns[row], isComplete: flags[row])
        if verdict.known >= current[families[row]]?[days[row]]?.known ?? .min {
          current[families[row], default: [:]][days[row]] = verdict
        }
      }
    }
  }

  /// Adds a day that a delivery covers.
  mutating func add(_ row: Covered) {
    let known = covered[row.feed]?[row.day] ?? .max
    covered[row.feed, default: [:]][row.day] = min(known, row.known)
  }

  /// The days that a delivery of a feed covers, with the day on which that was known.
  ///
  /// Where a feed says itself when its rows were known (`lag-days`, `column`), its days are taken as known with them:
  /// a history that is loaded at once completes past windows as of then.
  static func covered(_ result: FileResult, feed: Feed, night: Day) -> [Covered] {
    // `recorded_date` of subscriptions says when each row was known, like `column`.
    let isDated = feed.maps("recorded_date")
    return result.coveredDays.map { day in
      let known: Int32 =
        switch feed.known {
        case .night: isDated ? min(night.rawValue, day.rawValue) : night.rawValue
        case .lag(let days): min(night.rawValue, day.rawValue + Int32(days))
        case .column: min(night.rawValue, day.rawValue)
        }
      return Covered(feed: feed.name, day: day.rawValue, known: known, delivery: result.delivery)
    }
  }

  /// The verdicts that differ from those in force, by family and day, and for each incomplete day the feeds to blame.
  func changes() -> [(family: String, verdict: Verdict, missing: [String])] {
    var changes: [(String, Verdict, [String])] = []
    for family in Set(feeds.flatMap(\.families)).sorted() {
      let members = feeds.filter { $0.families.contains(family) && $0.calendar.cover != nil }
      for day in candidateDays(members) {
        let old = current[family]?[day]
        guard let (verdict, missing) = verdict(on: day, members) ?? withdrawnVerdict(on: day, members, old) else {
          continue
        }
        guard old?.isComplete != verdict.isComplete else { continue }
        var new = verdict
        // The newest row holds, so a change of mind cannot be dated back.
        if old != nil { new.known = night.rawValue }
        changes.append((family, new, missing))
      }
    }
    return changes
  }

  private func candidateDays(_ members: [Feed]) -> [Int32] {
    var days: Set<Int32> = []
    for feed in members {
      days.formUnion(covered[feed.name].map { Array($0.keys) } ?? [])
      days.formUnion(withdrawn[feed.name] ?? [])
      guard feed.calendar.isDaily, let first = feed.calendar.from ?? firstCovered(feed), first <= night else {
        continue
      }
      days.formUnion(first.rawValue...night.rawValue)
    }
    return days.filter { $0 <= night.rawValue }.sorted()
  }

  /// The days up to the night for which a daily feed expects a delivery and none covers, ascending.
  func missingDays(_ feed: Feed) -> [Day] {
    let first = firstCovered(feed)
    guard let start = feed.calendar.from ?? first, start <= night else { return [] }
    return (start.rawValue...night.rawValue).map { Day(rawValue: $0) }.filter {
      feed.calendar.expects($0, firstCovered: first) && covered[feed.name]?[$0.rawValue] == nil
    }
  }

  private func firstCovered(_ feed: Feed) -> Day? {
    covered[feed.name]?.keys.min().map { Day(rawValue: $0) }
  }

  private func verdict(on day: Int32, _ members: [Feed]) -> (Verdict, [String])? {
    let histories = members.filter { !$0.calendar.isDaily }.compactMap { covered[$0.name]?[day] }
    if let known = histories.min() { return (Verdict(day: day, known: known, isComplete: true), []) }
    let expected = members.filter { $0.calendar.expects(Day(rawValue: day), firstCovered: firstCovered($0)) }
    let missing = expected.filter { covered[$0.name]?[day] == nil }.map(\.name)
    guard missing.isEmpty else {
      return (Verdict(day: day, known: night.rawValue, isComplete: false), missing)
    }
    guard let known = members.compactMap({ covered[$0.name]?[day] }).max() else { return nil }
    return (Verdict(day: day, known: known, isComplete: true), [])
  }

  /// A day that was complete by withdrawn deliveries alone, and that no calendar expects: it is unknown again.
  private func withdrawnVerdict(on day: Int32, _ members: [Feed], _ old: Verdict?) -> (Verdict, [String])? {
    let names = members.map(\.name).filter { withdrawn[$0]?.contains(day) == true }
    guard old?.isComplete == true, !names.isEmpty else { return nil }
    return (Verdict(day: day, known: night.rawValue, isComplete: false), names)
  }

  /// One warning a feed with missing deliveries.
  static func warnings(_ changes: [(family: String, verdict: Verdict, missing: [String])]) -> [String] {
    // One delivery may lack in several families.
    var days: [String: Set<Int32>] = [:]
    for change in changes { for feed in change.missing { days[feed, default: []].insert(change.verdict.day) } }
    return days.keys.sorted().map { feed in
      let missing = days[feed, default: []].sorted()
      let first = Day(rawValue: missing[0])
      let last = Day(rawValue: missing[missing.count - 1])
      let span = missing.count == 1 ? "\(first)" : "\(missing.count) days from \(first) to \(last)"
      return "\(feed): no delivery covers \(span); windows over it are unknown"
    }
  }

  /// The table of some verdicts, by family and day.
  static func table(_ rows: [(family: String, verdict: Verdict)]) -> Table {
    let rows = rows.sorted { ($0.family, $0.verdict.day) < ($1.family, $1.verdict.day) }
    return Table(
      Dataset.coverage.schema,
      [
        .date(TypedColumn(rows.map(\.verdict.day))), .date(TypedColumn(rows.map(\.verdict.known))),
        .string(TypedColumn(rows.map(\.family))), .bool(TypedColumn(rows.map(\.verdict.isComplete))),
      ])
  }

  /// The table of some covered days, by feed, day and delivery.
  static func table(_ rows: [Covered]) -> Table {
    let rows = rows.sorted { ($0.feed, $0.day, $0.delivery) < ($1.feed, $1.day, $1.delivery) }
    return Table(
      Dataset.deliveredDays.schema,
      [
        .date(TypedColumn(rows.map(\.day))), .date(TypedColumn(rows.map(\.known))),
        .int64(TypedColumn(rows.map(\.delivery))), .string(TypedColumn(rows.map(\.feed))),
      ])
  }
}
