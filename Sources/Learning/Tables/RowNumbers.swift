import Columns

/// A column of the table that is no feature but a number of each row: a weight, or an offset of the predictor.
enum RowNumbers {
  /// Reads a column without missing or infinite values.
  ///
  /// - Throws: `missingColumn` where there is none such; `invalidColumns` where a weight is not above 0.
  static func read(_ name: String, _ table: Table, isWeight: Bool = false) throws(LearningError) -> [Double] {
    let values: [Double]?
    switch table[name] {
    case .int32(let column) where column.validity == nil: values = column.values.map { Double($0) }
    case .int64(let column) where column.validity == nil: values = column.values.map { Double($0) }
    case .double(let column) where column.validity == nil: values = column.values
    default: values = nil
    }
    guard let values, values.allSatisfy(\.isFinite) else {
      throw LearningError(
        .missingColumn,
        "column \(name), the \(isWeight ? "weight" : "offset"), is absent, is not of numbers, or lacks some")
    }
    guard !isWeight || values.allSatisfy({ $0 > 0 }) else {
      throw LearningError(.invalidColumns, "column \(name), the weight, holds numbers that are not above 0")
    }
    return values
  }
}
