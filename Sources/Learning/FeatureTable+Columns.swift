public import Columns
import Parallelism

// From typed columns to features. Numbers and flags become quantities, texts become levels; days, instants and what is
// excluded by name become nothing.
extension FeatureTable {
  /// Chooses features from `table` and learns the levels of its texts, in ascending order.
  ///
  /// - Parameters:
  ///   - table: the rows.
  ///   - excluded: names of columns that are no features.
  ///   - maximumLevelCount: a text column with more levels is no feature but a name of rows.
  public init(
    learning table: Table, excluding excluded: Set<String>, maximumLevelCount: Int = Feature.maximumLevelCount,
    threads: Int
  ) {
    let chosen = table.schema.fields.indices.filter { !excluded.contains(table.schema.fields[$0].name) }
    let found = WorkerThreads(count: threads).collect(taskCount: chosen.count) { position in
      Feature(
        learning: table.columns[chosen[position]], table.schema.fields[chosen[position]],
        maximumLevelCount: maximumLevelCount)
    }
    let columns = WorkerThreads(count: threads).collect(taskCount: chosen.count) { position in
      found[position].map { FeatureTable.values(table.columns[chosen[position]], of: $0) }
    }
    self.init(found.compactMap { $0 }, columns.compactMap { $0 }, rowCount: table.rowCount)
  }

  /// Reads a model's features from `table`; a level that the model does not know is missing.
  ///
  /// - Throws: `missingColumn` where a column is absent, or holds texts where the model wants numbers or the reverse.
  public init(_ table: Table, features: [Feature], threads: Int) throws(LearningError) {
    try FeatureTable.demand(features, in: table.schema)
    let columns = WorkerThreads(count: threads).collect(taskCount: features.count) { index -> [Double] in
      table[features[index].name].map { FeatureTable.values($0, of: features[index]) } ?? []
    }
    self.init(features, columns, rowCount: table.rowCount)
  }

  /// Checks that a table has what a model reads.
  ///
  /// - Throws: `missingColumn` where a column is absent, or holds texts where the model wants numbers or the reverse.
  static func demand(_ features: [Feature], in schema: Schema) throws(LearningError) {
    for feature in features {
      let type = schema.index(of: feature.name).map { schema.fields[$0].type }
      guard let type, type != .date, type != .timestamp else {
        throw LearningError(.missingColumn, "the model reads column \(feature.name), which the table does not have")
      }
      guard (type == .string) == feature.isCategorical else {
        throw LearningError(
          .missingColumn,
          "column \(feature.name) holds \(type == .string ? "texts" : "numbers"), which is not what the model reads")
      }
    }
  }

  /// The values of a column as those of a feature: NaN for a missing one and for a level that the feature does not know.
  ///
  /// A column of doubles that nobody else holds becomes the values in place.
  static func values(_ column: consuming Column, of feature: Feature) -> [Double] {
    switch consume column {
    case .int32(let column), .date(let column): numbers(column) { Double($0) }
    case .int64(let column), .timestamp(let column): numbers(column) { Double($0) }
    case .double(var column): marked(&column)
    case .bool(let column): numbers(column) { $0 ? 1 : 0 }
    case .string(let column): codes(column, feature.levels ?? [])
    }
  }

  private static func marked(_ column: inout TypedColumn<Double>) -> [Double] {
    let validity = column.validity
    var values = column.values
    column = TypedColumn()
    guard let validity else { return values }
    for row in values.indices where !validity[row] { values[row] = .nan }
    return values
  }

  private static func numbers<Value>(_ column: TypedColumn<Value>, _ number: (Value) -> Double) -> [Double] {
    guard let validity = column.validity else { return column.values.map(number) }
    return zip(column.values, validity).map { $0.1 ? number($0.0) : .nan }
  }

  private static func codes(_ column: TypedColumn<String>, _ levels: [String]) -> [Double] {
    let codes = Dictionary(levels.enumerated().map { ($0.element, Double($0.offset)) }) { first, _ in first }
    return (0..<column.rowCount).map { column.isValid($0) ? codes[column.values[$0]] ?? .nan : .nan }
  }
}

extension Feature {
  /// What a column of numbers or flags is to a learner: a quantity; nil for other columns.
  init?(_ field: ColumnField) {
    switch field.type {
    case .int32, .int64, .double, .bool: self.init(field.name)
    case .string, .date, .timestamp: return nil
    }
  }

  /// What a column is to a learner: a quantity, or levels in ascending order; nil for days, for instants and for texts that
  /// name rows, of which there are more than `maximumLevelCount`.
  init?(learning column: Column, _ field: ColumnField, maximumLevelCount: Int = Feature.maximumLevelCount) {
    guard case .string(let column) = column else {
      self.init(field)
      return
    }
    var levels: Set<String> = []
    for row in 0..<column.rowCount where column.isValid(row) { levels.insert(column.values[row]) }
    guard levels.count <= maximumLevelCount else { return nil }
    self.init(field.name, levels: levels.sorted())
  }
}
