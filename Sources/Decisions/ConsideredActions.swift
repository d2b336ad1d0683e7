/// Every action considered, a position each, ordered by subscription, offer and channel.
struct ConsideredActions: Sendable {
  /// The row of the subscription in the base.
  var rows: [Int32] = []
  /// The position of the offer in the catalogue.
  var offers: [Int16] = []
  /// The position of the channel among the offer's terms, or -1 where the refusal holds for all.
  var terms: [Int16] = []
  /// The refusal, or `pending`.
  var reasons: [ReasonCode] = []
  /// Value and cost of eligible actions; zero for others.
  var valuesE4: [Int64] = []
  var costsE4: [Int64] = []

  var count: Int { rows.count }

  mutating func append(row: Int, offer: Int, term: Int, refusal: ReasonCode) {
    append(row: row, offer: offer, term: term, reason: refusal, value: 0, cost: 0)
  }

  mutating func append(row: Int, offer: Int, term: Int, value: ActionValue) {
    append(row: row, offer: offer, term: term, reason: .pending, value: value.valueE4, cost: value.costE4)
  }

  private mutating func append(row: Int, offer: Int, term: Int, reason: ReasonCode, value: Int64, cost: Int64) {
    rows.append(Int32(row))
    offers.append(Int16(offer))
    terms.append(Int16(term))
    reasons.append(reason)
    valuesE4.append(value)
    costsE4.append(cost)
  }

  mutating func append(contentsOf other: ConsideredActions) {
    rows += other.rows
    offers += other.offers
    terms += other.terms
    reasons += other.reasons
    valuesE4 += other.valuesE4
    costsE4 += other.costsE4
  }
}
