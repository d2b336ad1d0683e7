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
    /// Seconds of each step.
    public var seconds = Seconds()

    /// One line.
    public var summary: String {
      func text(_ value: Double?) -> String { value.map { FixedPoint.text($0, digits: 5) } ?? "unknown" }
      let state = convergence.map { ", \($0.reason.rawValue) after \($0.stepCount) steps" } ?? ""
      return "\(algorithm.rawValue): AUC \(text(auc)), log loss \(text(logLoss))\(state); trained in "
        + "\(FixedPoint.text(seconds.bin + seconds.train, digits: 2)) s"
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
  /// The share of the rows of label 0 that the training table kept, all of label 1 being kept; 1 for a whole table.
  public var negativeRate = 1.0
  /// The learner.
  public var algorithm = Algorithm.gradient
  /// Parameters of the gradient learner.
  public var gradient = GradientBoosting.Parameters()
  /// Parameters of the logistic learner.
  public var logistic = LogisticRegression.Parameters()

  /// What `negativeRate` may be.
  public static let negativeRates = 1e-6...1.0

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
    let rows = FeatureTable(learning: table, excluding: Set(excluded + [label]), threads: threads)
    let testTable = try test.map { try TableFile.read($0, threads: threads) }
    let testRows = try testTable.map { try FeatureTable($0, features: rows.features, threads: threads) } ?? rows
    let testLabels = try testTable.map { try self.labels($0) } ?? labels
    var seconds = Report.Seconds()
    seconds.read = (clock.now - start).seconds
    let prior = PriorCorrection(negativeRate: negativeRate)
    let trained = clock.now
    var convergence: LogisticRegression.Convergence?
    let text: String
    let scorer: (FeatureTable) -> [Double]
    switch algorithm {
    case .gradient:
      var fit = try GradientBoosting(parameters: gradient).fit(rows, labels: labels, threads: workers)
      fit.model = prior.corrected(fit.model)
      (seconds.bin, seconds.train) = (fit.binningSeconds, fit.growingSeconds)
      text = model == nil ? "" : try fit.model.lightGBMText()
      scorer = { [model = fit.model] in model.rawScores($0, threads: workers) }
    case .logistic:
      var fit = try LogisticRegression(parameters: logistic).fit(rows, labels: labels, threads: workers)
      fit.model = prior.corrected(fit.model)
      seconds.train = (clock.now - trained).seconds
      convergence = fit.convergence
      text = model == nil ? "" : try ModelVersion.json(fit.model)
      scorer = { [model = fit.model] in model.rawScores($0, threads: workers) }
    }
    let scored = clock.now
    let probabilities = scorer(testRows).map(ElementaryFunctions.logistic)
    seconds.score = (clock.now - scored).seconds
    if let model { try ModelVersion.write(text, to: model) }
    if let output { try write(probabilities, testLabels, to: output) }
    // A test table is whole; where the training table stands in for one, its rows of label 0 count for those left out.
    let weights = test == nil ? prior.weights(labels: testLabels) : nil
    let evaluation = Evaluation(probabilities: probabilities, labels: testLabels, weights: weights)
    return Report(
      algorithm: algorithm, trainRowCount: rows.rowCount, featureCount: rows.features.count, evaluation: evaluation,
      auc: evaluation.auc, logLoss: evaluation.logLoss, convergence: convergence, seconds: seconds)
  }

  private func labels(_ table: Table) throws(LearningError) -> [Double] {
    let column = try TableLabels.read(table, label, positive: positive)
    guard column.validity == nil else {
      throw LearningError(.invalidValues, "the label column \(label) lacks values")
    }
    return column.values
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
