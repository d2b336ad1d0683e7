/// A Parquet file being read batch by batch, by whoever asks for the next one: for merging several files that ascend by a key.
///
/// One thread uses it at a time. Memory is bounded by a row group's compressed bytes and one batch.
public final class ParquetBatches {
  private let reader: ParquetReader
  private let selection: Selection
  private var foundCount: Int64 = 0

  /// Opens a file to read the columns named, in that order, from the row groups that may hold a value of `values` in the
  /// 64-bit column `key`, by their statistics. Throws as `ParquetFile.read` does.
  public init(
    _ path: String, columns names: [String], whereMayBe values: ClosedRange<Int64>, in key: String
  ) throws(ColumnsError) {
    let reader = try ParquetReader(path: path, usesThreads: false)
    try reader.restrict(to: values, in: key)
    selection = try reader.begin(names)
    self.reader = reader
  }

  /// The next batch, some sixteen thousand rows at most, in the file's order; nil at the end. Throws as `ParquetFile.read` does.
  public func next() throws(ColumnsError) -> Table? {
    guard let batch = try reader.nextBatch(selection, rowLimit: ParquetFile.batchRowCount) else {
      try reader.check(foundCount, selection)
      return nil
    }
    foundCount += Int64(batch.rowCount)
    return batch
  }
}
