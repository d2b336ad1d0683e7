/// Reads records of a dialect without quotes: every delimiter ends a field and every line end a record.
///
/// Hands out the same batches as `RecordReader`, and the same rules hold but for quotes: space and tab around a field
/// are no part of it; a record ends at LF, CRLF or a lone CR; NUL is text; a byte-order mark is stripped; skipped,
/// blank and comment lines are counted; the first record may be the header. A quote is text like any other byte, so the
/// only rejects are fields and records over their limits.
public final class UnquotedRecordReader {
  private let dialect: Dialect
  private let limits: RecordLimits
  /// Bytes that no complete line has taken yet.
  private var window: [UInt8] = []
  private var windowOffset = 0
  private var line = 1
  private var isAtStart = true
  private var isBehindCarriageReturn = false
  private var linesToSkip: Int
  private var isHeaderDue: Bool
  /// A line over the limit whose end is still to come.
  private var oversized: OversizedLine?

  /// What becomes of a line whose end is still to come, although it is over the limit already.
  private enum OversizedLine {
    case reject(Reject)
    case comment
    case skipped
  }

  /// What the last `push` or `finish` completed.
  public private(set) var batch = RecordBatch()
  /// What became of the input so far.
  public private(set) var counts = RecordCounts()
  /// The names in the header record; nil before it was read.
  public private(set) var header: [[UInt8]]?

  /// Makes a reader; the dialect's quote means nothing to it.
  public init(_ dialect: Dialect = Dialect(), limits: RecordLimits = RecordLimits()) {
    self.dialect = dialect
    self.limits = limits
    linesToSkip = dialect.skippedLineCount
    isHeaderDue = dialect.hasHeader
  }

  /// Reads the next bytes of the member.
  public func push(_ chunk: UnsafeRawBufferPointer) {
    batch = RecordBatch()
    window.append(contentsOf: chunk)
    read(isEnd: false)
  }

  /// Reads the next bytes of the member.
  public func push(_ chunk: [UInt8]) { chunk.withUnsafeBytes { push($0) } }

  /// Ends the member. The reader takes no more input.
  public func finish() {
    batch = RecordBatch()
    read(isEnd: true)
  }

  private func read(isEnd: Bool) {
    let bytes = window
    var start = 0
    if isAtStart {
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      let seen = bytes.prefix(mark.count)
      guard seen.count == mark.count || isEnd || !mark.starts(with: seen) else { return }
      isAtStart = false
      if seen.elementsEqual(mark) { start = mark.count }
    }
    while start < bytes.count {
      if isBehindCarriageReturn {
        isBehindCarriageReturn = false
        if bytes[start] == 0x0A {
          start += 1
          line += 1
          continue
        }
      }
      let end = bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D }
      guard let end = end ?? (isEnd ? bytes.count : nil) else { break }
      take(bytes, start..<end)
      start = end
      guard end < bytes.count else { break }
      start += 1
      if bytes[end] == 0x0A { line += 1 } else { isBehindCarriageReturn = true }
    }
    batch.window = bytes
    batch.windowOffset = windowOffset
    if start < bytes.count, bytes.count - start > limits.maximumRecordByteCount { holdOversized(bytes, &start) }
    window.removeSubrange(..<start)
    windowOffset += start
    if isEnd, let oversized { end(oversized, at: windowOffset) }
  }

  /// Keeps the beginning of a line that is too long already, and lets the rest go by.
  private func holdOversized(_ bytes: [UInt8], _ start: inout Int) {
    if oversized == nil {
      if linesToSkip > 0 {
        oversized = .skipped
      } else if bytes[start] == dialect.comment {
        oversized = .comment
      } else {
        oversized = .reject(
          Reject(
            code: .recordTooLong, line: line, recordByte: windowOffset + start,
            errorByte: windowOffset + start + limits.maximumRecordByteCount, byteCount: 0,
            delivered: Array(bytes[start..<start + limits.maximumRecordByteCount])))
      }
    }
    start = bytes.count
  }

  private func end(_ line: OversizedLine, at end: Int) {
    oversized = nil
    switch line {
    case .skipped:
      linesToSkip -= 1
      counts.skippedCount += 1
    case .comment: counts.commentCount += 1
    case .reject(var reject):
      reject.byteCount = end - reject.recordByte
      batch.rejects.append(reject)
      counts.rejectCount += 1
      isHeaderDue = false
    }
  }

  /// Takes one line without its end.
  private func take(_ bytes: [UInt8], _ range: Range<Int>) {
    let lineEnd = windowOffset + min(range.upperBound + 1, bytes.count)
    if let oversized { return end(oversized, at: lineEnd) }
    if linesToSkip > 0 {
      linesToSkip -= 1
      counts.skippedCount += 1
      return
    }
    if let first = bytes[range].first, first == dialect.comment {
      counts.commentCount += 1
      return
    }
    guard !bytes[range].allSatisfy(isBlank) else {
      counts.blankCount += 1
      return
    }
    let fields = fields(bytes, range)
    let longest = fields.map(\.count).max() ?? 0
    if range.count > limits.maximumRecordByteCount || longest > limits.maximumFieldByteCount {
      let isRecord = range.count > limits.maximumRecordByteCount
      let recordByte = windowOffset + range.lowerBound
      let reject = Reject(
        code: isRecord ? .recordTooLong : .fieldTooLong, line: line, recordByte: recordByte,
        errorByte: recordByte + (isRecord ? limits.maximumRecordByteCount : 0), byteCount: 0,
        delivered: Array(bytes[range].prefix(limits.maximumRecordByteCount)))
      return end(.reject(reject), at: lineEnd)
    }
    if isHeaderDue {
      isHeaderDue = false
      counts.headerCount += 1
      header = fields.map { Array(bytes[$0]) }
      return
    }
    batch.records.append(
      RecordPosition(
        firstField: batch.fieldEnds.count, fieldCount: fields.count, line: line,
        byteOffset: windowOffset + range.lowerBound, byteCount: range.count))
    for field in fields {
      batch.bytes.append(contentsOf: bytes[field])
      batch.fieldEnds.append(batch.bytes.count)
    }
    counts.recordCount += 1
  }

  private func isBlank(_ byte: UInt8) -> Bool { (byte == 0x20 || byte == 0x09) && byte != dialect.delimiter }

  private func fields(_ bytes: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var start = range.lowerBound
    for index in range.lowerBound...range.upperBound
    where index == range.upperBound || bytes[index] == dialect.delimiter {
      var (first, last) = (start, index)
      while first < last, isBlank(bytes[first]) { first += 1 }
      while last > first, isBlank(bytes[last - 1]) { last -= 1 }
      fields.append(first..<last)
      start = index + 1
    }
    return fields
  }
}
