import ElementaryFunctions

/// The Beta distribution: I_x(α, β), the regularised incomplete Beta function.
///
/// The unregularised one is x^α (1 − x)^β / α · cf(x) with the continued fraction of DLMF 8.17.22, evaluated by Lentz's method. The
/// whole Beta function is the sum of its two parts at the mean, so no Gamma function is needed, and powers are taken of quotients
/// near 1.
package struct BetaDistribution: Sendable {
  let alpha: Double
  let beta: Double
  private let split: Double
  private let whole: Double

  /// Shapes that the continued fraction is quick for.
  static let shapes = 0.01...10_000.0
  private static let maximumTermCount = 20_000
  private static let tiny = 1e-300
  private static let tolerance = 1e-16

  /// Makes a distribution; both shapes lie in `shapes`.
  package init(alpha: Double, beta: Double) {
    self.alpha = alpha
    self.beta = beta
    split = alpha / (alpha + beta)
    whole =
      BetaDistribution.fraction(alpha, beta, split) / alpha + BetaDistribution.fraction(beta, alpha, 1 - split) / beta
  }

  /// The mean α/(α + β).
  var mean: Double { split }

  /// P(X ≤ x).
  package func cumulative(_ x: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    // (x/m)^α ((1 − x)/(1 − m))^β, where m is the mean.
    let power = exponential(
      alpha * naturalLogarithm(x / split) + beta * naturalLogarithm((1 - x) / (1 - split)))
    if x < (alpha + 1) / (alpha + beta + 2) {
      return min(1, power * BetaDistribution.fraction(alpha, beta, x) / (alpha * whole))
    }
    return max(0, 1 - power * BetaDistribution.fraction(beta, alpha, 1 - x) / (beta * whole))
  }

  /// The continued fraction of I_x(a, b).
  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    func guarded(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / guarded(1 - (a + b) * x / (a + 1))
    var result = d
    for term in 1...maximumTermCount {
      let m = Double(term)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / guarded(1 + even * d)
      c = guarded(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / guarded(1 + odd * d)
      c = guarded(1 + odd / c)
      let factor = d * c
      result *= factor
      if (factor - 1).magnitude <= tolerance { break }
    }
    return result
  }
}
