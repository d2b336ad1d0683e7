import Columns

/// Rows of facts on their way to one Parquet file: columns in plain memory, handed to Arrow without a copy, a row group
/// at a time.
///
/// With a path, full row groups are written as they fill; without one, all rows stay until `append(contentsOf:)` moves
/// them into a file. Row groups are small, so that what Arrow does to a column stays in the cache.
///
/// Its hot fields are used by one thread, never while a call on them is under way: the checks of that are left out.
final class FactFile {
  /// Rows of a row group: a quarter of a million, two megabytes a column.
  static let rowGroupRowCount = 1 << 18

  let schema: Schema
  /// The name in staging, or nil for rows that wait.
  let path: String?
  /// The memory of each column.
  @exclusivity(unchecked) private(set) var columns: [UnsafeMutableRawPointer]
  private let widths: [Int]
  @exclusivity(unchecked) private(set) var capacity: Int
  /// Rows in memory.
  @exclusivity(unchecked) private(set) var heldCount = 0
  /// All rows so far.
  @exclusivity(unchecked) private(set) var rowCount = 0
  private var writer: ParquetWriter?
  let incompressible: [String]

  init(_ schema: Schema, path: String?, incompressible: [String] = []) {
    self.schema = schema
    self.path = path
    self.incompressible = incompressible
    widths = schema.fields.map { field in
      switch field.type {
      case .int32, .date: 4
      default: 8
      }
    }
    capacity = path == nil ? 1 << 10 : FactFile.rowGroupRowCount
    let capacity = self.capacity
    columns = widths.map { .allocate(byteCount: $0 * capacity, alignment: 64) }
  }

  deinit { for column in columns { column.deallocate() } }

  /// Room for one more row at index `heldCount` of each column; fill it, then call `added`.
  @inline(__always)
  func prepare() throws {
    if heldCount == capacity { try makeRoom() }
  }

  /// Counts rows that were filled.
  @inline(__always)
  func added(_ count: Int = 1) {
    heldCount &+= count
    rowCount &+= count
  }

  /// The columns of a relation: subscription, event day, known day, delivery, partner, count.
  struct RelationRows {
    let subscriptions: UnsafeMutablePointer<Int64>
    let days: UnsafeMutablePointer<Int32>
    let knownDays: UnsafeMutablePointer<Int32>
    let deliveries: UnsafeMutablePointer<Int64>
    let partners: UnsafeMutablePointer<Int64>
    let counts: UnsafeMutablePointer<Int64>

    @inline(__always)
    init(_ file: FactFile) {
      let columns = file.columns
      subscriptions = columns[0].assumingMemoryBound(to: Int64.self)
      days = columns[1].assumingMemoryBound(to: Int32.self)
      knownDays = columns[2].assumingMemoryBound(to: Int32.self)
      deliveries = columns[3].assumingMemoryBound(to: Int64.self)
      partners = columns[4].assumingMemoryBound(to: Int64.self)
      counts = columns[5].assumingMemoryBound(to: Int64.self)
    }
  }

  @inline(__always)
  func set(_ column: Int, _ value: Int64) {
    (columns[column] + heldCount &* 8).storeBytes(of: value, as: Int64.self)
  }

  @inline(__always)
  func set(_ column: Int, _ value: Int32) {
    (columns[column] + heldCount &* 4).storeBytes(of: value, as: Int32.self)
  }

  private func makeRoom() throws {
    if path != nil { return try flush() }
    for (index, width) in widths.enumerated() {
      let larger = UnsafeMutableRawPointer.allocate(byteCount: width * capacity * 2, alignment: 64)
      larger.copyMemory(from: columns[index], byteCount: width * heldCount)
      columns[index].deallocate()
      columns[index] = larger
    }
    capacity *= 2
  }

  private func flush() throws {
    guard let path else { return }
    if writer == nil {
      writer = try ParquetWriter(
        path: path, schema: schema, rowGroupRowCount: FactFile.rowGroupRowCount, incompressible: incompressible)
    }
    try writer?.write(rowCount: heldCount, lending: columns.map { UnsafeRawPointer($0) })
    // A full row group is written at once, so its memory is free again; a last one stays until `close`.
    if heldCount == FactFile.rowGroupRowCount { heldCount = 0 }
  }

  /// Appends all rows that another one holds in memory.
  func append(contentsOf other: FactFile) throws {
    var start = 0
    while start < other.heldCount {
      try prepare()
      let count = min(other.heldCount - start, capacity - heldCount)
      for (index, width) in widths.enumerated() {
        (columns[index] + heldCount * width).copyMemory(
          from: other.columns[index] + start * width, byteCount: count * width)
      }
      heldCount += count
      rowCount += count
      start += count
    }
  }

  /// Writes what is held and closes the file; a file without rows is written too.
  func close() throws {
    if heldCount > 0 || writer == nil { try flush() }
    if let writer = writer.take() { _ = try writer.close() }
    heldCount = 0
  }
}
