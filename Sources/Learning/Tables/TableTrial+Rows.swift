import Columns
import Parallelism

// How a trial's tables become rows to learn from.
extension TableTrial {
  /// Whether the label is an amount.
  var isAmount: Bool { algorithm == .gradient && gradient.objective != .logistic }

  /// Columns that are no features.
  var others: Set<String> { Set(excluded + [label] + [weight, offset].compactMap { $0 }) }

  /// The columns of a table that are learned from: not those set apart, and no days, instants, texts that name rows, types that are
  /// not read, and columns of CSV in which nothing stands.
  ///
  /// - Throws: `missingColumn` where a column that is to be excluded is not there.
  func features(_ source: TableColumns) throws -> [Feature] {
    for name in excluded where !source.names.contains(name) {
      throw LearningError(.missingColumn, "column \(name) is to be excluded, and the table has none of that name")
    }
    return try source.schema.fields.compactMap { field in
      guard !others.contains(field.name), !source.isBlank(field.name) else { return nil }
      // Only texts must be looked at to know what they are.
      guard field.type == .string else { return Feature(field) }
      return try source.table([field.name])[field.name].flatMap { Feature(learning: $0, field) }
    }
  }

  /// The label of every row; throws `missingColumn` and `invalidValues`.
  func labels(_ table: Table) throws(LearningError) -> [Double] {
    let column = try TableLabels.read(table, label, positive: positive, isAmount: isAmount)
    guard column.validity == nil else {
      throw LearningError(.invalidValues, "the label column \(label) lacks values")
    }
    return column.values
  }

  /// The weight of every row; nil for 1 each.
  func weights(_ table: Table) throws(LearningError) -> [Double]? {
    try weight.map { name throws(LearningError) in try RowNumbers.read(name, table, isWeight: true) }
  }

  /// Reads the table of a later time and bins it as `rows` are; nil where there is none.
  func validationRows(
    _ rows: BinnedRows, _ workers: WorkerThreads, _ seconds: inout Report.Seconds
  ) throws -> BinnedRows? {
    guard let validation else { return nil }
    let source = try TableColumns(validation, reading: rows.features, threads: workers.count)
    try source.demand(rows.features)
    return try binned(source, rows.features, binnings: rows.matrix.binnings, workers, &seconds)
  }

  /// Reads and bins a table, a few columns at a time; by its own values where no `binnings` are given.
  func binned(
    _ source: TableColumns, _ features: [Feature], binnings: [FeatureBinning]? = nil, _ workers: WorkerThreads,
    _ seconds: inout Report.Seconds
  ) throws -> BinnedRows {
    var stopwatch = Stopwatch()
    var read = 0.0
    let labels = FlatBuffer(try labels(source.table([label])))
    let weights = try weight.flatMap { try self.weights(source.table([$0])) }
    try GradientBoosting(parameters: gradient).check(features, rowCount: labels.count)
    read += stopwatch.lap()
    var bin = 0.0
    let matrix = try BinnedMatrix(features, rowCount: labels.count, binnings: binnings, threads: workers) { block in
      bin += stopwatch.lap()
      var columns = try source.table(features[block].map(\.name)).columns
      guard columns.count == block.count, columns.allSatisfy({ $0.rowCount == labels.count }) else {
        throw ColumnsError(.damagedFile, "the table was changed while it was read")
      }
      // One by one and each let go, so that few are in memory twice.
      var values: [[Double]] = []
      while let column = columns.popLast() {
        values.append(FeatureTable.values(column, of: features[block.lowerBound + columns.count]))
      }
      values.reverse()
      read += stopwatch.lap()
      return values
    }
    seconds.read += read
    seconds.bin += bin + stopwatch.lap()
    return BinnedRows(features: features, matrix: matrix, labels: labels, weights: weights.map { FlatBuffer($0) })
  }
}
