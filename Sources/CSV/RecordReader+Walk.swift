import Glibc

// The walk over the window: one step a line, or a part of one.
extension RecordReader {
  /// Takes one step; false where it needs more input, or where the input is used up.
  func step(isEnd: Bool) -> Bool {
    switch mode {
    case .byteOrderMark: return stripByteOrderMark(isEnd: isEnd)
    case .skippingLines(let count, let isBegun): return skipLine(count, isBegun: isBegun, isEnd: isEnd)
    case .betweenRecords: return startRecord()
    case .inRecord: return readRecord(isEnd: isEnd)
    case .inComment:
      guard endLine() || isEnd else { return false }
      counts.commentCount += 1
      mode = .betweenRecords
      return true
    case .discarding(let reject): return discard(reject, isEnd: isEnd)
    }
  }

  private func stripByteOrderMark(isEnd: Bool) -> Bool {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let seen = input.prefix(mark.count)
    guard seen.count == mark.count || isEnd || !mark.starts(with: seen) else { return false }
    if seen.elementsEqual(mark) { position = mark.count }
    mode = dialect.skippedLineCount > 0 ? .skippingLines(dialect.skippedLineCount, isBegun: false) : .betweenRecords
    return true
  }

  private func skipLine(_ count: Int, isBegun: Bool, isEnd: Bool) -> Bool {
    if !isBegun {
      skipLineFeedOfCarriageReturn()
      guard position < input.count else { return false }
    }
    guard endLine() || isEnd else {
      mode = .skippingLines(count, isBegun: true)
      return false
    }
    counts.skippedCount += 1
    mode = count > 1 ? .skippingLines(count - 1, isBegun: false) : .betweenRecords
    return true
  }

  private func startRecord() -> Bool {
    skipLineFeedOfCarriageReturn()
    guard position < input.count else { return false }
    recordStart = position
    recordLine = line
    mode = input[position] == dialect.comment ? .inComment : .inRecord
    return true
  }

  private func readRecord(isEnd: Bool) -> Bool {
    guard position < input.count else { return isEnd ? endInput() : false }
    let limit = recordStart + limits.maximumRecordByteCount + 1
    let end = min(lineEnd().map { $0 + 1 } ?? input.count, limit)
    let outcome = parser.feed(UnsafeRawBufferPointer(rebasing: input[position..<end]))
    if case .failed(let index) = outcome {
      fail(at: position + index)
      return true
    }
    position = end
    if input[end - 1] == 0x0A { line += 1 }
    switch outcome {
    case .record, .blank:
      isBehindCarriageReturn = input[end - 1] == 0x0D
      if case .blank = outcome { endBlank() } else { endRecord(at: end - 1) }
    default:
      if end == limit { giveUpFirstLine(.recordTooLong, errorAt: limit - 1) }
    }
    return true
  }

  // MARK: - Ends

  private func endInput() -> Bool {
    switch parser.finish() {
    case .record: endRecord(at: position)
    case .failed: giveUpFirstLine(.unterminatedQuote, errorAt: position)
    default: endBlank()
    }
    return true
  }

  private func endBlank() {
    counts.blankCount += 1
    mode = .betweenRecords
  }

  /// Hands out the record that ends before index `end`, or keeps it as the header.
  private func endRecord(at end: Int) {
    mode = .betweenRecords
    if isFieldTooLong {
      if input[recordStart..<end].contains(0x0A) { return giveUpFirstLine(.fieldTooLong, errorAt: recordStart) }
      let byteCount = position - recordStart
      var reject = self.reject(.fieldTooLong, errorAt: recordStart)
      reject.delivered = Array(input[recordStart..<end])
      return emit(reject, byteCount: byteCount)
    }
    if isHeaderDue {
      isHeaderDue = false
      counts.headerCount += 1
      var start = completeByteCount
      header = parser.ends[completeFieldCount...].map { fieldEnd in
        defer { start = fieldEnd }
        return Array(parser.bytes[start..<fieldEnd])
      }
      parser.keep(fieldCount: completeFieldCount, byteCount: completeByteCount)
      return
    }
    batch.records.append(
      RecordPosition(
        firstField: completeFieldCount, fieldCount: parser.ends.count - completeFieldCount, line: recordLine,
        byteOffset: windowOffset + recordStart, byteCount: end - recordStart))
    counts.recordCount += 1
    completeFieldCount = parser.ends.count
    completeByteCount = parser.bytes.count
  }

  private var isFieldTooLong: Bool {
    guard parser.bytes.count - completeByteCount > limits.maximumFieldByteCount else { return false }
    var start = completeByteCount
    for end in parser.ends[completeFieldCount...] {
      if end - start > limits.maximumFieldByteCount { return true }
      start = end
    }
    return false
  }

  // MARK: - Rejects

  private func reject(_ code: Reject.Code, errorAt index: Int) -> Reject {
    Reject(
      code: code, line: recordLine, recordByte: windowOffset + recordStart, errorByte: windowOffset + index,
      byteCount: 0, delivered: [])
  }

  /// Rejects the record that failed at index `index`, where strict mode stopped.
  private func fail(at index: Int) {
    let isBehindQuote = parser.isBehindClosingQuote
    let isOnFirstLine = !input[recordStart..<index].contains(0x0A)
    if isBehindQuote, !isOnFirstLine, isOpening(quoteAt: index - 1 - parser.trailingSpaceCount) {
      return giveUpFirstLine(.unbalancedQuote, errorAt: index)
    }
    var reject = self.reject(isBehindQuote ? .textAfterClosingQuote : .quoteInUnquotedField, errorAt: index)
    position = index
    reject.delivered = cut(input[recordStart..<index])
    mode = .discarding(reject)
  }

  /// Whether a quote stands where a field could start: behind a delimiter or a line end, spaces aside.
  private func isOpening(quoteAt quote: Int) -> Bool {
    var index = quote - 1
    while index > recordStart, input[index] != dialect.delimiter, input[index] == 0x20 || input[index] == 0x09 {
      index -= 1
    }
    return input[index] == dialect.delimiter || input[index] == 0x0A || input[index] == 0x0D
  }

  /// Rejects the record's first physical line and goes on behind it.
  private func giveUpFirstLine(_ code: Reject.Code, errorAt index: Int) {
    var reject = self.reject(code, errorAt: index)
    guard let lineFeed = input[recordStart..<position].firstIndex(of: 0x0A) else {
      reject.delivered = cut(input[recordStart..<position])
      mode = .discarding(reject)
      return
    }
    position = lineFeed + 1
    line = recordLine + 1
    isBehindCarriageReturn = false
    nextCarriageReturn = -1
    nextLineFeed = -1
    reject.delivered = withoutCarriageReturn(cut(input[recordStart..<lineFeed]), lineFeed - recordStart)
    emit(reject, byteCount: position - recordStart)
  }

  private func discard(_ reject: Reject, isEnd: Bool) -> Bool {
    var reject = reject
    let lineFeed = nextLineFeed(from: position)
    let room = limits.maximumRecordByteCount - reject.delivered.count
    reject.delivered.append(contentsOf: input[position..<lineFeed].prefix(max(0, room)))
    let isFound = lineFeed < input.count
    position = isFound ? lineFeed + 1 : lineFeed
    guard isFound || isEnd else {
      mode = .discarding(reject)
      return false
    }
    if isFound { line += 1 }
    isBehindCarriageReturn = false
    let byteCount = windowOffset + position - reject.recordByte
    reject.delivered = withoutCarriageReturn(reject.delivered, isFound ? byteCount - 1 : -1)
    emit(reject, byteCount: byteCount)
    return true
  }

  private func emit(_ reject: Reject, byteCount: Int) {
    var reject = reject
    reject.byteCount = byteCount
    batch.rejects.append(reject)
    counts.rejectCount += 1
    isHeaderDue = false
    parser.keep(fieldCount: completeFieldCount, byteCount: completeByteCount)
    parser.restart()
    mode = .betweenRecords
  }

  private func cut(_ bytes: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
    Array(bytes.prefix(limits.maximumRecordByteCount))
  }

  /// `line` without the CR of its line end, where all `lineByteCount` bytes of the line are there.
  private func withoutCarriageReturn(_ line: [UInt8], _ lineByteCount: Int) -> [UInt8] {
    line.count == lineByteCount && line.last == 0x0D ? line.dropLast() : line
  }

  // MARK: - Line ends

  /// Takes an LF that belongs to the CR before it.
  private func skipLineFeedOfCarriageReturn() {
    guard isBehindCarriageReturn, position < input.count else { return }
    isBehindCarriageReturn = false
    guard input[position] == 0x0A else { return }
    position += 1
    line += 1
  }

  /// Moves behind the next line end; false, and to the end of the window, where there is none.
  private func endLine() -> Bool {
    guard let end = lineEnd() else {
      position = input.count
      return false
    }
    position = end + 1
    if input[end] == 0x0A { line += 1 } else { isBehindCarriageReturn = true }
    return true
  }

  /// The index of the next CR or LF at or behind `position`, or nil.
  private func lineEnd() -> Int? {
    if nextCarriageReturn < position { nextCarriageReturn = find(0x0D, from: position) }
    let end = min(nextCarriageReturn, nextLineFeed(from: position))
    return end < input.count ? end : nil
  }

  private func nextLineFeed(from index: Int) -> Int {
    if nextLineFeed < index { nextLineFeed = find(0x0A, from: index) }
    return nextLineFeed
  }

  /// The index of the next `byte` at or behind `index`, or the window's length.
  private func find(_ byte: UInt8, from index: Int) -> Int {
    guard index < input.count, let base = input.baseAddress,
      let found = memchr(base + index, Int32(byte), input.count - index)
    else { return input.count }
    return UnsafeRawPointer(found) - base
  }
}
