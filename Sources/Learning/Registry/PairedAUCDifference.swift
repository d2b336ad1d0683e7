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
/// scores, the variance of the difference of the AUCs is var(D₁₀)/m + var(D₀₁)/n. With weights, shares and means are weighted, and
/// Σ w²(D − D̄)²/(Σ w)² · m/(m − 1) takes the place of var(D)/m: the same where all weights are equal.
package enum PairedAUCDifference {
  /// AUC of `second` less AUC of `first`; nil where a class has fewer than two rows. `weights`, where given, has one positive weight a
  /// row. O(n log n).
  package static func estimate(
    first: [Double], second: [Double], labels: [Double], weights: [Double]? = nil, confidence: Double
  ) -> IntervalEstimate? {
    precondition(first.count == labels.count && second.count == labels.count, "two scores and a label a row")
    precondition(weights == nil || weights!.count == labels.count, "one weight a row")
    let positives = labels.indices.filter { labels[$0] > 0.5 }
    let negatives = labels.indices.filter { labels[$0] <= 0.5 }
    guard positives.count > 1, negatives.count > 1 else { return nil }
    let (a, b) = (placements(first, labels, weights), placements(second, labels, weights))
    func moments(_ rows: [Int]) -> Moments {
      Moments(rows.map { b[$0] - a[$0] }, weights: weights.map { weights in rows.map { weights[$0] } })
    }
    let (d10, d01) = (moments(positives), moments(negatives))
    return IntervalEstimate(
      d10.mean, standardError: (d10.varianceOfMean + d01.varianceOfMean).squareRoot(), confidence: confidence)
  }

  /// The placement of every positive among the negatives, and of every negative among the positives.
  private static func placements(_ scores: [Double], _ labels: [Double], _ weights: [Double]?) -> [Double] {
    func weight(_ row: Int, ofPositive isPositive: Bool) -> Double {
      (labels[row] > 0.5) == isPositive ? weights?[row] ?? 1 : 0
    }
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    let positiveTotal = order.reduce(0.0) { $0 + weight($1, ofPositive: true) }
    let negativeTotal = order.reduce(0.0) { $0 + weight($1, ofPositive: false) }
    var placements = [Double](repeating: 0, count: scores.count)
    var (start, positivesBelow, negativesBelow) = (0, 0.0, 0.0)
    while start < order.count {
      var end = start
      var (positives, negatives) = (0.0, 0.0)
      while end < order.count, scores[order[end]] == scores[order[start]] {
        positives += weight(order[end], ofPositive: true)
        negatives += weight(order[end], ofPositive: false)
        end += 1
      }
      for row in order[start..<end] {
        placements[row] =
          labels[row] > 0.5
          ? (negativesBelow + negatives / 2) / negativeTotal : 1 - (positivesBelow + positives / 2) / positiveTotal
      }
      (positivesBelow, negativesBelow) = (positivesBelow + positives, negativesBelow + negatives)
      start = end
    }
    return placements
  }
}

/// The difference of two means on the same rows, with the interval of its normal approximation.
package enum PairedMeanDifference {
  /// Mean of `second` less mean of `first`; nil with fewer than two rows. `weights`, where given, has one positive weight a row.
  package static func estimate(
    first: [Double], second: [Double], weights: [Double]? = nil, confidence: Double
  ) -> IntervalEstimate? {
    guard first.count > 1, first.count == second.count else { return nil }
    let moments = Moments(zip(first, second).map { $1 - $0 }, weights: weights)
    return IntervalEstimate(
      moments.mean, standardError: moments.varianceOfMean.squareRoot(), confidence: confidence)
  }
}

/// The (weighted) mean and its variance, Σ w²(x − x̄)²/(Σ w)² · n/(n − 1), added in the order of the values.
private struct Moments {
  var mean: Double
  var varianceOfMean: Double

  init(_ values: [Double], weights: [Double]?) {
    func weight(_ index: Int) -> Double { weights?[index] ?? 1 }
    let total = values.indices.reduce(0.0) { $0 + weight($1) }
    let mean = values.indices.reduce(0.0) { $0 + weight($1) * values[$1] } / total
    let squares = values.indices.reduce(0.0) { sum, index in
      let distance = weight(index) * (values[index] - mean)
      return sum + distance * distance
    }
    let count = Double(values.count)
    self.mean = mean
    varianceOfMean = squares / (total * total) * (count / (count - 1))
  }
}
