import ElementaryFunctions

/// Metrics of probabilities. Definitions: <doc:Metrics>.
public enum ProbabilityMetrics {
  /// Probabilities are kept this far from 0 and 1 before a logarithm is taken.
  public static let clip = 1e-15

  /// −mean(y·ln p + (1 − y)·ln(1 − p)), with p clipped to [10⁻¹⁵, 1 − 10⁻¹⁵]. Nil without rows.
  public static func logLoss(probabilities: [Double], labels: [Double], weights: [Double]? = nil) -> Double? {
    mean(losses(probabilities: probabilities, labels: labels), weights: weights)
  }

  /// mean((p − y)²). Nil without rows.
  public static func brierScore(probabilities: [Double], labels: [Double], weights: [Double]? = nil) -> Double? {
    mean(zip(probabilities, labels).map { ($0 - $1) * ($0 - $1) }, weights: weights)
  }

  /// Intercept and slope of the logistic regression of the label on logit(p): 0 and 1 where p is calibrated.
  ///
  /// A slope below 1 means that the probabilities are too extreme. Nil where the fit does not exist: a class is missing,
  /// all probabilities are equal, or they separate the classes.
  public static func calibrationLine(
    probabilities: [Double], labels: [Double], weights: [Double]? = nil
  ) -> (intercept: Double, slope: Double)? {
    LogisticLine.fit(scores: logits(probabilities), targets: labels, weights: weights).map { ($0.intercept, $0.slope) }
  }

  /// What each row adds to the log loss.
  package static func losses(probabilities: [Double], labels: [Double]) -> [Double] {
    zip(probabilities, labels).map { probability, label in
      let p = clipped(probability)
      return -(label * naturalLogarithm(p) + (1 - label) * naturalLogarithm(1 - p))
    }
  }

  /// logit(p), clipped as for the log loss.
  package static func logits(_ probabilities: [Double]) -> [Double] { probabilities.map { logit(clipped($0)) } }

  /// The (weighted) mean. Nil without rows.
  package static func mean(_ values: [Double], weights: [Double]?) -> Double? {
    var (sum, count) = (0.0, 0.0)
    for index in values.indices {
      let weight = weights?[index] ?? 1
      sum += weight * values[index]
      count += weight
    }
    return count > 0 ? sum / count : nil
  }

  private static func clipped(_ probability: Double) -> Double { min(max(probability, clip), 1 - clip) }
}
