import ArrowBridge

// Arrow C data as schemas and columns. Whatever the file, these readers touch only memory that Arrow has validated.

extension ColumnField {
  /// Reads a field; nil for a type that no column holds.
  init?(_ schema: ArrowSchema) {
    guard let name = schema.name, let type = ArrowLayout.reading(schema)?.type else { return nil }
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
      switch layout {
      case .float: column.append(array, zero: 0) { (value: Float) in Double(value) }
      case .half: column.append(array, zero: 0) { (value: Float16) in Double(value) }
      case .uint64: column.append(array, zero: 0) { (value: UInt64) in Double(value) }
      case .decimal(let bitWidth, let scale): column.append(decimals: array, bitWidth: bitWidth, scale: scale)
      default: column.append(fixedWidth: array, zero: 0)
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
      switch layout {
      case .largeText: column.append(text: array, Int64.self)
      case .dictionary(let isLarge): column.append(dictionary: array, isLarge: isLarge)
      default: column.append(text: array, Int32.self)
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

extension TypedColumn<Double> {
  /// Appends decimals: integer and power of ten as doubles, divided. That is the nearest double of a decimal while the integer is
  /// at most 2^53 and the scale at most 22, and else within two units in the last place.
  fileprivate mutating func append(decimals array: ArrowArray, bitWidth: Int, scale: Int) {
    let divisor = ArrowLayout.powerOfTen(scale)
    switch bitWidth {
    case 32: append(array, zero: 0) { (integer: Int32) in Double(integer) / divisor }
    case 64: append(array, zero: 0) { (integer: Int64) in Double(integer) / divisor }
    default:
      // The low word comes first. Words apart, since a buffer may be aligned to less than 16 bytes.
      append(array, zero: 0) { (words: (low: UInt64, high: Int64)) in
        let isNegative = words.high < 0
        let low = isNegative ? 0 &- words.low : words.low
        let high = UInt64(bitPattern: isNegative ? ~words.high &+ (words.low == 0 ? 1 : 0) : words.high)
        let value = (Double(high) * 0x1p64 + Double(low)) / divisor
        return isNegative ? -value : value
      }
    }
  }
}

extension TypedColumn<String> {
  /// Appends the texts that the places of an array name, of a dictionary with offsets of 64 bits or of 32.
  fileprivate mutating func append(dictionary array: ArrowArray, isLarge: Bool) {
    if isLarge { append(dictionary: array, Int64.self) } else { append(dictionary: array, Int32.self) }
  }

  /// Arrow has checked that each place names a text.
  private mutating func append<Offset: FixedWidthInteger>(dictionary array: ArrowArray, _: Offset.Type) {
    let count = Int(array.length)
    appendValidity(array)
    guard count > 0, let base = array.buffers[1], let dictionary = array.dictionary?.pointee,
      let texts = ArrowTexts<Offset>(dictionary)
    else {
      values.append(contentsOf: repeatElement("", count: count))
      return
    }
    let places = base.assumingMemoryBound(to: Int32.self) + Int(array.offset)
    let first = values.count
    if texts.count > count {
      // A dictionary is of a whole row group: here most of it is of other batches.
      for row in 0..<count { values.append(isValid(first + row) ? texts[Int(places[row])] : "") }
    } else {
      let held = (0..<texts.count).map { texts[$0] }
      for row in 0..<count { values.append(isValid(first + row) ? held[Int(places[row])] : "") }
    }
  }

  /// `Offset` is the type in which the array says where its texts begin.
  fileprivate mutating func append<Offset: FixedWidthInteger>(text array: ArrowArray, _: Offset.Type) {
    let count = Int(array.length)
    appendValidity(array)
    guard let texts = ArrowTexts<Offset>(array) else {
      values.append(contentsOf: repeatElement("", count: count))
      return
    }
    for index in 0..<count { values.append(texts[index]) }
    clearMissing(count: count, to: "")
  }
}

/// The texts of an array, made one by one as they are asked for.
private struct ArrowTexts<Offset: FixedWidthInteger> {
  let count: Int
  private let offsets: UnsafePointer<Offset>
  private let bytes: UnsafeRawBufferPointer

  /// Nil for an array that holds none.
  init?(_ array: ArrowArray) {
    count = Int(array.length)
    guard count > 0, let base = array.buffers[1] else { return nil }
    offsets = base.assumingMemoryBound(to: Offset.self) + Int(array.offset)
    bytes = UnsafeRawBufferPointer(start: array.buffers[2], count: Int(offsets[count]))
  }

  subscript(index: Int) -> String {
    let range = Int(offsets[index])..<Int(offsets[index + 1])
    return range.isEmpty ? "" : String(decoding: bytes[range], as: UTF8.self)
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
