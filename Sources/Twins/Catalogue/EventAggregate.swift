import Columns
package import Datasets

/// The families of facts that are events of a subscription, a day each.
package enum EventFamily: String, Sendable, Hashable, CaseIterable {
  case bills
  case payments
  case topUps = "top-ups"
  case balances
  case tickets
  case contacts

  /// The facts.
  package var dataset: Dataset {
    switch self {
    case .bills: .bills
    case .payments: .payments
    case .topUps: .topUps
    case .balances: .balances
    case .tickets: .tickets
    case .contacts: .contacts
    }
  }

  /// The column that says on which day an event counts.
  package var dayColumn: String { self == .tickets ? "opened_date" : "event_date" }

  /// The column that says which rows speak of the same event; nil where all rows of a subscription do.
  var identityColumn: String? {
    switch self {
    case .bills: "bill_id"
    case .payments: "payment_id"
    case .topUps: "top_up_id"
    case .tickets: "ticket_id"
    case .balances, .contacts: nil
    }
  }

  /// The columns that a night adds to the facts.
  var derivedColumns: [DerivedColumn] { self == .tickets ? TicketSigns.columns : [] }

  /// The columns that a catalogue may name: kept ones, and those that a night adds.
  var namedFields: [ColumnField] { dataset.schema.fields + derivedColumns.map(\.field) }

  /// Whether deliveries are expected by a calendar, so that a day may be incomplete.
  package var hasCalendar: Bool { self != .contacts }

  /// The columns that events need, whatever the fields.
  var columns: [String] {
    switch self {
    case .bills: BillingRules.billColumns
    case .payments: BillingRules.paymentColumns
    case .tickets: EventHistory.columns(self) + ["status"]
    case .topUps, .balances: EventHistory.columns(self)
    case .contacts: ContactHistory.columns
    }
  }
}

/// What of an event an aggregate takes.
package enum EventMeasure: Sendable, Hashable {
  /// An integer column.
  case column(String)
  /// Days from one day to another, negative where the other is earlier; nil stands for the as-of day.
  case days(from: String?, to: String?)

  /// The columns that it reads.
  var columns: [String] {
    switch self {
    case .column(let name): [name]
    case .days(let from, let to): [from, to].compactMap { $0 }
    }
  }
}

/// Which events count: those whose value of a column is one of some.
package struct EventCondition: Sendable, Hashable {
  package let column: String
  /// The texts; a flag is `true` or `false`.
  package let values: [String]
}

/// How a field follows from the events of a family.
package struct EventAggregate: Sendable, Hashable {
  package enum Function: String, Sendable, Hashable, CaseIterable {
    /// Number of events.
    case count
    /// Sum of the measure.
    case sum
    /// Mean of the measure, rounded towards zero.
    case mean
    /// Standard deviation of the measure over the events.
    case spread
    /// Least and greatest measure.
    case min, max
    /// Measure of the newest event of the window.
    case last
    /// Measure of the newest event, known as `recency` is.
    case newest
    /// Days since the newest event.
    case recency
    /// Days since the oldest event of the window.
    case oldest

    /// Whether it needs a measure.
    var needsMeasure: Bool { ![.count, .recency, .oldest].contains(self) }
    /// Whether it needs a window; the others look back as far as the longest.
    var needsWindow: Bool { ![.newest, .recency].contains(self) }
  }

  package let family: EventFamily
  package let function: Function
  package let measure: EventMeasure?
  package let conditions: [EventCondition]
  package let window: FieldWindow

  /// The columns that it names.
  var namedColumns: [String] { conditions.map(\.column) + (measure?.columns ?? []) }

  /// The kept columns that it reads beside those that events need anyway.
  var columns: [String] {
    namedColumns.flatMap { name in family.derivedColumns.first { $0.field.name == name }?.needs ?? [name] }
  }

  /// Whether it asks what words say, which must be learned first.
  var isLearned: Bool {
    family.derivedColumns.contains { !$0.needs.isEmpty && namedColumns.contains($0.field.name) }
  }

  /// The column's type.
  var type: ColumnType {
    switch function {
    case .count, .recency, .oldest: .int32
    case .spread: .double
    case .sum: .int64
    case .mean, .min, .max, .last, .newest: if case .days = measure { .int32 } else { .int64 }
    }
  }

  /// What a missing value means; empty where none is.
  var nullMeaning: String {
    let unknown =
      family.hasCalendar ? "\(window == .life ? "a day of the last 91" : "a day of the window") is not complete" : ""
    let none =
      switch function {
      case .count, .sum: ""
      case .spread: "fewer than two"
      case .recency: family.hasCalendar ? NullMeaning.recency : "never"
      case .newest: family.hasCalendar ? "\(NullMeaning.recency), or it does not say" : "none, or it does not say"
      case .mean, .min, .max, .last, .oldest: "none in the window"
      }
    let unlearned =
      isLearned ? "fewer than \(TextModel.leastTicketCount) tickets of a category it asks for have words" : ""
    let parts = function == .recency || function == .newest ? [none, unlearned] : [unknown, none, unlearned]
    return parts.filter { !$0.isEmpty }.joined(separator: ", or ")
  }
}
