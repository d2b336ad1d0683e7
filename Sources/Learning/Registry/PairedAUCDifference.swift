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

/// The quantile of the standard normal distribution (Wichura, Applied Statistics 37, 1988, algorithm AS 241, PPND16).
package enum NormalQuantile {
  private static let central = (
    [
      3.387_132_872_796_366_5, 133.141_667_891_784_38, 1_971.590_950_306_551_3, 13_731.693_765_509_46,
      45_921.953_931_549_87, 67_265.770_927_008_7, 33_430.575_583_588_13, 2_509.080_928_730_122_7,
    ],
    [
      1, 42.313_330_701_600_91, 687.187_007_492_057_9, 5_394.196_021_424_751, 21_213.794_301_586_597,
      39_307.895_800_092_71, 28_729.085_735_721_943, 5_226.495_278_852_545,
    ]
  )
  private static let middle = (
    [
      1.423_437_110_749_683_5, 4.630_337_846_156_546, 5.769_497_221_460_691, 3.647_848_324_763_204_5,
      1.270_458_252_452_368_4, 0.241_780_725_177_450_6, 0.022_723_844_989_269_184, 7.745_450_142_783_414e-4,
    ],
    [
      1, 2.053_191_626_637_759, 1.676_384_830_183_803_8, 0.689_767_334_985_1, 0.148_103_976_427_480_08,
      0.015_198_666_563_616_457, 5.475_938_084_995_345e-4, 1.050_750_071_644_416_9e-9,
    ]
  )
  private static let tail = (
    [
      6.657_904_643_501_103, 5.463_784_911_164_114, 1.784_826_539_917_291_3, 0.296_560_571_828_504_87,
      0.026_532_189_526_576_124, 0.001_242_660_947_388_078_4, 2.711_555_568_743_487_6e-5, 2.010_334_399_292_288e-7,
    ],
    [
      1, 0.599_832_206_555_888, 0.136_929_880_922_735_8, 0.014_875_361_290_850_615, 7.868_691_311_456_133e-4,
      1.846_318_317_510_054_7e-5, 1.421_511_758_316_446e-7, 2.044_263_103_389_94e-15,
    ]
  )

  /// z with P(Z ≤ z) = `probability`, which lies between 0 and 1.
  package static func value(_ probability: Double) -> Double {
    let q = probability - 0.5
    guard q.magnitude > 0.425 else { return q * ratio(central, 0.180_625 - q * q) }
    let root = (-naturalLogarithm(q < 0 ? probability : 1 - probability)).squareRoot()
    let magnitude = root <= 5 ? ratio(middle, root - 1.6) : ratio(tail, root - 5)
    return q < 0 ? -magnitude : magnitude
  }

  private static func ratio(_ polynomials: ([Double], [Double]), _ x: Double) -> Double {
    func sum(_ coefficients: [Double]) -> Double { coefficients.reversed().reduce(0) { $0 * x + $1 } }
    return sum(polynomials.0) / sum(polynomials.1)
  }
}
