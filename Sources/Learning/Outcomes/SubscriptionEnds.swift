package import Calendar
package import Columns

/// Notices, port requests, ends and returns of subscriptions.
package struct SubscriptionEnds: Sendable {
  private struct Event: Sendable {
    var date: Int32
    var known: Int32
    var kind: String
    var cause: String

    /// Whether it takes a notice back, or what had ended begins anew.
    var isReturn: Bool { kind == "contract" || kind == "activation" }
    var isNotice: Bool { kind == "notice" || kind == "port-request" }
    /// The day on which it became known or took effect, whichever came first.
    var toldDate: Int32 { min(known, date) }
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
      events[ids[row], default: []].append(
        Event(date: dates[row], known: known[row], kind: kinds[row], cause: causes[row] ?? ""))
    }
    self.events = events.mapValues {
      $0.sorted { ($0.date, $0.kind, $0.cause, $0.known) < ($1.date, $1.kind, $1.cause, $1.known) }
    }
  }

  /// The day of the first notice or port request within `window` that was an act of will: not withdrawn by a contract or
  /// an activation within `returnDays`, not followed by an end of a competing cause.
  package func notice(
    _ subscription: Int64, within window: ClosedRange<Day>, returnDays: Int, competing: Set<String>
  ) -> Day? {
    guard let events = events[subscription] else { return nil }
    for event in events where event.isNotice {
      let day = Day(rawValue: event.date)
      guard window.contains(day) else { continue }
      let end = events.first { $0.kind == "termination" && $0.date >= event.date }
      if let end, competing.contains(end.cause) { continue }
      let back = events.first { $0.isReturn && $0.date > event.date }
      // Withdrawn before the end, or active again soon after it.
      let from = end.map(\.date) ?? event.date
      if let back, back.date <= max(event.date, from) + Int32(returnDays) { continue }
      return day
    }
    return nil
  }

  /// The first day within `window` on which an end that was an act of will became known or took effect, without any notice or port
  /// request before it: of no competing cause, and not taken back by a contract or an activation within `returnDays`.
  ///
  /// - Parameter isExplained: whether something else than an event of the subscription told of the end of that day before.
  package func unannouncedEnd(
    _ subscription: Int64, within window: ClosedRange<Day>, returnDays: Int, competing: Set<String>,
    isExplained: (Day) -> Bool
  ) -> Day? {
    guard let events = events[subscription] else { return nil }
    let days = events.compactMap { end -> Day? in
      guard end.kind == "termination", window.contains(Day(rawValue: end.toldDate)), !competing.contains(end.cause),
        !events.contains(where: { $0.isReturn && $0.date >= end.date && $0.date <= end.date + Int32(returnDays) }),
        !SubscriptionEnds.isAnnounced(end, events), !isExplained(Day(rawValue: end.toldDate))
      else { return nil }
      return Day(rawValue: end.toldDate)
    }
    return days.min()
  }

  /// Whether the night `day` knew of an end by will that takes effect after it, with no contract or activation since.
  package func isEnding(_ subscription: Int64, on day: Day, competing: Set<String>) -> Bool {
    guard let events = events[subscription] else { return false }
    return events.contains { end in
      end.kind == "termination" && end.known <= day.rawValue && end.date > day.rawValue
        && !competing.contains(end.cause)
        && !events.contains {
          $0.isReturn && $0.date > end.known && $0.date <= day.rawValue && $0.known <= day.rawValue
        }
    }
  }

  /// Whether the last notice or port request before an end, or of its day, still stood.
  private static func isAnnounced(_ end: Event, _ events: [Event]) -> Bool {
    guard let notice = events.last(where: { $0.isNotice && $0.date <= end.date }) else { return false }
    return !events.contains { $0.isReturn && $0.date > notice.date && $0.date < end.date }
  }

  /// The day and cause of the first end within `window`.
  package func end(_ subscription: Int64, within window: ClosedRange<Day>) -> (day: Day, cause: String)? {
    let end = events[subscription]?.first {
      $0.kind == "termination" && window.contains(Day(rawValue: $0.date))
    }
    return end.map { (Day(rawValue: $0.date), $0.cause) }
  }
}
