import Calendar
import Columns
import Decisions
import Testing

@Suite struct EligibilityTests {
  static let offer = Offer(
    id: "keep", campaign: "care", purpose: "marketing",
    terms: [.init(.sms, costE4: 400, acceptanceRate: 0.5), .init(.email, costE4: 30, acceptanceRate: 0.4)],
    discount: .feeShare(0.01, months: 1), churnReduction: 0.5,
    conditions: [Condition("tenure_days", .number(.isAtLeast, 90)), Condition("bill_shock", .number(.isBelow, 9))])

  static let healthy = Customer(subscription: 1, person: 2, billShock: 1)

  /// The rows of one customer, as `channel reason`.
  static func rows(
    _ customer: Customer, _ policy: Policy = World.openPolicy, contacts: ContactRecord = ContactRecord()
  ) throws -> [String] {
    let outcome = try DecisionNight.decide(
      World(customers: [customer]).inputs(contacts: contacts), catalogue: OfferCatalogue([offer]), policy: policy,
      key: World.key(1), threads: 1)
    return try outcome.decisionRows().map { row in
      #expect(row.isEligible == (row.value != nil) && row.isEligible == (row.cost != nil))
      #expect(row.isWinner == (row.reason == "winner"))
      return "\(row.channel) \(row.reason)"
    }
  }

  static func contact(_ channel: String, daysAgo: Int, offer: String? = nil, person: Int64 = 2) -> ContactRecord {
    var record = ContactRecord()
    record.append(personID: person, day: (World.night - daysAgo).rawValue, channel: channel, offer: offer)
    return record
  }

  @Test func `a healthy customer wins the better channel`() throws {
    #expect(try Self.rows(Self.healthy) == ["email lower-value", "sms winner"])
  }

  @Test func `a subscription of nobody is refused`() throws {
    var customer = Self.healthy
    customer.person = nil
    let outcome = try DecisionNight.decide(
      World(customers: [customer]).inputs(), catalogue: OfferCatalogue([Self.offer]), policy: World.openPolicy,
      key: World.key(1), threads: 1)
    #expect(try outcome.decisionRows().map(\.reason) == ["no-person"])
    #expect(try outcome.decisionRows()[0].person == nil)
    #expect(outcome.assignments.rowCount == 0)
    #expect(outcome.warnings.count == 1)
  }

  @Test func `nothing is sold in suspension, notice or an open complaint, unless the policy says so`() throws {
    var suspended = Self.healthy
    suspended.status = "suspended"
    var leaving = Self.healthy
    leaving.isInNotice = true
    var angry = Self.healthy
    angry.openTickets = 1
    var unknown = Self.healthy
    unknown.openTickets = nil
    var lax = World.openPolicy
    lax.suppressions = []
    for (customer, reason) in [
      (suspended, "suspended"), (leaving, "in-notice"), (angry, "open-complaint"), (unknown, "unknown-complaint"),
    ] {
      #expect(try Self.rows(customer) == ["any \(reason)"])
      #expect(try Self.rows(customer, lax).contains("sms winner"))
    }
    var trusting = World.openPolicy
    trusting.refusesUnknownComplaint = false
    #expect(try Self.rows(unknown, trusting).contains("sms winner"))
    #expect(try Self.rows(angry, trusting) == ["any open-complaint"])
  }

  @Test func `the first failed condition is named, the policy's before the offer's`() throws {
    var young = Self.healthy
    young.tenureDays = 89
    young.billShock = 10
    #expect(try Self.rows(young) == ["any not-eligible:tenure_days"])
    var shocked = Self.healthy
    shocked.billShock = nil
    #expect(try Self.rows(shocked) == ["any not-eligible:bill_shock"])
    var policy = World.openPolicy
    policy.conditions = [Condition("payment_type", .text(["prepaid"], isAmong: true))]
    #expect(try Self.rows(young, policy) == ["any not-eligible:payment_type"])
    policy.conditions = [Condition("churn_probability", .number(.isAbove, 0.5))]
    #expect(try Self.rows(Self.healthy, policy) == ["any not-eligible:churn_probability"])
  }

  @Test func `without score, value or fee nothing can be valued`() throws {
    var unscored = Self.healthy
    unscored.probability = nil
    #expect(try Self.rows(unscored) == ["any no-score"])
    var worthless = Self.healthy
    worthless.clvE4 = nil
    #expect(try Self.rows(worthless) == ["any no-score"])
    var absurd = Self.healthy
    absurd.probability = .nan
    #expect(try Self.rows(absurd) == ["any no-score"])
    var feeless = Self.healthy
    feeless.feeE4 = nil
    #expect(try Self.rows(feeless) == ["any unknown-fee"])
  }

  @Test func `consent never asked for is not granted`() throws {
    for smsConsent in [nil, false] as [Bool?] {
      var customer = Self.healthy
      customer.smsConsent = smsConsent
      #expect(try Self.rows(customer) == ["email winner", "sms no-consent"])
    }
    var customer = Self.healthy
    customer.smsConsent = nil
    var policy = World.openPolicy
    policy.purposes["marketing"]?.needsChannelConsent = false
    #expect(try Self.rows(customer, policy).contains("sms winner"))
    policy.purposes = [:]
    #expect(try Self.rows(Self.healthy, policy) == ["any no-profiling-consent"], "an unknown purpose needs everything")
  }

  @Test func `profiling follows the rule of the purpose`() throws {
    func rows(_ profiling: Bool?, _ rule: Policy.ProfilingRule) throws -> Bool {
      var customer = Self.healthy
      customer.profiling = profiling
      var policy = World.openPolicy
      policy.purposes["marketing"]?.profiling = rule
      return try Self.rows(customer, policy) != ["any no-profiling-consent"]
    }
    #expect(try rows(true, .required))
    #expect(try !rows(nil, .required))
    #expect(try !rows(false, .required))
    #expect(try rows(nil, .unlessWithdrawn))
    #expect(try !rows(false, .unlessWithdrawn))
    #expect(try rows(false, .ignored))
  }

  @Test func `caps count the window that ends with the night, on one channel or on all`() throws {
    var policy = World.openPolicy
    policy.caps = [.init(days: 7, contactCount: 1)]
    #expect(try Self.rows(Self.healthy, policy, contacts: Self.contact("shop", daysAgo: 6)) == ["any contact-cap"])
    #expect(try Self.rows(Self.healthy, policy, contacts: Self.contact("sms", daysAgo: -1)) == ["any contact-cap"])
    #expect(try Self.rows(Self.healthy, policy, contacts: Self.contact("sms", daysAgo: 7)).contains("sms winner"))
    #expect(
      try Self.rows(Self.healthy, policy, contacts: Self.contact("sms", daysAgo: 0, person: 3)).contains("sms winner"))
    policy.caps = [.init(channel: .sms, days: 7, contactCount: 1)]
    #expect(
      try Self.rows(Self.healthy, policy, contacts: Self.contact("sms", daysAgo: 6)) == [
        "email winner", "sms channel-cap",
      ])
    #expect(try Self.rows(Self.healthy, policy, contacts: Self.contact("email", daysAgo: 6)).contains("sms winner"))
    policy.caps = [.init(channel: .sms, days: 7, contactCount: 2)]
    #expect(try Self.rows(Self.healthy, policy, contacts: Self.contact("sms", daysAgo: 6)).contains("sms winner"))
    policy.caps = [.init(days: 7, contactCount: 0)]
    #expect(try Self.rows(Self.healthy, policy) == ["any contact-cap"], "a cap of none closes everything")
  }

  @Test func `an offer rests after it was made`() throws {
    var policy = World.openPolicy
    policy.offerRestDays = 28
    let rested = Self.contact("sms", daysAgo: 28, offer: "keep")
    let recent = Self.contact("email", daysAgo: 27, offer: "keep")
    let other = Self.contact("email", daysAgo: 1, offer: "else")
    #expect(try Self.rows(Self.healthy, policy, contacts: recent) == ["any offer-rest"])
    #expect(try Self.rows(Self.healthy, policy, contacts: rested).contains("sms winner"))
    #expect(try Self.rows(Self.healthy, policy, contacts: other).contains("sms winner"))
  }

  @Test func `actions that lose money or gain too little are refused`() throws {
    var safe = Self.healthy
    safe.probability = 0
    #expect(try Self.rows(safe) == ["email negative-value", "sms negative-value"])
    var policy = World.openPolicy
    policy.minimumValueE4 = 1_000_000_000
    #expect(try Self.rows(Self.healthy, policy) == ["email below-minimum-value", "sms below-minimum-value"])
  }
}
