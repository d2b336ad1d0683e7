package import Parallelism

/// Fits both models on one split.
///
/// 1. Learn from the training rows; end the growth of trees and calibrate by the validation rows, which are of a later time.
/// 2. Where there is a refit, fit both once more, to rows that the validation date belongs to: as many trees, and calibrations that keep
///    the spread of what the first models say of the validation date and get its level anew (<doc:RefitDecision>).
package struct ChurnTrainer: Sendable {
  /// Models and how their fits ended.
  package struct Fit: Sendable {
    package var models: ChurnModels
    package var convergence: LogisticRegression.Convergence
    /// What a person should know about the logistic fit.
    package var warnings: [LogisticWarning]
    /// What the gradient model said of the validation rows, doing nothing, when it had not seen them.
    package var validationProbabilities: [Double]
    /// What rows there were.
    package var parts: Parts<ChurnMetrics.Part>
    /// What treated rows there were, and what became of them.
    package var treatment: Parts<TreatmentReport>
    /// What the leakage guard found in the rows that the models have learned from.
    package var leakage: LeakageGuard.Finding
  }

  /// The gradient model alone.
  struct GradientFit: Sendable {
    var model: BoostedModel
    var calibration: CalibrationBook
    var parts: Parts<ChurnMetrics.Part>
  }

  /// Something of each part that is learned from; nil where models are not fitted once more.
  package struct Parts<Value: Sendable>: Sendable {
    package var train: Value
    package var validation: Value
    package var refit: Value?
  }

  /// The rows of a part that tell what happens if nothing is done, after every check.
  private struct Lesson {
    var teaching: TeachingRows
    var leakage: LeakageGuard.Finding
    var part: ChurnMetrics.Part
  }

  package let definition: ChurnDefinition
  package let threads: WorkerThreads

  package init(definition: ChurnDefinition, threads: WorkerThreads) {
    self.definition = definition
    self.threads = threads
  }

  /// Learns from `train` and `validation`, and then from the rows that `refit` puts together, unless it has none.
  ///
  /// Rows to learn from are the most that a night holds: they are put together when they teach, and then let go.
  ///
  /// - Throws: `tooLittleHistory` where a part has too few positives, `leakage` for a feature that knows the label.
  package func fit(
    train: @autoclosure () -> LabelledRows, validation: LabelledRows, refit: () -> LabelledRows? = { nil }
  ) throws(LearningError) -> Fit {
    let ending = try teaching(validation, "validation")
    var fit = try firstFit(train: train, validation: validation, ending)
    FreedMemory.giveBack()
    guard let last = try refit().map({ rows throws(LearningError) in try lesson(rows, "refit") }) else { return fit }
    let first = fit.models
    fit.models.gradient = try refitted(first.gradient, last.teaching)
    let line = try fitLine(last.teaching)
    (fit.models.logistic, fit.convergence, fit.warnings) = (line.model, line.convergence, line.warnings)
    fit.models.calibration.gradient = transferred(
      first.calibration.gradient, from: first.gradient.rawScores, to: fit.models.gradient.rawScores, ending)
    fit.models.calibration.logistic = transferred(
      first.calibration.logistic, from: first.logistic.rawScores, to: line.model.rawScores, ending)
    (fit.parts.refit, fit.treatment.refit, fit.leakage) = (last.part, last.teaching.report, last.leakage)
    return fit
  }

  /// The gradient model alone, with its calibration; as `fit`.
  func fitGradient(
    train: @autoclosure () -> LabelledRows, validation: LabelledRows, refit: () -> LabelledRows?
  ) throws(LearningError) -> GradientFit {
    let ending = try teaching(validation, "validation")
    var fit = try firstGradient(lesson(train(), "training"), ending, ChurnMetrics.Part(validation))
    FreedMemory.giveBack()
    guard let last = try refit().map({ rows throws(LearningError) in try lesson(rows, "refit") }) else { return fit }
    let first = fit.model
    fit.model = try refitted(first, last.teaching)
    fit.calibration = transferred(fit.calibration, from: first.rawScores, to: fit.model.rawScores, ending)
    fit.parts.refit = last.part
    return fit
  }

  /// Throws `tooLittleHistory` where rows have too few of either kind.
  package func demandPositives(_ rows: LabelledRows, _ part: String) throws(LearningError) {
    let (positives, total) = (rows.positiveCount, rows.rowCount)
    guard positives >= definition.minimumPositiveCount, total - positives >= definition.minimumPositiveCount else {
      throw LearningError(
        .tooLittleHistory,
        "cannot train: \(part) has \(positives) who left among \(total), and split.minimum-positives asks for "
          + "\(definition.minimumPositiveCount) of each kind")
    }
  }

  // MARK: Parts

  private func lesson(_ rows: LabelledRows, _ part: String) throws(LearningError) -> Lesson {
    let leakage = try LeakageGuard.check(
      rows.table, labels: rows.labels, customers: rows.persons, segments: rows.paymentTypes,
      maximum: definition.maximumSingleFeatureAUC, threads: threads)
    return Lesson(teaching: try teaching(rows, part), leakage: leakage, part: ChurnMetrics.Part(rows))
  }

  private func teaching(_ rows: LabelledRows, _ part: String) throws(LearningError) -> TeachingRows {
    let teaching = try TeachingRows(rows, definition.treatment, threads: threads)
    try demandPositives(teaching.rows, part)
    return teaching
  }

  // MARK: Fits

  private func firstFit(
    train: () -> LabelledRows, validation: LabelledRows, _ ending: TeachingRows
  ) throws(LearningError) -> Fit {
    let first = try lesson(train(), "training")
    let boosted = try boost(first.teaching, ending)
    let line = try fitLine(first.teaching)
    let book = calibrated(boosted.model.rawScores, ending)
    let untreated = TreatmentHandling.untreated(validation.table, boosted.model.features)
    return Fit(
      models: ChurnModels(
        gradient: boosted.model, logistic: line.model,
        calibration: .init(
          gradient: book, logistic: calibrated(line.model.rawScores, ending), horizonDays: definition.horizonDays,
          otherEndShare: otherEndShare(validation))),
      convergence: line.convergence, warnings: line.warnings,
      validationProbabilities: book.probabilities(
        boosted.model.rawScores(untreated, threads: threads), paymentTypes: validation.paymentTypes),
      parts: Parts(train: first.part, validation: ChurnMetrics.Part(validation)),
      treatment: Parts(train: first.teaching.report, validation: ending.report), leakage: first.leakage)
  }

  private func firstGradient(
    _ first: Lesson, _ ending: TeachingRows, _ validation: ChurnMetrics.Part
  ) throws(LearningError) -> GradientFit {
    let model = try boost(first.teaching, ending).model
    return GradientFit(
      model: model, calibration: calibrated(model.rawScores, ending),
      parts: Parts(train: first.part, validation: validation))
  }

  private func boost(_ training: TeachingRows, _ ending: TeachingRows) throws(LearningError) -> GradientBoosting.Fit {
    try GradientBoosting(parameters: definition.gradient).fit(
      training.rows.table, labels: training.rows.labels, weights: training.weights,
      validation: .init(table: ending.rows.table, labels: ending.rows.labels), threads: threads)
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

  // MARK: Calibration

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

  private func transferred(
    _ book: CalibrationBook, from first: (FeatureTable, WorkerThreads) -> [Double],
    to last: (FeatureTable, WorkerThreads) -> [Double], _ part: TeachingRows
  ) -> CalibrationBook {
    let table = part.rows.table
    return book.transferred(
      from: first(table, threads), to: last(table, threads), labels: part.rows.labels,
      paymentTypes: part.rows.paymentTypes, weights: part.weights)
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
