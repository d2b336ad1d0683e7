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

  /// Evaluates predictions. A metric is nil without rows, and where it is no finite number: the loss of a mean that is predicted as
  /// 0 behind a log link, the error of one beyond all doubles. O(rows).
  package init(predictions: [Double], labels: [Double], parameters: GradientBoosting.Parameters) {
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
    func mean(_ sum: Double) -> Double? {
      let mean = sum / Double(rowCount)
      return mean.isFinite ? mean : nil
    }
    meanLoss = mean(losses)
    rootMeanSquaredError = mean(squares).map { $0.squareRoot() }
    meanAbsoluteError = mean(absolutes)
    meanLabel = mean(labels.reduce(0, +))
    meanPrediction = mean(predictions.reduce(0, +))
    shareBelow = mean(Double(below))
  }
}
