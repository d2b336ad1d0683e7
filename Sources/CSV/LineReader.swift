/// Reads the chunks of a member in any order: plain lines are cut by a scan, everything else by the driver.
///
/// The fast form of `RecordReader`, equal to it in records, rejects, counts and offsets for every byte sequence:
///
/// - a **plain** line has the expected number of fields, no quote but around whole fields, no lone CR, a first byte above
///   the space that begins no comment, and is shorter than a field may be. What libcsv would make of it is its bytes
///   between the separators, or between the quotes, but for spaces and tabs around a field, for which whoever decodes a
///   field looks;
/// - every other line goes to the driver, and so do the lines behind it until the driver is between two records;
/// - a chunk is read as if a record began with it. If the chunk before it ends within a record, that was wrong: its end
///   holds the driver in the middle, and the chunk is read once more with it.
///
/// Memory: the scan's buffers and the driver's window (at most a record's limit and what was pushed last).
package final class LineReader {
  /// How a chunk ended.
  package enum End {
    /// Between two records.
    case betweenRecords
    /// Within a record, which this driver holds.
    case withinRecord(RecordReader)
  }

  /// Bytes in front of and behind a chunk that may be read: decoders load words across a field's ends.
  package static let padding = 64
  /// The bytes scanned at once; with the positions found they stay in the second-level cache.
  package static let stretchByteCount = 128 << 10

  private let dialect: Dialect
  private let limits: RecordLimits
  private let fieldCount: Int
  private var scan: LineScan
  private var driver: RecordReader
  /// Lines that were handed out as plain.
  private var plainCount = 0
  /// Where the driver stands, while it is within a record: nothing is plain there.
  private var isDriving = false
  /// How many bytes the driver is given next; doubles while it is within a record, so that it copies its window seldom.
  private var driveByteCount = 0
  /// The number of LFs in the chunk read last.
  package private(set) var lineCount = 0
  /// Counts of drivers that were handed away.
  private var counts = RecordCounts()

  /// Makes a reader of records of `fieldCount` fields; header and skipped lines lie behind.
  package init(_ dialect: Dialect, limits: RecordLimits = RecordLimits(), fieldCount: Int) {
    precondition(fieldCount > 0, "a record has at least one field")
    self.dialect = dialect
    self.limits = limits
    self.fieldCount = fieldCount
    scan = LineScan(capacity: LineReader.stretchByteCount)
    driver = RecordReader(dialect, limits: limits)
  }

  /// Reads a chunk that starts at `byteOffset` of its member, with physical line `line`, and ends with a line end unless
  /// `isEnd`. Runs and batches come in the order of the chunk; `continuing` is the driver of a chunk that ended within
  /// a record. Returns how the chunk ended.
  package func read<Failure: Error>(
    _ chunk: UnsafeRawBufferPointer, byteOffset: Int, line: Int, isEnd: Bool, continuing: RecordReader? = nil,
    plain: (PlainLines) throws(Failure) -> Void, driven: (RecordBatch) throws(Failure) -> Void
  ) throws(Failure) -> End {
    isDriving = false
    if let continuing {
      counts += driver.takeCounts()
      driver = continuing
      isDriving = true
      driveByteCount = LineReader.stretchByteCount
    }
    var position = 0
    let firstLine = line
    var line = line
    defer { lineCount = line - firstLine }
    while position < chunk.count {
      let stretch = UnsafeRawBufferPointer(
        rebasing: chunk[position..<min(chunk.count, position + LineReader.stretchByteCount)])
      scan.scan(stretch, dialect)
      guard scan.lineCount > 0, let bytes = stretch.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
        // One line fills the stretch: the driver knows what is too long, and where a lone CR ends a record.
        try drive(stretch, byteOffset + position, line, driven)
        position += stretch.count
        continue
      }
      try cut(bytes, byteOffset + position, line, plain, driven)
      position += Int(scan.separators[Int(scan.lineEnds[scan.lineCount - 1])]) + 1
      line += scan.lineCount
    }
    if isEnd {
      if isDriving {
        driver.finish()
        try driven(driver.batch)
        isDriving = false
      }
      return .betweenRecords
    }
    guard isDriving else { return .betweenRecords }
    counts += driver.takeCounts()
    defer { driver = RecordReader(dialect, limits: limits) }
    return .withinRecord(driver)
  }

  /// Hands bytes that begin with a line to the driver, out of turn: a plain line of which a decoder is not sure.
  /// The driver must be between two records, and the bytes must end with a line end.
  package func drive(_ lines: UnsafeRawBufferPointer, byteOffset: Int, line: Int) -> RecordBatch {
    restart(byteOffset, line)
    driver.push(lines)
    // They were counted as plain lines.
    _ = driver.takeCounts()
    return driver.batch
  }

  /// What became of the input since the last call: records, rejects, blank and comment lines.
  package func takeCounts() -> RecordCounts {
    counts += driver.takeCounts()
    counts.recordCount += plainCount
    plainCount = 0
    defer { counts = RecordCounts() }
    return counts
  }

  // MARK: - Lines

  /// Cuts the whole lines of the stretch just scanned into runs.
  private func cut<Failure: Error>(
    _ bytes: UnsafePointer<UInt8>, _ byteOffset: Int, _ line: Int, _ plain: (PlainLines) throws(Failure) -> Void,
    _ driven: (RecordBatch) throws(Failure) -> Void
  ) throws(Failure) {
    var lines = ScannedLines(scan, bytes, fieldCount: fieldCount, limits, dialect)
    var at = 0
    while at < lines.count {
      let first = at
      if isDriving {
        // At least one line, and as many as the driver is due.
        while at < lines.count, at == first || lines.end(at) - lines.start(first) <= driveByteCount { at += 1 }
        try drive(lines.bytes(first..<at), byteOffset + lines.start(first), line + first, driven)
        continue
      }
      var hasQuotes = false
      while at < lines.count, lines.isPlain(at, &hasQuotes) { at += 1 }
      if at > first {
        plainCount += at - first
        try plain(
          PlainLines(
            bytes: bytes, separators: lines.firstSeparator(first), fieldCount: fieldCount, lineCount: at - first,
            byteOffset: byteOffset, firstLine: line + first, quote: hasQuotes ? dialect.quote : nil))
      }
      let odd = at
      while at < lines.count, !lines.isPlain(at, &hasQuotes) { at += 1 }
      if at > odd { try drive(lines.bytes(odd..<at), byteOffset + lines.start(odd), line + odd, driven) }
    }
  }

  // MARK: - Driver

  private func restart(_ byteOffset: Int, _ line: Int) {
    counts += driver.takeCounts()
    driver.restart(atByte: byteOffset, line: line)
  }

  private func drive<Failure: Error>(
    _ bytes: UnsafeRawBufferPointer, _ byteOffset: Int, _ line: Int, _ driven: (RecordBatch) throws(Failure) -> Void
  ) throws(Failure) {
    if !isDriving {
      restart(byteOffset, line)
      driveByteCount = bytes.count
    }
    driver.push(bytes)
    isDriving = !driver.isBetweenRecords
    driveByteCount *= 2
    try driven(driver.batch)
  }
}

/// The whole lines of a scanned stretch: local copies of what the loop over them needs.
private struct ScannedLines {
  let count: Int
  private let scanned: UnsafePointer<UInt8>
  private let separators: UnsafePointer<UInt32>
  private let lineEnds: UnsafePointer<UInt32>
  private let specials: UnsafePointer<UInt32>
  private let specialCount: Int
  private let fieldCount: Int
  private let byteLimit: Int
  private let comment: UInt8
  private let quote: UInt8
  private var nextSpecial = 0

  init(
    _ scan: borrowing LineScan, _ bytes: UnsafePointer<UInt8>, fieldCount: Int, _ limits: RecordLimits,
    _ dialect: Dialect
  ) {
    count = scan.lineCount
    scanned = bytes
    separators = UnsafePointer(scan.separators)
    lineEnds = UnsafePointer(scan.lineEnds)
    specials = UnsafePointer(scan.specials)
    specialCount = scan.specialCount
    self.fieldCount = fieldCount
    byteLimit = min(limits.maximumFieldByteCount, limits.maximumRecordByteCount)
    // A line that begins with a space is not plain anyway.
    comment = dialect.comment ?? 0x20
    quote = dialect.quote
  }

  /// The separator that ends the first field of a line.
  @inline(__always)
  func firstSeparator(_ line: Int) -> UnsafePointer<UInt32> {
    line == 0 ? separators : separators + Int(lineEnds[line &- 1]) + 1
  }

  /// The position of a line's first byte.
  @inline(__always)
  func start(_ line: Int) -> Int { Int(firstSeparator(line)[-1] &+ 1) }

  /// The position behind a line's LF.
  @inline(__always)
  func end(_ line: Int) -> Int { Int(separators[Int(lineEnds[line])]) + 1 }

  func bytes(_ lines: Range<Int>) -> UnsafeRawBufferPointer {
    let start = start(lines.lowerBound)
    return UnsafeRawBufferPointer(start: scanned + start, count: end(lines.upperBound - 1) - start)
  }

  /// Whether a line is plain; lines are asked in order. Sets `hasQuotes` for a plain one with fields in quotes.
  @inline(__always)
  mutating func isPlain(_ line: Int, _ hasQuotes: inout Bool) -> Bool {
    let last = Int(lineEnds[line])
    let first = line == 0 ? 0 : Int(lineEnds[line &- 1]) &+ 1
    let start = Int(separators[first &- 1] &+ 1)
    let end = Int(separators[last])
    while nextSpecial < specialCount, Int(specials[nextSpecial]) < start { nextSpecial &+= 1 }
    let isClean = nextSpecial == specialCount || Int(specials[nextSpecial]) > end
    // Blank lines, spaces to trim, and a CR in front begin with a byte up to the space.
    let head = scanned[start]
    guard last &- first &+ 1 == fieldCount, end > start, end &- start <= byteLimit, head > 0x20, head != comment else {
      return false
    }
    if isClean { return true }
    // libcsv takes a quote that is a space or a tab for one of these where a field begins.
    guard quote > 0x20, isQuotedByFields(first...last, start) else { return false }
    hasQuotes = true
    return true
  }

  /// Whether every special of a line is a quote at the begin or the end of a field that has no other. `ends` are the
  /// separators that end its fields, the first of which begins at `start`.
  private func isQuotedByFields(_ ends: ClosedRange<Int>, _ start: Int) -> Bool {
    var (special, fieldStart) = (nextSpecial, start)
    for index in ends {
      let separator = Int(separators[index])
      if special < specialCount, Int(specials[special]) < separator {
        var last = separator - 1
        if index == ends.upperBound, scanned[last] == 0x0D { last -= 1 }
        guard special + 1 < specialCount, last > fieldStart, Int(specials[special]) == fieldStart,
          Int(specials[special + 1]) == last, scanned[fieldStart] == quote, scanned[last] == quote
        else { return false }
        special += 2
        if special < specialCount, Int(specials[special]) < separator { return false }
      }
      fieldStart = separator + 1
    }
    return true
  }
}
