import ArrowBridge

/// Writes one Parquet file, table by table (format: `Columns.docc/Parquet.md`).
///
/// Rows are gathered into row groups of a fixed size, so the bytes depend on the rows and their order alone, not on how
/// they were cut into tables. Nothing counts until `close` has returned: a writer that is dropped before leaves a file
/// without a footer, which no reader takes for Parquet. The file is not fsynced here; the commit does that.
public struct ParquetWriter: ~Copyable {
  /// How 64-bit columns are encoded, before compression.
  public enum Encoding: Sendable, Hashable {
    /// Through a dictionary: smallest, and what every reader knows.
    case dictionary
    /// Byte after byte of all values: twice as fast to write, an eighth larger, for wide tables of sums that stages pass on.
    case splitBytes
  }

  /// The rows of a row group unless told otherwise: 8 MiB a column of integers before compression.
  public static let defaultRowGroupRowCount = 1 << 20

  private let path: String
  private let schema: Schema
  private let rowGroupRowCount: Int
  private let writer: OpaquePointer
  private var rowCount: Int64 = 0

  /// Creates or truncates the file at `path`. Throws `inputOutput` or `missingFile` where that fails.
  public init(
    path: String, schema: Schema, rowGroupRowCount: Int = defaultRowGroupRowCount, encoding: Encoding = .dictionary
  ) throws(ColumnsError) {
    precondition(rowGroupRowCount > 0, "a row group has at least one row")
    var exported = ArrowSchema()
    schema.export(to: &exported)
    var opened: OpaquePointer?
    var error = nightjar_arrow_error()
    let code = nightjar_parquet_writer_open(
      path, &exported, Int64(rowGroupRowCount), encoding == .splitBytes ? 1 : 0, &opened, &error)
    guard code == 0, let opened else { throw ColumnsError(code, error, path: path) }
    writer = opened
    self.path = path
    self.schema = schema
    self.rowGroupRowCount = rowGroupRowCount
  }

  deinit { nightjar_parquet_writer_free(writer) }

  /// Appends the rows of `table`, whose columns must have the names, types and nullability of the schema, in its order.
  ///
  /// Throws `schemaMismatch` for another table, `inputOutput` where the disk refuses. After an error the file is lost.
  public mutating func write(_ table: Table) throws(ColumnsError) { try write(table, rows: 0..<table.rowCount) }

  /// Appends some rows of `table`; throws as `write` does.
  public mutating func write(_ table: Table, rows: Range<Int>) throws(ColumnsError) {
    precondition(rows.upperBound <= table.rowCount, "the table has the rows")
    guard table.schema.hasShape(of: schema) else {
      throw ColumnsError(.schemaMismatch, "\(path): the table's columns are not those of the file")
    }
    var start = rows.lowerBound
    while start < rows.upperBound {
      let end = min(rows.upperBound, start + rowGroupRowCount)
      var batch = ArrowArray()
      try table.export(rows: start..<end, to: &batch)
      var error = nightjar_arrow_error()
      let code = nightjar_parquet_writer_write(writer, &batch, &error)
      guard code == 0 else { throw ColumnsError(code, error, path: path) }
      start = end
    }
    rowCount += Int64(rows.count)
  }

  /// Writes what is held back and the footer, closes the file and returns the number of its rows.
  public consuming func close() throws(ColumnsError) -> Int64 {
    var error = nightjar_arrow_error()
    let code = nightjar_parquet_writer_close(writer, &error)
    guard code == 0 else { throw ColumnsError(code, error, path: path) }
    return rowCount
  }
}

extension Schema {
  /// Whether names, types and nullability are the same; meanings may differ.
  public func hasShape(of other: Schema) -> Bool {
    fields.count == other.fields.count
      && zip(fields, other.fields).allSatisfy {
        $0.name == $1.name && $0.type == $1.type && $0.isNullable == $1.isNullable
      }
  }
}

extension ColumnsError {
  /// Makes the error of a call of the bridge.
  init(_ code: Int32, _ error: nightjar_arrow_error, path: String) {
    let message = withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let kind: Code =
      switch Int(code) {
      case nightjar_arrow_missing_file: .missingFile
      case nightjar_arrow_damaged_file: .damagedFile
      case nightjar_arrow_schema_mismatch: .schemaMismatch
      default: .inputOutput
      }
    self.init(kind, "\(path): \(message)")
  }
}
