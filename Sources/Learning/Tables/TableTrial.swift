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
    /// Columns that are no features though nobody excluded them: days, instants, texts that name rows, columns of CSV in which
    /// nothing stands, and those of `unreadColumns`.
    public var leftOutColumns: [String] = []
    /// What the types of columns are called that are not read, by the columns' names; nil where all are.
    public var unreadColumns: [String: String]?
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
      let names = leftOutColumns.map { name in unreadColumns?[name].map { "\(name) (\($0))" } ?? name }
      let leftOut = names.isEmpty ? "" : "\nno features: \(names.joined(separator: ", "))"
      let notes = leftOut + (warnings ?? []).map { "\nwarning: \($0)" }.joined()
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
  ///
  /// The gradient learner reads columns of Parquet a few at a time and keeps their bins; the table to test is scored a few
  /// rows at a time. What is wrong with a table is found before anything is learned.
  public func run(input: String, test: String?, model: String?, output: String?, threads: Int) throws -> Report {
    let workers = WorkerThreads(count: threads)
    var stopwatch = Stopwatch()
    let source = try TableColumns(input, threads: threads)
    let features = try features(source)
    let tested = try test.map { try TableColumns($0, reading: features, threads: threads) } ?? source
    let wanted = try labels(tested.table([label]))
    if isAmount { try gradient.demandLabels(wanted, of: "rows to test") }
    var report = Report(
      algorithm: algorithm, trainRowCount: 0, featureCount: 0, objective: isAmount ? gradient.objective : .logistic)
    report.seconds.read = stopwatch.lap()
    for path in [model, output].compactMap({ $0 }) { try TableFile.demandFolder(of: path) }
    let learned: Learned
    switch algorithm {
    case .gradient:
      learned = try trees(source, features, testing: tested, isWritten: model != nil, workers, &report)
    case .logistic: learned = try line(source, features, testing: tested, workers, &report)
    }
    report.featureCount = learned.features.count
    let used = Set(learned.features.map(\.name)).union(others)
    report.leftOutColumns = source.names.filter { !used.contains($0) }
    let unread = source.unread.filter { !others.contains($0.key) }
    report.unreadColumns = unread.isEmpty ? nil : unread
    let text = model == nil ? "" : try learned.text()
    _ = stopwatch.lap()
    let testLabels = try labels(tested.table([label]))
    var predictions: [Double] = []
    predictions.reserveCapacity(testLabels.count)
    try tested.forEachBatch(learned.features.map(\.name) + [label] + [offset].compactMap { $0 }) { batch in
      let rows = try FeatureTable(batch, features: learned.features, threads: threads)
      report.seconds.read += stopwatch.lap()
      predictions += try learned.score(rows, batch)
      report.seconds.score += stopwatch.lap()
    }
    report.seconds.read += stopwatch.lap()
    guard predictions.count == testLabels.count else {
      throw ColumnsError(.damagedFile, "\(test ?? input) was changed while it was read")
    }
    if let model { try ModelVersion.write(text, to: model) }
    if let output { try write(predictions, testLabels, to: output) }
    // A test table is whole; where the training table stands in for one, its rows of label 0 count for those left out.
    let prior = PriorCorrection(negativeRate: negativeRate)
    let testWeights = test == nil ? prior.weights(labels: testLabels) : nil
    if isAmount {
      report.amounts = AmountEvaluation(predictions: predictions, labels: testLabels, parameters: gradient)
    } else {
      let evaluation = Evaluation(probabilities: predictions, labels: testLabels, weights: testWeights)
      report.evaluation = evaluation
      (report.auc, report.logLoss) = (evaluation.auc, evaluation.logLoss)
    }
    return report
  }

  /// A model that a trial has learned.
  private struct Learned {
    /// What it reads.
    var features: [Feature]
    /// The model's file.
    var text: () throws -> String
    /// Predictions of rows, which stand in a table too.
    var score: (FeatureTable, Table) throws -> [Double]
  }

  private func trees(
    _ source: TableColumns, _ features: [Feature], testing tested: TableColumns, isWritten: Bool,
    _ workers: WorkerThreads, _ report: inout Report
  ) throws -> Learned {
    if isWritten { try LightGBMFormat.demandWritable(features) }
    let rows = try binned(source, features, workers, &report.seconds)
    try tested.demand(features)
    let validation = try validationRows(rows, workers, &report.seconds)
    ParquetFile.releaseUnusedMemory()
    var fit = try GradientBoosting(parameters: gradient).fit(rows, validation: validation, threads: workers)
    fit.model = PriorCorrection(negativeRate: negativeRate).corrected(fit.model)
    report.seconds.train = fit.growingSeconds
    (report.trainRowCount, report.treeCount) = (rows.matrix.rowCount, fit.model.trees.count)
    let model = fit.model
    return Learned(
      features: model.features, text: { try model.lightGBMText(parameters: gradient.lightGBMLines(model.features)) },
      score: { rows, _ in model.rawScores(rows, threads: workers).map(model.prediction) })
  }

  private func line(
    _ source: TableColumns, _ features: [Feature], testing tested: TableColumns, _ workers: WorkerThreads,
    _ report: inout Report
  ) throws -> Learned {
    var stopwatch = Stopwatch()
    let table = try source.table(source.schema.fields.map(\.name))
    let (labels, weights) = (try labels(table), try weights(table))
    let offsets = try offset.map { name throws(LearningError) in try RowNumbers.read(name, table) }
    let rows = try FeatureTable(table, features: features, threads: workers.count)
    try tested.demand(features)
    report.seconds.read += stopwatch.lap()
    var fit = try LogisticRegression(parameters: logistic).fit(
      rows, labels: labels, weights: weights, offsets: offsets, threads: workers)
    fit.model = PriorCorrection(negativeRate: negativeRate).corrected(fit.model)
    report.seconds.train = stopwatch.lap()
    fit.model.offset = offset
    report.trainRowCount = rows.rowCount
    (report.convergence, report.warnings, report.inference) = (fit.convergence, fit.warnings, fit.model.inference)
    let model = fit.model
    return Learned(
      features: model.features, text: { try ModelVersion.json(model) },
      score: { rows, table in
        let scores = model.rawScores(rows, threads: workers)
        let offsets = try model.offset.map { name throws(LearningError) in try RowNumbers.read(name, table) }
        return (offsets.map { zip(scores, $0).map(+) } ?? scores).map(ElementaryFunctions.logistic)
      })
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
