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
  /// DeLong's interval of 95 % of the area, its lower end.
  public var aucLower: Double?
  /// Its upper end.
  public var aucUpper: Double?
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
  /// Expected calibration error over ten bins of equally many rows.
  public var expectedCalibrationError: Double?
  /// Expected maximum profit of a campaign with the parameters of the paper, a row.
  public var expectedMaximumProfit: Double?
  /// Mean probability.
  public var meanProbability: Double?

  /// Bins of the expected calibration error.
  static let binCount = 10

  /// Evaluates probabilities; `weights`, where given, has one positive weight a row. O(n log n).
  public init(probabilities: [Double], labels: [Double], weights: [Double]? = nil) {
    let rows = RankedRows(scores: probabilities, labels: labels, weights: weights)
    let ties = rows.ties()
    rowCount = labels.count
    positiveCount = rows.positiveCount
    let deLong = DeLong(rows)
    auc = deLong?.area
    aucLower = deLong?.interval?.lower
    aucUpper = deLong?.interval?.upper
    averagePrecision = RankMetrics.averagePrecision(ties)
    logLoss = ProbabilityMetrics.logLoss(probabilities: probabilities, labels: labels, weights: weights)
    brier = ProbabilityMetrics.brierScore(probabilities: probabilities, labels: labels, weights: weights)
    liftByDecile = RankMetrics.gainByDecile(ties).map(RankMetrics.liftByDecile)
    liftTopDecile = liftByDecile?.first
    let line = LogisticLine.fit(
      scores: ProbabilityMetrics.logits(probabilities), targets: labels, weights: weights)
    calibrationIntercept = line?.intercept
    calibrationSlope = line?.slope
    let bins = CalibrationBins(rows, ties, count: Evaluation.binCount)
    expectedCalibrationError = BrierDecomposition(bins.bins(rows))?.calibrationError
    expectedMaximumProfit = CampaignProfit().maxima(ties)?.expected.profit
    meanProbability = ProbabilityMetrics.mean(probabilities, weights: weights)
  }
}
