import ArrowBridge

/// Reads and writes whole Parquet files (format: `Columns.docc/Parquet.md`).
public enum ParquetFile {
  /// The version of the Arrow library in use, for the versions of a manifest.
  public static var arrowVersion: String { String(cString: nightjar_arrow_version()) }

  /// Writes `table` to a new file at `path`.
  public static func write(_ table: Table, to path: String) throws(ColumnsError) {
    var writer = try ParquetWriter(path: path, schema: table.schema)
    try writer.write(table)
    _ = try writer.close()
  }

  /// Reads the columns named, in that order, or all of them.
  ///
  /// A column of a nullable field has validity where at least one value is missing; a missing row holds zero or "".
  /// With `usesThreads`, Arrow decodes columns on its own threads; leave it off where files are read in parallel.
  /// Throws `missingFile`, `damagedFile`, `inputOutput`, and `schemaMismatch` for a column that is absent or of a type
  /// that no column holds.
  public static func read(
    _ path: String, columns names: [String]? = nil, usesThreads: Bool = false
  ) throws(ColumnsError) -> Table {
    let reader = try ParquetReader(path: path, usesThreads: usesThreads)
    return try reader.read(names)
  }

  /// Reads the schema of a file; throws as `read` does.
  public static func schema(of path: String) throws(ColumnsError) -> Schema {
    let fields = try ParquetReader(path: path, usesThreads: false).fields()
    return Schema(try fields.map { field throws(ColumnsError) in try field.supported(path) })
  }

  /// Reads the number of rows from the footer; throws as `read` does.
  public static func rowCount(of path: String) throws(ColumnsError) -> Int64 {
    try ParquetReader(path: path, usesThreads: false).rowCount
  }
}

/// A field of a file, whose type may be one that no column holds.
private struct FoundField {
  let name: String
  let field: ColumnField?

  func supported(_ path: String) throws(ColumnsError) -> ColumnField {
    guard let field else {
      throw ColumnsError(.schemaMismatch, "\(path): column \(name) has a type that is not supported")
    }
    return field
  }
}

/// An open file.
private struct ParquetReader: ~Copyable {
  /// Room is made for at most this many rows ahead of reading: a footer may lie about its row count.
  private static let maximumReservation: Int64 = 1 << 24

  private let path: String
  private let reader: OpaquePointer

  init(path: String, usesThreads: Bool) throws(ColumnsError) {
    var opened: OpaquePointer?
    var error = nightjar_arrow_error()
    let code = nightjar_parquet_reader_open(path, usesThreads ? 1 : 0, &opened, &error)
    guard code == 0, let opened else { throw ColumnsError(code, error, path: path) }
    self.path = path
    reader = opened
  }

  deinit { nightjar_parquet_reader_free(reader) }

  var rowCount: Int64 { nightjar_parquet_reader_row_count(reader) }

  func fields() throws(ColumnsError) -> [FoundField] {
    var schema = ArrowSchema()
    var error = nightjar_arrow_error()
    let code = nightjar_parquet_reader_schema(reader, &schema, &error)
    guard code == 0 else { throw ColumnsError(code, error, path: path) }
    defer { schema.release(&schema) }
    var found: [FoundField] = []
    for index in 0..<Int(schema.n_children) {
      guard let child = schema.children[index]?.pointee else { continue }
      found.append(FoundField(name: child.name.map { String(cString: $0) } ?? "", field: ColumnField(child)))
    }
    guard Set(found.map(\.name)).count == found.count else {
      throw ColumnsError(.schemaMismatch, "\(path): two columns have the same name")
    }
    return found
  }

  consuming func read(_ names: [String]?) throws(ColumnsError) -> Table {
    let found = try fields()
    var wanted: [(index: Int, field: ColumnField)] = []
    for name in names ?? found.map(\.name) {
      guard let index = found.firstIndex(where: { $0.name == name }) else {
        throw ColumnsError(.schemaMismatch, "\(path): column \(name) is needed, but the file has no such column")
      }
      wanted.append((index, try found[index].supported(path)))
    }
    // Arrow is asked for columns in the file's order, whatever the caller's.
    let indices = Set(wanted.map(\.index)).sorted()
    let reservation = Int(max(0, min(rowCount, Self.maximumReservation)))
    var columns = try indices.map { index throws(ColumnsError) in
      Column(try found[index].supported(path).type, reserving: reservation)
    }
    let rowCount = try readRows(indices, into: &columns)
    // A damaged page header can end a column early, and Arrow takes that for the end of the rows.
    guard indices.isEmpty || Int64(rowCount) == self.rowCount else {
      throw ColumnsError(.damagedFile, "\(path): \(rowCount) rows were found where the footer claims \(self.rowCount)")
    }
    for (index, column) in zip(indices, columns) where column.rowCount != rowCount {
      throw ColumnsError(.damagedFile, "\(path): column \(found[index].name) has another length than its neighbours")
    }
    let position = Dictionary(uniqueKeysWithValues: zip(indices, 0...))
    return Table(Schema(wanted.map(\.field)), wanted.compactMap { position[$0.index].map { columns[$0] } })
  }

  private func readRows(_ indices: [Int], into columns: inout [Column]) throws(ColumnsError) -> Int {
    guard !indices.isEmpty else { return 0 }
    var error = nightjar_arrow_error()
    var code = nightjar_parquet_reader_select(reader, indices.map(Int32.init), Int32(indices.count), &error)
    guard code == 0 else { throw ColumnsError(code, error, path: path) }
    var rowCount = 0
    while true {
      var batch = ArrowArray()
      code = nightjar_parquet_reader_next(reader, &batch, &error)
      guard code == 0 else { throw ColumnsError(code, error, path: path) }
      guard batch.release != nil else { return rowCount }
      defer { batch.release(&batch) }
      guard Int(batch.n_children) == columns.count else {
        throw ColumnsError(.damagedFile, "\(path): a batch has another number of columns")
      }
      for index in columns.indices {
        if let child = batch.children[index]?.pointee { columns[index].append(child) }
      }
      rowCount += Int(batch.length)
    }
  }
}
