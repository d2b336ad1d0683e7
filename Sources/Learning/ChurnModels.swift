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
    self.init(labels: labels, paymentTypes: paymentTypes) { rows in
      method(rows.map { scores[$0] }, rows.map { labels[$0] })
    }
  }

  /// Fits calibrations by `method`, which is told the rows. Where it has none over all rows, everybody has the base rate.
  init(labels: [Double], paymentTypes: [String], method: ([Int]) -> Calibration?) {
    byPaymentType = [:]
    guard let pooled = method(Array(labels.indices)) else {
      self.pooled = .baseRate(labels: labels)
      return
    }
    self.pooled = pooled
    for type in Set(paymentTypes).sorted() {
      let rows = paymentTypes.indices.filter { paymentTypes[$0] == type }
      let positives = rows.count { labels[$0] > 0.5 }
      guard min(positives, rows.count - positives) >= CalibrationBook.minimumCount else { continue }
      byPaymentType[type] = method(rows)
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
    /// What a person should know about the logistic fit.
    package var warnings: [LogisticWarning]
    package var grownTreeCount: Int
    /// What the gradient model said of the validation rows, doing nothing, when it had not seen them.
    package var validationProbabilities: [Double]
    /// What treated rows there were, and what became of them.
    package var treatment: (train: TreatmentReport, validation: TreatmentReport, refit: TreatmentReport?)
    /// What the leakage guard found in the training rows.
    package var leakage: LeakageGuard.Finding
  }

  package let definition: ChurnDefinition
  package let threads: WorkerThreads

  package init(definition: ChurnDefinition, threads: WorkerThreads) {
    self.definition = definition
    self.threads = threads
  }

  /// Learns from `train`; ends growth and calibrates by `validation`, which is of a later time. Where `refit` has rows, both models are
  /// then fitted to these instead: with the number of trees found, and scored by the calibrations found.
  ///
  /// - Throws: `cannotTrain` where a part has too few positives, `leakage` for a feature that knows the label.
  package func fit(
    train: LabelledRows, validation: LabelledRows, refit: LabelledRows? = nil
  ) throws(LearningError) -> Fit {
    let parts = try prepared(train: train, validation: validation)
    let boosted = try fitGradient(parts.train, parts.validation)
    let line = try fitLine(parts.train)
    let untreated = TreatmentHandling.untreated(validation.table, boosted.model.features)
    var fit = Fit(
      models: ChurnModels(
        gradient: boosted.model, logistic: line.model,
        calibration: .init(
          gradient: boosted.calibration, logistic: calibrated(line.model.rawScores, parts.validation),
          horizonDays: definition.horizonDays, otherEndShare: otherEndShare(validation))),
      convergence: line.convergence, warnings: line.warnings, grownTreeCount: boosted.grownTreeCount,
      validationProbabilities: boosted.calibration.probabilities(
        boosted.model.rawScores(untreated, threads: threads), paymentTypes: validation.paymentTypes),
      treatment: (parts.train.report, parts.validation.report, nil), leakage: parts.leakage)
    guard let refit else { return fit }
    let teaching = try TeachingRows(refit, definition.treatment, threads: threads)
    fit.models.gradient = try refitted(boosted.model, teaching)
    let last = try fitLine(teaching)
    (fit.models.logistic, fit.convergence, fit.warnings) = (last.model, last.convergence, last.warnings)
    fit.treatment.refit = teaching.report
    return fit
  }

  /// The gradient model alone, with its calibration.
  func fitGradient(
    train: LabelledRows, validation: LabelledRows, refit: LabelledRows?
  ) throws(LearningError) -> (model: BoostedModel, calibration: CalibrationBook) {
    let parts = try prepared(train: train, validation: validation)
    let boosted = try fitGradient(parts.train, parts.validation)
    guard let refit else { return (boosted.model, boosted.calibration) }
    let teaching = try TeachingRows(refit, definition.treatment, threads: threads)
    return (try refitted(boosted.model, teaching), boosted.calibration)
  }

  /// The rows of both parts that tell what happens if nothing is done, after the checks of either.
  private func prepared(
    train: LabelledRows, validation: LabelledRows
  ) throws(LearningError) -> (train: TeachingRows, validation: TeachingRows, leakage: LeakageGuard.Finding) {
    let leakage = try LeakageGuard.check(
      train.table, labels: train.labels, customers: train.persons, maximum: definition.maximumSingleFeatureAUC,
      threads: threads)
    let parts = (
      train: try TeachingRows(train, definition.treatment, threads: threads),
      validation: try TeachingRows(validation, definition.treatment, threads: threads), leakage: leakage
    )
    try demandPositives(parts.train.rows, "training")
    try demandPositives(parts.validation.rows, "validation")
    return parts
  }

  private func fitGradient(
    _ training: TeachingRows, _ ending: TeachingRows
  ) throws(LearningError) -> (model: BoostedModel, calibration: CalibrationBook, grownTreeCount: Int) {
    let (train, validation) = (training.rows, ending.rows)
    let boosted = try GradientBoosting(parameters: definition.gradient).fit(
      train.table, labels: train.labels, weights: training.weights,
      validation: .init(table: validation.table, labels: validation.labels), threads: threads)
    return (boosted.model, calibrated(boosted.model.rawScores, ending), boosted.grownTreeCount)
  }

  /// A model of as many trees, of other rows.
  private func refitted(_ model: BoostedModel, _ teaching: TeachingRows) throws(LearningError) -> BoostedModel {
    var parameters = definition.gradient
    parameters.treeCount = model.trees.count
    return try GradientBoosting(parameters: parameters).fit(
      teaching.rows.table, labels: teaching.rows.labels, weights: teaching.weights, threads: threads
    ).model
  }

  private func fitLine(_ teaching: TeachingRows) throws(LearningError) -> LogisticRegression.Fit {
    try LogisticRegression(parameters: definition.logistic).fit(
      teaching.rows.table, labels: teaching.rows.labels, weights: teaching.weights, threads: threads)
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

  private func calibrated(
    _ rawScores: (FeatureTable, WorkerThreads) -> [Double], _ part: TeachingRows
  ) -> CalibrationBook {
    let (rows, scores) = (part.rows, rawScores(part.rows.table, threads))
    return CalibrationBook(labels: rows.labels, paymentTypes: rows.paymentTypes) { chosen in
      let (scores, labels) = (chosen.map { scores[$0] }, chosen.map { rows.labels[$0] })
      let weights = part.weights.map { weights in chosen.map { weights[$0] } }
      return definition.calibration == "isotonic"
        ? Calibration.fittingIsotonic(scores: scores, labels: labels, weights: weights)
        : Calibration.fittingPlatt(scores: scores, labels: labels, weights: weights)
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
