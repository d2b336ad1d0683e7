import CTrees
import ElementaryFunctions

/// The loss of one row at raw score s with label y, and its first two derivatives by s.
package protocol PointLoss: Sendable {
  /// The gradient, then the hessian or what stands for it.
  func derivatives(score: Double, label: Double) -> SIMD2<Double>
  /// The loss, up to what does not depend on the score.
  func loss(score: Double, label: Double) -> Double
  /// The derivatives of neighbouring rows.
  func derivatives(
    scores: UnsafePointer<Double>, labels: UnsafePointer<Double>, count: Int,
    gradients: UnsafeMutablePointer<Double>, hessians: UnsafeMutablePointer<Double>)
}

extension PointLoss {
  package func derivatives(
    scores: UnsafePointer<Double>, labels: UnsafePointer<Double>, count: Int,
    gradients: UnsafeMutablePointer<Double>, hessians: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<count {
      let value = derivatives(score: scores[row], label: labels[row])
      (gradients[row], hessians[row]) = (value.x, value.y)
    }
  }
}

/// −y·ln p − (1 − y)·ln(1 − p) with p = 1/(1 + e⁻ˢ).
package struct LogisticLoss: PointLoss {
  package init() {}

  @inline(__always) package func derivatives(score: Double, label: Double) -> SIMD2<Double> {
    let probability = logistic(score)
    return SIMD2(probability - label, probability * (1 - probability))
  }
  @inline(__always) package func loss(score: Double, label: Double) -> Double { softplus(score) - label * score }

  package func derivatives(
    scores: UnsafePointer<Double>, labels: UnsafePointer<Double>, count: Int,
    gradients: UnsafeMutablePointer<Double>, hessians: UnsafeMutablePointer<Double>
  ) {
    nightjar_logistic_derivatives(scores, labels, count, gradients, hessians)
  }
}

/// (s − y)²/2.
struct SquaredLoss: PointLoss {
  @inline(__always) func derivatives(score: Double, label: Double) -> SIMD2<Double> { SIMD2(score - label, 1) }
  @inline(__always) func loss(score: Double, label: Double) -> Double { (score - label) * (score - label) / 2 }
}

/// eˢ − y·s.
struct PoissonLoss: PointLoss {
  /// The hessian is taken at s + 0.7: where a mean is near zero Newton's step would be too long. LightGBM does the same.
  static let stepBound = 0.7

  @inline(__always) func derivatives(score: Double, label: Double) -> SIMD2<Double> {
    SIMD2(exponential(score) - label, exponential(score + PoissonLoss.stepBound))
  }
  @inline(__always) func loss(score: Double, label: Double) -> Double { exponential(score) - label * score }
}

/// s + y·e⁻ˢ.
struct GammaLoss: PointLoss {
  @inline(__always) func derivatives(score: Double, label: Double) -> SIMD2<Double> {
    let ratio = label * exponential(-score)
    return SIMD2(1 - ratio, ratio)
  }
  @inline(__always) func loss(score: Double, label: Double) -> Double { score + label * exponential(-score) }
}

/// −y·e^((1 − ρ)s)/(1 − ρ) + e^((2 − ρ)s)/(2 − ρ), with the power 1 < ρ < 2 of the variance.
struct TweedieLoss: PointLoss {
  let power: Double

  @inline(__always) func derivatives(score: Double, label: Double) -> SIMD2<Double> {
    let (first, second) = (exponential((1 - power) * score), exponential((2 - power) * score))
    return SIMD2(-label * first + second, -label * (1 - power) * first + (2 - power) * second)
  }
  @inline(__always) func loss(score: Double, label: Double) -> Double {
    -label * exponential((1 - power) * score) / (1 - power) + exponential((2 - power) * score) / (2 - power)
  }
}

/// α·(y − s) where y > s, else (1 − α)·(s − y). The hessian is 1: leaves get quantiles of their rows, no Newton step.
struct PinballLoss: PointLoss {
  let level: Double

  @inline(__always) func derivatives(score: Double, label: Double) -> SIMD2<Double> {
    SIMD2(score >= label ? 1 - level : -level, 1)
  }
  @inline(__always) func loss(score: Double, label: Double) -> Double {
    score >= label ? (1 - level) * (score - label) : level * (label - score)
  }
}

extension GradientBoosting.Parameters {
  /// The loss of the objective.
  var pointLoss: any PointLoss {
    switch objective {
    case .logistic: LogisticLoss()
    case .squared: SquaredLoss()
    case .poisson: PoissonLoss()
    case .gamma: GammaLoss()
    case .tweedie: TweedieLoss(power: tweediePower)
    case .quantile: PinballLoss(level: quantileLevel)
    }
  }

  /// Checks that labels are of the objective's kind.
  ///
  /// - Parameter rows: whose labels they are, as in "training rows".
  /// - Throws: `cannotTrain` where there is one that the objective does not allow.
  package func demandLabels(_ labels: some Collection<Double>, of rows: String) throws(LearningError) {
    func demand(_ holds: Bool, _ what: String) throws(LearningError) {
      if !holds { throw LearningError(.cannotTrain, "cannot train: \(what) (\(labels.count) \(rows))") }
    }
    try demand(labels.allSatisfy(\.isFinite), "a label is missing or infinite")
    switch objective {
    case .logistic: try demand(labels.allSatisfy { $0 >= 0 && $0 <= 1 }, "a label lies outside 0 to 1")
    case .poisson, .tweedie:
      try demand(labels.allSatisfy { $0 >= 0 }, "\(objective.rawValue) wants labels that are not negative")
    case .gamma: try demand(labels.allSatisfy { $0 > 0 }, "gamma wants positive labels")
    case .squared, .quantile: break
    }
  }

  /// The raw score that alone fits the labels best, where a tree's base is.
  ///
  /// - Throws: `cannotTrain` where the labels are not of the objective's kind, or give no score.
  func baseScore(_ rows: BinnedRows) throws(LearningError) -> Double {
    let (labels, weights) = (rows.labels.elements, rows.weights?.elements)
    func refuse(_ what: String) -> LearningError {
      LearningError(.cannotTrain, "cannot train: \(what) (\(labels.count) rows)")
    }
    try demandLabels(labels, of: "training rows")
    var (sum, total) = (0.0, 0.0)
    for (index, label) in labels.enumerated() {
      let weight = weights?[index] ?? 1
      sum += weight * label
      total += weight
    }
    guard total > 0 else { throw refuse(labels.isEmpty ? "there are no rows" : "no row has a weight") }
    guard sum.isFinite, total.isFinite else { throw refuse("labels or weights are too large to be added up") }
    let base: Double
    switch objective {
    case .logistic:
      guard sum > 0, sum < total else {
        throw refuse("the training rows hold one class only; add history")
      }
      base = logit(sum / total)
    case .squared: base = sum / total
    case .poisson, .tweedie, .gamma:
      guard sum > 0 else { throw refuse("every label is 0") }
      base = naturalLogarithm(sum / total)
    case .quantile:
      base = WeightedQuantile.of(rows.labels.array, weights: rows.weights?.array, level: quantileLevel) ?? 0
    }
    guard base.isFinite else { throw refuse("the labels' mean gives no raw score") }
    return base
  }
}

/// The quantile of weighted values.
package enum WeightedQuantile {
  /// The least value up to which at least `level` of the weight lies; nil without weight. O(count · log count).
  package static func of(_ values: [Double], weights: [Double]?, level: Double) -> Double? {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    let total = weights.map { $0.reduce(0, +) } ?? Double(values.count)
    guard total > 0 else { return nil }
    var sum = 0.0
    for index in order {
      sum += weights?[index] ?? 1
      if sum >= level * total { return values[index] }
    }
    return order.last.map { values[$0] }
  }
}
