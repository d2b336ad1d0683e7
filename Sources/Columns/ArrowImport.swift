import ArrowBridge

// Arrow C data as schemas and columns. Whatever the file, these readers touch only memory that Arrow has validated.

/// How the values of an array lie in memory: as their column holds them, or narrower, as other writers do it.
enum ArrowLayout: Sendable, Hashable {
  case asHeld
  case int8, uint8, int16, uint16, uint32, uint64, half, float
  /// Texts with offsets of 64 bits.
  case largeText
  /// Places among the texts of a dictionary, whose offsets are as wide as those of `largeText` or not.
  case dictionary(isLarge: Bool)
  /// Integers of 128 bits that count powers of ten: 10^−scale.
  case decimal(scale: Int)

  /// The column that takes arrays of a field, and how they lie; nil for those that none takes.
  static func reading(_ schema: ArrowSchema) -> (type: ColumnType, layout: ArrowLayout)? {
    guard let format = schema.format.map({ String(cString: $0) }) else { return nil }
    if let dictionary = schema.dictionary?.pointee {
      // Arrow reads every dictionary of Parquet with places of 32 bits.
      guard format == "i", let values = dictionary.format.map({ String(cString: $0) }) else { return nil }
      return values == "u" || values == "U" ? (.string, .dictionary(isLarge: values == "U")) : nil
    }
    if let scale = decimalScale(format) { return (.double, .decimal(scale: scale)) }
    switch format {
    case "c": return (.int32, .int8)
    case "C": return (.int32, .uint8)
    case "s": return (.int32, .int16)
    case "S": return (.int32, .uint16)
    case "I": return (.int64, .uint32)
    case "L": return (.double, .uint64)
    case "e": return (.double, .half)
    case "f": return (.double, .float)
    case "U": return (.string, .largeText)
    default: return ColumnType(arrowFormat: format).map { ($0, .asHeld) }
    }
  }

  /// The layout of a field's arrays.
  init(_ schema: ArrowSchema) { self = ArrowLayout.reading(schema)?.layout ?? .asHeld }

  /// The scale of a decimal of 128 bits, `d:precision,scale`; nil for other formats.
  private static func decimalScale(_ format: String) -> Int? {
    guard format.hasPrefix("d:") else { return nil }
    let parts = format.dropFirst(2).split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3 && parts[2] == "128", let scale = Int(parts[1]), (0...38).contains(scale)
    else { return nil }
    return scale
  }
}

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
      case .decimal(let scale): column.append(decimals: array, scale: scale)
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
  /// Appends decimals of 128 bits, the nearest doubles of integer and power of ten divided.
  fileprivate mutating func append(decimals array: ArrowArray, scale: Int) {
    let divisor = (0..<scale).reduce(1.0) { power, _ in power * 10 }
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

extension TypedColumn<String> {
  /// Appends the texts that the places of an array name; Arrow has checked that each names one.
  fileprivate mutating func append(dictionary array: ArrowArray, isLarge: Bool) {
    let count = Int(array.length)
    appendValidity(array)
    guard count > 0, let base = array.buffers[1], let dictionary = array.dictionary?.pointee else {
      values.append(contentsOf: repeatElement("", count: count))
      return
    }
    var texts = TypedColumn<String>()
    if isLarge { texts.append(text: dictionary, Int64.self) } else { texts.append(text: dictionary, Int32.self) }
    let places = base.assumingMemoryBound(to: Int32.self) + Int(array.offset)
    let first = values.count
    for row in 0..<count { values.append(isValid(first + row) ? texts.values[Int(places[row])] : "") }
  }

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
