import ElementaryFunctions

/// A logistic regression on one score: P(y = 1) = 1/(1 + e^−(a + b·s)).
///
/// Standard errors are those of the inverse Fisher information; with weights, which are no counts of rows, they are Huber's
/// sandwich (1967).
package struct LogisticLine: Sendable, Hashable {
  /// a.
  package let intercept: Double
  /// b.
  package let slope: Double
  /// The standard error of a.
  package let interceptError: Double
  /// The standard error of b.
  package let slopeError: Double

  /// Newton steps before the fit counts as one that does not exist.
  static let maximumStepCount = 100
  /// The greatest mean gradient at which a fit is done.
  static let gradientTolerance = 1e-10
  /// Share of the loss that may be rounding: at the optimum a Newton step may end a few units in the last place higher.
  static let roundingTolerance = 1e-12
  /// A mean loss below this means that the scores separate the classes: the slope has no bound.
  static let separatedLoss = 1e-8

  /// Maximises the likelihood by Newton's method with halved steps, on standardised scores. Targets may be fractions.
  package static func fit(scores: [Double], targets: [Double], weights: [Double]? = nil) -> LogisticLine? {
    func weight(_ index: Int) -> Double { weights?[index] ?? 1 }
    let count = weights?.reduce(0, +) ?? Double(scores.count)
    guard count > 0 else { return nil }
    let mean = scores.indices.reduce(0.0) { $0 + weight($1) * scores[$1] } / count
    let variance =
      scores.indices.reduce(0.0) { $0 + weight($1) * ((scores[$1] - mean) * (scores[$1] - mean)) } / count
    let deviation = variance.squareRoot()
    let rate = scores.indices.reduce(0.0) { $0 + weight($1) * targets[$1] } / count
    guard deviation > 0, deviation.isFinite, rate > 0, rate < 1 else { return nil }
    let x = scores.map { ($0 - mean) / deviation }
    var (a, b) = (logit(rate), 0.0)
    func loss(_ a: Double, _ b: Double) -> Double {
      var sum = 0.0
      for index in x.indices {
        let z = a + b * x[index]
        sum += weight(index) * (softplus(z) - targets[index] * z)
      }
      return sum / count
    }
    var current = loss(a, b)
    for _ in 0..<maximumStepCount {
      var (ga, gb, haa, hab, hbb) = (0.0, 0.0, 0.0, 0.0, 0.0)
      // The outer products of the gradients, for the sandwich.
      var (saa, sab, sbb) = (0.0, 0.0, 0.0)
      for index in x.indices {
        let (p, w) = (logistic(a + b * x[index]), weight(index))
        let (residual, curvature) = (w * (p - targets[index]), w * (p * (1 - p)))
        ga += residual
        gb += residual * x[index]
        haa += curvature
        hab += curvature * x[index]
        hbb += curvature * x[index] * x[index]
        if weights != nil {
          saa += residual * residual
          sab += residual * residual * x[index]
          sbb += residual * residual * x[index] * x[index]
        }
      }
      let determinant = haa * hbb - hab * hab
      if max(ga.magnitude, gb.magnitude) / count <= gradientTolerance {
        guard current > separatedLoss, determinant > 0 else { return nil }
        var (caa, cab, cbb) = (hbb / determinant, -hab / determinant, haa / determinant)
        if weights != nil {
          let (ta, tb) = (
            (caa * saa + cab * sab, caa * sab + cab * sbb), (cab * saa + cbb * sab, cab * sab + cbb * sbb)
          )
          (caa, cab, cbb) = (ta.0 * caa + ta.1 * cab, ta.0 * cab + ta.1 * cbb, tb.0 * cab + tb.1 * cbb)
        }
        // Back from standardised scores: intercept a − b·m/d, slope b/d.
        let ratio = mean / deviation
        return LogisticLine(
          intercept: a - b * mean / deviation, slope: b / deviation,
          interceptError: max(0, caa - 2 * ratio * cab + ratio * ratio * cbb).squareRoot(),
          slopeError: max(0, cbb).squareRoot() / deviation)
      }
      guard determinant > 0 else { return nil }
      let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant)
      // Near the optimum the loss changes by less than its rounding: then the whole step is right.
      let bound = current + current.magnitude * roundingTolerance
      var step = 1.0
      var next = loss(a - da, b - db)
      while !(next <= bound), step > 1e-10 {
        step /= 2
        next = loss(a - step * da, b - step * db)
      }
      guard next <= bound else { return nil }
      (a, b, current) = (a - step * da, b - step * db, next)
    }
    return nil
  }

  /// The intercept a of P(y = 1) = 1/(1 + e^−(a + s)), with its standard error: the slope is held at 1. Nil where a class is
  /// missing, or certain offsets are all right: then no row tells where a lies. The gradient rises with a, so halving the bracket
  /// catches every Newton step that leaves it.
  package static func intercept(
    offsets: [Double], targets: [Double], weights: [Double]? = nil
  ) -> (value: Double, error: Double)? {
    func weight(_ index: Int) -> Double { weights?[index] ?? 1 }
    let count = weights?.reduce(0, +) ?? Double(targets.count)
    let rate = count > 0 ? targets.indices.reduce(0.0) { $0 + weight($1) * targets[$1] } / count : 0
    guard rate > 0, rate < 1, let least = offsets.min(), let greatest = offsets.max() else { return nil }
    // At the ends every row is on one side of the base rate.
    var (low, high) = (logit(rate) - greatest, logit(rate) - least)
    var a = min(max(0, low), high)
    for _ in 0..<maximumStepCount {
      var (gradient, curvature, square) = (0.0, 0.0, 0.0)
      for index in offsets.indices {
        let (p, w) = (logistic(a + offsets[index]), weight(index))
        let residual = w * (p - targets[index])
        gradient += residual
        curvature += w * (p * (1 - p))
        square += residual * residual
      }
      if gradient.magnitude / count <= gradientTolerance || high - low <= a.magnitude * 1e-15 {
        let loss = offsets.indices.reduce(0.0) { sum, index in
          sum + weight(index) * (softplus(a + offsets[index]) - targets[index] * (a + offsets[index]))
        }
        guard curvature > 0, loss / count > separatedLoss else { return nil }
        return (a, weights == nil ? (1 / curvature).squareRoot() : square.squareRoot() / curvature)
      }
      if gradient > 0 { high = a } else { low = a }
      let step = a - gradient / curvature
      a = step > low && step < high ? step : (low + high) / 2
    }
    return nil
  }
}
