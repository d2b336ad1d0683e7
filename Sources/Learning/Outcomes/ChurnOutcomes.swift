package import Calendar
package import Columns

/// What became of the subscriptions of a twin: the labels. The definition is on one page: <doc:ChurnLabel>.
package struct ChurnOutcomes: Sendable {
  /// What became of one row.
  package enum Outcome: Sendable, Hashable {
    /// Not on the active base at the as-of date: in notice.
    case inNotice
    /// Not on the active base at the as-of date: prepaid and silent.
    case dormant
    /// Left by will within the horizon.
    case churned
    /// Ended within the horizon by another cause: not churn, and kept.
    case endedOtherwise
    /// Stayed.
    case stayed

    /// Whether the row is on the active base: known at the as-of date, never by what came later.
    package var isOnBase: Bool { self != .inNotice && self != .dormant }
  }

  /// The outcome of a row, with the day of what ended its time on the base.
  package struct Fate: Sendable, Hashable {
    package var outcome: Outcome
    /// The day of the event, or of the end by another cause; nil for whoever stayed or is not on the base.
    package var eventDay: Day?
    /// Whether it ended within the horizon by a cause that is no competing one, whether or not that is the event.
    package var hasEndedByWill = false
  }

  package let definition: ChurnDefinition
  package let ends: SubscriptionEnds
  package let activity: ActivityDays
  /// The night whose knowledge the labels have.
  package let night: Day
  private let positions: [Int64: Int]
  private let competing: Set<String>

  package init(definition: ChurnDefinition, ends: SubscriptionEnds, activity: ActivityDays, night: Day) {
    self.definition = definition
    self.ends = ends
    self.activity = activity
    self.night = night
    competing = Set(definition.competingCauses)
    positions = Dictionary(activity.subscriptions.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
  }

  /// The outcome of each row of the twin of `asOf`.
  package func outcomes(of twin: Table, asOf: Day) throws(ColumnsError) -> [Outcome] {
    try fates(of: twin, asOf: asOf).map(\.outcome)
  }

  /// The outcome of each row of the twin of `asOf`, with its day.
  package func fates(of twin: Table, asOf: Day) throws(ColumnsError) -> [Fate] {
    let ids = try twin.int64("subscription_id").values
    let inNotice = try twin.bool("is_in_notice").values
    let paymentTypes = try twin.string("payment_type").values
    let tenures = try twin.int32("tenure_days").values
    return ids.indices.map { row in
      if inNotice[row] || ends.isEnding(ids[row], on: asOf, competing: competing) { return Fate(outcome: .inNotice) }
      let position = paymentTypes[row] == "prepaid" ? positions[ids[row]] : nil
      if let position, isDormant(position, tenureDays: Int(tenures[row]), asOf: asOf) { return Fate(outcome: .dormant) }
      return fate(ids[row], prepaidPosition: position, asOf: asOf)
    }
  }

  /// Whether a prepaid subscription already counts as silent, by what the as-of date knew. One younger than that many
  /// days cannot be.
  private func isDormant(_ position: Int, tenureDays: Int, asOf: Day) -> Bool {
    tenureDays >= definition.dormantDays
      && activity.isSilent(
        position, endingAt: asOf, count: definition.dormantDays, within: definition.silenceDays, knownBy: asOf)
  }

  private func fate(_ subscription: Int64, prepaidPosition: Int?, asOf: Day) -> Fate {
    let window = asOf + 1...asOf + definition.horizonDays
    let notice = ends.notice(
      subscription, within: window, returnDays: definition.returnDays, competing: competing)
    // Of an end that nothing announced, and no silence of before it.
    let unannounced = ends.unannouncedEnd(
      subscription, within: window, returnDays: definition.returnDays, competing: competing
    ) { day in
      prepaidPosition.map {
        activity.isSilent(
          $0, endingAt: day - 1, count: definition.silenceDays, within: activity.dayCount, knownBy: night)
      } ?? false
    }
    let silence = prepaidPosition.flatMap {
      activity.silence($0, within: window, count: definition.silenceDays, knownBy: night)
    }
    let end = ends.end(subscription, within: asOf + 1...window.upperBound + definition.silenceDays)
    let competingEnd = end.flatMap { competing.contains($0.cause) ? $0.day : nil }
    let hasEndedByWill = competingEnd == nil && end.map { window.contains($0.day) } ?? false
    let act = [notice, unannounced].compactMap { $0 }.min()
    guard let event = [act, silence].compactMap({ $0 }).min() else {
      guard let competingEnd, competingEnd <= window.upperBound else {
        return Fate(outcome: .stayed, hasEndedByWill: hasEndedByWill)
      }
      return Fate(outcome: .endedOtherwise, eventDay: competingEnd)
    }
    // A silence that death or a block explains is no churn; nor is what comes after such an end.
    if let competingEnd, competingEnd <= event + definition.silenceDays, act == nil || competingEnd <= event {
      return Fate(outcome: .endedOtherwise, eventDay: min(event, competingEnd))
    }
    return Fate(outcome: .churned, eventDay: event, hasEndedByWill: hasEndedByWill)
  }
}
