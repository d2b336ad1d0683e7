import Columns
import Datasets

/// A file of facts, which may be older than some columns of its dataset.
enum FactTable {
  /// Reads columns of a file: its rows, or those row groups that may have a value in a column.
  ///
  /// A column that may be missing, and that files of before it was kept do not have, is missing in their rows; so are those of
  /// `leftOut`, which are not read. Throws what `ParquetFile.read` does.
  static func read(
    _ path: String, _ dataset: Dataset, _ columns: [String], leavingOut leftOut: [String] = [],
    whereMayBe value: Int64? = nil, in key: String = ""
  ) throws(ColumnsError) -> Table {
    func read(_ names: [String]) throws(ColumnsError) -> Table {
      if let value { return try ParquetFile.read(path, columns: names, whereMayBe: value, in: key) }
      return try ParquetFile.read(path, columns: names)
    }
    let wanted = columns.filter { !leftOut.contains($0) }
    do throws(ColumnsError) {
      return try filled(read(wanted), dataset, columns)
    } catch {
      guard error.code == .schemaMismatch else { throw error }
      let held = try ParquetFile.schema(of: path)
      let lacking = dataset.schema.fields.filter { wanted.contains($0.name) && held.index(of: $0.name) == nil }
      guard !lacking.isEmpty, lacking.allSatisfy(\.isNullable) else { throw error }
      return try filled(read(wanted.filter { name in !lacking.contains { $0.name == name } }), dataset, columns)
    }
  }

  /// A table with the columns that it lacks.
  private static func filled(_ table: Table, _ dataset: Dataset, _ columns: [String]) throws(ColumnsError) -> Table {
    let lacking = dataset.schema.fields.filter { columns.contains($0.name) && table.schema.index(of: $0.name) == nil }
    guard !lacking.isEmpty else { return table }
    return try Table(
      Schema(table.schema.fields + lacking), table.columns + lacking.map { Column(missing: $0.type, table.rowCount) }
    ).selecting(columns)
  }
}

extension Column {
  /// A column without any value.
  init(missing type: ColumnType, _ rowCount: Int) {
    func none<Value>(_ placeholder: Value) -> TypedColumn<Value> {
      TypedColumn(
        [Value](repeating: placeholder, count: rowCount),
        validity: rowCount == 0 ? nil : [Bool](repeating: false, count: rowCount))
    }
    self =
      switch type {
      case .int32: .int32(none(0))
      case .int64: .int64(none(0))
      case .double: .double(none(0))
      case .bool: .bool(none(false))
      case .date: .date(none(0))
      case .timestamp: .timestamp(none(0))
      case .string: .string(none(""))
      }
  }
}
