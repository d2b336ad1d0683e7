/// What may be offered, to whom, over which channels, and what it is assumed to do.
///
/// The effect is a planning assumption of whoever wrote the catalogue, not a measurement; it holds until response models
/// measured on the control groups replace it.
public struct Offer: Sendable, Hashable {
  /// What the discount costs the operator if the offer is taken.
  public enum Discount: Sendable, Hashable {
    /// A fixed amount, in 1/10,000 of the currency unit.
    case amount(Int64)
    /// A share of the monthly fee for a number of months.
    case feeShare(Double, months: Int)
  }

  /// The terms of one channel.
  public struct Terms: Sendable, Hashable {
    /// The channel.
    public var channel: ContactChannel
    /// Cost of one contact, in 1/10,000 of the currency unit.
    public var costE4: Int64
    /// Assumed share of those contacted who take the offer, churners and stayers alike.
    public var acceptanceRate: Double

    /// Makes terms.
    public init(_ channel: ContactChannel, costE4: Int64, acceptanceRate: Double) {
      self.channel = channel
      self.costE4 = costE4
      self.acceptanceRate = acceptanceRate
    }
  }

  /// The key: lower-case words with hyphens.
  public var id: String
  /// The name for people.
  public var name: String
  /// The key of the campaign that it belongs to.
  public var campaign: String
  /// The purpose, one of the policy's.
  public var purpose: String
  /// The channels with their terms, by channel.
  public var terms: [Terms]
  /// What the discount costs for each taker.
  public var discount: Discount
  /// Assumed relative reduction of the churn hazard among takers, from 0 to 1.
  public var churnReduction: Double
  /// All must hold.
  public var conditions: [Condition]

  /// Makes an offer; `terms` are put in the order of the channels.
  public init(
    id: String, name: String = "", campaign: String, purpose: String, terms: [Terms], discount: Discount,
    churnReduction: Double, conditions: [Condition] = []
  ) {
    self.id = id
    self.name = name
    self.campaign = campaign
    self.purpose = purpose
    self.terms = terms.sorted { $0.channel < $1.channel }
    self.discount = discount
    self.churnReduction = churnReduction
    self.conditions = conditions
  }
}

/// The offers of a night, ordered by key, so that the order of the file decides nothing.
public struct OfferCatalogue: Sendable, Hashable {
  /// The offers, by key.
  public let offers: [Offer]

  /// Makes a catalogue; keys must be unique.
  public init(_ offers: [Offer]) {
    precondition(Set(offers.map(\.id)).count == offers.count, "offer keys are unique")
    self.offers = offers.sorted { $0.id < $1.id }
  }
}
