package import Parallelism

/// The two churn models with their calibration: what training makes and scoring reads.
package struct ChurnModels: Sendable {
  /// What turns raw scores into probabilities and values: the model's file `calibration-….json`.
  package struct CalibrationFile: Sendable, Hashable, Codable {
    /// The calibration of the gradient model.
    package var gradient: CalibrationBook
    /// The calibration of the logistic model.
    package var logistic: CalibrationBook
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
    _ table: FeatureTable, paymentTypes: [String], threads: WorkerThreads
  ) -> (raw: [Double], probabilities: [Double]) {
    let raw = gradient.rawScores(table, threads: threads)
    return (raw, calibration.gradient.probabilities(raw, paymentTypes: paymentTypes))
  }

  /// Calibrated probabilities of the logistic model.
  package func logisticProbabilities(
    _ table: FeatureTable, paymentTypes: [String], threads: WorkerThreads
  ) -> [Double] {
    calibration.logistic.probabilities(logistic.rawScores(table, threads: threads), paymentTypes: paymentTypes)
  }
}

/// Calibrations of one model: one a payment type, since a model is rarely as sure of the one as of the other, and one
/// over all for types with too few who left.
package struct CalibrationBook: Sendable, Hashable, Codable {
  /// Who left, and who stayed, that a payment type must have for a calibration of its own.
  package static let minimumCount = 100

  /// Over all rows.
  package var pooled: Calibration
  /// By payment type.
  package var byPaymentType: [String: Calibration]

  /// Fits calibrations by `method`. Where it has none over all rows, everybody has the base rate.
  package init(
    scores: [Double], labels: [Double], paymentTypes: [String], method: ([Double], [Double]) -> Calibration?
  ) {
    byPaymentType = [:]
    guard let pooled = method(scores, labels) else {
      self.pooled = .baseRate(labels: labels)
      return
    }
    self.pooled = pooled
    for type in Set(paymentTypes).sorted() {
      let rows = paymentTypes.indices.filter { paymentTypes[$0] == type }
      let positives = rows.count { labels[$0] > 0.5 }
      guard min(positives, rows.count - positives) >= CalibrationBook.minimumCount else { continue }
      byPaymentType[type] = method(rows.map { scores[$0] }, rows.map { labels[$0] })
    }
  }

  /// The calibrated probability of each raw score.
  package func probabilities(_ scores: [Double], paymentTypes: [String]) -> [Double] {
    zip(scores, paymentTypes).map { (byPaymentType[$1] ?? pooled).probability($0) }
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
    let boosted = try fitGradient(train: train, validation: validation)
    let line = try LogisticRegression(parameters: definition.logistic).fit(
      train.table, labels: train.labels, threads: threads)
    let logistic = calibrated(line.model.rawScores(validation.table, threads: threads), validation)
    return Fit(
      models: ChurnModels(
        gradient: boosted.model, logistic: line.model,
        calibration: .init(
          gradient: boosted.calibration, logistic: logistic, horizonDays: definition.horizonDays,
          otherEndShare: otherEndShare(validation))),
      convergence: line.convergence, grownTreeCount: boosted.grownTreeCount)
  }

  /// The gradient model alone, with its calibration.
  func fitGradient(
    train: LabelledRows, validation: LabelledRows
  ) throws(LearningError) -> (model: BoostedModel, calibration: CalibrationBook, grownTreeCount: Int) {
    try demandPositives(train, "training")
    try demandPositives(validation, "validation")
    try LeakageGuard.check(
      train.table, labels: train.labels, maximum: definition.maximumSingleFeatureAUC, threads: threads)
    let boosted = try GradientBoosting(parameters: definition.gradient).fit(
      train.table, labels: train.labels,
      validation: .init(table: validation.table, labels: validation.labels), threads: threads)
    let scores = boosted.model.rawScores(validation.table, threads: threads)
    return (boosted.model, calibrated(scores, validation), boosted.grownTreeCount)
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

  private func calibrated(_ scores: [Double], _ rows: LabelledRows) -> CalibrationBook {
    CalibrationBook(scores: scores, labels: rows.labels, paymentTypes: rows.paymentTypes) {
      definition.calibration == "isotonic"
        ? Calibration.fittingIsotonic(scores: $0, labels: $1) : Calibration.fittingPlatt(scores: $0, labels: $1)
    }
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
