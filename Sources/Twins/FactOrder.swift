import Columns

/// When the facts of a table happened, when they became known, and by which delivery.
///
/// Where several rows speak of the same thing, the newest holds: the greatest by event date, then known date, then
/// delivery, then place in the table. So what a twin says does not hang on the order in which files were read.
struct FactOrder: Sendable {
  /// The columns that every fact has.
  static let columns = ["event_date", "known_date", "delivery_id"]

  let eventDates: [Int32]
  let knownDates: [Int32]
  private let deliveries: [Int64]

  init(_ table: Table) throws(ColumnsError) {
    eventDates = try table.date("event_date").values
    knownDates = try table.date("known_date").values
    deliveries = try table.int64("delivery_id").values
  }

  /// Whether row `a` is older than row `b`.
  @inline(__always) func precedes(_ a: Int, _ b: Int) -> Bool {
    if eventDates[a] != eventDates[b] { return eventDates[a] < eventDates[b] }
    return learnedBefore(a, b)
  }

  /// Whether row `a` is older than row `b` of another table.
  @inline(__always) func precedes(_ a: Int, _ other: FactOrder, _ b: Int) -> Bool {
    if eventDates[a] != other.eventDates[b] { return eventDates[a] < other.eventDates[b] }
    if knownDates[a] != other.knownDates[b] { return knownDates[a] < other.knownDates[b] }
    return deliveries[a] < other.deliveries[b]
  }

  /// Whether row `a` became known before row `b`.
  @inline(__always) func learnedBefore(_ a: Int, _ b: Int) -> Bool {
    if knownDates[a] != knownDates[b] { return knownDates[a] < knownDates[b] }
    return deliveries[a] < deliveries[b]
  }

  /// Whether a moment sees a row.
  @inline(__always) func isSeen(_ row: Int, _ moment: TwinMoment) -> Bool {
    moment.sees(eventDates[row], knownDates[row])
  }
}
