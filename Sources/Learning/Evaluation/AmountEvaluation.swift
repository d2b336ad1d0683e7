import ElementaryFunctions

/// How well means or quantiles of amounts are predicted.
public struct AmountEvaluation: Sendable, Hashable, Codable {
  /// Rows.
  public var rowCount: Int
  /// The mean loss of the objective, up to what depends on the labels alone; a quantile's is the pinball loss.
  public var meanLoss: Double?
  /// √ mean (label − prediction)².
  public var rootMeanSquaredError: Double?
  /// Mean |label − prediction|.
  public var meanAbsoluteError: Double?
  /// The mean label.
  public var meanLabel: Double?
  /// The mean prediction.
  public var meanPrediction: Double?
  /// The share of labels at or below their prediction: for a quantile this should be its level.
  public var shareBelow: Double?

  /// Evaluates predictions; every metric is nil without rows. O(rows).
  init(predictions: [Double], labels: [Double], parameters: GradientBoosting.Parameters) {
    rowCount = labels.count
    guard rowCount > 0 else { return }
    let loss = parameters.pointLoss
    var (losses, squares, absolutes, below) = (0.0, 0.0, 0.0, 0)
    for (prediction, label) in zip(predictions, labels) {
      let score = parameters.objective.hasLogLink ? naturalLogarithm(prediction) : prediction
      losses += loss.loss(score: score, label: label)
      squares += (label - prediction) * (label - prediction)
      absolutes += (label - prediction).magnitude
      below += label <= prediction ? 1 : 0
    }
    let count = Double(rowCount)
    meanLoss = losses / count
    rootMeanSquaredError = (squares / count).squareRoot()
    meanAbsoluteError = absolutes / count
    meanLabel = labels.reduce(0, +) / count
    meanPrediction = predictions.reduce(0, +) / count
    shareBelow = Double(below) / count
  }
}
