package import Parallelism

/// The two churn models with their calibration: what training makes and scoring reads.
package struct ChurnModels: Sendable {
  /// What turns raw scores into probabilities and values: the model's file `calibration-….json`.
  package struct CalibrationFile: Sendable, Hashable, Codable {
    /// The calibration of the gradient model.
    package var gradient: Calibration
    /// The calibration of the logistic model.
    package var logistic: Calibration
    /// Days ahead that the probabilities cover.
    package var horizonDays: Int
    /// The share of the base that ends by another cause within the horizon, by payment type.
    package var otherEndShare: [String: Double]
  }

  package var gradient: BoostedModel
  package var logistic: LogisticModel
  package var calibration: CalibrationFile

  /// Calibrated probabilities of the gradient model, with its raw scores.
  package func gradientScores(
    _ table: FeatureTable, threads: WorkerThreads
  ) -> (raw: [Double], probabilities: [Double]) {
    let raw = gradient.rawScores(table, threads: threads)
    return (raw, raw.map(calibration.gradient.probability))
  }

  /// Calibrated probabilities of the logistic model.
  package func logisticProbabilities(_ table: FeatureTable, threads: WorkerThreads) -> [Double] {
    logistic.rawScores(table, threads: threads).map(calibration.logistic.probability)
  }
}

/// Fits both models on one split.
package struct ChurnTrainer: Sendable {
  /// Models and how their fits ended.
  package struct Fit: Sendable {
    package var models: ChurnModels
    package var convergence: LogisticRegression.Convergence
    package var grownTreeCount: Int
  }

  package let definition: ChurnDefinition
  package let threads: WorkerThreads

  package init(definition: ChurnDefinition, threads: WorkerThreads) {
    self.definition = definition
    self.threads = threads
  }

  /// Learns from `train`; ends growth and calibrates by `validation`, which is of a later time.
  ///
  /// - Throws: `cannotTrain` where a part has too few positives, `leakage` for a feature that knows the label.
  package func fit(train: LabelledRows, validation: LabelledRows) throws(LearningError) -> Fit {
    try demandPositives(train, "training")
    try demandPositives(validation, "validation")
    try LeakageGuard.check(
      train.table, labels: train.labels, maximum: definition.maximumSingleFeatureAUC, threads: threads)
    let boosted = try GradientBoosting(parameters: definition.gradient).fit(
      train.table, labels: train.labels,
      validation: .init(table: validation.table, labels: validation.labels), threads: threads)
    let line = try LogisticRegression(parameters: definition.logistic).fit(
      train.table, labels: train.labels, threads: threads)
    let gradient = try calibrated(boosted.model.rawScores(validation.table, threads: threads), validation.labels)
    let logistic = try calibrated(line.model.rawScores(validation.table, threads: threads), validation.labels)
    return Fit(
      models: ChurnModels(
        gradient: boosted.model, logistic: line.model,
        calibration: .init(
          gradient: gradient, logistic: logistic, horizonDays: definition.horizonDays,
          otherEndShare: otherEndShare(validation))),
      convergence: line.convergence, grownTreeCount: boosted.grownTreeCount)
  }

  package func demandPositives(_ rows: LabelledRows, _ part: String) throws(LearningError) {
    let (positives, total) = (rows.positiveCount, rows.rowCount)
    guard positives >= definition.minimumPositiveCount, total - positives >= definition.minimumPositiveCount else {
      throw LearningError(
        .cannotTrain,
        "cannot train: \(part) has \(positives) who left among \(total), and split.minimum-positives asks for "
          + "\(definition.minimumPositiveCount) of each kind")
    }
  }

  private func calibrated(_ scores: [Double], _ labels: [Double]) throws(LearningError) -> Calibration {
    let platt = Calibration.fittingPlatt(scores: scores, labels: labels)
    let fit =
      definition.calibration == "isotonic" ? Calibration.fittingIsotonic(scores: scores, labels: labels) : platt
    guard let fit else {
      throw LearningError(
        .cannotTrain,
        "cannot train: the scores of the validation date do not rise with the label, so nothing was learned")
    }
    return fit
  }

  private func otherEndShare(_ rows: LabelledRows) -> [String: Double] {
    var counts: [String: (ended: Double, total: Double)] = [:]
    for row in 0..<rows.rowCount {
      counts[rows.paymentTypes[row], default: (0, 0)].total += 1
      if rows.endedOtherwise[row] { counts[rows.paymentTypes[row], default: (0, 0)].ended += 1 }
    }
    return counts.mapValues { $0.ended / $0.total }
  }
}
