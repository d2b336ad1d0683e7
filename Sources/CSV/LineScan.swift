import CScan

/// Where the lines of a stretch of bytes end, where their fields are cut, and where something stands that only the
/// driver can judge: a quote, or a CR that no LF follows.
///
/// One scan holds one stretch at a time; its buffers are made once. The vector loop is C (`CScan`), since Swift's SIMD
/// types have no movemask; `scanByteByByte` says what it computes and stands in where the machine lacks AVX2.
package struct LineScan: ~Copyable {
  /// The longest stretch in bytes: its positions stay in the second-level cache.
  package let capacity: Int
  /// The entry before the first: reading it gives the position before the stretch's first byte.
  private let storage: UnsafeMutablePointer<UInt32>
  /// Positions of every delimiter and LF, ascending. `separators[-1] &+ 1` is 0.
  package let separators: UnsafeMutablePointer<UInt32>
  /// For every LF its index in `separators`, ascending.
  package let lineEnds: UnsafeMutablePointer<UInt32>
  /// Positions of every quote, and of every CR that no LF follows, ascending.
  package let specials: UnsafeMutablePointer<UInt32>
  /// The number of separators found.
  package private(set) var separatorCount = 0
  /// The number of lines that end within the stretch.
  package private(set) var lineCount = 0
  /// The number of specials found.
  package private(set) var specialCount = 0

  /// Makes room for stretches of up to `capacity` bytes.
  package init(capacity: Int) {
    precondition(capacity > 0 && capacity < 1 << 31, "positions have 32 bits")
    self.capacity = capacity
    // The vector loop writes eight positions at a time, so up to eight beyond the last.
    storage = .allocate(capacity: capacity + 9)
    storage[0] = .max
    separators = storage + 1
    lineEnds = .allocate(capacity: capacity)
    specials = .allocate(capacity: capacity)
  }

  deinit {
    storage.deallocate()
    lineEnds.deallocate()
    specials.deallocate()
  }

  /// Scans a stretch. O(bytes).
  package mutating func scan(_ bytes: UnsafeRawBufferPointer, _ dialect: Dialect) {
    precondition(bytes.count <= capacity, "the stretch fits the buffers")
    guard nightjar_can_scan_lines() != 0, let start = bytes.baseAddress else {
      return scanByteByByte(bytes, dialect)
    }
    var result = nightjar_line_scan()
    result.separators = separators
    result.line_ends = lineEnds
    result.specials = specials
    nightjar_scan_lines(
      start.assumingMemoryBound(to: UInt8.self), bytes.count, dialect.delimiter, dialect.quote, &result)
    separatorCount = result.separator_count
    lineCount = result.line_count
    specialCount = result.special_count
  }

  /// The same, one byte after the other: what the vector loop is held against.
  package mutating func scanByteByByte(_ bytes: UnsafeRawBufferPointer, _ dialect: Dialect) {
    separatorCount = 0
    lineCount = 0
    specialCount = 0
    for position in 0..<bytes.count {
      let byte = bytes[position]
      if byte == 0x0A {
        lineEnds[lineCount] = UInt32(separatorCount)
        lineCount += 1
      }
      if byte == 0x0A || byte == dialect.delimiter {
        separators[separatorCount] = UInt32(position)
        separatorCount += 1
      }
      let isLoneReturn = byte == 0x0D && (position + 1 == bytes.count || bytes[position + 1] != 0x0A)
      if byte == dialect.quote || isLoneReturn {
        specials[specialCount] = UInt32(position)
        specialCount += 1
      }
    }
  }
}
