import ArrowBridge

/// Reads and writes whole Parquet files (format: `Columns.docc/Parquet.md`).
public enum ParquetFile {
  /// The version of the Arrow library in use, for the versions of a manifest.
  public static var arrowVersion: String { String(cString: nightjar_arrow_version()) }

  /// Gives memory that Arrow keeps for its next reads back to the system: before long work in which nothing is read.
  public static func releaseUnusedMemory() { nightjar_arrow_release_unused() }

  /// Writes `table` to a new file at `path`.
  public static func write(_ table: Table, to path: String) throws(ColumnsError) {
    try write(table, rows: 0..<table.rowCount, to: path)
  }

  /// Writes some rows of `table` to a new file at `path`.
  public static func write(
    _ table: Table, rows: Range<Int>, to path: String,
    rowGroupRowCount: Int = ParquetWriter.defaultRowGroupRowCount, encoding: ParquetWriter.Encoding = .dictionary
  ) throws(ColumnsError) {
    var writer = try ParquetWriter(
      path: path, schema: table.schema, rowGroupRowCount: rowGroupRowCount, encoding: encoding)
    try writer.write(table, rows: rows)
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
    try ParquetReader(path: path, usesThreads: usesThreads).read(names)
  }

  /// Reads the row groups that may hold `value` in the 64-bit column `key`, by their statistics; where the file ascends by the
  /// key, one or two. Throws as `read` does.
  public static func read(
    _ path: String, columns names: [String]? = nil, whereMayBe value: Int64, in key: String
  ) throws(ColumnsError) -> Table {
    try read(path, columns: names, whereMayBe: value...value, in: key)
  }

  /// Reads the row groups that may hold one of `values` in the 64-bit column `key`, likewise.
  public static func read(
    _ path: String, columns names: [String]? = nil, whereMayBe values: ClosedRange<Int64>, in key: String
  ) throws(ColumnsError) -> Table {
    let reader = try ParquetReader(path: path, usesThreads: false)
    try reader.restrict(to: values, in: key)
    return try reader.read(names)
  }

  /// Calls `body` with the columns named, some sixteen thousand rows at a time, in the file's order.
  ///
  /// For tables too large to hold: memory is bounded by a row group's compressed bytes and one batch. Throws as `read`
  /// does, and what `body` throws. A damaged file may be found out only after some rows have been given.
  public static func forEachBatch(
    of path: String, columns names: [String]? = nil, _ body: (Table) throws -> Void
  ) throws {
    try ParquetReader(path: path, usesThreads: false).forEachBatch(names, rowLimit: batchRowCount, body)
  }

  /// The rows of a batch, at most; the bridge decodes as many at a time.
  static let batchRowCount = 1 << 14

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
struct FoundField {
  let name: String
  let field: ColumnField?
  let layout: ArrowLayout
  /// What the type is called where no column holds it.
  let typeName: String

  func supported(_ path: String) throws(ColumnsError) -> ColumnField {
    guard let field else {
      throw ColumnsError(.schemaMismatch, "\(path): column \(name) has a type that is not supported: \(typeName)")
    }
    return field
  }
}

/// An open file.
struct ParquetReader: ~Copyable {
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
      found.append(
        FoundField(
          name: child.name.map { String(cString: $0) } ?? "", field: ColumnField(child), layout: ArrowLayout(child),
          typeName: ArrowTypeName.of(child)))
    }
    guard Set(found.map(\.name)).count == found.count else {
      throw ColumnsError(.schemaMismatch, "\(path): two columns have the same name")
    }
    return found
  }

  /// Leaves out the row groups that hold no value of a range.
  func restrict(to values: ClosedRange<Int64>, in key: String) throws(ColumnsError) {
    guard let index = try fields().firstIndex(where: { $0.name == key && $0.field?.type == .int64 }) else {
      throw ColumnsError(.schemaMismatch, "\(path): column \(key) is needed, but the file has no such column")
    }
    var error = nightjar_arrow_error()
    let code = nightjar_parquet_reader_restrict(
      reader, Int32(index), values.lowerBound, values.upperBound, &error)
    guard code == 0 else { throw ColumnsError(code, error, path: path) }
  }

  /// Calls `body` with the columns named of each batch, as it comes; a batch has at least one row.
  func forEachBatch(
    _ names: [String]?, rowLimit: Int, _ body: (Table) throws -> Void
  ) throws {
    let selection = try begin(names)
    var rowCount: Int64 = 0
    var error = nightjar_arrow_error()
    while true {
      var columns = selection.emptyColumns(reserving: rowLimit)
      guard let count = try next(into: &columns, selection.layouts, &error) else { break }
      rowCount += Int64(count)
      if count > 0 { try body(selection.table(columns)) }
    }
    try check(rowCount, selection)
  }

  /// Begins to read the columns named; batches come from `nextBatch`.
  func begin(_ names: [String]?) throws(ColumnsError) -> Selection {
    let selection = try Selection(fields(), names, path: path)
    try select(selection)
    return selection
  }

  /// The next batch of a reading that has begun, or nil at the end.
  func nextBatch(_ selection: Selection, rowLimit: Int) throws(ColumnsError) -> Table? {
    var columns = selection.emptyColumns(reserving: rowLimit)
    var error = nightjar_arrow_error()
    guard let count = try next(into: &columns, selection.layouts, &error), count > 0 else { return nil }
    return selection.table(columns)
  }

  /// All rows of the columns named.
  func read(_ names: [String]?) throws(ColumnsError) -> Table {
    let selection = try begin(names)
    var columns = selection.emptyColumns(reserving: Int(max(0, min(rowCount, Self.maximumReservation))))
    var rowCount: Int64 = 0
    var error = nightjar_arrow_error()
    while let count = try next(into: &columns, selection.layouts, &error) { rowCount += Int64(count) }
    try check(rowCount, selection)
    return selection.table(columns, rowCount: columns.isEmpty ? Int(self.rowCount) : nil)
  }

  private func select(_ selection: Selection) throws(ColumnsError) {
    let indices = selection.indices.map(Int32.init)
    var error = nightjar_arrow_error()
    let code = nightjar_parquet_reader_select(reader, indices, Int32(indices.count), &error)
    guard code == 0 else { throw ColumnsError(code, error, path: path) }
  }

  /// Appends the next batch and returns its row count, or nil at the end.
  private func next(
    into columns: inout [Column], _ layouts: [ArrowLayout], _ error: inout nightjar_arrow_error
  ) throws(ColumnsError) -> Int? {
    guard !columns.isEmpty else { return nil }
    var batch = ArrowArray()
    let code = nightjar_parquet_reader_next(reader, &batch, &error)
    guard code == 0 else { throw ColumnsError(code, error, path: path) }
    guard batch.release != nil else { return nil }
    defer { batch.release(&batch) }
    guard Int(batch.n_children) == columns.count else {
      throw ColumnsError(.damagedFile, "\(path): a batch has another number of columns")
    }
    for index in columns.indices {
      if let child = batch.children[index]?.pointee { columns[index].append(child, layouts[index]) }
      guard columns[index].rowCount == columns[0].rowCount else {
        throw ColumnsError(.damagedFile, "\(path): two columns of a batch have different lengths")
      }
    }
    return Int(batch.length)
  }

  /// A damaged page header can end a column early, and Arrow takes that for the end of the rows.
  func check(_ found: Int64, _ selection: Selection) throws(ColumnsError) {
    guard selection.indices.isEmpty || found == rowCount else {
      throw ColumnsError(.damagedFile, "\(path): \(found) rows were found where the footer claims \(rowCount)")
    }
  }
}

/// The columns that a caller wants. Arrow is asked for them in the file's order, whatever the caller's.
struct Selection {
  /// Positions in the file, ascending.
  let indices: [Int]
  private let types: [ColumnType]
  /// How the arrays of each lie.
  let layouts: [ArrowLayout]
  private let schema: Schema
  /// Where each field of the schema stands among `indices`.
  private let positions: [Int]

  init(_ found: [FoundField], _ names: [String]?, path: String) throws(ColumnsError) {
    var wanted: [(index: Int, field: ColumnField)] = []
    for name in names ?? found.map(\.name) {
      guard let index = found.firstIndex(where: { $0.name == name }) else {
        throw ColumnsError(.schemaMismatch, "\(path): column \(name) is needed, but the file has no such column")
      }
      wanted.append((index, try found[index].supported(path)))
    }
    let order = wanted.indices.sorted { wanted[$0].index < wanted[$1].index }
    indices = order.map { wanted[$0].index }
    types = order.map { wanted[$0].field.type }
    layouts = indices.map { found[$0].layout }
    schema = Schema(wanted.map(\.field))
    var positions = [Int](repeating: 0, count: order.count)
    for (position, field) in order.enumerated() { positions[field] = position }
    self.positions = positions
  }

  func emptyColumns(reserving rowCount: Int) -> [Column] { types.map { Column($0, reserving: rowCount) } }

  /// The columns in the caller's order; the number of rows is asked for where there are none.
  func table(_ columns: [Column], rowCount: Int? = nil) -> Table {
    Table(schema, positions.map { columns[$0] }, rowCount: rowCount)
  }
}
