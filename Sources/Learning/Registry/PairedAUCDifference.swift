import ElementaryFunctions

/// An estimate with its standard error and interval.
package struct IntervalEstimate: Sendable, Hashable, Codable {
  package var estimate: Double
  package var standardError: Double
  package var lower: Double
  package var upper: Double

  /// The interval of a normal distribution: estimate ± z · standard error.
  package init(_ estimate: Double, standardError: Double, confidence: Double) {
    let reach = standardError * NormalQuantile.value(0.5 + confidence / 2)
    (self.estimate, self.standardError) = (estimate, standardError)
    (lower, upper) = (estimate - reach, estimate + reach)
  }
}

/// The difference of two AUCs on the same rows (DeLong, DeLong and Clarke-Pearson, 1988), by midranks (Sun and Xu, 2014).
///
/// With m positives and n negatives, a positive i has the placement V₁₀(i) = (share of negatives below it, ties half), a
/// negative j has V₀₁(j) = (share of positives above it, ties half). With D the difference of the placements of the two
/// scores, the variance of the difference of the AUCs is var(D₁₀)/m + var(D₀₁)/n.
package enum PairedAUCDifference {
  /// AUC of `second` less AUC of `first`; nil where a class has fewer than two rows. O(n log n).
  package static func estimate(
    first: [Double], second: [Double], labels: [Double], confidence: Double
  ) -> IntervalEstimate? {
    precondition(first.count == labels.count && second.count == labels.count, "two scores and a label a row")
    let positives = labels.indices.filter { labels[$0] > 0.5 }
    let negatives = labels.indices.filter { labels[$0] <= 0.5 }
    guard positives.count > 1, negatives.count > 1 else { return nil }
    let (a, b) = (placements(first, positives, negatives), placements(second, positives, negatives))
    let (d10, d01) = (zip(a.positive, b.positive).map { $1 - $0 }, zip(a.negative, b.negative).map { $1 - $0 })
    let variance =
      Moments(d10).variance / Double(positives.count) + Moments(d01).variance / Double(negatives.count)
    return IntervalEstimate(
      Moments(d10).mean, standardError: max(0, variance).squareRoot(), confidence: confidence)
  }

  /// The placements of every positive among the negatives, and of every negative among the positives.
  private static func placements(
    _ scores: [Double], _ positives: [Int], _ negatives: [Int]
  ) -> (positive: [Double], negative: [Double]) {
    let all = midranks((positives + negatives).map { scores[$0] })
    let (among, below) = (midranks(positives.map { scores[$0] }), midranks(negatives.map { scores[$0] }))
    let (m, n) = (Double(positives.count), Double(negatives.count))
    return (
      positives.indices.map { (all[$0] - among[$0]) / n },
      negatives.indices.map { 1 - (all[positives.count + $0] - below[$0]) / m }
    )
  }

  /// Ranks from 1, equal values with the mean of theirs.
  private static func midranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for position in start..<end { ranks[order[position]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }
}

/// The difference of two means on the same rows, with the interval of its normal approximation.
package enum PairedMeanDifference {
  /// Mean of `second` less mean of `first`; nil with fewer than two rows.
  package static func estimate(first: [Double], second: [Double], confidence: Double) -> IntervalEstimate? {
    guard first.count > 1, first.count == second.count else { return nil }
    let moments = Moments(zip(first, second).map { $1 - $0 })
    return IntervalEstimate(
      moments.mean, standardError: (moments.variance / Double(first.count)).squareRoot(), confidence: confidence)
  }
}

/// Mean and variance (divisor n − 1), added in the order of the values.
private struct Moments {
  var mean: Double
  var variance: Double

  init(_ values: [Double]) {
    let mean = values.reduce(0, +) / Double(values.count)
    self.mean = mean
    variance = values.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }
}
