import ElementaryFunctions

/// Metrics of probabilities. Definitions: <doc:Metrics>.
public enum ProbabilityMetrics {
  /// Probabilities are kept this far from 0 and 1 before a logarithm is taken.
  public static let clip = 1e-15

  /// −mean(y·ln p + (1 − y)·ln(1 − p)), with p clipped to [10⁻¹⁵, 1 − 10⁻¹⁵]. Nil without rows.
  public static func logLoss(probabilities: [Double], labels: [Double]) -> Double? {
    guard !labels.isEmpty else { return nil }
    var sum = 0.0
    for (probability, label) in zip(probabilities, labels) {
      let p = min(max(probability, clip), 1 - clip)
      sum -= label * naturalLogarithm(p) + (1 - label) * naturalLogarithm(1 - p)
    }
    return sum / Double(labels.count)
  }

  /// mean((p − y)²). Nil without rows.
  public static func brierScore(probabilities: [Double], labels: [Double]) -> Double? {
    guard !labels.isEmpty else { return nil }
    return zip(probabilities, labels).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(labels.count)
  }

  /// Intercept and slope of the logistic regression of the label on logit(p): 0 and 1 where p is calibrated.
  ///
  /// A slope below 1 means that the probabilities are too extreme. Nil where the fit does not exist: a class is missing,
  /// all probabilities are equal, or they separate the classes.
  public static func calibrationLine(
    probabilities: [Double], labels: [Double]
  ) -> (intercept: Double, slope: Double)? {
    let scores = probabilities.map { logit(min(max($0, clip), 1 - clip)) }
    return LogisticLine.fit(scores: scores, targets: labels)
  }
}

/// A logistic regression on one score: P(y = 1) = 1/(1 + e^−(a + b·s)).
enum LogisticLine {
  /// Newton steps before the fit counts as one that does not exist.
  static let maximumStepCount = 100
  /// The greatest mean gradient at which a fit is done.
  static let gradientTolerance = 1e-10
  /// Share of the loss that may be rounding.
  static let roundingTolerance = 1e-12
  /// Relative rise of the loss that is rounding: at the optimum a Newton step may end a few units in the last place higher.
  static let lossRounding = 1e-13
  /// A mean loss below this means that the scores separate the classes: the slope has no bound.
  static let separatedLoss = 1e-8

  /// Maximises the likelihood by Newton's method with halved steps, on standardised scores. Targets may be fractions.
  static func fit(scores: [Double], targets: [Double]) -> (intercept: Double, slope: Double)? {
    let count = Double(scores.count)
    guard count > 0 else { return nil }
    let mean = scores.reduce(0, +) / count
    let deviation = (scores.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    let rate = targets.reduce(0, +) / count
    guard deviation > 0, deviation.isFinite, rate > 0, rate < 1 else { return nil }
    let x = scores.map { ($0 - mean) / deviation }
    var (a, b) = (logit(rate), 0.0)
    func loss(_ a: Double, _ b: Double) -> Double {
      var sum = 0.0
      for index in x.indices {
        let z = a + b * x[index]
        sum += softplus(z) - targets[index] * z
      }
      return sum / count
    }
    var current = loss(a, b)
    for _ in 0..<maximumStepCount {
      var (ga, gb, haa, hab, hbb) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for index in x.indices {
        let p = logistic(a + b * x[index])
        let (residual, weight) = (p - targets[index], p * (1 - p))
        ga += residual
        gb += residual * x[index]
        haa += weight
        hab += weight * x[index]
        hbb += weight * x[index] * x[index]
      }
      if max(ga.magnitude, gb.magnitude) / count <= gradientTolerance {
        return current > separatedLoss ? (a - b * mean / deviation, b / deviation) : nil
      }
      let determinant = haa * hbb - hab * hab
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
}
