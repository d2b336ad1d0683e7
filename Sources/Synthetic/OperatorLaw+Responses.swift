import Glibc

/// What contacts do to customers in a world.
public enum ResponseLaw: String, Sendable, Hashable, CaseIterable {
  /// Contacts are rows in a file and nothing else: the world without the points 13 to 19.
  case none
  /// Contacts are delivered, answered and tired of as by the law, but nobody stays or leaves for them: the null world.
  case null
  /// The law: persuadables, sleeping dogs and everybody else.
  case law
  /// Every contact drives its customer away: the all-harm world.
  case harm
}

/// How the operator contacted its customers in the run.
public enum CampaignStyle: String, Sendable, Hashable, CaseIterable {
  /// Nobody was contacted.
  case none
  /// A weekly campaign after observable risk, and one randomised pilot (point 20).
  case usual
  /// The same with several times the contacts, the more the greater the risk.
  case heavy
}

/// An offer as customers see it.
struct SyntheticOffer: Sendable {
  let name: String
  /// Logits by which it lowers the hazard of a persuadable customer whom it suits.
  let strength: Double
  /// Share of `Responses.annoyance` that it stirs up in a sleeping dog.
  let annoyance: Double
  let isDiscount: Bool
  /// What it costs the operator when it is taken, by those who would have stayed, too.
  let takenCostE4: Int
}

// How contacts are delivered, answered and felt (points 13 to 19).
extension OperatorLaw {
  package enum Responses {
    /// In the order of `Contacts.offers`. The first four are good offers: they keep more than they drive away.
    static let offers = [
      SyntheticOffer(name: "data-5gb", strength: 3.2, annoyance: 0.30, isDiscount: true, takenCostE4: 260_000),
      SyntheticOffer(name: "loyalty-discount", strength: 3.4, annoyance: 0.30, isDiscount: true, takenCostE4: 310_000),
      SyntheticOffer(name: "device-upgrade", strength: 3.0, annoyance: 0.30, isDiscount: true, takenCostE4: 310_000),
      SyntheticOffer(name: "double-top-up", strength: 3.6, annoyance: 0.12, isDiscount: true, takenCostE4: 340_000),
      SyntheticOffer(name: "roaming-pass", strength: 1.0, annoyance: 0.60, isDiscount: false, takenCostE4: 40_000),
      SyntheticOffer(name: "plan-s-to-m", strength: 0.8, annoyance: 1.00, isDiscount: false, takenCostE4: 0),
      SyntheticOffer(name: "family-sim", strength: 1.0, annoyance: 0.70, isDiscount: false, takenCostE4: 50_000),
      SyntheticOffer(name: "care-call", strength: 1.2, annoyance: 0.90, isDiscount: false, takenCostE4: 0),
    ]
    /// Share of persons who can be kept by an offer that suits them: of those who write many messages, and of the others. What a
    /// customer writes is no driver of the hazard (point 15), but a contact log teaches it.
    static let writerPersuadableShare = 0.95
    static let otherPersuadableShare = 0.005
    /// Messages a day, sent and received, from which on somebody writes many: what deliveries count.
    static let writerFrom = 1.55
    /// Who is nearly gone is hardly kept: the strength of an offer falls by half at these log-odds of leaving within 30 days, and
    /// the faster beyond, the greater the steepness. So who is most at risk gains no more than others (point 15).
    static let lostFrom = -2.2
    static let lostSteepness = 3.0
    /// Share of persons whom a contact reminds to leave; more among the frail, and among those whose contract lies idle.
    static let dogShare = 0.04
    static let frailDogShare = 0.18
    static let idleDogShare = 0.16
    static let frailFrom = 0.8
    /// Logits by which a fully annoying contact raises the hazard of a sleeping dog.
    static let annoyance = 1.3
    /// Share of persons who take what is offered and would have stayed, or left, all the same.
    static let alwaysTakerShare = 0.18
    /// Whether an offer suits whom it is made for: this share of the customers with the habit that it is about.
    static let tasteShare = 0.95
    /// Logits of a contact in the all-harm world.
    static let harm = 0.9

    /// How strongly each channel is felt, the share of contacts that it delivers, and what each costs: sms, email, call, push.
    static let channelFactors = [1.0, 0.8, 1.2, 0.9]
    static let deliveryShares = [0.94, 0.82, 0.73, 0.88]
    static let contactCostsE4 = [400, 30, 25_000, 20]
    /// Receipts: share never received, share received late, and how late.
    static let missingReceiptShare = 0.10
    static let lateReceiptShare = 0.20
    static let lateReceiptDays = 1...5

    /// Chance of taking an offer that was delivered: always-takers, persuadables whom it suits, everybody else.
    static let takerAcceptance = 0.25
    static let suitedAcceptance = 0.03
    static let otherAcceptance = 0.012
    /// What a person's liking of deals adds to that chance at most; it says nothing of effects.
    static let likingAcceptance = 0.08
    static let refusalShare = 0.05
    /// Chance of opting out of the channel, and what each remembered contact adds to it.
    static let optOutShare = 0.004
    static let optOutPerContact = 0.008

    /// A save holds in full for so long; then half of the saved return to the old hazard by `saveEndDays`.
    static let saveFullDays = 30
    static let saveEndDays = 90
    static let postponedShare = 0.5
    /// Annoyance is over after so long; in the all-harm world, after so long.
    static let annoyanceDays = 120
    static let harmDays = 60
    /// Contacts are forgotten with this time constant; beyond `patience` remembered ones each adds to the hazard.
    static let fatigueDays = 30.0
    static let patience = 2.0
    static let fatigueLogit = 0.10
    /// What a remembered contact takes off the strength of the next, and what the same offer again within `sameOfferDays` does.
    static let fatigueLoss = 0.15
    static let sameOfferDays = 60
    static let sameOfferFactor = 0.5
    /// Share of an effect that reaches the other persons of the household.
    static let spillOver = 0.2
    /// Who was offered discounts expects another: logits from `expectationDays` after the last one on.
    static let expectationLogit = 0.10
    static let expectationDays = 60
    /// Share of cancellation enquiries whose agent makes an offer that no log holds.
    static let unloggedShare = 0.5
    /// Log-odds of being picked in a week of heavy campaigns: intercept and weight of the observable part of the hazard.
    static let heavyIntercept = -2.6
    static let heavyRiskWeight = 1.0

    /// The share of an offer's strength that works at those log-odds of leaving.
    static func keepable(_ logOdds: Double) -> Double { 1 / (1 + exp(lostSteepness * (logOdds - lostFrom))) }

    /// How much of an effect is left after `age` days.
    package static func remainder(_ effect: Effect, age: Int, in world: ResponseLaw) -> Double {
      guard age >= 0 else { return 0 }
      if effect.logit > 0 { return max(0, 1 - Double(age) / Double(world == .harm ? harmDays : annoyanceDays)) }
      if effect.isLasting || age <= saveFullDays { return 1 }
      return max(0, Double(saveEndDays - age) / Double(saveEndDays - saveFullDays))
    }
  }
}

/// How a person answers to contacts: drawn once, never emitted (point 4).
package struct ResponseTraits: Sendable {
  /// Low: a sleeping dog wherever the share reaches so far; high: persuadable.
  let kind: Double
  let isAlwaysTaker: Bool
  /// Whether a save lasts.
  package let isLasting: Bool
  /// Taste for each offer.
  let tastes: [Double]
  /// Liking of deals, whatever they are.
  let liking: Double

  init(_ stream: inout DrawStream) {
    kind = stream.uniform()
    isAlwaysTaker = stream.happens(OperatorLaw.Responses.alwaysTakerShare)
    isLasting = !stream.happens(OperatorLaw.Responses.postponedShare)
    tastes = OperatorLaw.Responses.offers.map { _ in stream.uniform() }
    liking = stream.uniform()
  }

  /// What a person is to a contact.
  enum Kind: String, Sendable {
    case persuadable
    case sleepingDog = "sleeping-dog"
    case indifferent
  }

  /// The kind of a person of that frailty; an idle contract wakes more, and writers are persuaded more.
  func kind(frailty: Double, isIdle: Bool, isWriter: Bool) -> Kind {
    let law = OperatorLaw.Responses.self
    let dogs = law.dogShare + (frailty > law.frailFrom ? law.frailDogShare : 0) + (isIdle ? law.idleDogShare : 0)
    if kind < dogs { return .sleepingDog }
    let persuadables = isWriter ? law.writerPersuadableShare : law.otherPersuadableShare
    return kind >= 1 - persuadables ? .persuadable : .indifferent
  }
}

/// What a contact did to a subscription.
package struct Effect: Sendable, Hashable {
  /// The first day on which it works.
  package let day: Int
  /// Logits added to the hazard at first; negative keeps.
  package let logit: Double
  /// Whether a save holds for good.
  package let isLasting: Bool
  /// Whether an agent made the offer to somebody who asked, outside of any campaign and of any log.
  package let isOfCare: Bool

  /// Makes an effect.
  package init(day: Int, logit: Double, isLasting: Bool, isOfCare: Bool = false) {
    self.day = day
    self.logit = logit
    self.isLasting = isLasting
    self.isOfCare = isOfCare
  }
}

/// What a person remembers of contacts.
package struct ContactMemory: Sendable {
  /// Contacts remembered on `day`; they fade from then on.
  var level = 0.0
  var day = 0
  /// The last day of each offer.
  var offerDays: [Int: Int] = [:]
  /// The day of the last discount offered.
  var discountDay: Int?

  /// Remembers nothing.
  package init() {}

  /// Contacts that are still remembered on a day.
  package func level(on day: Int) -> Double {
    level > 0 ? level * exp(-Double(day - self.day) / OperatorLaw.Responses.fatigueDays) : 0
  }

  /// Adds a contact that was delivered.
  package mutating func remember(offer: Int, on day: Int) {
    level = level(on: day) + 1
    self.day = day
    offerDays[offer] = day
    if OperatorLaw.Responses.offers[offer].isDiscount { discountDay = day }
  }
}
