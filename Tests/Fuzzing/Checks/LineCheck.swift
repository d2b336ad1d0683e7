import CSV

/// The fast reader of plain lines against the record reader: equal records, rejects, offsets and counts for any bytes, in
/// chunks cut behind any line ends.
///
/// Input: one byte of dialect, one of limits, one of the number of fields, one number of cuts n, n bytes of places, then
/// what follows header and skipped lines. A bit of the third byte repeats it until it is longer than a stretch, so that
/// the ends of stretches fall everywhere.
enum LineCheck {
  private struct Reading: Equatable {
    var records: [Record] = []
    var rejects: [Reject] = []
    var counts = RecordCounts()

    struct Record: Equatable {
      var line: Int
      var byteOffset: Int
      var fields: [[UInt8]]
      /// As delivered, without the line end.
      var delivered: [UInt8]
    }

    mutating func take(_ batch: RecordBatch) {
      for record in batch.records {
        records.append(
          Record(
            line: record.line, byteOffset: record.byteOffset,
            fields: (0..<record.fieldCount).map { Array(batch.field(record, $0)) },
            delivered: Array(batch.delivered(record))))
      }
      rejects += batch.rejects
    }

    mutating func take(_ lines: PlainLines, _ delimiter: UInt8) {
      func isSpace(_ byte: UInt8) -> Bool { (byte == 0x20 || byte == 0x09) && byte != delimiter }
      for line in 0..<lines.lineCount {
        let fields = (0..<lines.fieldCount).map { field -> [UInt8] in
          let (start, count) = lines.column(field).field(line)
          let bytes = UnsafeBufferPointer(start: start, count: count)
          if let quote = lines.quote, start[-1] == quote, start[count] == quote { return Array(bytes) }
          return Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        }
        var delivered = Array(lines.delivered(line..<line + 1))
        if delivered.last == 0x0A { delivered.removeLast() }
        if delivered.last == 0x0D { delivered.removeLast() }
        records.append(
          Record(
            line: lines.firstLine + line, byteOffset: lines.byteOffset(ofLine: line), fields: fields,
            delivered: delivered))
      }
    }
  }

  static func run(_ bytes: [UInt8]) {
    guard bytes.count >= 4 else { return }
    var (dialect, limits) = CSVCheck.settings(bytes[0], bytes[1])
    dialect.hasHeader = false
    dialect.skippedLineCount = 0
    let cutCount = min(Int(bytes[3] % 8), bytes.count - 4)
    var input = Array(bytes[(4 + cutCount)...])
    if bytes[2] & 0xF0 == 0xF0, input.count > 16 {
      let once = input
      while input.count < LineReader.stretchByteCount + 1_000 { input += once }
    }
    // A mark is stripped in front of the header, before lines are looked at.
    guard !input.starts(with: [0xEF, 0xBB, 0xBF]) else { return }
    var expected = Reading()
    let reference = RecordReader(dialect, limits: limits)
    reference.push(input)
    expected.take(reference.batch)
    reference.finish()
    expected.take(reference.batch)
    expected.counts = reference.counts

    let places = bytes[4..<4 + cutCount].map { Int($0) * (input.count + 1) / 256 }.sorted()
    let ends = places.compactMap { place in input[min(place, input.count)...].firstIndex(of: 0x0A).map { $0 + 1 } }
    let found = read(input, Array(Set(ends + [input.count])).sorted(), dialect, limits, 1 + Int(bytes[2] % 5))
    precondition(found == expected, "plain lines are the records of the driver")
  }

  private static func read(
    _ input: [UInt8], _ ends: [Int], _ dialect: Dialect, _ limits: RecordLimits, _ fieldCount: Int
  ) -> Reading {
    var reading = Reading()
    let reader = LineReader(dialect, limits: limits, fieldCount: fieldCount)
    var start = 0
    var line = 1
    var open: RecordReader?
    for end in ends {
      // What lies around a chunk is not its own, and may look like anything.
      let around = [UInt8](repeating: input.count % 2 == 0 ? dialect.delimiter : 0x0A, count: LineReader.padding)
      let padded = around + input[start..<end] + around
      padded.withUnsafeBytes { bytes in
        let chunk = UnsafeRawBufferPointer(rebasing: bytes[LineReader.padding..<bytes.count - LineReader.padding])
        let outcome = reader.read(
          chunk, byteOffset: start, line: line, isEnd: end == input.count, continuing: open,
          plain: { reading.take($0, dialect.delimiter) }, driven: { reading.take($0) })
        if case .withinRecord(let driver) = outcome { open = driver } else { open = nil }
      }
      line += input[start..<end].count { $0 == 0x0A }
      start = end
    }
    reading.counts = reader.takeCounts()
    return reading
  }
}
