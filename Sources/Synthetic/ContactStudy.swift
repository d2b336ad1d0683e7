/// What a comparison of policies works on: the log of contacts that a learner may read, and for a day the expected gain of
/// every contact that could be made, which only the law knows.
///
/// A contact is an **option**: an offer by a channel, numbered `offer × channels + channel`.
package struct ContactStudy: Sendable {
  /// The day on which policies choose, counted from the first day of the run.
  package let day: Int
  /// The log: contacts, and occasions on which somebody was left alone.
  package internal(set) var occasions: [Occasion] = []
  /// Persons with a subscription in use who are no machines: the base.
  package internal(set) var personCount = 0
  /// Those of the base who consented to a channel.
  package internal(set) var candidates: [Candidate] = []
  /// The days of each person's logged contacts, by position in the town.
  var contactDays: [Int: [Int]] = [:]

  /// A campaign's occasion: what was known of a subscription, what was done, and what came of it.
  package struct Occasion: Sendable {
    let position: Int
    /// Counted from the first day of the run.
    package let day: Int
    /// Values of `featureNames`; NaN where there is none.
    package let features: [Double]
    /// The option; nil where the person was left alone.
    package let option: Int?
    /// The offer of the option.
    package var offer: Int? { option.map { $0 / ContactStudy.channelNames.count } }
    /// Whether the offer was taken.
    package let isTaken: Bool
    /// Whether the customer decided to leave within `outcomeDays`.
    package internal(set) var hasLeft = false
  }

  /// A person who may be contacted.
  package struct Candidate: Sendable {
    /// Values of `featureNames`.
    package let features: [Double]
    /// Margin of the subscription per 30 days, in 1/10,000 of the unit.
    package let marginE4: Double
    /// True probability of leaving within 30 days without a contact.
    package let risk: Double
    /// Discounted expected margin without a contact, in 1/10,000 of the unit.
    package let valueE4: Double
    /// By option: what it is expected to gain, in 1/10,000 of the unit; nil where the channel is closed.
    package let gainsE4: [Double?]
    /// By option: the chance that it is delivered and taken.
    package let takingChances: [Double]

    /// Makes a candidate; gains and chances have one element an option.
    package init(
      features: [Double] = [], marginE4: Double = 0, risk: Double, valueE4: Double, gainsE4: [Double?],
      takingChances: [Double]
    ) {
      precondition(gainsE4.count == ContactStudy.optionCount && takingChances.count == gainsE4.count, "one an option")
      self.features = features
      self.marginE4 = marginE4
      self.risk = risk
      self.valueE4 = valueE4
      self.gainsE4 = gainsE4
      self.takingChances = takingChances
    }
  }

  /// Days within which leaving counts as an outcome of an occasion.
  package static let outcomeDays = 60
  /// One in so many of those left alone is in the log.
  static let untouchedSampling = 6.0
  /// The options there are.
  package static var optionCount: Int { offerNames.count * channelNames.count }
  /// The offers' names.
  package static var offerNames: [String] { OperatorLaw.Contacts.offers }
  /// The channels' names.
  package static var channelNames: [String] { OperatorLaw.Consents.channels }
  /// What a contact by each channel costs, in 1/10,000 of the unit.
  package static var contactCostsE4: [Int] { OperatorLaw.Responses.contactCostsE4 }
  /// The share of contacts that each channel delivers, as receipts tell.
  package static var deliveryShares: [Double] { OperatorLaw.Responses.deliveryShares }
  /// What each offer costs where it is taken, in 1/10,000 of the unit.
  package static var takenCostsE4: [Int] { OperatorLaw.Responses.offers.map(\.takenCostE4) }
  /// The value of a customer: periods of 30 days that count, and the discount of each.
  package static var valuePeriodCount: Int { OperatorLaw.Money.valueHorizonPeriods }
  package static var discountPer30Days: Double { OperatorLaw.Money.discountPer30Days }

  /// What the features are: everything that the hazard sees, habits, earlier contacts, and the score by which the operator's
  /// own campaigns pick; all of it is delivered, or known to whoever runs the campaigns.
  package static let featureNames = [
    "is_prepaid", "tenure_days", "contract_days_left", "age", "fee", "allowance_share", "bill_shock",
    "network_tickets_91d", "cancellation_tickets_28d", "dropped_28d", "events_28d", "week_trend", "month_trend",
    "data_event_share", "incoming_share", "is_rival_region", "household_count", "person_count",
    "troubled_payments_91d", "days_since_top_up", "top_ups_91d", "balance", "bundle_days_left", "sessions_28d",
    "calls_out_28d", "messages_28d", "tickets", "has_travelled", "margin", "contacts_91d", "days_since_contact",
    "campaign_score",
  ]

  /// Makes a study without a log.
  package init(day: Int, personCount: Int = 0, candidates: [Candidate] = []) {
    self.day = day
    self.personCount = personCount
    self.candidates = candidates
  }

  /// Adds what another town has.
  mutating func add(_ other: ContactStudy) {
    occasions += other.occasions
    personCount += other.personCount
    candidates += other.candidates
  }
}
