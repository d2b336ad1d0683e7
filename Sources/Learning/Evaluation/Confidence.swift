/// How sure an interval is.
package enum Confidence {
  /// The share of samples whose interval holds the truth.
  package static let level = 0.95
  /// The share on either side of it.
  static let tail = 0.025
  /// The 0.975 quantile of the standard normal distribution.
  static let normalQuantile = NormalQuantile.value(1 - tail)

  /// Wilson's interval of a share (1927) of `count` rows; with weights `count` is Kish's (Σ w)²/Σ w².
  package static func wilson(share: Double, count: Double) -> (lower: Double, upper: Double) {
    let z = normalQuantile * normalQuantile / count
    let middle = share + z / 2
    let half = (z * (share * (1 - share) + z / 4)).squareRoot()
    return (max(0, (middle - half) / (1 + z)), min(1, (middle + half) / (1 + z)))
  }
}
