import Columns

/// What of a row of use is added up: the sum of some of its measures, on some days of the week.
package struct Tally: Sendable, Hashable {
  /// The days of the week that count.
  package enum Weekdays: String, Sendable, Hashable, CaseIterable {
    case all
    case workday
    case weekend

    /// Whether a day, counted from 1970-01-01 (a Thursday), is one of them.
    @inline(__always) func contains(_ date: Int32) -> Bool {
      self == .all || (Tally.weekday(date) >= 5) == (self == .weekend)
    }
  }

  /// Names of measures of `facts/usage`, in their order there.
  package let measures: [String]
  package let weekdays: Weekdays

  init(_ measures: [String], on weekdays: Weekdays = .all) {
    self.measures = measures
    self.weekdays = weekdays
  }

  /// A name of its own, fit for a column: the measures, then the days.
  var name: String { measures.joined(separator: "_and_") + (weekdays == .all ? "" : "_\(weekdays.rawValue)") }

  /// The day of the week: 0 is Monday.
  @inline(__always) private static func weekday(_ date: Int32) -> Int { Int(date % 7 + 10) % 7 }
}

/// How a field follows from daily use.
package enum UseAggregate: Sendable, Hashable {
  /// Sum over a window.
  case sum(Tally, FieldWindow)
  /// Days of a window with any.
  case days(Tally, FieldWindow)
  /// Days since the last day with any.
  case recency(Tally)
  /// Mean per day of life in one window over the same in a longer one.
  case trend(Tally, recent: Int, usual: Int)
  /// Least-squares change of the sum of a week from week to week.
  case slope(Tally)
  /// Standard deviation of the sums of weeks over their mean.
  case volatility(Tally)

  /// The column's type.
  var type: ColumnType {
    switch self {
    case .sum: .int64
    case .days, .recency: .int32
    case .trend, .slope, .volatility: .double
    }
  }

  /// The days that it looks at.
  var windowText: String {
    switch self {
    case .sum(_, let window), .days(_, let window): window.text
    case .recency: FieldWindow.days(Windows.longest).text
    case .trend(_, _, let usual): FieldWindow.days(usual).text
    case .slope, .volatility: "\(UsageWeeks.spanCount) weeks"
    }
  }

  /// What a missing value means.
  var nullMeaning: String {
    switch self {
    case .sum, .days: NullMeaning.incomplete
    case .recency: NullMeaning.recency
    case .trend(_, _, let usual): "\(NullMeaning.incomplete), or nothing in \(usual) days"
    case .slope: NullMeaning.weeks
    case .volatility: "\(NullMeaning.weeks), or nothing in those weeks"
    }
  }
}

/// What missing values of common kinds mean.
enum NullMeaning {
  static let incomplete = "a day of the window is not complete"
  static let recency = "none in 91 days, or a day since then is not complete"
  static let weeks = "a day of the last 91 is not complete, or fewer than \(UsageWeeks.leastCount) whole weeks of life"
}
