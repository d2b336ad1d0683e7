import Columns

/// The label of every row of any table: a number (0 or 1, or any amount), a flag, or a text of which one counts as 1.
enum TableLabels {
  /// Reads a column of labels; a row that lacks one is missing.
  ///
  /// - Throws: `missingColumn` where the table has none of that name, or it has days or instants; `invalidValues` for texts without
  ///   `positive` and for other numbers than 0 and 1.
  ///
  /// - Parameter isAmount: whether the label may be any number.
  static func read(
    _ table: Table, _ name: String, positive: String?, isAmount: Bool = false
  ) throws(LearningError) -> TypedColumn<Double> {
    let column: TypedColumn<Double>
    switch table[name] {
    case .int32(let found): column = TypedColumn(found.values.map { Double($0) }, validity: found.validity)
    case .int64(let found): column = TypedColumn(found.values.map { Double($0) }, validity: found.validity)
    case .double(let found): column = found
    case .bool(let found): column = TypedColumn(found.values.map { $0 ? 1 : 0 }, validity: found.validity)
    case .string(let found):
      guard let positive else {
        throw LearningError(
          .invalidValues, "the label column \(name) holds texts: say which of them counts as 1 (--positive)")
      }
      return TypedColumn(found.values.map { $0 == positive ? 1 : 0 }, validity: found.validity)
    case nil: throw LearningError(.missingColumn, "the table has no column \(name) to take the label from")
    default: throw LearningError(.missingColumn, "the label column \(name) holds days or instants")
    }
    for row in column.values.indices where column.isValid(row) {
      let value = column.values[row]
      guard value == 0 || value == 1 || value.isNaN || isAmount else {
        throw LearningError(
          .invalidValues, "the label column \(name) holds other values than 0 and 1: row \(row + 1) is the first")
      }
    }
    guard column.values.contains(where: \.isNaN) else { return column }
    return TypedColumn(
      column.values.map { $0.isNaN ? 0 : $0 },
      validity: column.values.indices.map { column.isValid($0) && !column.values[$0].isNaN })
  }
}
