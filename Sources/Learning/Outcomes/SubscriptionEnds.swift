package import Calendar
package import Columns

/// Notices, port requests, ends and returns of subscriptions.
package struct SubscriptionEnds: Sendable {
  private struct Event: Sendable {
    var date: Int32
    var kind: String
    var cause: String
  }

  private let events: [Int64: [Event]]

  /// The columns that are read.
  package static let columns = ["subscription_id", "event_date", "known_date", "event", "cause"]
  private static let kinds: Set<String> = ["activation", "contract", "notice", "port-request", "termination"]

  /// Gathers events of `facts/subscriptions` that the night `knownBy` knew. O(rows · log rows of a subscription).
  package init(_ table: Table, knownBy: Day) throws(ColumnsError) {
    let ids = try table.int64("subscription_id").values
    let dates = try table.date("event_date").values
    let known = try table.date("known_date").values
    let kinds = try table.string("event").values
    let causes = try table.string("cause")
    var events: [Int64: [Event]] = [:]
    for row in ids.indices where known[row] <= knownBy.rawValue && SubscriptionEnds.kinds.contains(kinds[row]) {
      events[ids[row], default: []].append(Event(date: dates[row], kind: kinds[row], cause: causes[row] ?? ""))
    }
    self.events = events.mapValues { $0.sorted { ($0.date, $0.kind, $0.cause) < ($1.date, $1.kind, $1.cause) } }
  }

  /// The day of the first notice or port request within `window` that was an act of will: not withdrawn by a contract or
  /// an activation within `returnDays`, not followed by an end of a competing cause.
  package func notice(
    _ subscription: Int64, within window: ClosedRange<Day>, returnDays: Int, competing: Set<String>
  ) -> Day? {
    guard let events = events[subscription] else { return nil }
    for event in events where event.kind == "notice" || event.kind == "port-request" {
      let day = Day(rawValue: event.date)
      guard window.contains(day) else { continue }
      let end = events.first { $0.kind == "termination" && $0.date >= event.date }
      if let end, competing.contains(end.cause) { continue }
      let back = events.first {
        ($0.kind == "contract" || $0.kind == "activation") && $0.date > event.date
      }
      // Withdrawn before the end, or active again soon after it.
      let from = end.map(\.date) ?? event.date
      if let back, back.date <= max(event.date, from) + Int32(returnDays) { continue }
      return day
    }
    return nil
  }

  /// The day and cause of the first end within `window`.
  package func end(_ subscription: Int64, within window: ClosedRange<Day>) -> (day: Day, cause: String)? {
    let end = events[subscription]?.first {
      $0.kind == "termination" && window.contains(Day(rawValue: $0.date))
    }
    return end.map { (Day(rawValue: $0.date), $0.cause) }
  }
}
