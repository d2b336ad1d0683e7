import Columns
import ElementaryFunctions
import Parallelism

/// A learner on any table: fit, evaluate, write. For data scientists and benchmarks; no data home is needed.
public struct TableTrial: Sendable {
  /// Which learner.
  public enum Algorithm: String, Sendable, CaseIterable, Codable {
    /// Gradient boosting.
    case gradient
    /// Logistic regression.
    case logistic
  }

  /// What a trial found.
  public struct Report: Sendable, Codable {
    /// Seconds of each step.
    public struct Seconds: Sendable, Codable {
      /// Reading both tables and turning columns into features.
      public var read = 0.0
      /// Binning; 0 for the logistic learner.
      public var bin = 0.0
      /// Training.
      public var train = 0.0
      /// Scoring the test table.
      public var score = 0.0
    }

    /// The learner.
    public var algorithm: Algorithm
    /// Rows of the training table.
    public var trainRowCount: Int
    /// Features in use.
    public var featureCount: Int
    /// The metrics on the test table (on the training table where there is none).
    public var evaluation: Evaluation
    /// Area under the curve, as in `evaluation`.
    public var auc: Double?
    /// Mean negative log-likelihood, as in `evaluation`.
    public var logLoss: Double?
    /// How the logistic fit ended.
    public var convergence: LogisticRegression.Convergence?
    /// What a person should know about the logistic fit.
    public var warnings: [LogisticWarning]?
    /// Coefficients of the logistic model per unit, with standard errors and covariance.
    public var inference: CoefficientInference?
    /// Seconds of each step.
    public var seconds = Seconds()

    /// One line, and one for each warning.
    public var summary: String {
      func text(_ value: Double?) -> String { value.map { FixedPoint.text($0, digits: 5) } ?? "unknown" }
      let state = convergence.map { ", \($0.reason.rawValue) after \($0.stepCount) steps" } ?? ""
      let notes = (warnings ?? []).map { "\nwarning: \($0)" }.joined()
      return "\(algorithm.rawValue): AUC \(text(auc)), log loss \(text(logLoss))\(state); trained in "
        + "\(FixedPoint.text(seconds.bin + seconds.train, digits: 2)) s\(notes)"
    }

    /// The report as one JSON object with sorted keys.
    public var json: String {
      get throws(LearningError) { String(try ModelVersion.json(self).dropLast()) }
    }
  }

  /// The column of the label: 0 and 1, flags, or texts of which one counts as 1.
  public var label: String
  /// The text that counts as 1; nil where the label is no text.
  public var positive: String?
  /// Columns that are no features.
  public var excluded: [String]
  /// A column of positive numbers by which the loss of each row is multiplied; nil for 1 each.
  public var weight: String?
  /// A column of numbers that are added to the predictor of each row as they are; of the logistic learner only.
  public var offset: String?
  /// The learner.
  public var algorithm = Algorithm.gradient
  /// Parameters of the gradient learner.
  public var gradient = GradientBoosting.Parameters()
  /// Parameters of the logistic learner.
  public var logistic = LogisticRegression.Parameters()

  /// Makes a trial.
  public init(label: String, excluded: [String] = []) {
    self.label = label
    self.excluded = excluded
  }

  /// Reads, fits, evaluates and writes what is asked for.
  public func run(input: String, test: String?, model: String?, output: String?, threads: Int) throws -> Report {
    let clock = ContinuousClock()
    let workers = WorkerThreads(count: threads)
    let start = clock.now
    let table = try TableFile.read(input, threads: threads)
    let labels = try labels(table)
    let weights = try weight.map { name throws(LearningError) in try RowNumbers.read(name, table, isWeight: true) }
    let offsets = try offset.map { name throws(LearningError) in try RowNumbers.read(name, table) }
    let others = excluded + [label] + [weight, offset].compactMap { $0 }
    let rows = FeatureTable(learning: table, excluding: Set(others), threads: threads)
    let testTable = try test.map { try TableFile.read($0, threads: threads) }
    let testRows = try testTable.map { try FeatureTable($0, features: rows.features, threads: threads) } ?? rows
    let testLabels = try testTable.map { try self.labels($0) } ?? labels
    let testOffsets = try offset.map { name throws(LearningError) in try RowNumbers.read(name, testTable ?? table) }
    var seconds = Report.Seconds()
    seconds.read = (clock.now - start).seconds
    let trained = clock.now
    var line: LogisticRegression.Fit?
    let text: String
    let scorer: (FeatureTable) -> [Double]
    switch algorithm {
    case .gradient:
      let fit = try GradientBoosting(parameters: gradient).fit(
        rows, labels: labels, weights: weights, threads: workers)
      (seconds.bin, seconds.train) = (fit.binningSeconds, fit.growingSeconds)
      text = model == nil ? "" : try fit.model.lightGBMText()
      scorer = { fit.model.rawScores($0, threads: workers) }
    case .logistic:
      var fit = try LogisticRegression(parameters: logistic).fit(
        rows, labels: labels, weights: weights, offsets: offsets, threads: workers)
      seconds.train = (clock.now - trained).seconds
      fit.model.offset = offset
      line = fit
      text = model == nil ? "" : try ModelVersion.json(fit.model)
      let model = fit.model
      scorer = { rows in
        let scores = model.rawScores(rows, threads: workers)
        return testOffsets.map { zip(scores, $0).map(+) } ?? scores
      }
    }
    let scored = clock.now
    let probabilities = scorer(testRows).map(ElementaryFunctions.logistic)
    seconds.score = (clock.now - scored).seconds
    if let model { try ModelVersion.write(text, to: model) }
    if let output { try write(probabilities, testLabels, to: output) }
    let evaluation = Evaluation(probabilities: probabilities, labels: testLabels)
    return Report(
      algorithm: algorithm, trainRowCount: rows.rowCount, featureCount: rows.features.count, evaluation: evaluation,
      auc: evaluation.auc, logLoss: evaluation.logLoss, convergence: line?.convergence,
      warnings: line?.warnings, inference: line?.model.inference, seconds: seconds)
  }

  private func labels(_ table: Table) throws(LearningError) -> [Double] {
    let values: [Double]
    switch table[label] {
    case .int32(let column) where column.validity == nil: values = column.values.map { Double($0) }
    case .int64(let column) where column.validity == nil: values = column.values.map { Double($0) }
    case .double(let column) where column.validity == nil: values = column.values
    case .bool(let column) where column.validity == nil: values = column.values.map { $0 ? 1 : 0 }
    case .string(let column) where column.validity == nil:
      guard let positive else {
        throw LearningError(
          .cannotTrain, "the label column \(label) holds texts: say which of them counts as 1 (--positive)")
      }
      values = column.values.map { $0 == positive ? 1 : 0 }
    default:
      throw LearningError(
        .missingColumn, "the label column \(label) is absent, holds days or instants, or lacks values")
    }
    guard values.allSatisfy({ $0 == 0 || $0 == 1 }) else {
      throw LearningError(.cannotTrain, "the label column \(label) holds other values than 0 and 1")
    }
    return values
  }

  private func write(_ probabilities: [Double], _ labels: [Double], to path: String) throws(ColumnsError) {
    let schema = Schema([
      ColumnField("label", .int32, "The label."),
      ColumnField("probability", .double, "The model's probability of 1."),
    ])
    try ParquetFile.write(
      Table(schema, [.int32(TypedColumn(labels.map { Int32($0) })), .double(TypedColumn(probabilities))]), to: path)
  }
}
