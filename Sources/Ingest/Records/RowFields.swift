/// Indices of the fields that every kind's rows are looked at for.
struct RowFields: Sendable {
  /// When it happened.
  let event: Int
  /// Whether that is an instant rather than a day.
  let isEventInstant: Bool
  let number, subscription, person, recorded, validTo, email, counterparty, cell: Int?
  private let periods: [(begin: Int, end: Int)]

  init(_ kind: FeedKind) {
    let fields = kind.fields
    func index(_ name: String) -> Int? { fields.firstIndex { $0.name == name } }
    event = index(kind.eventField) ?? 0
    isEventInstant = fields[event].type == .instant
    number = index("number")
    subscription = index("subscription")
    person = index("person")
    recorded = index("recorded_date")
    validTo = index("valid_to")
    email = index("email")
    counterparty = index("counterparty")
    cell = index("cell")
    periods = [
      ("period_start", "period_end"), ("valid_from", "valid_to"), ("opened_at", "resolved_at"),
      ("placed_at", "changed_at"), ("started_at", "ended_at"),
    ].compactMap {
      guard let begin = index($0.0), let end = index($0.1) else { return nil }
      return (begin, end)
    }
  }

  /// Throws where an end lies before its begin.
  func checkPeriods(_ row: RowValues) throws(RowFault) {
    for (begin, end) in periods where row.has(begin) && row.has(end) && row.values[end] < row.values[begin] {
      throw RowFault("bad-period", expected: "an end that is not before its begin", "an end lies before its begin")
    }
  }
}
