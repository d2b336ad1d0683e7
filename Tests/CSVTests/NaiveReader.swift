import CSV

/// The rules of `RecordReader` once more, over the whole input at once and without libcsv: slow, plain, its twin.
struct NaiveReader {
  struct Record: Hashable {
    var fields: [[UInt8]]
    var line: Int
    var byteOffset: Int
    var byteCount: Int
  }

  var records: [Record] = []
  var rejects: [Reject] = []
  var counts = RecordCounts()
  var header: [[UInt8]]?

  private let input: [UInt8]
  private let dialect: Dialect
  private let limits: RecordLimits

  init(_ input: [UInt8], _ dialect: Dialect = Dialect(hasHeader: false), limits: RecordLimits = RecordLimits()) {
    self.input = input
    self.dialect = dialect
    self.limits = limits
    var isHeaderDue = dialect.hasHeader
    var start = input.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    for _ in 0..<dialect.skippedLineCount where start < input.count {
      start = lineEnd(start).next
      counts.skippedCount += 1
    }
    while start < input.count {
      if input[start] == dialect.comment {
        start = lineEnd(start).next
        counts.commentCount += 1
        continue
      }
      switch attempt(start) {
      case .blank(let next):
        counts.blankCount += 1
        start = next
      case .record(let record, let next):
        start = next
        if isHeaderDue {
          header = record.fields
          counts.headerCount += 1
        } else {
          records.append(record)
          counts.recordCount += 1
        }
        isHeaderDue = false
      case .reject(let reject):
        rejects.append(reject)
        counts.rejectCount += 1
        start = reject.recordByte + reject.byteCount
        if input[start - 1] == 0x0D, start < input.count, input[start] == 0x0A { start += 1 }
        isHeaderDue = false
      }
    }
  }

  private enum Attempt {
    case blank(next: Int)
    case record(Record, next: Int)
    case reject(Reject)
  }

  private func isSpace(_ byte: UInt8) -> Bool { (byte == 0x20 || byte == 0x09) && byte != dialect.delimiter }
  private func isEnd(_ index: Int) -> Bool { index == input.count || input[index] == 0x0A || input[index] == 0x0D }
  private func line(_ index: Int) -> Int { input[..<index].count { $0 == 0x0A } + 1 }

  /// The end of the line at `index`, and what follows its CR, LF or CRLF.
  private func lineEnd(_ index: Int) -> (end: Int, next: Int) {
    let end = input[index...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? input.count
    return (end, after(end))
  }

  private func after(_ end: Int) -> Int {
    if end == input.count { return end }
    let isPair = input[end] == 0x0D && end + 1 < input.count && input[end + 1] == 0x0A
    return end + (isPair ? 2 : 1)
  }

  /// Reads one field at a time by the grammar, from the bytes that the record limit allows.
  private func attempt(_ start: Int) -> Attempt {
    let stop = min(input.count, start + limits.maximumRecordByteCount + 1)
    let isCut = stop - start > limits.maximumRecordByteCount
    var fields: [[UInt8]] = []
    var index = start
    while true {
      while index < stop, isSpace(input[index]) { index += 1 }
      var field: [UInt8] = []
      let isQuoted = index < stop && input[index] == dialect.quote
      if isQuoted {
        index += 1
        while index < stop, input[index] != dialect.quote || index + 1 < stop && input[index + 1] == dialect.quote {
          field.append(input[index])
          index += input[index] == dialect.quote ? 2 : 1
        }
        if index >= stop {
          return .reject(firstLine(start, isCut ? .recordTooLong : .unterminatedQuote, isCut ? stop - 1 : stop))
        }
        let closing = index
        index += 1
        while index < stop, isSpace(input[index]) { index += 1 }
        if index < stop, !isEnd(index), input[index] != dialect.delimiter {
          return .reject(bad(start, index, closing))
        }
      } else {
        while index < stop, !isEnd(index), input[index] != dialect.delimiter {
          if input[index] == dialect.quote { return .reject(bad(start, index, nil)) }
          field.append(input[index])
          index += 1
        }
        while let last = field.last, isSpace(last) { field.removeLast() }
      }
      if index == stop, isCut { return .reject(firstLine(start, .recordTooLong, stop - 1)) }
      fields.append(field)
      guard isEnd(index) else {
        index += 1
        continue
      }
      if fields == [[]], !isQuoted { return .blank(next: after(index)) }
      if fields.contains(where: { $0.count > limits.maximumFieldByteCount }) {
        if input[start..<index].contains(0x0A) { return .reject(firstLine(start, .fieldTooLong, start)) }
        let end = index < input.count ? index + 1 : index
        return .reject(
          Reject(
            code: .fieldTooLong, line: line(start), recordByte: start, errorByte: start, byteCount: end - start,
            delivered: Array(input[start..<index])))
      }
      return .record(
        Record(fields: fields, line: line(start), byteOffset: start, byteCount: index - start), next: after(index))
    }
  }

  private func firstLine(_ start: Int, _ code: Reject.Code, _ error: Int) -> Reject {
    through(input[start...].firstIndex(of: 0x0A), start, code, error)
  }

  private func bad(_ start: Int, _ error: Int, _ closing: Int?) -> Reject {
    guard let closing else {
      return through(input[error...].firstIndex(of: 0x0A), start, .quoteInUnquotedField, error)
    }
    if input[start..<error].contains(0x0A) {
      var before = closing - 1
      while before > start, isSpace(input[before]) { before -= 1 }
      if [dialect.delimiter, 0x0A, 0x0D].contains(input[before]) { return firstLine(start, .unbalancedQuote, error) }
    }
    return through(input[error...].firstIndex(of: 0x0A), start, .textAfterClosingQuote, error)
  }

  private func through(_ lineFeed: Int?, _ start: Int, _ code: Reject.Code, _ error: Int) -> Reject {
    var content = Array(input[start..<(lineFeed ?? input.count)])
    if content.count > limits.maximumRecordByteCount {
      content = Array(content.prefix(limits.maximumRecordByteCount))
    } else if lineFeed != nil, content.last == 0x0D {
      content.removeLast()
    }
    return Reject(
      code: code, line: line(start), recordByte: start, errorByte: error,
      byteCount: (lineFeed.map { $0 + 1 } ?? input.count) - start, delivered: content)
  }
}
