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
  public init(learning table: Table, excluding excluded: Set<String>, maximumLevelCount: Int = 1_000, threads: Int) {
    let chosen = table.schema.fields.indices.filter { !excluded.contains(table.schema.fields[$0].name) }
    let found = WorkerThreads(count: threads).collect(taskCount: chosen.count) { position -> Feature? in
      let name = table.schema.fields[chosen[position]].name
      switch table.columns[chosen[position]] {
      case .int32, .int64, .double, .bool:
        return Feature(name)
      case .string(let column):
        var levels: Set<String> = []
        for row in 0..<column.rowCount where column.isValid(row) { levels.insert(column.values[row]) }
        return levels.count <= maximumLevelCount ? Feature(name, levels: levels.sorted()) : nil
      case .date, .timestamp:
        return nil
      }
    }
    let features = found.compactMap { $0 }
    self = (try? FeatureTable(table, features: features, threads: threads)) ?? FeatureTable([], [], rowCount: 0)
  }

  /// Reads a model's features from `table`; a level that the model does not know is missing.
  ///
  /// - Throws: `missingColumn` where a column is absent, or holds texts where the model wants numbers or the reverse.
  public init(_ table: Table, features: [Feature], threads: Int) throws(LearningError) {
    for feature in features {
      let isText: Bool
      switch table[feature.name] {
      case .string: isText = true
      case .int32, .int64, .double, .bool: isText = false
      default:
        throw LearningError(.missingColumn, "the model reads column \(feature.name), which the table does not have")
      }
      guard isText == feature.isCategorical else {
        throw LearningError(
          .missingColumn,
          "column \(feature.name) holds \(isText ? "texts" : "numbers"), which is not what the model reads")
      }
    }
    let columns = WorkerThreads(count: threads).collect(taskCount: features.count) { index -> [Double] in
      guard let column = table[features[index].name] else { return [] }
      return FeatureTable.values(column, levels: features[index].levels ?? [])
    }
    self.init(features, columns, rowCount: table.rowCount)
  }

  /// The values of a column: numbers and flags as they are, texts as codes of `levels`.
  static func values(_ column: Column, levels: [String]) -> [Double] {
    switch column {
    case .int32(let column), .date(let column): numbers(column) { Double($0) }
    case .int64(let column), .timestamp(let column): numbers(column) { Double($0) }
    case .double(let column): numbers(column) { $0 }
    case .bool(let column): numbers(column) { $0 ? 1 : 0 }
    case .string(let column): codes(column, levels)
    }
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
