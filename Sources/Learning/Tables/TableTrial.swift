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
    /// What the model predicts.
    public var objective = Objective.logistic
    /// The number of trees; nil for the logistic learner.
    public var treeCount: Int?
    /// The metrics of probabilities on the test table (on the training table where there is none); nil for other predictions.
    public var evaluation: Evaluation?
    /// The metrics of other predictions; nil for probabilities.
    public var amounts: AmountEvaluation?
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
      if let amounts {
        return
          "\(algorithm.rawValue), \(objective.rawValue): mean loss \(text(amounts.meanLoss)), root mean squared error "
          + "\(text(amounts.rootMeanSquaredError)); \(treeCount ?? 0) trees in "
          + "\(FixedPoint.text(seconds.bin + seconds.train, digits: 2)) s"
      }
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
  /// The share of the rows of label 0 that the training table kept, all of label 1 being kept; 1 for a whole table.
  public var negativeRate = 1.0
  /// A table of a later time, by which the number of trees is chosen; nil to grow them all.
  public var validation: String?
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
    let (table, rows, labels, weights) = try training(input, threads: threads)
    let offsets = try offset.map { name throws(LearningError) in try RowNumbers.read(name, table) }
    let testTable = try test.map { try TableFile.read($0, threads: threads) }
    let testRows = try testTable.map { try FeatureTable($0, features: rows.features, threads: threads) } ?? rows
    let testLabels = try testTable.map { try self.labels($0) } ?? labels
    let validationRows = try validationRows(rows.features, threads: threads)
    let testOffsets = try offset.map { name throws(LearningError) in try RowNumbers.read(name, testTable ?? table) }
    var seconds = Report.Seconds()
    seconds.read = (clock.now - start).seconds
    let prior = PriorCorrection(negativeRate: negativeRate)
    let trained = clock.now
    var line: LogisticRegression.Fit?
    let text: String
    let scorer: (FeatureTable) -> [Double]
    var treeCount: Int?
    switch algorithm {
    case .gradient:
      var fit = try GradientBoosting(parameters: gradient).fit(
        rows, labels: labels, weights: weights, validation: validationRows, threads: workers)
      fit.model = prior.corrected(fit.model)
      (seconds.bin, seconds.train) = (fit.binningSeconds, fit.growingSeconds)
      treeCount = fit.model.trees.count
      text = model == nil ? "" : try fit.model.lightGBMText(parameters: gradient.lightGBMLines)
      scorer = { [model = fit.model] in model.rawScores($0, threads: workers).map(model.prediction) }
    case .logistic:
      var fit = try LogisticRegression(parameters: logistic).fit(
        rows, labels: labels, weights: weights, offsets: offsets, threads: workers)
      fit.model = prior.corrected(fit.model)
      seconds.train = (clock.now - trained).seconds
      fit.model.offset = offset
      line = fit
      text = model == nil ? "" : try ModelVersion.json(fit.model)
      let model = fit.model
      scorer = { rows in
        let scores = model.rawScores(rows, threads: workers)
        return (testOffsets.map { zip(scores, $0).map(+) } ?? scores).map(ElementaryFunctions.logistic)
      }
    }
    let scored = clock.now
    let predictions = scorer(testRows)
    seconds.score = (clock.now - scored).seconds
    if let model { try ModelVersion.write(text, to: model) }
    if let output { try write(predictions, testLabels, to: output) }
    // A test table is whole; where the training table stands in for one, its rows of label 0 count for those left out.
    let testWeights = test == nil ? prior.weights(labels: testLabels) : nil
    var report = Report(
      algorithm: algorithm, trainRowCount: rows.rowCount, featureCount: rows.features.count,
      objective: isAmount ? gradient.objective : .logistic, treeCount: treeCount, convergence: line?.convergence,
      warnings: line?.warnings, inference: line?.model.inference, seconds: seconds)
    if isAmount {
      report.amounts = AmountEvaluation(predictions: predictions, labels: testLabels, parameters: gradient)
    } else {
      let evaluation = Evaluation(probabilities: predictions, labels: testLabels, weights: testWeights)
      report.evaluation = evaluation
      (report.auc, report.logLoss) = (evaluation.auc, evaluation.logLoss)
    }
    return report
  }

  /// Reads the table to learn from.
  func training(
    _ input: String, threads: Int
  ) throws -> (table: Table, rows: FeatureTable, labels: [Double], weights: [Double]?) {
    let table = try TableFile.read(input, threads: threads)
    let labels = try labels(table)
    let weights = try weight.map { name throws(LearningError) in try RowNumbers.read(name, table, isWeight: true) }
    let others = excluded + [label] + [weight, offset].compactMap { $0 }
    return (table, FeatureTable(learning: table, excluding: Set(others), threads: threads), labels, weights)
  }

  /// Reads the table of a later time; nil where there is none.
  func validationRows(_ features: [Feature], threads: Int) throws -> GradientBoosting.Validation? {
    try validation.map { path in
      let table = try TableFile.read(path, threads: threads)
      return GradientBoosting.Validation(
        table: try FeatureTable(table, features: features, threads: threads), labels: try labels(table))
    }
  }

  /// Whether the label is an amount.
  private var isAmount: Bool { algorithm == .gradient && gradient.objective != .logistic }

  private func labels(_ table: Table) throws(LearningError) -> [Double] {
    let column = try TableLabels.read(table, label, positive: positive, isAmount: isAmount)
    guard column.validity == nil else {
      throw LearningError(.invalidValues, "the label column \(label) lacks values")
    }
    return column.values
  }

  private func write(_ predictions: [Double], _ labels: [Double], to path: String) throws(ColumnsError) {
    let first: (field: ColumnField, column: Column) =
      isAmount
      ? (ColumnField("label", .double, "The label."), .double(TypedColumn(labels)))
      : (ColumnField("label", .int32, "The label."), .int32(TypedColumn(labels.map { Int32($0) })))
    let second =
      isAmount
      ? ColumnField("prediction", .double, "The model's prediction.")
      : ColumnField("probability", .double, "The model's probability of 1.")
    try ParquetFile.write(
      Table(Schema([first.field, second]), [first.column, .double(TypedColumn(predictions))]), to: path)
  }
}
