import Columns
import Parallelism

/// A model on any table: a score a row, and what each feature adds to it. For data scientists and benchmarks; no data home is
/// needed.
public struct TableScoring: Sendable {
  /// Which reasons of a score are written.
  public enum Reasons: Sendable, Hashable {
    /// None.
    case none
    /// The contribution of every feature.
    case all
    /// So many features that raise the score most.
    case top(Int)
  }

  /// What a run did.
  public struct Report: Sendable, Codable {
    /// Seconds of each step.
    public struct Seconds: Sendable, Codable {
      /// Reading the table and turning columns into features.
      public var read = 0.0
      /// Scoring.
      public var score = 0.0
      /// Explaining.
      public var explain = 0.0
      /// Writing.
      public var write = 0.0
    }

    /// The learner whose model it is.
    public var algorithm: TableTrial.Algorithm
    /// Rows scored.
    public var rowCount: Int
    /// Features of the model.
    public var featureCount: Int
    /// Seconds of each step.
    public var seconds = Seconds()

    /// One line.
    public var summary: String {
      "\(rowCount) rows scored by a \(algorithm.rawValue) model of \(featureCount) features in "
        + "\(FixedPoint.text(seconds.score + seconds.explain, digits: 2)) s"
    }

    /// The report as one JSON object with sorted keys.
    public var json: String {
      get throws(LearningError) { String(try ModelVersion.json(self).dropLast()) }
    }
  }

  /// The model's file: LightGBM's text format, or a logistic regression as `nightjar-train fit` writes it.
  public var model: String
  /// The reasons that are written.
  public var reasons: Reasons
  /// Columns of the table that are written beside the scores: what names a row.
  public var kept: [String]

  /// Makes a scoring.
  public init(model: String, reasons: Reasons = .none, kept: [String] = []) {
    self.model = model
    self.reasons = reasons
    self.kept = kept
  }

  /// Scores every row of `input` and writes them, in its order, to `output`, where one is given.
  ///
  /// Columns: those kept, `raw_score`, `probability` (`prediction` where the model predicts amounts), then by `reasons` nothing, `reason_1` with `reason_1_contribution` and so
  /// on, or `base_value` and one `contribution_…` a feature, which add up to the raw score.
  ///
  /// - Throws: `LearningError` for the model, a column that it needs and the table lacks, or one to keep whose numbers would be
  ///   rounded; `ColumnsError` for the files.
  public func run(input: String, output: String?, threads: Int) throws -> Report {
    let workers = WorkerThreads(count: threads)
    var stopwatch = Stopwatch()
    let model = try TableModel(path: model)
    var report = Report(algorithm: model.algorithm, rowCount: 0, featureCount: model.features.count)
    try demandDistinct(kept)
    if let output { try TableFile.demandFolder(of: output) }
    let needed = model.features.map(\.name) + [model.offset].compactMap { $0 }
    let table = try TableFile.read(
      input, columns: kept + needed.filter { !kept.contains($0) }, texts: Feature.textNames(model.features),
      threads: threads)
    try demandExact(table, input)
    let rows = try FeatureTable(
      table, features: model.features, unused: model.unusedFeatures, threads: threads)
    report.rowCount = rows.rowCount
    report.seconds.read = stopwatch.lap()
    let offsets = try model.offset.map { name throws(LearningError) in try RowNumbers.read(name, table) }
    var raw = model.rawScores(rows, threads: workers)
    if let offsets { raw = zip(raw, offsets).map(+) }
    var fields = try kept.map { name throws(LearningError) in try field(name, table) }
    var columns = kept.compactMap { table[$0] }
    let isProbability = model.objective == .logistic
    fields.append(ColumnField("raw_score", .double, isProbability ? "Log-odds." : "Sum of the trees' values."))
    fields.append(
      isProbability
        ? ColumnField("probability", .double, "Probability of 1 by the raw score.")
        : ColumnField("prediction", .double, "Mean or quantile by the raw score."))
    columns += [.double(TypedColumn(raw)), .double(TypedColumn(raw.map(model.prediction)))]
    report.seconds.score = stopwatch.lap()
    for (field, column) in try explained(rows, offsets, model, workers) {
      fields.append(field)
      columns.append(column)
    }
    report.seconds.explain = stopwatch.lap()
    try demandDistinct(fields.map(\.name))
    if let output { try ParquetFile.write(Table(Schema(fields), columns), to: output) }
    report.seconds.write = stopwatch.lap()
    return report
  }

  private func demandDistinct(_ names: [String]) throws(LearningError) {
    guard Set(names).count == names.count else {
      throw LearningError(
        .invalidColumns, "a column that is to be kept is named twice, or has the name of one of the scores")
    }
  }

  /// Checks that no number of Parquet that is to be kept was rounded where it was read: it may name a row.
  private func demandExact(_ table: Table, _ input: String) throws {
    guard !kept.isEmpty, try TableFile.isParquet(input) else { return }
    let rounded = try ParquetFile.columns(of: input).rounded
    for name in kept {
      guard let numbers = rounded[name], case .double(let column)? = table[name] else { continue }
      guard column.values.allSatisfy({ $0.magnitude < numbers.limit }) else {
        throw LearningError(
          .invalidValues,
          "column \(name) of \(numbers.typeName) is to be kept, and holds numbers that would be rounded: "
            + "give it as text, or as integers with sign")
      }
    }
  }

  private func field(_ name: String, _ table: Table) throws(LearningError) -> ColumnField {
    guard let place = table.schema.index(of: name) else {
      throw LearningError(.missingColumn, "column \(name) is to be kept, and the table has none of that name")
    }
    return table.schema.fields[place]
  }

  /// The columns of the reasons.
  private func explained(
    _ rows: FeatureTable, _ offsets: [Double]?, _ model: TableModel, _ workers: WorkerThreads
  ) throws(LearningError) -> [(field: ColumnField, column: Column)] {
    switch reasons {
    case .none: return []
    case .all:
      let (base, columns) = try model.contributions(rows, threads: workers)
      let first = ColumnField("base_value", .double, "Raw score without any contribution.")
      let bases = offsets.map { $0.map { base + $0 } } ?? [Double](repeating: base, count: rows.rowCount)
      return [(first, .double(TypedColumn(bases)))]
        + zip(model.features, columns).map { feature, column in
          (
            ColumnField("contribution_\(feature.name)", .double, "What \(feature.name) adds to the raw score."),
            .double(TypedColumn(column))
          )
        }
    case .top(let count):
      let found = try model.topReasons(rows, count: count, threads: workers)
      return (0..<count).flatMap { rank -> [(field: ColumnField, column: Column)] in
        let ranked = found.map { $0.count > rank ? $0[rank] : nil }
        let names = ranked.map { $0.map { model.features[$0.feature].name } }
        return [
          (
            ColumnField("reason_\(rank + 1)", .string, isNullable: true, "Feature that raises the score, by rank."),
            .string(TypedColumn(optionals: names, placeholder: ""))
          ),
          (
            ColumnField("reason_\(rank + 1)_contribution", .double, isNullable: true, "Its contribution."),
            .double(TypedColumn(optionals: ranked.map { $0?.contribution }, placeholder: 0))
          ),
        ]
      }
    }
  }
}
