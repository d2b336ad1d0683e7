import CSV
import Testing

@Suite struct UnquotedRecordReaderTests {
  private struct Outcome: Equatable {
    var rows: [[String]] = []
    var places: [[Int]] = []
    var rejects: [Reject] = []
    var counts = RecordCounts()
    var header: [String]?
  }

  private func read(
    _ bytes: [UInt8], _ dialect: Dialect = Dialect(), _ limits: RecordLimits = RecordLimits(), cuts: [Int] = []
  ) -> Outcome {
    let reader = UnquotedRecordReader(dialect, limits: limits)
    var outcome = Outcome()
    func take() {
      for record in reader.batch.records {
        outcome.rows.append(
          (0..<record.fieldCount).map { String(decoding: reader.batch.field(record, $0), as: UTF8.self) })
        outcome.places.append([record.line, record.byteOffset, record.byteCount])
        let delivered = Array(reader.batch.delivered(record))
        #expect(delivered == Array(bytes[record.byteOffset..<record.byteOffset + record.byteCount]))
      }
      outcome.rejects += reader.batch.rejects
    }
    var start = 0
    for end in cuts + [bytes.count] {
      reader.push(Array(bytes[start..<end]))
      take()
      start = end
    }
    reader.finish()
    take()
    outcome.counts = reader.counts
    outcome.header = reader.header?.map { String(decoding: $0, as: UTF8.self) }
    return outcome
  }

  private let text = Array(
    "\u{FEFF}skipped\r\n# comment\na,b\n\n \t \n1, \"x\" \r2,say \"hi\r\n\r\n3,\u{0},\n4".utf8)

  @Test func `quotes are text and every line end ends a record`() {
    let outcome = read(text, Dialect(skippedLineCount: 1, comment: UInt8(ascii: "#")))
    #expect(outcome.rows == [["1", "\"x\""], ["2", "say \"hi"], ["3", "\u{0}", ""], ["4"]])
    #expect(outcome.header == ["a", "b"])
    #expect(outcome.counts.sum == 10)
    #expect((outcome.counts.blankCount, outcome.counts.commentCount, outcome.counts.skippedCount) == (3, 1, 1))
    #expect(outcome.places.map { $0[0] } == [6, 6, 8, 9])
  }

  @Test func `the input may be cut anywhere`() {
    let dialect = Dialect(skippedLineCount: 1, comment: UInt8(ascii: "#"))
    let whole = read(text, dialect)
    for first in 0...text.count {
      for second in first...text.count { #expect(read(text, dialect, cuts: [first, second]) == whole) }
    }
  }

  @Test
  func `a record and a field over their limits are rejects, wherever the input is cut, and their neighbours stay`() {
    let limits = RecordLimits(maximumFieldByteCount: 5, maximumRecordByteCount: 12)
    let bytes = Array("a,b\n123456,1\n1,2\n123456789,1234\n3,4\n12345678901234567890".utf8)
    let dialect = Dialect(hasHeader: false)
    let whole = read(bytes, dialect, limits)
    #expect(whole.rows == [["a", "b"], ["1", "2"], ["3", "4"]])
    #expect(whole.rejects.map(\.code) == [.fieldTooLong, .recordTooLong, .recordTooLong])
    #expect(whole.rejects.map(\.line) == [2, 4, 6])
    #expect(whole.rejects.map(\.recordByte) == [4, 17, 36])
    #expect(whole.rejects.map(\.errorByte) == [4, 29, 48])
    for cut in 0...bytes.count {
      let outcome = read(bytes, dialect, limits, cuts: [cut])
      #expect(outcome.rows == whole.rows && outcome.counts == whole.counts)
      #expect(outcome.rejects.map(\.recordByte) == whole.rejects.map(\.recordByte))
      #expect(outcome.rejects.map(\.errorByte) == whole.rejects.map(\.errorByte))
      #expect(outcome.rejects.map(\.delivered) == whole.rejects.map(\.delivered))
    }
  }

  @Test func `where there is no quote the reference reads the same`() {
    let bytes = Array("x,y\n\n1, 2 ,3\r\n\r,\n#c\n  \n a\tb ,\rz".utf8)
    let dialect = Dialect(comment: UInt8(ascii: "#"))
    let outcome = read(bytes, dialect)
    let reference = RecordReader(dialect)
    reference.push(bytes)
    var rows = reference.batch.records.map { record in
      (0..<record.fieldCount).map { String(decoding: reference.batch.field(record, $0), as: UTF8.self) }
    }
    var places = reference.batch.records.map { [$0.line, $0.byteOffset, $0.byteCount] }
    reference.finish()
    rows += reference.batch.records.map { record in
      (0..<record.fieldCount).map { String(decoding: reference.batch.field(record, $0), as: UTF8.self) }
    }
    places += reference.batch.records.map { [$0.line, $0.byteOffset, $0.byteCount] }
    #expect(outcome.rows == rows && outcome.places == places)
    #expect(outcome.counts == reference.counts)
  }
}
