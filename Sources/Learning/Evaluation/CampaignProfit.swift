/// What a retention campaign earns on those whom it contacts, by the scores (Verbraken, Verbeke and Baesens, IEEE Transactions on
/// Knowledge and Data Engineering 25, 2013).
///
/// A leaver who is contacted stays with probability γ and is then worth V − d; a stayer takes the offer for nothing and costs d;
/// each contact costs f. Per row of the whole base, with the first P of weight T positive and N negative rows contacted:
///
///     profit(γ) = (P·(γ·(V − d) − f) − N·(d + f)) / T
///
/// γ is Beta(α, β). The best cut for a γ is a corner of the convex hull of the receiver operating characteristic, and moves along it
/// as γ grows; so the expected maximum is a finite sum of incomplete Beta functions.
public struct CampaignProfit: Sendable, Hashable, Codable {
  /// α of the probability that a leaver takes the offer.
  public var acceptanceAlpha = 6.0
  /// β of the same.
  public var acceptanceBeta = 14.0
  /// V: what a customer who stays is worth, in units of money.
  public var customerValue = 200.0
  /// d: what the offer costs, in the same units.
  public var offerCost = 10.0
  /// f: what a contact costs, in the same units.
  public var contactCost = 1.0

  /// Makes the parameters of the paper.
  public init() {}

  /// Whether the formulas hold for the parameters.
  public var isSound: Bool {
    BetaDistribution.shapes.contains(acceptanceAlpha) && BetaDistribution.shapes.contains(acceptanceBeta)
      && customerValue > offerCost && customerValue <= 1e12 && offerCost >= 0 && contactCost >= 0 && contactCost <= 1e12
  }

  /// The greatest profit a row, and the share of rows that is contacted for it.
  package struct Maximum: Sendable, Hashable {
    package var profit: Double
    package var share: Double
  }

  /// The expected maximum over γ, and the maximum where γ is its mean. Nil where a class is missing. O(groups).
  package func maxima(_ ties: TieGroups) -> (expected: Maximum, atMean: Maximum)? {
    hull(ties).map { (expectedMaximum($0, total: ties.total), maximum($0, total: ties.total)) }
  }

  private func expectedMaximum(_ hull: [Corner], total: Double) -> Maximum {
    let acceptance = BetaDistribution(alpha: acceptanceAlpha, beta: acceptanceBeta)
    // ∫ γ h(γ) dγ up to x is the mean times the distribution with α + 1.
    let moment = BetaDistribution(alpha: acceptanceAlpha + 1, beta: acceptanceBeta)
    var maximum = Maximum(profit: 0, share: 0)
    var (lower, lowerMoment) = (0.0, 0.0)
    for (index, corner) in hull.enumerated() {
      let next = index + 1 < hull.count ? min(1, turn(corner, hull[index + 1])) : 1
      let (upper, upperMoment) = (acceptance.cumulative(next), moment.cumulative(next))
      let mass = upper - lower
      let kept = corner.positives * (customerValue - offerCost) * acceptance.mean * (upperMoment - lowerMoment)
      let spent = contactCost * corner.positives + (offerCost + contactCost) * corner.negatives
      maximum.profit += (kept - spent * mass) / total
      maximum.share += (corner.positives + corner.negatives) / total * mass
      (lower, lowerMoment) = (upper, upperMoment)
      if next >= 1 { break }
    }
    return maximum
  }

  /// Of equal profits that of the fewest contacts.
  private func maximum(_ hull: [Corner], total: Double) -> Maximum {
    let gamma = acceptanceAlpha / (acceptanceAlpha + acceptanceBeta)
    var best = Maximum(profit: 0, share: 0)
    for corner in hull {
      let found =
        (corner.positives * (gamma * (customerValue - offerCost) - contactCost)
          - corner.negatives * (offerCost + contactCost)) / total
      if found > best.profit {
        best = Maximum(profit: found, share: (corner.positives + corner.negatives) / total)
      }
    }
    return best
  }

  /// The γ from which `next` earns more than `corner`.
  private func turn(_ corner: Corner, _ next: Corner) -> Double {
    let (positives, negatives) = (next.positives - corner.positives, next.negatives - corner.negatives)
    guard positives > 0 else { return .infinity }
    return (contactCost * positives + (offerCost + contactCost) * negatives) / ((customerValue - offerCost) * positives)
  }

  private struct Corner {
    var positives = 0.0
    var negatives = 0.0
  }

  /// The corners of the upper convex hull of (negatives, positives) contacted, from nobody to everybody.
  ///
  /// Behind a group without positives the curve was flat, so only the last such point can be a corner.
  private func hull(_ ties: TieGroups) -> [Corner]? {
    guard ties.positiveTotal > 0, ties.negativeTotal > 0 else { return nil }
    var hull = [Corner()]
    var point = Corner()
    for group in ties.positives.indices {
      point.positives += ties.positives[group]
      point.negatives += ties.negatives[group]
      if ties.positives[group] > 0 { CampaignProfit.append(point, to: &hull) }
    }
    CampaignProfit.append(point, to: &hull)
    return hull
  }

  /// Adds a point on the right of the hull and takes out the corners that it hides.
  private static func append(_ point: Corner, to hull: inout [Corner]) {
    while hull.count > 1 {
      let (first, second) = (hull[hull.count - 2], hull[hull.count - 1])
      let turn =
        (second.negatives - first.negatives) * (point.positives - first.positives)
        - (second.positives - first.positives) * (point.negatives - first.negatives)
      if turn < 0 { break }
      hull.removeLast()
    }
    hull.append(point)
  }
}
