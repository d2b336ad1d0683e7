public import Calendar
import Columns
public import Configuration
public import Ledger
import Parallelism
public import Twins

/// The very rows that a night of training learns from, ends growth by and is tested on, as Parquet for other tools:
/// `nightjar-train rows`.
///
/// `train.parquet`, `validation.parquet` and, where models are fitted once more, `refit.parquet` hold the rows that teach, with their
/// weights (`TeachingRows`); `test.parquet` those of the test date as they came. Every feature has its name; what is told of the row
/// itself begins with `row_`.
public struct TrainingTables: Sendable {
  /// What was written.
  public struct Summary: Sendable, Hashable {
    /// One line.
    public var text: String
    /// Rows and rows of label 1 of each part: `trainRows`, `trainPositives`, ….
    public var counts: [String: Int64]
  }

  /// A part and the weights of its rows.
  private struct Part {
    let name: String
    let rows: LabelledRows
    let weights: [Double]?
  }

  private static let sliceRowCount = 1 << 16

  private let home: Home
  private let night: Day
  private let definition: ChurnDefinition
  private let catalogue: TwinCatalogue
  private let threads: Int

  /// Plans the tables of a night by `models/churn.yaml`; the fields of `catalogue` are learned from.
  public init(
    _ home: Home, night: Day, document: ConfigurationDocument, catalogue: TwinCatalogue, threads: Int
  ) throws(ConfigurationError) {
    self.home = home
    self.night = night
    definition = try ChurnDefinition(document)
    self.catalogue = catalogue.ofInputs
    self.threads = threads
  }

  /// The dates of the parts, in words. Throws `tooLittleHistory` where history is too short.
  public func plan() throws -> String {
    let split = try split(history())
    func text(_ dates: [Day]) -> String { dates.map(\.description).joined(separator: ", ") }
    return "train \(text(split.train)), validation \(split.validation), "
      + (split.refit.isEmpty ? "" : "refit \(text(split.refit)), ") + "test \(split.test?.description ?? "none")"
  }

  /// Writes the tables into `folder`, which is made where it is absent. Files of these names are overwritten, and a `refit.parquet` of before is
  /// taken away where there is no refit. O(features · rows).
  public func write(to folder: String) throws -> Summary {
    let history = try history()
    let split = try split(history)
    let dated = try DatedRows(
      history, catalogue, dates: split.dates, excluded: Set(definition.excludedFields).union(catalogue.barredFields),
      threads: threads)
    let workers = WorkerThreads(count: threads)
    _ = try SystemCalls.makeFolder(folder)
    var summary = Summary(text: "", counts: [:])
    func write(_ part: Part) throws {
      try TrainingTables.write(part, to: "\(folder)/\(part.name).parquet")
      let (count, positives) = (part.rows.rowCount, part.rows.positiveCount)
      summary.text += "\(summary.text.isEmpty ? "" : ", ")\(part.name) \(count) rows with \(positives) who left"
      summary.counts["\(part.name)Rows"] = Int64(count)
      summary.counts["\(part.name)Positives"] = Int64(positives)
    }
    var features: [Feature] = []
    let parts: [(name: String, dates: [Day], customers: DatedRows.Customers)] = [
      ("train", split.train, .learned), ("validation", [split.validation], .judged), ("refit", split.refit, .learned),
    ]
    for part in parts {
      guard !part.dates.isEmpty else {
        // One of an earlier definition is not of these rows.
        let old = "\(folder)/\(part.name).parquet"
        if SystemCalls.exists(old) { try SystemCalls.unlink(old) }
        continue
      }
      let teaching = try TeachingRows(
        dated.rows(part.dates, part.customers), definition.treatment, threads: workers)
      features = teaching.rows.table.features
      try write(Part(name: part.name, rows: teaching.rows, weights: teaching.weights))
    }
    var test = dated.test(split)
    test.table = TreatmentHandling.untreated(test.table, features)
    try write(Part(name: "test", rows: test, weights: nil))
    return summary
  }

  private func history() throws -> ChurnHistory {
    try ChurnHistory(
      CommitLog.open(home).state(.knownBy(night)), home: home, definition: definition, night: night, threads: threads)
  }

  private func split(_ history: ChurnHistory) throws(LearningError) -> TimeSplit {
    try TimeSplit.evaluating(
      newest: history.newestMatureDate, oldest: history.coverage.firstDay ?? night, definition: definition,
      isUsable: history.isUsable)
  }

  private static let ownFields = [
    ColumnField("row_subscription_id", .int64, "Pseudonym of the subscription."),
    ColumnField("row_person_id", .int64, "Pseudonym of its holder; of the subscription where none is known."),
    ColumnField("row_as_of", .date, "The as-of date."),
    ColumnField("row_payment_type", .string, "prepaid or postpaid."),
    ColumnField("row_label", .int32, "1 where the subscription left by will within the horizon."),
    ColumnField("row_weight", .double, "How much the row counts in training; of mean 1."),
  ]

  private static func write(_ part: Part, to path: String) throws {
    let features = part.rows.table.features
    let schema = Schema(
      ownFields
        + features.map { ColumnField($0.name, $0.isCategorical ? .string : .double, isNullable: true, "A feature.") })
    var writer = try ParquetWriter(path: path, schema: schema, rowGroupRowCount: sliceRowCount)
    for start in stride(from: 0, to: part.rows.rowCount, by: sliceRowCount) {
      try writer.write(table(part, start..<min(start + sliceRowCount, part.rows.rowCount), schema))
    }
    _ = try writer.close()
  }

  private static func table(_ part: Part, _ range: Range<Int>, _ schema: Schema) -> Table {
    let (rows, table) = (part.rows, part.rows.table.rows(range))
    let own: [Column] = [
      .int64(TypedColumn(Array(rows.subscriptions[range]))), .int64(TypedColumn(Array(rows.persons[range]))),
      .date(TypedColumn(rows.asOf[range].map(\.rawValue))), .string(TypedColumn(Array(rows.paymentTypes[range]))),
      .int32(TypedColumn(rows.labels[range].map { Int32($0) })),
      .double(TypedColumn(part.weights.map { Array($0[range]) } ?? range.map { _ in 1.0 })),
    ]
    let columns = zip(table.features, table.columns).map { feature, values -> Column in
      guard let levels = feature.levels else {
        return .double(TypedColumn(optionals: values.map { $0.isFinite ? $0 : nil }, placeholder: 0))
      }
      return .string(TypedColumn(optionals: values.map { $0.isFinite ? levels[Int($0)] : nil }, placeholder: ""))
    }
    return Table(schema, own + columns)
  }
}
