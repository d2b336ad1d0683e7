import Columns

/// The columns of a table file, read as they are asked for: those of Parquet from the file each time, so that a table larger
/// than memory can be gone through; those of CSV, which has to be read as a whole, from memory.
struct TableColumns {
  /// The columns' names, in the file's order.
  let names: [String]
  /// The names and types of the columns that can be read.
  let schema: Schema
  /// What the type of each other column is called, by the column's name.
  let unread: [String: String]
  private let path: String
  private let held: Table?
  private let usesThreads: Bool

  /// Opens a file; throws as `TableFile.read` does. What `features` have levels of is text in CSV, whatever it looks like.
  init(_ path: String, reading features: [Feature] = [], threads: Int) throws {
    self.path = path
    usesThreads = threads > 1
    if try TableFile.isParquet(path) {
      held = nil
      let columns = try ParquetFile.columns(of: path)
      (names, schema, unread) = (columns.names, columns.schema, columns.unread)
    } else {
      let table = try TableFile.read(path, texts: Feature.textNames(features), threads: threads)
      held = table
      (names, schema, unread) = (table.schema.fields.map(\.name), table.schema, [:])
    }
  }

  /// Whether nothing stands in a column of CSV, so that nobody knows what it would hold.
  func isBlank(_ name: String) -> Bool {
    guard let column = held?[name] else { return false }
    return column.validity.map { !$0.contains(true) } ?? (column.rowCount == 0)
  }

  /// Checks that the table has what a model reads; throws as `FeatureTable.demand` and `table` do.
  func demand(_ features: [Feature]) throws {
    if let feature = features.first(where: { unread[$0.name] != nil }) { _ = try table([feature.name]) }
    try FeatureTable.demand(features, in: schema)
  }

  /// The columns named, those that there are; throws as `TableFile.read` does.
  func table(_ names: [String]) throws(ColumnsError) -> Table {
    let found = names.filter(self.names.contains)
    if let held { return try held.selecting(found) }
    return try ParquetFile.read(path, columns: found, usesThreads: usesThreads)
  }

  /// Calls `body` with the columns named of some rows at a time, in the file's order; throws what it throws besides.
  func forEachBatch(_ names: [String], _ body: (Table) throws -> Void) throws {
    let found = names.filter(self.names.contains)
    if let held { return try body(try held.selecting(found)) }
    try ParquetFile.forEachBatch(of: path, columns: found, body)
  }
}

extension Feature {
  /// The names of features with levels: in CSV their columns are texts.
  static func textNames(_ features: [Feature]) -> Set<String> { Set(features.filter(\.isCategorical).map(\.name)) }
}
