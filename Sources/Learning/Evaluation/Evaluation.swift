import ElementaryFunctions

/// How good probabilities are against labels that came true. Definitions: <doc:Metrics>.
///
/// A metric that does not exist for the rows (a class is missing) is nil and is left out of the JSON.
public struct Evaluation: Sendable, Hashable, Codable {
  /// The version of the definitions; a change of one is a new version.
  public static let definitionVersion = 1

  /// The number of rows.
  public var rowCount: Int
  /// The number of rows with label 1.
  public var positiveCount: Int
  /// Area under the receiver operating characteristic, ties half.
  public var auc: Double?
  /// Average precision.
  public var averagePrecision: Double?
  /// Mean negative log-likelihood.
  public var logLoss: Double?
  /// Mean squared error of the probability.
  public var brier: Double?
  /// Lift of the tenth of the rows with the greatest scores, ties shared.
  public var liftTopDecile: Double?
  /// Lift of each tenth.
  public var liftByDecile: [Double]?
  /// Intercept of the labels' logistic regression on logit(p).
  public var calibrationIntercept: Double?
  /// Slope of the same.
  public var calibrationSlope: Double?
  /// Mean probability.
  public var meanProbability: Double?

  /// Evaluates probabilities. O(n log n).
  public init(probabilities: [Double], labels: [Double]) {
    rowCount = labels.count
    positiveCount = labels.count { $0 > 0.5 }
    auc = RankMetrics.areaUnderCurve(scores: probabilities, labels: labels)
    averagePrecision = RankMetrics.averagePrecision(scores: probabilities, labels: labels)
    logLoss = ProbabilityMetrics.logLoss(probabilities: probabilities, labels: labels)
    brier = ProbabilityMetrics.brierScore(probabilities: probabilities, labels: labels)
    liftByDecile = RankMetrics.liftByDecile(scores: probabilities, labels: labels)
    liftTopDecile = liftByDecile?.first
    let line = ProbabilityMetrics.calibrationLine(probabilities: probabilities, labels: labels)
    calibrationIntercept = line?.intercept
    calibrationSlope = line?.slope
    meanProbability = labels.isEmpty ? nil : probabilities.reduce(0, +) / Double(labels.count)
  }
}
