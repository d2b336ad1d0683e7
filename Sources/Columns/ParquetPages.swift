import ArrowBridge

/// Writes one Parquet file of integers, days and instants, a row group at a time, whose columns' forms are known: the way
/// of files too large for finding the forms out value by value (`Columns.docc/EncodedPages.md`).
///
/// A row group is a page a column, and one of the dictionary where there is one; nothing is compressed. The bytes depend
/// on the row groups alone. Nothing counts until `close` has returned, as with `ParquetWriter`.
package struct ParquetPages: ~Copyable {
  /// A column of a row group.
  package enum Chunk {
    /// Runs of equal values: a dictionary.
    case runs(RunColumn)
    /// Noise, such as keyed hashes, which is stored as it is: PLAIN, without bounds.
    case plain(UnsafePointer<Int64>)
    /// Numbers of a range, or that ascend: DELTA_BINARY_PACKED.
    case delta(UnsafePointer<Int64>)
  }

  private let path: String
  private let schema: Schema
  private let pages: OpaquePointer
  private var rowCount: Int64 = 0

  /// Creates or truncates the file at `path`. Throws `inputOutput` or `missingFile` where that fails.
  package init(path: String, schema: Schema) throws(ColumnsError) {
    precondition(
      schema.fields.allSatisfy { !$0.isNullable && [.int32, .int64, .date, .timestamp].contains($0.type) },
      "integers, days and instants that are never missing")
    var exported = ArrowSchema()
    schema.export(to: &exported)
    var opened: OpaquePointer?
    var error = nightjar_arrow_error()
    let code = nightjar_parquet_pages_open(path, &exported, &opened, &error)
    guard code == 0, let opened else { throw ColumnsError(code, error, path: path) }
    pages = opened
    self.path = path
    self.schema = schema
  }

  deinit { nightjar_parquet_pages_free(pages) }

  /// Writes a row group: a chunk a column in the order of the schema, each of `rowCount` rows.
  ///
  /// Throws `inputOutput` where the disk refuses; then the file is lost.
  package mutating func write(rowCount: Int, _ chunks: [Chunk]) throws(ColumnsError) {
    precondition(chunks.count == schema.fields.count, "one chunk a column")
    guard rowCount > 0 else { return }
    var error = nightjar_arrow_error()
    let code = nightjar_parquet_pages_begin(pages, Int64(rowCount), &error)
    guard code == 0 else { throw ColumnsError(code, error, path: path) }
    for (field, chunk) in zip(schema.fields, chunks) { try write(chunk, field.type, rowCount) }
    self.rowCount += Int64(rowCount)
  }

  private func write(_ chunk: Chunk, _ type: ColumnType, _ rowCount: Int) throws(ColumnsError) {
    let width = type == .int32 || type == .date ? 4 : 8
    var form = nightjar_parquet_chunk()
    switch chunk {
    case .runs(let column):
      precondition(column.lengths.reduce(0, +) == rowCount, "a value for each row")
      let encoded = column.encoded(width: width)
      form.encoding = Int32(encoded.dictionary == nil ? nightjar_encoding_plain : nightjar_encoding_dictionary)
      form.dictionary_count = Int32(encoded.dictionaryCount)
      let values = column.values
      set(bounds: values.min(), values.max(), &form)
      try (encoded.dictionary ?? []).withUnsafeBufferPointer { (dictionary) throws(ColumnsError) in
        form.dictionary = dictionary.baseAddress.map { UnsafeRawPointer($0) }
        try encoded.page.withUnsafeBufferPointer { (page) throws(ColumnsError) in
          form.page = page.baseAddress.map { UnsafeRawPointer($0) }
          form.page_byte_count = Int64(page.count)
          try write(form)
        }
      }
    case .plain(let values), .delta(let values):
      precondition(width == 8, "only 64-bit values are lent")
      if case .delta = chunk {
        form.encoding = Int32(nightjar_encoding_delta)
        let all = UnsafeBufferPointer(start: values, count: rowCount)
        set(bounds: all.min(), all.max(), &form)
      }
      form.page = UnsafeRawPointer(values)
      form.page_byte_count = Int64(rowCount * width)
      try write(form)
    }
  }

  private func set(bounds minimum: Int64?, _ maximum: Int64?, _ form: inout nightjar_parquet_chunk) {
    guard let minimum, let maximum else { return }
    form.has_bounds = 1
    form.minimum = minimum
    form.maximum = maximum
  }

  private func write(_ chunk: nightjar_parquet_chunk) throws(ColumnsError) {
    var chunk = chunk
    var error = nightjar_arrow_error()
    let code = nightjar_parquet_pages_write(pages, &chunk, &error)
    guard code == 0 else { throw ColumnsError(code, error, path: path) }
  }

  /// Writes the footer, closes the file and returns the number of its rows.
  package consuming func close() throws(ColumnsError) -> Int64 {
    var error = nightjar_arrow_error()
    let code = nightjar_parquet_pages_close(pages, &error)
    guard code == 0 else { throw ColumnsError(code, error, path: path) }
    return rowCount
  }
}
