import Columns

/// The label of every row of any table: a number (0 or 1, or any amount), a flag, or a column of which one value counts as 1.
enum TableLabels {
  /// Reads a column of labels; a row that lacks one is missing.
  ///
  /// - Parameters:
  ///   - positive: the value that counts as 1, as it stands in the file, every other being 0; nil where 0 and 1 are meant as they are.
  ///   - isAmount: whether the label may be any number.
  /// - Throws: `missingColumn` where the table has none of that name, or it has days or instants; `invalidValues` for texts without
  ///   `positive`, for a `positive` that the column's type cannot have, and for other numbers than 0 and 1 without one.
  static func read(
    _ table: Table, _ name: String, positive: String?, isAmount: Bool = false
  ) throws(LearningError) -> TypedColumn<Double> {
    guard positive == nil || !isAmount else {
      throw LearningError(.invalidValues, "the label \(name) is an amount, of which no value counts as 1 (--positive)")
    }
    let column: TypedColumn<Double>
    switch table[name] {
    case .int32(let found): column = try numbers(found.values.map { Double($0) }, found.validity, name, positive)
    case .int64(let found): column = try numbers(found.values.map { Double($0) }, found.validity, name, positive)
    case .double(let found): column = try numbers(found.values, found.validity, name, positive)
    case .bool(let found):
      guard let wanted = positive.map(TableFile.flag) ?? true else {
        throw LearningError(.invalidValues, "the label column \(name) holds flags: --positive wants true or false")
      }
      column = TypedColumn(found.values.map { $0 == wanted ? 1 : 0 }, validity: found.validity)
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

  /// The numbers, or which of them equal `positive`; NaN stays.
  private static func numbers(
    _ values: [Double], _ validity: [Bool]?, _ name: String, _ positive: String?
  ) throws(LearningError) -> TypedColumn<Double> {
    // A column without any value has every type.
    let isEmpty = validity?.contains(true) == false || values.isEmpty
    guard let positive, !isEmpty else { return TypedColumn(values, validity: validity) }
    guard let wanted = Double(positive), wanted.isFinite else {
      throw LearningError(.invalidValues, "the label column \(name) holds numbers: --positive wants one of them")
    }
    return TypedColumn(values.map { $0.isNaN ? $0 : $0 == wanted ? 1 : 0 }, validity: validity)
  }
}
