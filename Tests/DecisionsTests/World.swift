import Calendar
import Columns
import Configuration
import Decisions
import Randomness

/// A subscription of a test world, with everything allowed unless a test says otherwise.
struct Customer {
  var subscription: Int64
  var person: Int64?
  var status = "active"
  var isInNotice = false
  var openTickets: Int32? = 0
  var consent: Bool? = true
  var smsConsent: Bool? = true
  var profiling: Bool?
  var feeE4: Int64? = 200_000
  var paymentType = "postpaid"
  var tenureDays: Int32 = 400
  var billShock: Double?
  var probability: Double? = 0.02
  var clvE4: Int64? = 5_000_000
}

/// Tables of a test world.
struct World {
  var customers: [Customer]

  static let night = Day("2026-11-22")!

  static let twinSchema = Schema([
    ColumnField("subscription_id", .int64), ColumnField("person_id", .int64, isNullable: true),
    ColumnField("as_of", .date), ColumnField("status", .string), ColumnField("is_in_notice", .bool),
    ColumnField("ticket_open_count", .int32, isNullable: true),
    ColumnField("consent_call", .bool, isNullable: true), ColumnField("consent_email", .bool, isNullable: true),
    ColumnField("consent_push", .bool, isNullable: true), ColumnField("consent_sms", .bool, isNullable: true),
    ColumnField("consent_profiling", .bool, isNullable: true),
    ColumnField("monthly_fee_e4", .int64, isNullable: true), ColumnField("payment_type", .string),
    ColumnField("tenure_days", .int32), ColumnField("bill_shock", .double, isNullable: true),
  ])

  static let scoreSchema = Schema([
    ColumnField("subscription_id", .int64), ColumnField("horizon_days", .int32),
    ColumnField("churn_probability", .double), ColumnField("clv_e4", .int64, isNullable: true),
  ])

  /// Twins and scores with their rows in the order that `permutation` gives.
  func inputs(contacts: ContactRecord = ContactRecord(), permutation: [Int]? = nil) -> DecisionNight.Inputs {
    let rows = (permutation ?? Array(customers.indices)).map { customers[$0] }
    let scored = rows.filter { $0.probability != nil }
    let twins = Table(
      Self.twinSchema,
      [
        .int64(TypedColumn(rows.map(\.subscription))),
        .int64(TypedColumn(optionals: rows.map(\.person), placeholder: 0)),
        .date(TypedColumn(rows.map { _ in Self.night.rawValue })), .string(TypedColumn(rows.map(\.status))),
        .bool(TypedColumn(rows.map(\.isInNotice))),
        .int32(TypedColumn(optionals: rows.map(\.openTickets), placeholder: 0)),
        .bool(TypedColumn(optionals: rows.map(\.consent), placeholder: false)),
        .bool(TypedColumn(optionals: rows.map(\.consent), placeholder: false)),
        .bool(TypedColumn(optionals: rows.map(\.consent), placeholder: false)),
        .bool(TypedColumn(optionals: rows.map(\.smsConsent), placeholder: false)),
        .bool(TypedColumn(optionals: rows.map(\.profiling), placeholder: false)),
        .int64(TypedColumn(optionals: rows.map(\.feeE4), placeholder: 0)),
        .string(TypedColumn(rows.map(\.paymentType))), .int32(TypedColumn(rows.map(\.tenureDays))),
        .double(TypedColumn(optionals: rows.map(\.billShock), placeholder: 0)),
      ])
    let scores = Table(
      Self.scoreSchema,
      [
        .int64(TypedColumn(scored.map(\.subscription))), .int32(TypedColumn(scored.map { _ in 30 })),
        .double(TypedColumn(scored.compactMap(\.probability))),
        .int64(TypedColumn(optionals: scored.map(\.clvE4), placeholder: 0)),
      ])
    return DecisionNight.Inputs(night: Self.night, twins: twins, scores: scores, contacts: contacts)
  }

  /// A world of random customers; a quarter of the persons has two subscriptions.
  static func random(customerCount: Int, seed: UInt64) -> World {
    let random = CounterRandom(seed: seed, stream: 7)
    return World(
      customers: (0..<customerCount).map { index in
        func uniform(_ draw: UInt64) -> Double { random.uniform(UInt64(index), draw) }
        var customer = Customer(
          subscription: Int64(1_000_000 + index * 7), person: Int64(index * 4 / 5 * 13 + 5))
        customer.probability = uniform(0) < 0.03 ? nil : 0.2 * uniform(1) * uniform(2)
        customer.clvE4 = Int64(10_000_000 * uniform(3) * uniform(4)) - 200_000
        customer.smsConsent = uniform(5) < 0.7 ? true : (uniform(6) < 0.5 ? nil : false)
        customer.consent = uniform(7) < 0.6
        customer.feeE4 = uniform(8) < 0.02 ? nil : Int64(100_000 + 400_000 * uniform(9))
        customer.paymentType = uniform(10) < 0.6 ? "prepaid" : "postpaid"
        customer.openTickets = uniform(11) < 0.02 ? nil : (uniform(12) < 0.05 ? 1 : 0)
        customer.isInNotice = uniform(13) < 0.02
        customer.status = uniform(14) < 0.02 ? "suspended" : "active"
        customer.tenureDays = Int32(1_000 * uniform(15))
        return customer
      })
  }

  /// Three offers over all channels.
  static let catalogue = OfferCatalogue([
    Offer(
      id: "loyalty", campaign: "care", purpose: "marketing",
      terms: [
        .init(.sms, costE4: 400, acceptanceRate: 0.1), .init(.email, costE4: 30, acceptanceRate: 0.05),
        .init(.call, costE4: 25_000, acceptanceRate: 0.4),
      ], discount: .feeShare(0.1, months: 3), churnReduction: 0.4,
      conditions: [Condition("payment_type", .text(["postpaid"], isAmong: true))]),
    Offer(
      id: "bonus", campaign: "bonus", purpose: "marketing",
      terms: [.init(.sms, costE4: 400, acceptanceRate: 0.15), .init(.push, costE4: 20, acceptanceRate: 0.05)],
      discount: .amount(10_000), churnReduction: 0.3,
      conditions: [Condition("payment_type", .text(["prepaid"], isAmong: true))]),
    Offer(
      id: "check", campaign: "care", purpose: "marketing",
      terms: [.init(.email, costE4: 30, acceptanceRate: 0.04), .init(.push, costE4: 20, acceptanceRate: 0.03)],
      discount: .amount(5_000), churnReduction: 0.2, conditions: []),
  ])

  /// A policy that allows marketing to whoever has consented, without bounds or controls.
  static var openPolicy: Policy {
    var policy = Policy()
    policy.purposes = ["marketing": .init(needsChannelConsent: true, profiling: .unlessWithdrawn)]
    return policy
  }

  /// A policy with every kind of bound, for a base of `customerCount`.
  static func tightPolicy(customerCount: Int) -> Policy {
    var policy = openPolicy
    policy.budgetE4 = Int64(customerCount) * 1_000
    policy.capacities = [Int64(customerCount / 50), nil, Int64(customerCount / 8), Int64(customerCount / 10)]
    policy.universalControlShare = 0.1
    policy.campaignControlShare = 0.2
    policy.exploration = .init(
      share: 0.1, budgetE4: Int64(customerCount) * 100,
      contactCounts: [0, Int64(customerCount / 10), Int64(customerCount / 20), Int64(customerCount / 20)])
    return policy
  }

  /// One of many unlike keys.
  static func key(run: Int) -> ControlKey {
    let random = CounterRandom(seed: 11, stream: UInt64(run))
    return ControlKey((0..<16).map { UInt8(truncatingIfNeeded: random.bits(UInt64($0))) })
  }

  static func key(_ seed: UInt8) -> ControlKey { ControlKey([UInt8](repeating: seed, count: 16)) }
}

/// A decision row, for tests to look at.
struct DecisionRow: Hashable {
  var subscription: Int64
  var person: Int64?
  var offer: String
  var channel: String
  var isEligible: Bool
  var isWinner: Bool
  var reason: String
  var value: Int64?
  var cost: Int64?
  var priced: Int64?
}

/// An assignment row, for tests to look at.
struct AssignmentRow: Hashable {
  var person: Int64
  var subscription: Int64?
  var arm: String
  var offer: String?
  var channel: String?
  var campaign: String?
  var isWithheld: Bool
  var armProbability: Double
  var actionProbability: Double
  var period: String
}

extension DecisionNight.Outcome {
  func decisionRows() throws -> [DecisionRow] {
    let (subscription, person) = (try decisions.int64("subscription_id"), try decisions.int64("person_id"))
    let (offer, channel) = (try decisions.string("offer"), try decisions.string("channel"))
    let (eligible, winner) = (try decisions.bool("is_eligible"), try decisions.bool("is_winner"))
    let (reason, value) = (try decisions.string("reason"), try decisions.int64("value_e4"))
    let (cost, priced) = (try decisions.int64("cost_e4"), try decisions.int64("priced_value_e4"))
    return (0..<decisions.rowCount).map {
      DecisionRow(
        subscription: subscription.values[$0], person: person[$0], offer: offer.values[$0], channel: channel.values[$0],
        isEligible: eligible.values[$0], isWinner: winner.values[$0], reason: reason.values[$0], value: value[$0],
        cost: cost[$0], priced: priced[$0])
    }
  }

  func assignmentRows() throws -> [AssignmentRow] {
    let (person, subscription) = (try assignments.int64("person_id"), try assignments.int64("subscription_id"))
    let (arm, offer) = (try assignments.string("arm"), try assignments.string("offer"))
    let (channel, campaign) = (try assignments.string("channel"), try assignments.string("campaign"))
    let withheld = try assignments.bool("is_withheld")
    let armProbability = try assignments.double("selection_probability")
    let actionProbability = try assignments.double("action_probability")
    let period = try assignments.string("period")
    return (0..<assignments.rowCount).map {
      AssignmentRow(
        person: person.values[$0], subscription: subscription[$0], arm: arm.values[$0], offer: offer[$0],
        channel: channel[$0], campaign: campaign[$0], isWithheld: withheld.values[$0],
        armProbability: armProbability.values[$0], actionProbability: actionProbability.values[$0],
        period: period.values[$0])
    }
  }
}
