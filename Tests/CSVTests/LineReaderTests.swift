import CSV
import Testing

/// The reading by lines against the driver: records, rejects, counts and places are equal for every byte sequence.
@Suite struct LineReaderTests {
  struct Row: Equatable {
    var fields: [[UInt8]]
    var line: Int
    var byteOffset: Int
    var byteCount: Int
  }

  struct Outcome: Equatable {
    var rows: [Row] = []
    var rejects: [Reject] = []
    var counts = RecordCounts()

    mutating func take(_ batch: RecordBatch) {
      for record in batch.records {
        rows.append(
          Row(
            fields: (0..<record.fieldCount).map { Array(batch.field(record, $0)) }, line: record.line,
            byteOffset: record.byteOffset, byteCount: record.byteCount))
      }
      rejects += batch.rejects
    }
  }

  static func driven(_ bytes: [UInt8], _ dialect: Dialect, _ limits: RecordLimits) -> Outcome {
    let reader = RecordReader(dialect, limits: limits)
    reader.restart(atByte: 0, line: 1)
    var outcome = Outcome()
    reader.push(bytes)
    outcome.take(reader.batch)
    reader.finish()
    outcome.take(reader.batch)
    outcome.counts = reader.counts
    return outcome
  }

  /// Reads chunks as the ingest does: each as if a record began with it, and again where that was wrong.
  static func byLines(
    _ chunks: [ArraySlice<UInt8>], _ dialect: Dialect, _ limits: RecordLimits, fieldCount: Int
  ) -> Outcome {
    let reader = LineReader(dialect, limits: limits, fieldCount: fieldCount)
    var outcome = Outcome()
    var open: RecordReader?
    var line = 1
    for (index, chunk) in chunks.enumerated() {
      var part = Outcome()
      let padded =
        Array(repeating: UInt8(0x22), count: LineReader.padding) + chunk
        + Array(repeating: UInt8(0x0A), count: LineReader.padding)
      func read(_ start: Int, _ continuing: RecordReader?) -> LineReader.End {
        part = Outcome()
        return padded.withUnsafeBytes { all in
          reader.read(
            UnsafeRawBufferPointer(rebasing: all[LineReader.padding..<LineReader.padding + chunk.count]),
            byteOffset: chunk.startIndex, line: start, isEnd: index == chunks.count - 1, continuing: continuing,
            plain: { run in
              for row in 0..<run.lineCount {
                let fields = (0..<run.fieldCount).map { field -> [UInt8] in
                  let (start, count) = run.column(field).field(row)
                  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
                  return start[-1] == run.quote && start[count] == run.quote ? bytes : trimmed(bytes)
                }
                let delivered = run.delivered(row..<row + 1)
                let lineEnd = delivered.count > 1 && delivered[delivered.count - 2] == 0x0D ? 2 : 1
                part.rows.append(
                  Row(
                    fields: fields, line: run.firstLine + row, byteOffset: run.byteOffset(ofLine: row),
                    byteCount: delivered.count - lineEnd))
              }
            }, driven: { part.take($0) })
        }
      }
      // A reading that guesses that a record begins here: thrown away where one was open.
      var end = read(1, nil)
      var shift = line - 1
      if let driver = open {
        _ = reader.takeCounts()
        end = read(line, driver)
        shift = 0
      }
      open = nil
      if case .withinRecord(let driver) = end {
        driver.advance(lines: shift)
        open = driver
      }
      for var row in part.rows {
        row.line += shift
        outcome.rows.append(row)
      }
      for var reject in part.rejects {
        reject.line += shift
        outcome.rejects.append(reject)
      }
      let counts = reader.takeCounts()
      outcome.counts.recordCount += counts.recordCount
      outcome.counts.rejectCount += counts.rejectCount
      outcome.counts.blankCount += counts.blankCount
      outcome.counts.commentCount += counts.commentCount
      line += chunk.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    }
    return outcome
  }

  /// Spaces and tabs around a plain field without quotes, which decoders look for.
  static func trimmed(_ field: [UInt8]) -> [UInt8] {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    return Array(field.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }

  /// The lines of a text that are handed out as plain, as their fields.
  static func plain(_ text: String, fieldCount: Int, quote: UInt8 = 0x22) -> [[String]] {
    let reader = LineReader(Dialect(quote: quote, hasHeader: false), fieldCount: fieldCount)
    let padding = Array(repeating: UInt8(0x22), count: LineReader.padding)
    var lines: [[String]] = []
    (padding + Array(text.utf8) + padding).withUnsafeBytes { all in
      _ = reader.read(
        UnsafeRawBufferPointer(rebasing: all[padding.count..<all.count - padding.count]), byteOffset: 0, line: 1,
        isEnd: true,
        plain: { run in
          for row in 0..<run.lineCount {
            lines.append(
              (0..<fieldCount).map { field in
                let (start, count) = run.column(field).field(row)
                return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
              })
          }
        }, driven: { _ in })
    }
    return lines
  }

  @Test func `quotes around whole fields leave a line plain, any others do not`() {
    let quoted = """
      "a","b","c"\r
      a,"",c
      "","",""
      " a ",b,"c"

      """
    #expect(
      Self.plain(quoted, fieldCount: 3) == [["a", "b", "c"], ["a", "", "c"], ["", "", ""], [" a ", "b", "c"]])
    for line in [
      "\"a\"\"\",b,c", "a\"b\",b,c", "\"a,b\",c", "\"a\"b,b,c", "\"a\" ,b,c", "a, \"b\",c", "a,b,\"c", "a,b,\"",
      "\"\"\",b,c",
      "\"a\",b,\"c\r\"", "\"\"\"\",b,c", "a,\"b\"\"c\",d",
    ] {
      #expect(Self.plain("a,b,c\n" + line + "\n", fieldCount: 3) == [["a", "b", "c"]], "\(line)")
    }
  }

  struct Generator {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  static let alphabet: [UInt8] = Array(",,,\n\n\nab cd\"\"\r\t#;".utf8) + [0x00, 0xEF, 0xBB, 0xBF, 0xFF]

  @Test(arguments: 0..<60) func `random bytes read by lines are what the driver reads, wherever they are cut`(
    seed: Int
  ) {
    var random = Generator(state: UInt64(seed) &* 7_919 &+ 1)
    for _ in 0..<60 {
      let dialect = [Dialect(hasHeader: false), Dialect(delimiter: 0x3B, hasHeader: false, comment: 0x23)][
        random.next(2)]
      let limits = RecordLimits(
        maximumFieldByteCount: 3 + random.next(20), maximumRecordByteCount: 10 + random.next(60))
      let odds = 1 + random.next(6)
      let bytes = (0..<random.next(220)).map { _ in
        random.next(6) < odds ? UInt8(0x61 + random.next(3)) : Self.alphabet[random.next(Self.alphabet.count)]
      }
      var chunks: [ArraySlice<UInt8>] = []
      var start = 0
      for position in bytes.indices where random.next(5) == 0 && (bytes[position] == 0x0A || random.next(9) == 0) {
        chunks.append(bytes[start...position])
        start = position + 1
      }
      chunks.append(bytes[start...])
      let expected = Self.driven(bytes, dialect, limits)
      let found = Self.byLines(chunks, dialect, limits, fieldCount: 1 + random.next(4))
      #expect(found == expected, "\(bytes)")
    }
  }

  @Test func `a space or a tab for a quote leaves its lines to the driver`() {
    for quote in [0x20, 0x09] as [UInt8] {
      let mark = String(UnicodeScalar(quote))
      let text = "a,\(mark)b\(mark),c\na,b,c\n"
      #expect(Self.plain(text, fieldCount: 3, quote: quote) == [["a", "b", "c"]])
      let dialect = Dialect(quote: quote, hasHeader: false)
      let bytes = Array(text.utf8)
      let expected = Self.driven(bytes, dialect, RecordLimits())
      #expect(Self.byLines([bytes[...]], dialect, RecordLimits(), fieldCount: 3) == expected)
      #expect(expected.rejects.count == 1)
    }
  }

  @Test(arguments: 0..<60) func `random fields in quotes read by lines are what the driver reads`(seed: Int) {
    var random = Generator(state: UInt64(seed) &* 104_729 &+ 1)
    let pieces = [
      "a", "", "bc", "\"\"", "\"a\"", "\"bc d\"", "\" e \"", "\"f\"\"g\"", "\"h\" ", " \"i\"", "\"j,k\"", "\"", "l\"",
      "\"m\r\"",
      "\"\"\"", "\"\"\"\"", "n\r", "\"o\np\"", "\"q\"r",
    ]
    for _ in 0..<60 {
      // Mostly whole fields in quotes, so that most lines are plain.
      let bound = random.next(3) == 0 ? pieces.count : 7
      let lines = (0..<1 + random.next(12)).map { _ in
        (0..<(random.next(8) == 0 ? 1 + random.next(4) : 3)).map { _ in pieces[random.next(bound)] }
          .joined(separator: ",")
      }
      let bytes = Array(lines.joined(separator: random.next(2) == 0 ? "\n" : "\r\n").utf8)
      let limits = RecordLimits(
        maximumFieldByteCount: 3 + random.next(30), maximumRecordByteCount: 10 + random.next(60))
      let cut = random.next(bytes.count + 1)
      let chunks = random.next(2) == 0 ? [bytes[...]] : [bytes[..<cut], bytes[cut...]]
      let expected = Self.driven(bytes, Dialect(hasHeader: false), limits)
      #expect(Self.byLines(chunks, Dialect(hasHeader: false), limits, fieldCount: 3) == expected, "\(lines)")
    }
  }

  @Test func `a text cut at every line end reads the same`() {
    let text = Array("a,b\n\"x\ny\",c\nd,\"\"\"e\n\",f\n\n  g,h\r\ni,j\n\"open\nk,l\nm,n".utf8)
    let expected = Self.driven(text, Dialect(hasHeader: false), RecordLimits())
    let ends = text.indices.filter { text[$0] == 0x0A }
    for mask in 0..<(1 << ends.count) {
      var chunks: [ArraySlice<UInt8>] = []
      var start = 0
      for (bit, end) in ends.enumerated() where mask >> bit & 1 == 1 {
        chunks.append(text[start...end])
        start = end + 1
      }
      chunks.append(text[start...])
      #expect(Self.byLines(chunks, Dialect(hasHeader: false), RecordLimits(), fieldCount: 2) == expected)
    }
  }
}
