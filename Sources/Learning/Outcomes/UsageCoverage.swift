package import Calendar
package import Columns

/// Which days of use were complete, as a night knew it: the newest row of `coverage` of the family that the night knew.
package struct UsageCoverage: Sendable {
  private let rows: [Int32: [(known: Int32, isComplete: Bool)]]

  /// Reads rows of the dataset `coverage`.
  package init(_ coverage: Table, family: String = "usage") throws(ColumnsError) {
    let dates = try coverage.date("event_date").values
    let known = try coverage.date("known_date").values
    let families = try coverage.string("family").values
    let flags = try coverage.bool("is_complete").values
    var rows: [Int32: [(known: Int32, isComplete: Bool)]] = [:]
    for row in dates.indices where families[row] == family {
      rows[dates[row], default: []].append((known[row], flags[row]))
    }
    self.rows = rows.mapValues { $0.sorted { ($0.known, $1.isComplete ? 1 : 0) < ($1.known, $0.isComplete ? 1 : 0) } }
  }

  /// The first day that any row speaks of.
  package var firstDay: Day? { rows.keys.min().map { Day(rawValue: $0) } }

  /// Whether the deliveries of `day` were complete, as the night `knownBy` knew it; rows of one night must all agree.
  package func isComplete(_ day: Day, knownBy: Day) -> Bool {
    guard let known = rows[day.rawValue]?.filter({ $0.known <= knownBy.rawValue }), let newest = known.last else {
      return false
    }
    return known.allSatisfy { $0.known < newest.known || $0.isComplete }
  }

  /// Whether each of the `count` days that end with `day` was complete, as `day` itself knew it.
  package func isComplete(endingAt day: Day, count: Int) -> Bool {
    (0..<count).allSatisfy { isComplete(day - $0, knownBy: day) }
  }
}
