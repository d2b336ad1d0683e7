import Columns

/// The columns of a table file, read as they are asked for: those of Parquet from the file each time, so that a table larger
/// than memory can be gone through; those of CSV, which has to be read as a whole, from memory.
struct TableColumns {
  /// The columns' names and types.
  let schema: Schema
  private let path: String
  private let held: Table?
  private let usesThreads: Bool

  /// Opens a file; throws as `TableFile.read` does.
  init(_ path: String, threads: Int) throws {
    self.path = path
    usesThreads = threads > 1
    if try TableFile.isParquet(path) {
      held = nil
      schema = try ParquetFile.schema(of: path)
    } else {
      let table = try TableFile.read(path, threads: threads)
      held = table
      schema = table.schema
    }
  }

  /// The columns named, those that there are; throws as `TableFile.read` does.
  func table(_ names: [String]) throws(ColumnsError) -> Table {
    let found = names.filter { schema.index(of: $0) != nil }
    if let held { return try held.selecting(found) }
    return try ParquetFile.read(path, columns: found, usesThreads: usesThreads)
  }

  /// Calls `body` with the columns named of some rows at a time, in the file's order; throws what it throws besides.
  func forEachBatch(_ names: [String], _ body: (Table) throws -> Void) throws {
    let found = names.filter { schema.index(of: $0) != nil }
    if let held { return try body(try held.selecting(found)) }
    try ParquetFile.forEachBatch(of: path, columns: found, body)
  }
}
