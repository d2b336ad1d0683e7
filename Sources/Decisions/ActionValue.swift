/// What an action is expected to gain over doing nothing, in integers of 1/10,000 of the currency unit.
///
/// With a = acceptance rate of the channel, r = relative reduction of the hazard among takers, p = probability of churn
/// within the horizon if nothing is done, V = lifetime value, D = what the discount costs for one taker, k = cost of the
/// contact:
///
///     gain  = round(a · r · p · V)     what the churn avoided is worth
///     cost  = k + round(a · D)         charged to the budget; takers who would have stayed cost as much as the others
///     value = gain - cost
///
/// The products are IEEE doubles taken from left to right and rounded to the nearest unit, halves away from zero, so the
/// result is the same on every machine.
package struct ActionValue: Sendable, Hashable {
  package let valueE4: Int64
  package let costE4: Int64

  /// No single gain, discount or lifetime value counts for more than 10 million currency units: sums of a whole base
  /// stay far below the limit of 64 bits.
  package static let limitE4 = 1e11

  /// Makes the value of an action; `discountE4` is for one taker.
  package init(terms: Offer.Terms, churnReduction: Double, discountE4: Int64, churnProbability: Double, clvE4: Int64) {
    let lifetime = min(max(Double(clvE4), -Self.limitE4), Self.limitE4)
    let discount = min(max(Double(discountE4), 0), Self.limitE4)
    let gain = terms.acceptanceRate * churnReduction * churnProbability * lifetime
    costE4 = terms.costE4 + Int64((terms.acceptanceRate * discount).rounded(.toNearestOrAwayFromZero))
    valueE4 = Int64(gain.rounded(.toNearestOrAwayFromZero)) - costE4
  }

  /// What a discount costs for one taker; nil where it depends on a fee that is unknown.
  package static func discountE4(_ discount: Offer.Discount, monthlyFeeE4: Int64?) -> Int64? {
    switch discount {
    case .amount(let amount): return amount
    case .feeShare(let share, let months):
      guard let monthlyFeeE4 else { return nil }
      let cost = share * Double(months) * Double(monthlyFeeE4)
      return Int64(min(max(cost, 0), limitE4).rounded(.toNearestOrAwayFromZero))
    }
  }
}
