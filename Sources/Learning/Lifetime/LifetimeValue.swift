import ElementaryFunctions

/// Customer lifetime value of a running contract: expected margin, weighted with survival, discounted.
///
/// Periods are of 30 days. With p the calibrated probability of leaving by will within h days and q the share that ends
/// by another cause within h days, both taken as constant hazards,
///
///     s = ((1 − p)(1 − q))^(30/h)        survival of a period
///     δ = (1 + r)^(−30/365)              discount of a period at the yearly rate r
///     CLV = m · Σ_{k=0}^{K−1} (s·δ)^k    margin of a period at its start, K periods
///
/// m is the expected margin of a period: the margin of the last 28 days times 30/28, shrunk towards the mean of its
/// payment type, m = w·own + (1 − w)·mean. A margin may be negative, and then so is the value. Unknown margin: no value.
package struct LifetimeValue: Sendable {
  /// The definition.
  package let definition: ValueDefinition
  /// Days that the probability covers.
  package let horizonDays: Int
  private let discount: Double

  package init(_ definition: ValueDefinition, horizonDays: Int) {
    self.definition = definition
    self.horizonDays = horizonDays
    discount = exponential(naturalLogarithm(1 + definition.annualDiscountRate) * (-30.0 / 365))
  }

  /// No amount counts for more than 100 billion currency units: a feed's wrong unit must not stop the night.
  private static let limitE4 = 1e15

  /// An amount as whole 1/10,000 of the currency unit, halves away from zero, within ±`limitE4`.
  package static func amountE4(_ amount: Double) -> Int64 { Int64(min(max(amount.rounded(), -limitE4), limitE4)) }

  /// The expected margin of 30 days, in 1/10,000 of the currency unit; `mean` is that of the payment type.
  package func margin(own28DaysE4: Int64, mean28DaysE4: Double) -> Double {
    let own = Double(own28DaysE4)
    return (definition.marginWeight * own + (1 - definition.marginWeight) * mean28DaysE4) * 30 / 28
  }

  /// The value of a margin of `marginE4` a period, in 1/10,000 of the currency unit.
  package func value(marginE4: Double, churnProbability: Double, otherEndShare: Double) -> Double {
    let kept = (1 - churnProbability) * (1 - otherEndShare)
    let survival = kept > 0 ? exponential(naturalLogarithm(kept) * 30 / Double(horizonDays)) : 0
    let ratio = survival * discount
    var (weight, sum) = (1.0, 0.0)
    for _ in 0..<definition.horizonMonths {
      sum += weight
      weight *= ratio
    }
    return marginE4 * sum
  }
}
