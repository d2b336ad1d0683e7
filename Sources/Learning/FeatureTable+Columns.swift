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
  /// - Parameter unused: names of features that no score depends on: their columns may hold anything.
  /// - Throws: `missingColumn` where a column is absent, or holds texts where the model wants numbers or the reverse.
  public init(
    _ table: Table, features: [Feature], unused: Set<String> = [], threads: Int
  ) throws(LearningError) {
    try FeatureTable.demand(features, unused: unused, in: table.schema)
    let columns = WorkerThreads(count: threads).collect(taskCount: features.count) { index -> [Double] in
      table[features[index].name].map { FeatureTable.values($0, of: features[index]) } ?? []
    }
    self.init(features, columns, rowCount: table.rowCount)
  }

  /// Checks that a table has what a model reads: texts for levels, or numbers or flags where the levels are such, and numbers
  /// or flags for quantities.
  ///
  /// - Throws: `missingColumn` where a column is absent, or holds texts where the model wants numbers or the reverse.
  static func demand(
    _ features: [Feature], unused: Set<String> = [], in schema: Schema
  ) throws(LearningError) {
    for feature in features {
      guard let type = schema.index(of: feature.name).map({ schema.fields[$0].type }) else {
        throw LearningError(.missingColumn, "the model reads column \(feature.name), which the table does not have")
      }
      guard !unused.contains(feature.name), !feature.isRead(from: type) else { continue }
      let found =
        switch type {
        case .string: "texts"
        case .date, .timestamp: "days or instants"
        case .bool: "flags"
        case .int32, .int64, .double: "numbers"
        }
      throw LearningError(
        .missingColumn, "column \(feature.name) holds \(found), which is not what the model reads")
    }
  }

  /// The values of a column as those of a feature: NaN for a missing one and for a level that the feature does not know.
  ///
  /// A column of doubles that nobody else holds becomes the values in place.
  static func values(_ column: consuming Column, of feature: Feature) -> [Double] {
    switch consume column {
    case .int32(let column), .date(let column): numbers(column, feature) { Double($0) }
    case .int64(let column), .timestamp(let column): numbers(column, feature) { Double($0) }
    case .double(var column):
      if feature.isCategorical { numbers(column, feature) { $0 } } else { marked(&column) }
    case .bool(let column):
      if let levels = feature.levels {
        codes(column, LevelCodes(levels)) { $0[flag: $1] }
      } else {
        numbers(column, feature) { $0 ? 1 : 0 }
      }
    case .string(let column):
      codes(column, LevelCodes(feature.levels ?? [], isByValue: feature.hasLevelsByValue)) { $0[text: $1] }
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

  private static func numbers<Value>(
    _ column: TypedColumn<Value>, _ feature: Feature, _ number: (Value) -> Double
  ) -> [Double] {
    if let levels = feature.levels { return codes(column, LevelCodes(levels)) { $0[number: number($1)] } }
    guard let validity = column.validity else { return column.values.map(number) }
    return zip(column.values, validity).map { $0.1 ? number($0.0) : .nan }
  }

  private static func codes<Value>(
    _ column: TypedColumn<Value>, _ codes: LevelCodes, _ code: (LevelCodes, Value) -> Double?
  ) -> [Double] {
    (0..<column.rowCount).map { column.isValid($0) ? code(codes, column.values[$0]) ?? .nan : .nan }
  }
}

extension Feature {
  /// Whether a column of a type is what the feature reads.
  func isRead(from type: ColumnType) -> Bool {
    switch type {
    case .string: isCategorical
    case .int32, .int64, .double: levels.map { LevelCodes($0).areNumbers } ?? true
    case .bool: levels.map { LevelCodes($0).areFlags } ?? true
    case .date, .timestamp: false
    }
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
