package import Calendar
package import Columns

/// On which days contacts reached whom: the treatments that outcomes may owe something to.
package struct ContactDays: Sendable {
  /// What makes two rows of facts the same contact: one that a receipt corrects comes again.
  private struct Identity: Hashable {
    var person: Int64
    var subscription: Int64?
    var instant: Int64
    var channel: String
  }

  /// Days, ascending, of contacts about a subscription, and of those about a person alone.
  private let bySubscription: [Int64: [Int32]]
  private let byPerson: [Int64: [Int32]]

  /// The columns that are read.
  package static let columns = [
    "person_id", "subscription_id", "event_date", "known_date", "contacted_at", "channel", "outcome",
  ]

  /// Gathers contacts of `facts/contacts` that the night `knownBy` knew; one that failed reached nobody. O(rows · log rows).
  package init(_ table: Table, knownBy: Day) throws(ColumnsError) {
    let persons = try table.int64("person_id").values
    let subscriptions = try table.int64("subscription_id")
    let dates = try table.date("event_date").values
    let known = try table.date("known_date").values
    let instants = try table.timestamp("contacted_at").values
    let channels = try table.string("channel").values
    let outcomes = try table.string("outcome")
    var newest: [Identity: (known: Int32, day: Int32, reached: Bool)] = [:]
    for row in persons.indices where known[row] <= knownBy.rawValue {
      let identity = Identity(
        person: persons[row], subscription: subscriptions[row], instant: instants[row], channel: channels[row])
      let reached = outcomes[row] != "failed"
      if let last = newest[identity], last.known > known[row] || (last.known == known[row] && last.reached) { continue }
      newest[identity] = (known[row], dates[row], reached)
    }
    var (bySubscription, byPerson): ([Int64: [Int32]], [Int64: [Int32]]) = ([:], [:])
    for (identity, contact) in newest where contact.reached {
      if let subscription = identity.subscription {
        bySubscription[subscription, default: []].append(contact.day)
      } else {
        byPerson[identity.person, default: []].append(contact.day)
      }
    }
    self.bySubscription = bySubscription.mapValues { $0.sorted() }
    self.byPerson = byPerson.mapValues { $0.sorted() }
  }

  /// The first day within `days` of a contact about the subscription, or about the person who holds it.
  package func first(_ subscription: Int64, person: Int64?, within days: ClosedRange<Day>) -> Day? {
    func first(_ dates: [Int32]?) -> Int32? {
      dates?.first { $0 >= days.lowerBound.rawValue && $0 <= days.upperBound.rawValue }
    }
    let found = [first(bySubscription[subscription]), first(person.flatMap { byPerson[$0] })].compactMap { $0 }.min()
    return found.map { Day(rawValue: $0) }
  }

  /// The treatment of a row of the as-of date: an event ends the time in which a contact could have kept the customer.
  package func treatment(
    _ subscription: Int64, person: Int64?, asOf: Day, horizonDays: Int, eventDay: Day?, carryOverDays: Int
  ) -> RowTreatment {
    let end = asOf + horizonDays
    let watched = min(end, eventDay ?? end) - asOf
    // A contact on the day of the event itself is taken for one that came too late.
    let useful = watched - (eventDay == nil ? 0 : 1)
    let contact = useful > 0 ? first(subscription, person: person, within: asOf + 1...asOf + useful) : nil
    let before =
      carryOverDays > 0 ? first(subscription, person: person, within: asOf - (carryOverDays - 1)...asOf) : nil
    return RowTreatment(
      isCarriedOver: before != nil, contactedAfterDays: contact.map { $0 - asOf }, watchedDays: watched,
      hasEvent: eventDay.map { $0 <= end } ?? false)
  }
}

/// Whether contacts may have changed the outcome of a row. Days count from the as-of date.
package struct RowTreatment: Sendable, Hashable {
  /// Reached within the days before and up to the as-of date whose effect may last into the window.
  package var isCarriedOver = false
  /// The day of the first contact in the label window, before the event if there is one.
  package var contactedAfterDays: Int?
  /// The day of the event, or the last one of the window.
  package var watchedDays: Int
  /// Whether an event ended the row's time before the window did.
  package var hasEvent: Bool

  /// Whether the outcome is that of doing nothing.
  package var isUntreated: Bool { !isCarriedOver && contactedAfterDays == nil }

  package init(isCarriedOver: Bool = false, contactedAfterDays: Int? = nil, watchedDays: Int, hasEvent: Bool) {
    self.isCarriedOver = isCarriedOver
    self.contactedAfterDays = contactedAfterDays
    self.watchedDays = watchedDays
    self.hasEvent = hasEvent
  }

  /// Whether a contact on that day would still have counted.
  func isAtRisk(on day: Int) -> Bool {
    day <= watchedDays - (hasEvent ? 1 : 0) && (contactedAfterDays ?? day) >= day
  }
}
