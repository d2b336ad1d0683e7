import Columns

/// Rows of facts on their way to one Parquet file, a row group at a time, in columns of the form that they will have there.
///
/// With a path, full row groups are written as they fill; without one, all rows stay until `append(contentsOf:)` moves
/// them into a file.
///
/// Its hot fields are used by one thread, never while a call on them is under way: the checks of that are left out.
final class FactFile {
  /// Rows of a row group: a quarter of a million, two megabytes a column of values.
  static let rowGroupRowCount = 1 << 18

  /// How a column is kept and written.
  enum Form {
    /// As runs: what is constant, or the same for many rows.
    case runs
    /// As values that ascend, or lie in a range.
    case numbers
    /// As values that are noise: keyed hashes.
    case hashes
  }

  let schema: Schema
  /// The name in staging, or nil for rows that wait.
  let path: String?
  let forms: [Form]
  /// The columns that are runs; empty for the others.
  @exclusivity(unchecked) private var runs: [RunColumn]
  /// The memory of the columns that are values; a single one for the others.
  @exclusivity(unchecked) private(set) var values: [UnsafeMutablePointer<Int64>]
  @exclusivity(unchecked) private(set) var capacity: Int
  /// Rows in memory.
  @exclusivity(unchecked) private(set) var heldCount = 0
  /// All rows so far.
  @exclusivity(unchecked) private(set) var rowCount = 0
  private var writer: ParquetPages?

  /// Makes a file without rows; `forms` has one entry a column. One with a path that never gets more than
  /// `rowLimit` rows takes no more memory than they need.
  init(_ schema: Schema, _ forms: [Form], path: String?, rowLimit: Int = .max) {
    self.schema = schema
    self.forms = forms
    self.path = path
    capacity = path == nil ? 1 << 10 : min(max(1 << 6, rowLimit), FactFile.rowGroupRowCount)
    runs = forms.map { _ in RunColumn() }
    let capacity = self.capacity
    values = forms.map { .allocate(capacity: $0 == .runs ? 1 : capacity) }
  }

  deinit { release() }

  private func release() {
    for column in values { column.deallocate() }
    values = []
    capacity = 0
  }

  /// Room for one more row at index `heldCount` of each column of values; fill it and append to the runs, then call
  /// `added`.
  @inline(__always)
  func prepare() throws {
    if heldCount == capacity { try makeRoom() }
  }

  /// Appends rows to a column of runs.
  @inline(__always)
  func append(_ column: Int, _ value: Int64, count: Int = 1) { runs[column].append(value, count: count) }

  /// Counts rows that were filled.
  @inline(__always)
  func added(_ count: Int = 1) {
    heldCount &+= count
    rowCount &+= count
  }

  private func makeRoom() throws {
    precondition(path == nil || capacity == FactFile.rowGroupRowCount, "no more rows than were announced")
    if path != nil { return try flush() }
    for (column, form) in forms.enumerated() where form != .runs {
      let larger = UnsafeMutablePointer<Int64>.allocate(capacity: capacity * 2)
      larger.update(from: values[column], count: heldCount)
      values[column].deallocate()
      values[column] = larger
    }
    capacity *= 2
  }

  private func flush() throws {
    guard let path else { return }
    if writer == nil { writer = try ParquetPages(path: path, schema: schema) }
    let chunks = forms.indices.map { column -> ParquetPages.Chunk in
      switch forms[column] {
      case .runs: .runs(runs[column])
      case .numbers: .delta(values[column])
      case .hashes: .plain(values[column])
      }
    }
    try writer?.write(rowCount: heldCount, chunks)
    for column in runs.indices { runs[column].removeAll() }
    heldCount = 0
  }

  /// Appends all rows that another one holds in memory.
  func append(contentsOf other: FactFile) throws {
    var start = 0
    while start < other.heldCount {
      try prepare()
      let count = min(other.heldCount - start, capacity - heldCount)
      for (column, form) in forms.enumerated() {
        if form == .runs {
          runs[column].append(start..<start + count, of: other.runs[column])
        } else {
          (values[column] + heldCount).update(from: other.values[column] + start, count: count)
        }
      }
      added(count)
      start += count
    }
  }

  /// Writes what is held and closes the file; a file without rows is written too. Its memory is given back: of a night with
  /// thousands of files, whoever made them asks for their row counts until the last is written. No rows may come after.
  func close() throws {
    try flush()
    if let writer = writer.take() { _ = try writer.close() }
    release()
  }
}
