import Columns

/// The Parquet reader: any bytes as a file, read whole, by batches and by its footer.
enum ParquetCheck {
  static func run(_ bytes: [UInt8]) {
    let file = MemoryFile(bytes)
    let schema = try? ParquetFile.schema(of: file.path)
    let rowCount = try? ParquetFile.rowCount(of: file.path)
    let table = try? ParquetFile.read(file.path)
    if let table {
      precondition(table.schema == schema, "a table that is read has a schema")
      precondition(Int64(table.rowCount) == rowCount, "a table has the rows of its footer")
    }
    var batchRowCount = 0
    do {
      try ParquetFile.forEachBatch(of: file.path) { batchRowCount += $0.rowCount }
      if let table { precondition(batchRowCount == table.rowCount, "batches are the table") }
    } catch {
      precondition(error is ColumnsError, "errors are typed")
    }
  }
}
