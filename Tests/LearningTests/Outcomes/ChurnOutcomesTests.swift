import Calendar
import Columns
import Datasets
import Learning
import Testing

@Suite struct ChurnOutcomesTests {
  let asOf = FactTables.day("2026-03-01")
  let night = FactTables.day("2026-08-01")

  static let twinSchema = Schema([
    ColumnField("subscription_id", .int64), ColumnField("is_in_notice", .bool), ColumnField("payment_type", .string),
    ColumnField("tenure_days", .int32),
  ])

  typealias Event = (offset: Int, kind: String, cause: String?)

  /// The outcome of one subscription with those events; a prepaid one is active on the given offsets from the as-of day.
  func outcome(
    _ events: [Event], active: ClosedRange<Int>? = nil, isInNotice: Bool = false, knownLag: Int = 0,
    tenureDays: Int64 = 500
  ) throws -> ChurnOutcomes.Outcome {
    let isPrepaid = active != nil
    let rows: [[String: FactTables.Value]] = events.map { event in
      var row: [String: FactTables.Value] = [
        "subscription_id": .whole(1), "event_date": .day(asOf + event.offset),
        "known_date": .day(asOf + event.offset + knownLag), "event": .text(event.kind),
      ]
      if let cause = event.cause { row["cause"] = .text(cause) }
      return row
    }
    let ends = try SubscriptionEnds(FactTables.table(Dataset.subscriptions.schema, rows), knownBy: night)
    let start = asOf - 40
    let activity = ActivityDays(
      subscriptions: isPrepaid ? [1] : [], start: start,
      firstKnown: (0..<140).map { offset in
        guard let active else { return [] }
        return [active.contains(offset - 40) ? (start + offset).rawValue : ActivityDays.never]
      }, isComplete: [Bool](repeating: true, count: 140))
    let twin = FactTables.table(
      Self.twinSchema,
      [
        [
          "subscription_id": .whole(1), "is_in_notice": .flag(isInNotice),
          "payment_type": .text(isPrepaid ? "prepaid" : "postpaid"), "tenure_days": .whole(tenureDays),
        ]
      ])
    return try ChurnOutcomes(
      definition: ChurnDefinition(), ends: ends, activity: activity, night: night
    ).outcomes(of: twin, asOf: asOf)[0]
  }

  @Test func `a notice or a port request within the horizon is churn`() throws {
    #expect(try outcome([(1, "notice", nil)]) == .churned)
    #expect(try outcome([(30, "port-request", nil), (33, "termination", "port-out")]) == .churned)
    #expect(try outcome([(31, "notice", nil)]) == .stayed)
    #expect(try outcome([(0, "notice", nil)]) == .stayed, "it had happened, though nobody may have known")
    #expect(try outcome([]) == .stayed)
  }

  @Test func `whoever is in notice at the as-of date is out`() throws {
    #expect(try outcome([(-5, "notice", nil)], isInNotice: true) == .inNotice)
  }

  @Test func `an event that the night has not learned is not seen`() throws {
    #expect(try outcome([(10, "notice", nil)], knownLag: 400) == .stayed)
  }

  @Test(arguments: ["death", "fraud", "non-payment", "consolidation", "migration", "return"])
  func `other causes of an end are no churn, and stay in the data`(cause: String) throws {
    let outcome = try outcome([(9, "termination", cause)])
    #expect(outcome == .endedOtherwise)
    #expect(outcome.isOnBase)
    #expect(try self.outcome([(5, "notice", nil), (9, "termination", cause)]) == .endedOtherwise)
    #expect(try self.outcome([(5, "notice", nil), (39, "termination", cause)]) == .stayed)
  }

  @Test func `a notice withdrawn, or a customer soon back, is no churn`() throws {
    #expect(try outcome([(5, "notice", nil), (20, "contract", nil)]) == .stayed)
    #expect(try outcome([(5, "notice", nil), (60, "contract", nil)]) == .churned)
    #expect(
      try outcome([(5, "notice", nil), (35, "termination", "notice"), (50, "activation", nil)]) == .stayed)
    #expect(
      try outcome([(5, "notice", nil), (35, "termination", "notice"), (90, "activation", nil)]) == .churned)
  }

  @Test(arguments: [nil, "notice", "port-out"] as [String?])
  func `an end that nothing announced is churn`(cause: String?) throws {
    #expect(try outcome([(9, "termination", cause)]) == .churned)
    #expect(try outcome([(30, "termination", cause)]) == .churned)
    #expect(try outcome([(31, "termination", cause)]) == .stayed)
    #expect(try outcome([(0, "termination", cause)]) == .stayed, "it had happened, though nobody may have known")
    #expect(try outcome([(9, "termination", cause), (20, "activation", nil)]) == .stayed)
    #expect(try outcome([(9, "termination", cause), (60, "activation", nil)]) == .churned)
  }

  @Test func `an end of a notice of before is no event of its own, unless that notice was withdrawn`() throws {
    #expect(try outcome([(-3, "notice", nil), (27, "termination", "notice")]) == .stayed, "it was not known then")
    #expect(
      try outcome([(-60, "notice", nil), (-50, "contract", nil), (27, "termination", "notice")]) == .churned)
  }

  @Test func `an end registered ahead counts from the day on which it became known`() throws {
    #expect(try outcome([(35, "termination", nil)], knownLag: -10) == .churned)
    #expect(try outcome([(41, "termination", nil)], knownLag: -10) == .stayed)
    let known = try outcome([(20, "termination", nil)], knownLag: -25)
    #expect(known == .inNotice && !known.isOnBase)
    #expect(try outcome([(20, "termination", "death")], knownLag: -25) == .endedOtherwise)
  }

  @Test func `a prepaid end that no silence of before explains is churn`() throws {
    #expect(try outcome([(10, "termination", nil)], active: -40 ... -3) == .churned)
    #expect(try outcome([(25, "termination", nil)], active: -40 ... -3) == .stayed, "silent for 27 days before it")
    // Told on day 28, in use until 31: the silence that follows explains nothing.
    #expect(try outcome([(55, "termination", nil)], active: -40...31, knownLag: -27) == .churned)
  }

  @Test func `a prepaid silence that begins within the horizon is churn`() throws {
    #expect(try outcome([], active: -40...10) == .churned)
    #expect(try outcome([], active: -40...29) == .churned)
    #expect(try outcome([], active: -40...30) == .stayed, "it begins on day 31")
    #expect(try outcome([], active: -40...95) == .stayed)
  }

  @Test func `a prepaid subscription already silent is out, one whose silence has begun is no churn of the horizon`()
    throws
  {
    #expect(try outcome([], active: -40 ... -7) == .dormant)
    #expect(try outcome([], active: -40 ... -6) == .stayed)
    #expect(try outcome([], active: 50...60, tenureDays: 5) != .dormant, "it is too young to have been silent so long")
  }

  @Test func `a silence that a death or a block explains is no churn`() throws {
    #expect(try outcome([(12, "termination", "death")], active: -40...10) == .endedOtherwise)
    #expect(try outcome([(80, "termination", "death")], active: -40...10) == .churned)
    #expect(try outcome([(8, "port-request", nil), (12, "termination", "port-out")], active: -40...10) == .churned)
  }
}
