/// The variance of the area under the curve by DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988), from midranks (Sun and
/// Xu, IEEE Signal Processing Letters 21, 2014): O(n) on ranked rows.
///
/// A positive row's placement V is the share of negatives below it, ties half; a negative's the share of positives above. The
/// variance is s²(V₊)/m + s²(V₋)/n with the sample variances of the m and n placements. With weights w the sum
/// Σ w²(V − A)²/(Σ w)² of each class takes its place, times m/(m − 1): the same where all weights are equal.
package struct DeLong: Sendable, Hashable {
  /// The area, ties half.
  package let area: Double
  /// The variance of the area; nil where a class has one row only, 0 where the scores do not vary or part the classes.
  package let variance: Double?

  /// Computes area and variance; nil where a class is missing.
  package init?(_ rows: RankedRows) {
    let ties = rows.ties()
    guard let area = RankMetrics.areaUnderCurve(ties) else { return nil }
    self.area = area
    var (positiveSum, negativeSum) = (0.0, 0.0)
    var (positiveCount, negativeCount) = (0.0, 0.0)
    var (above, below) = (0.0, ties.negativeTotal)
    var start = 0
    for (group, end) in rows.tieEnds.enumerated() {
      below -= ties.negatives[group]
      let positive = (below + ties.negatives[group] / 2) / ties.negativeTotal - area
      let negative = (above + ties.positives[group] / 2) / ties.positiveTotal - area
      above += ties.positives[group]
      for row in start..<end {
        let weight = rows.weights?[row] ?? 1
        if rows.labels[row] > 0.5 {
          positiveCount += 1
          positiveSum += weight * weight * positive * positive
        } else {
          negativeCount += 1
          negativeSum += weight * weight * negative * negative
        }
      }
      start = end
    }
    guard positiveCount > 1, negativeCount > 1 else {
      variance = nil
      return
    }
    variance =
      positiveSum / (ties.positiveTotal * ties.positiveTotal) * (positiveCount / (positiveCount - 1))
      + negativeSum / (ties.negativeTotal * ties.negativeTotal) * (negativeCount / (negativeCount - 1))
  }

  /// The standard error; nil where there is no variance, or one of 0 by which nothing can be said.
  package var standardError: Double? { variance.flatMap { $0 > DeLong.leastVariance ? $0.squareRoot() : nil } }

  /// A variance below this is rounding.
  static let leastVariance = 1e-24

  /// The interval of 95 %, within 0 and 1.
  package var interval: (lower: Double, upper: Double)? {
    standardError.map { error in
      (max(0, area - Confidence.normalQuantile * error), min(1, area + Confidence.normalQuantile * error))
    }
  }
}
