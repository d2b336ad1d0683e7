import Calendar
import Columns
import Datasets
import Ledger
import Parallelism

/// Which of the last 91 days are complete by family, and which deliveries cover them by feed: what a reader of the entry alone
/// must know to trust a window.
struct TwinCompleteness: Sendable {
  /// What is known of a day of a family.
  enum DayState: String, Sendable, Hashable {
    case complete, missing
    case beforeHistory = "before-history"
  }

  private let night: Day
  private let completeDays: CompleteDays
  /// Live deliveries by feed and day.
  private var deliveries: [String: [Int32: Int64]] = [:]

  /// The files that say which days a delivery covers, of nights that may have brought one for the last 91 days.
  static func products(_ state: LiveState, night: Day) -> [Product] {
    state.products(Dataset.deliveredDays.name).filter { product in
      TwinSources.date(product.name).map { $0 <= night && $0 > night - Windows.longest } ?? true
    }
  }

  init(
    _ home: Home, _ products: [Product], _ completeDays: CompleteDays, night: Day, threads: Int
  ) throws {
    self.night = night
    self.completeDays = completeDays
    let tables = try WorkerThreads(count: threads).map(taskCount: products.count) { number in
      try ParquetFile.read(home.url(products[number].name))
    }
    for table in tables {
      let (dates, feeds) = (try table.date("event_date").values, try table.string("feed").values)
      let known = try table.date("known_date").values
      for row in 0..<table.rowCount where known[row] <= night.rawValue {
        deliveries[feeds[row], default: [:]][dates[row], default: 0] += 1
      }
    }
  }

  private var days: [Day] { (0..<Windows.longest).reversed().map { night - $0 } }

  /// For the entry: of each family the days of the last 91 for which something expected has not come, of each feed those that
  /// a delivery covers.
  var counts: [String: Int64] {
    var counts: [String: Int64] = [:]
    for family in CompleteDays.families {
      counts["missingDays.\(CompleteDays.key(family))"] = Int64(
        days.count { completeDays.state(family, $0) == .missing })
    }
    for (feed, covered) in deliveries {
      counts["deliveredDays.\(feed)"] = Int64(days.count { covered[$0.rawValue] != nil })
    }
    return counts
  }

  /// The rows of `twin-completeness`: families, then feeds by name, each day by day.
  func table() -> Table {
    var (dates, families, feeds): ([Int32], [String?], [String?]) = ([], [], [])
    var (states, counts): ([String], [Int64?]) = ([], [])
    for family in CompleteDays.families {
      for day in days {
        dates.append(day.rawValue)
        families.append(CompleteDays.key(family))
        feeds.append(nil)
        states.append(completeDays.state(family, day).rawValue)
        counts.append(nil)
      }
    }
    for (feed, covered) in deliveries.sorted(by: { $0.key < $1.key }) {
      for day in days {
        dates.append(day.rawValue)
        families.append(nil)
        feeds.append(feed)
        states.append(covered[day.rawValue] == nil ? "none" : "delivered")
        counts.append(covered[day.rawValue] ?? 0)
      }
    }
    return Table(
      Dataset.twinCompleteness.schema,
      [
        .date(TypedColumn([Int32](repeating: night.rawValue, count: dates.count))), .date(TypedColumn(dates)),
        .string(TypedColumn(optionals: families, placeholder: "")),
        .string(TypedColumn(optionals: feeds, placeholder: "")), .string(TypedColumn(states)),
        .int64(TypedColumn(optionals: counts, placeholder: 0)),
      ])
  }
}
