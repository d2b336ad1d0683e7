import ArrowBridge

// Arrow C data as schemas and columns. Whatever the file, these readers touch only memory that Arrow has validated.

/// How the values of an array lie in memory: as their column holds them, or narrower, as other writers do it.
enum ArrowLayout: Sendable {
  case asHeld
  case int8, uint8, int16, uint16, uint32, float
  /// Texts with offsets of 64 bits.
  case largeText

  /// The column that takes arrays of a format, and how they lie; nil for those that none takes.
  static func reading(_ format: String) -> (type: ColumnType, layout: ArrowLayout)? {
    switch format {
    case "c": return (.int32, .int8)
    case "C": return (.int32, .uint8)
    case "s": return (.int32, .int16)
    case "S": return (.int32, .uint16)
    case "I": return (.int64, .uint32)
    case "f": return (.double, .float)
    case "U": return (.string, .largeText)
    default: return ColumnType(arrowFormat: format).map { ($0, .asHeld) }
    }
  }

  /// The layout of a field's arrays.
  init(_ schema: ArrowSchema) {
    self = schema.format.flatMap { ArrowLayout.reading(String(cString: $0)) }?.layout ?? .asHeld
  }
}

extension ColumnField {
  /// Reads a field; nil for a type that no column holds.
  init?(_ schema: ArrowSchema) {
    guard schema.dictionary == nil, let format = schema.format, let name = schema.name,
      let type = ArrowLayout.reading(String(cString: format))?.type
    else { return nil }
    self.init(
      String(cString: name), type, isNullable: schema.flags & Int64(ARROW_FLAG_NULLABLE) != 0,
      schema.metadata.flatMap { metadataValue($0, key: meaningKey) } ?? "")
  }
}

/// The value of `key` in encoded metadata: a count, then keys and values, each with its length before it.
private func metadataValue(_ metadata: UnsafePointer<CChar>, key: String) -> String? {
  var cursor = UnsafeRawPointer(metadata)
  func number() -> Int {
    defer { cursor += MemoryLayout<Int32>.size }
    return Int(cursor.loadUnaligned(as: Int32.self))
  }
  func text() -> String {
    let bytes = UnsafeRawBufferPointer(start: cursor + MemoryLayout<Int32>.size, count: number())
    cursor += bytes.count
    return String(decoding: bytes, as: UTF8.self)
  }
  var remaining = number()
  while remaining > 0 {
    let (name, value) = (text(), text())
    if name == key { return value }
    remaining -= 1
  }
  return nil
}

extension Column {
  /// An empty column with room for `rowCount` rows.
  init(_ type: ColumnType, reserving rowCount: Int) {
    func empty<Value>(_: Value.Type) -> TypedColumn<Value> {
      var column = TypedColumn<Value>()
      column.values.reserveCapacity(rowCount)
      return column
    }
    switch type {
    case .int32: self = .int32(empty(Int32.self))
    case .int64: self = .int64(empty(Int64.self))
    case .double: self = .double(empty(Double.self))
    case .bool: self = .bool(empty(Bool.self))
    case .date: self = .date(empty(Int32.self))
    case .timestamp: self = .timestamp(empty(Int64.self))
    case .string: self = .string(empty(String.self))
    }
  }

  /// Appends the rows of an array of this column's type, which lie as `layout` says.
  mutating func append(_ array: ArrowArray, _ layout: ArrowLayout) {
    // The payload leaves the enum while it grows, so that it is never copied.
    switch self {
    case .int32(var column):
      self = .int32(TypedColumn())
      switch layout {
      case .int8: column.append(array, zero: 0) { (value: Int8) in Int32(value) }
      case .uint8: column.append(array, zero: 0) { (value: UInt8) in Int32(value) }
      case .int16: column.append(array, zero: 0) { (value: Int16) in Int32(value) }
      case .uint16: column.append(array, zero: 0) { (value: UInt16) in Int32(value) }
      default: column.append(fixedWidth: array, zero: 0)
      }
      self = .int32(column)
    case .int64(var column):
      self = .int64(TypedColumn())
      if layout == .uint32 {
        column.append(array, zero: 0) { (value: UInt32) in Int64(value) }
      } else {
        column.append(fixedWidth: array, zero: 0)
      }
      self = .int64(column)
    case .double(var column):
      self = .double(TypedColumn())
      if layout == .float {
        column.append(array, zero: 0) { (value: Float) in Double(value) }
      } else {
        column.append(fixedWidth: array, zero: 0)
      }
      self = .double(column)
    case .bool(var column):
      self = .bool(TypedColumn())
      column.appendValidity(array)
      appendBits(array, buffer: 1, to: &column.values)
      column.clearMissing(count: Int(array.length), to: false)
      self = .bool(column)
    case .date(var column):
      self = .date(TypedColumn())
      column.append(fixedWidth: array, zero: 0)
      self = .date(column)
    case .timestamp(var column):
      self = .timestamp(TypedColumn())
      column.append(fixedWidth: array, zero: 0)
      self = .timestamp(column)
    case .string(var column):
      self = .string(TypedColumn())
      if layout == .largeText {
        column.append(text: array, Int64.self)
      } else {
        column.append(text: array, Int32.self)
      }
      self = .string(column)
    }
  }
}

extension TypedColumn {
  fileprivate mutating func append(fixedWidth array: ArrowArray, zero: Value) {
    let count = Int(array.length)
    appendValidity(array)
    if let base = array.buffers[1] {
      let first = base.assumingMemoryBound(to: Value.self) + Int(array.offset)
      values.append(contentsOf: UnsafeBufferPointer(start: first, count: count))
    } else {
      values.append(contentsOf: repeatElement(zero, count: count))
    }
    clearMissing(count: count, to: zero)
  }

  /// Appends the values of an array whose elements are narrower.
  fileprivate mutating func append<Narrow>(_ array: ArrowArray, zero: Value, _ widened: (Narrow) -> Value) {
    let count = Int(array.length)
    appendValidity(array)
    if let base = array.buffers[1] {
      let first = base.assumingMemoryBound(to: Narrow.self) + Int(array.offset)
      values.append(contentsOf: UnsafeBufferPointer(start: first, count: count).lazy.map(widened))
    } else {
      values.append(contentsOf: repeatElement(zero, count: count))
    }
    clearMissing(count: count, to: zero)
  }

  /// Appends the validity of an array; call it before its values are appended.
  fileprivate mutating func appendValidity(_ array: ArrowArray) {
    let isComplete = array.null_count == 0 || array.n_buffers == 0 || array.buffers[0] == nil
    if isComplete {
      validity?.append(contentsOf: repeatElement(true, count: Int(array.length)))
    } else {
      var flags = validity ?? []
      validity = nil
      if flags.isEmpty {
        flags.reserveCapacity(values.capacity)
        flags.append(contentsOf: repeatElement(true, count: values.count))
      }
      appendBits(array, buffer: 0, to: &flags)
      validity = flags
    }
  }

  /// Sets the last `count` values to `placeholder` where they are missing: Arrow leaves them undefined.
  fileprivate mutating func clearMissing(count: Int, to placeholder: Value) {
    guard let validity else { return }
    for row in values.count - count..<values.count where !validity[row] { values[row] = placeholder }
  }
}

extension TypedColumn<String> {
  /// `Offset` is the type in which the array says where its texts begin.
  fileprivate mutating func append<Offset: FixedWidthInteger>(text array: ArrowArray, _: Offset.Type) {
    let count = Int(array.length)
    appendValidity(array)
    guard count > 0, let base = array.buffers[1] else {
      values.append(contentsOf: repeatElement("", count: count))
      return
    }
    let offsets = base.assumingMemoryBound(to: Offset.self) + Int(array.offset)
    let bytes = UnsafeRawBufferPointer(start: array.buffers[2], count: Int(offsets[count]))
    for index in 0..<count {
      let range = Int(offsets[index])..<Int(offsets[index + 1])
      values.append(range.isEmpty ? "" : String(decoding: bytes[range], as: UTF8.self))
    }
    clearMissing(count: count, to: "")
  }
}

/// Appends the flags of a bitmap, eight to a byte, the first one in the lowest bit.
private func appendBits(_ array: ArrowArray, buffer: Int, to flags: inout [Bool]) {
  let count = Int(array.length)
  guard count > 0, let base = array.buffers[buffer] else {
    flags.append(contentsOf: repeatElement(false, count: count))
    return
  }
  let bits = base.assumingMemoryBound(to: UInt8.self)
  let offset = Int(array.offset)
  flags.append(
    contentsOf: (offset..<offset + count).lazy.map { bits[$0 >> 3] >> UInt8($0 & 7) & 1 == 1 })
}
