import ArrowBridge

// Tables and schemas as Arrow C data: memory that this side owns until the other side calls `release`.

/// The form of a column type in the Arrow C data interface.
extension ColumnType {
  /// The format string, as the specification of the C data interface lists it.
  var arrowFormat: String {
    switch self {
    case .int32: "i"
    case .int64: "l"
    case .double: "g"
    case .bool: "b"
    case .date: "tdD"
    case .timestamp: "tsu:UTC"
    case .string: "u"
    }
  }

  /// Reads a format string; nil for types that no column holds. Any zone of a timestamp shows the same instants.
  init?(arrowFormat format: String) {
    switch format {
    case "i": self = .int32
    case "l": self = .int64
    case "g": self = .double
    case "b": self = .bool
    case "tdD": self = .date
    case "u": self = .string
    default:
      guard format.hasPrefix("tsu:"), format.utf8.count > 4 else { return nil }
      self = .timestamp
    }
  }
}

/// The key of a field's meaning in Arrow's field metadata.
let meaningKey = "meaning"

/// Memory lent out through a C struct; freed when the last `release` has been called.
private final class LentMemory {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { block.deallocate() } }

  /// Allocates `byteCount` bytes (at least one), aligned as Arrow recommends.
  func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: max(1, byteCount), alignment: 64)
    blocks.append(block)
    return block
  }

  func allocate<T>(_ type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
    allocate(byteCount: count * MemoryLayout<T>.stride).bindMemory(to: T.self, capacity: max(1, count))
  }

  /// Copies bytes.
  func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer {
    let block = allocate(byteCount: bytes.count)
    if let base = bytes.baseAddress { block.copyMemory(from: base, byteCount: bytes.count) }
    return block
  }

  /// Copies text with a zero byte behind it.
  func copy(text: String) -> UnsafePointer<CChar> {
    let bytes = Array(text.utf8CString)
    return UnsafePointer(bytes.withUnsafeBytes { copy($0) }.assumingMemoryBound(to: CChar.self))
  }

  func lend() -> UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }
}

// MARK: Schemas

extension Schema {
  /// Fills `target` with a struct type of these fields; the receiver releases it.
  func export(to target: UnsafeMutablePointer<ArrowSchema>) {
    let memory = LentMemory()
    let children = memory.allocate(UnsafeMutablePointer<ArrowSchema>?.self, count: fields.count)
    for (index, field) in fields.enumerated() {
      let child = memory.allocate(ArrowSchema.self, count: 1)
      field.export(to: child)
      children[index] = child
    }
    target.initialize(
      to: ArrowSchema(
        format: memory.copy(text: "+s"), name: memory.copy(text: ""), metadata: nil, flags: 0,
        n_children: Int64(fields.count), children: children, dictionary: nil, release: releaseSchema,
        private_data: memory.lend()))
  }
}

extension ColumnField {
  fileprivate func export(to target: UnsafeMutablePointer<ArrowSchema>) {
    let memory = LentMemory()
    let metadata = encodedMetadata.withUnsafeBytes { memory.copy($0) }
    target.initialize(
      to: ArrowSchema(
        format: memory.copy(text: type.arrowFormat), name: memory.copy(text: name),
        metadata: meaning.isEmpty ? nil : UnsafePointer(metadata.assumingMemoryBound(to: CChar.self)),
        flags: isNullable ? Int64(ARROW_FLAG_NULLABLE) : 0, n_children: 0, children: nil, dictionary: nil,
        release: releaseSchema, private_data: memory.lend()))
  }

  /// One key-value pair: count, then key and value, each with its length, as native 32-bit integers.
  private var encodedMetadata: [UInt8] {
    var bytes: [UInt8] = []
    func append(_ count: Int) { withUnsafeBytes(of: Int32(count)) { bytes.append(contentsOf: $0) } }
    append(1)
    for text in [meaningKey, meaning] {
      append(text.utf8.count)
      bytes.append(contentsOf: text.utf8)
    }
    return bytes
  }
}

private func releaseSchema(_ schema: UnsafeMutablePointer<ArrowSchema>?) {
  guard let schema, let owner = schema.pointee.private_data else { return }
  for index in 0..<Int(schema.pointee.n_children) {
    if let child = schema.pointee.children?[index], let release = child.pointee.release { release(child) }
  }
  schema.pointee.release = nil
  Unmanaged<LentMemory>.fromOpaque(owner).release()
}

// MARK: Rows

extension Table {
  /// Fills `target` with a struct array of copies of `rows`; the receiver releases it.
  ///
  /// Throws `schemaMismatch` where a column that cannot be missing has a missing value. O(values).
  func export(rows: Range<Int>, to target: UnsafeMutablePointer<ArrowArray>) throws(ColumnsError) {
    for (field, column) in zip(schema.fields, columns) where !field.isNullable && column.hasMissingValue(in: rows) {
      throw ColumnsError(.schemaMismatch, "column \(field.name) misses a value, but it is not nullable")
    }
    let memory = LentMemory()
    let children = memory.allocate(UnsafeMutablePointer<ArrowArray>?.self, count: columns.count)
    for (index, column) in columns.enumerated() {
      let child = memory.allocate(ArrowArray.self, count: 1)
      column.export(rows: rows, to: child)
      children[index] = child
    }
    let buffers = memory.allocate(UnsafeRawPointer?.self, count: 1)
    buffers[0] = nil
    target.initialize(
      to: ArrowArray(
        length: Int64(rows.count), null_count: 0, offset: 0, n_buffers: 1, n_children: Int64(columns.count),
        buffers: buffers, children: children, dictionary: nil, release: releaseArray, private_data: memory.lend()))
  }
}

extension Column {
  /// Whether a row of `rows` has no value.
  func hasMissingValue(in rows: Range<Int>) -> Bool { validity.map { $0[rows].contains(false) } ?? false }

  /// One flag a row, or nil where no value is missing.
  public var validity: [Bool]? {
    switch self {
    case .int32(let column), .date(let column): column.validity
    case .int64(let column), .timestamp(let column): column.validity
    case .double(let column): column.validity
    case .bool(let column): column.validity
    case .string(let column): column.validity
    }
  }

  fileprivate func export(rows: Range<Int>, to target: UnsafeMutablePointer<ArrowArray>) {
    let memory = LentMemory()
    var buffers: [UnsafeRawPointer?] = [nil]
    var nullCount = 0
    if let validity {
      nullCount = validity[rows].reduce(into: 0) { $0 += $1 ? 0 : 1 }
      if nullCount > 0 { buffers[0] = UnsafeRawPointer(bitmap(of: validity[rows], in: memory)) }
    }
    switch self {
    case .int32(let column), .date(let column): buffers.append(copy(column.values[rows], in: memory))
    case .int64(let column), .timestamp(let column): buffers.append(copy(column.values[rows], in: memory))
    case .double(let column): buffers.append(copy(column.values[rows], in: memory))
    case .bool(let column): buffers.append(bitmap(of: column.values[rows], in: memory))
    case .string(let column): buffers.append(contentsOf: text(of: column, rows, in: memory))
    }
    let lent = memory.allocate(UnsafeRawPointer?.self, count: buffers.count)
    for (index, buffer) in buffers.enumerated() { lent[index] = buffer }
    target.initialize(
      to: ArrowArray(
        length: Int64(rows.count), null_count: Int64(nullCount), offset: 0, n_buffers: Int64(buffers.count),
        n_children: 0, buffers: lent, children: nil, dictionary: nil, release: releaseArray,
        private_data: memory.lend()))
  }
}

private func copy<Value>(_ values: ArraySlice<Value>, in memory: LentMemory) -> UnsafeRawPointer {
  UnsafeRawPointer(values.withUnsafeBytes { memory.copy($0) })
}

/// Packs flags eight to a byte, the first one in the lowest bit.
private func bitmap(of flags: ArraySlice<Bool>, in memory: LentMemory) -> UnsafeRawPointer {
  let byteCount = (flags.count + 7) / 8
  let bits = memory.allocate(UInt8.self, count: byteCount)
  bits.initialize(repeating: 0, count: max(1, byteCount))
  flags.withUnsafeBufferPointer { flags in
    for index in 0..<flags.count where flags[index] { bits[index >> 3] |= 1 << UInt8(index & 7) }
  }
  return UnsafeRawPointer(bits)
}

/// Offsets and bytes of texts; a missing row has no bytes.
private func text(of column: TypedColumn<String>, _ rows: Range<Int>, in memory: LentMemory) -> [UnsafeRawPointer?] {
  let offsets = memory.allocate(Int32.self, count: rows.count + 1)
  var bytes: [UInt8] = []
  offsets[0] = 0
  for (index, row) in rows.enumerated() {
    if column.isValid(row) { bytes.append(contentsOf: column.values[row].utf8) }
    precondition(bytes.count <= Int(Int32.max), "the texts of one row group take less than 2 GiB")
    offsets[index + 1] = Int32(bytes.count)
  }
  return [UnsafeRawPointer(offsets), UnsafeRawPointer(bytes.withUnsafeBytes { memory.copy($0) })]
}

private func releaseArray(_ array: UnsafeMutablePointer<ArrowArray>?) {
  guard let array, let owner = array.pointee.private_data else { return }
  for index in 0..<Int(array.pointee.n_children) {
    if let child = array.pointee.children?[index], let release = child.pointee.release { release(child) }
  }
  array.pointee.release = nil
  Unmanaged<LentMemory>.fromOpaque(owner).release()
}
