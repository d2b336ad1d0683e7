/// The knots of a linear spline: quantiles of a feature's finite training values.
///
/// Between two knots a feature has a ramp, 0 below the lower and 1 above the upper one; a sum of ramps is the linear spline through the
/// knots, constant beyond the outer ones (Marsh and Cormier, Spline Regression Models, 2001; Harrell, Regression Modeling Strategies,
/// section 2.4). Outer knots short of the extremes keep a few great amounts from ruling the fit.
enum QuantileKnots {
  /// Shares of the values below each knot.
  static let shares = [0.01, 0.2575, 0.505, 0.7525, 0.99]
  /// Values that are sorted at most: one in so many of the finite ones is taken.
  static let sampleCount = 1 << 16

  /// The knots in ascending order; none where the values never differ. O(rows).
  static func knots(_ values: [Double]) -> [Double] {
    let finite = values.filter(\.isFinite)
    let step = max(1, finite.count / sampleCount)
    let sorted = stride(from: 0, to: finite.count, by: step).map { finite[$0] }.sorted()
    guard let least = sorted.first, let greatest = sorted.last, least < greatest else { return [] }
    let found = shares.map { sorted[Int((Double(sorted.count - 1) * $0).rounded())] }
    let distinct = Set(found).sorted()
    // Nearly all values are equal: the whole range is one ramp.
    return distinct.count > 1 ? distinct : [least, greatest]
  }

  /// Where a value lies between two knots, 0 to 1; what is missing stays so.
  @inline(__always) static func ramp(_ value: Double, lower: Double, upper: Double) -> Double {
    guard value.isFinite else { return .nan }
    return value <= lower ? 0 : value >= upper ? 1 : (value - lower) / (upper - lower)
  }
}
