import CSV
import Testing

/// What a reader made of an input, gathered over its batches.
private struct Reading: Hashable {
  var records: [NaiveReader.Record] = []
  var rejects: [Reject] = []
  var counts = RecordCounts()
  var header: [[UInt8]]?

  init(_ naive: NaiveReader) {
    (records, rejects, counts, header) = (naive.records, naive.rejects, naive.counts, naive.header)
  }

  init(
    _ chunks: [ArraySlice<UInt8>], _ dialect: Dialect = Dialect(hasHeader: false),
    limits: RecordLimits = RecordLimits()
  ) {
    let reader = RecordReader(dialect, limits: limits)
    for chunk in chunks {
      reader.push(Array(chunk))
      take(reader)
    }
    reader.finish()
    take(reader)
    counts = reader.counts
    header = reader.header
  }

  private mutating func take(_ reader: RecordReader) {
    let batch = reader.batch
    for record in batch.records {
      #expect(batch.delivered(record).count == record.byteCount)
      records.append(
        NaiveReader.Record(
          fields: (0..<record.fieldCount).map { Array(batch.field(record, $0)) }, line: record.line,
          byteOffset: record.byteOffset, byteCount: record.byteCount))
    }
    rejects += batch.rejects
  }

  var texts: [[String]] { records.map { $0.fields.map { String(decoding: $0, as: UTF8.self) } } }
}

private func read(
  _ text: String, _ dialect: Dialect = Dialect(hasHeader: false), limits: RecordLimits = RecordLimits()
) -> Reading { Reading([Array(text.utf8)[...]], dialect, limits: limits) }

/// A generator with a fixed seed (splitmix64).
private struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct RecordReaderTests {
  @Test func `fields are unquoted and trimmed of space and tab outside their quotes`() {
    #expect(
      read("a, b\t,\" c \" ,\"d\"\"e\"\n\"x\ny\",,\u{A0}z,\n").texts == [
        ["a", "b", " c ", "d\"e"], ["x\ny", "", "\u{A0}z", ""],
      ])
  }

  @Test func `LF, CRLF and a lone CR end a record, and the last one needs no end`() {
    #expect(read("a,b\r\nc,d\re,f\ng,h").texts == [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]])
  }

  @Test func `a byte-order mark is stripped and NUL is text`() {
    let reading = read("\u{FEFF}a\0,b\n")
    #expect(reading.texts == [["a\0", "b"]])
    #expect(reading.records[0].byteOffset == 3)
  }

  @Test func `blank, comment, header and skipped lines are counted, not handed out`() {
    let dialect = Dialect(skippedLineCount: 2, comment: UInt8(ascii: "#"))
    let reading = read("made by x\r\n\r\n# one\nid,name\n \n1,a\n#two\n\r\n2,b\n", dialect)
    #expect(reading.texts == [["1", "a"], ["2", "b"]])
    #expect(reading.header == [Array("id".utf8), Array("name".utf8)])
    #expect(reading.counts.skippedCount == 2)
    #expect(reading.counts.commentCount == 2)
    #expect(reading.counts.blankCount == 2)
    #expect(reading.counts.headerCount == 1)
    #expect(reading.records.map(\.line) == [6, 9])
  }

  @Test func `what lenient parsing would swallow is one rejected line, its neighbours stay`() {
    let reading = read("h,i\na,\"b\"x,c\nd,e\nf,g\n")
    #expect(reading.texts == [["h", "i"], ["d", "e"], ["f", "g"]])
    #expect(
      reading.rejects == [
        Reject(
          code: .textAfterClosingQuote, line: 2, recordByte: 4, errorByte: 9, byteCount: 9,
          delivered: Array("a,\"b\"x,c".utf8))
      ])
  }

  @Test func `a quote inside an unquoted field rejects its line`() {
    let reading = read("a,b\n5\" disk,c\nd,e\n")
    #expect(reading.texts == [["a", "b"], ["d", "e"]])
    #expect(reading.rejects.map(\.code) == [.quoteInUnquotedField])
  }

  @Test func `an error at the end of the input leaves no phantom record`() {
    for text in ["a,\"b\"x", "a,\"b\"x\n", "a\"", "\"a\"b,c\r\n"] {
      let reading = read(text)
      #expect(reading.records.isEmpty, "\(text)")
      #expect(reading.rejects.count == 1, "\(text)")
    }
  }

  @Test func `an unterminated quote costs its own line only`() {
    let reading = read("a,b\nc,\"d\ne,f\ng,h\n")
    #expect(reading.texts == [["a", "b"], ["e", "f"], ["g", "h"]])
    #expect(reading.rejects.map(\.code) == [.unterminatedQuote])
    #expect(reading.rejects.map(\.byteCount) == [5])
  }

  @Test func `an unbalanced quote harms no later line that has quotes of its own`() {
    for later in ["c,\"d\",e", "\"c\",d,e", "c,\"say \"\"d\"\"\",e", "c, \"d\" ,e"] {
      let reading = read("a,\"b,x\n\(later)\nf,g,h\n")
      #expect(reading.records.count == 2, "\(later)")
      #expect(reading.rejects.map(\.line) == [1], "\(later)")
      #expect(reading.rejects.map(\.code) == [.unbalancedQuote], "\(later)")
    }
  }

  @Test func `text after the closing quote of a field of several lines rejects all its lines`() {
    let reading = read("a,b\n\"one\nc,d\nthree\"x,y\ne,f\n")
    #expect(reading.texts == [["a", "b"], ["e", "f"]])
    #expect(reading.rejects.map(\.code) == [.textAfterClosingQuote])
  }

  @Test func `an unbalanced quote reaches no further than the record limit`() {
    let good = (0..<100).map { "row \($0),x\n" }.joined()
    let reading = read("a,\"b\n" + good, limits: RecordLimits(maximumRecordByteCount: 50))
    #expect(reading.records.count == 100)
    #expect(reading.rejects.map(\.code) == [.recordTooLong])
    #expect(reading.rejects.map(\.byteCount) == [5])
  }

  @Test func `a record and a field of just the limit pass, one byte more is rejected`() {
    let limits = RecordLimits(maximumFieldByteCount: 4, maximumRecordByteCount: 9)
    let reading = read("1234,5678\n12345,678\n1234,56789\n\"1234\",56\n\"12\"\"4\",5\n1,2", limits: limits)
    #expect(reading.texts == [["1234", "5678"], ["1234", "56"], ["12\"4", "5"], ["1", "2"]])
    #expect(reading.rejects.map(\.code) == [.fieldTooLong, .recordTooLong])
    #expect(reading.rejects.map(\.line) == [2, 3])
  }

  @Test func `a header that cannot be read is a reject, and no later record takes its place`() {
    let reading = read("id,\"na\"me\n1,a\n", Dialect())
    #expect(reading.header == nil)
    #expect(reading.texts == [["1", "a"]])
    #expect(reading.counts.rejectCount == 1)
  }

  @Test(arguments: [UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"), UInt8(ascii: " ")])
  func `other delimiters split, and comma is text`(delimiter: UInt8) {
    let between = String(decoding: [delimiter], as: UTF8.self)
    let reading = read(
      "a,b\(between)\"c\(between)d\"\(between)\(between)e\n", Dialect(delimiter: delimiter, hasHeader: false))
    #expect(reading.texts == [["a,b", "c\(between)d", "", "e"]])
  }

  @Test func `every input of up to six bytes reads as the naive twin says`() {
    let alphabet = Array("a,\"\n\r ".utf8)
    var inputs: [[UInt8]] = [[]]
    for _ in 0..<6 {
      inputs = inputs.flatMap { prefix in alphabet.map { prefix + [$0] } }
      for input in inputs {
        let expected = Reading(NaiveReader(input))
        let found = Reading([input[...]])
        guard found != expected else { continue }
        Issue.record("\(String(decoding: input, as: UTF8.self).debugDescription): \(found) is not \(expected)")
        return
      }
    }
    #expect(inputs.count == 46_656)
  }

  @Test func `random bytes read as the naive twin says, however they are cut`() {
    let alphabet: [UInt8] = Array("aab,,\"\"\n\n\r \t\0#".utf8) + [0xEF, 0xBB, 0xBF]
    var random = Seeded(state: 20_261_122)
    let dialects = [
      Dialect(hasHeader: false), Dialect(hasHeader: true, skippedLineCount: 1, comment: UInt8(ascii: "#")),
      Dialect(delimiter: 0x09, hasHeader: false),
    ]
    let limits = [
      RecordLimits(), RecordLimits(maximumFieldByteCount: 3, maximumRecordByteCount: 8),
      RecordLimits(maximumFieldByteCount: 20, maximumRecordByteCount: 6),
    ]
    var rejectCount = 0
    for round in 0..<6_000 {
      var input = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
      if round % 7 == 0 { input = [0xEF, 0xBB, 0xBF] + input }
      let dialect = dialects[round % dialects.count]
      let limit = limits[round / 3 % limits.count]
      let expected = Reading(NaiveReader(input, dialect, limits: limit))
      rejectCount += expected.counts.rejectCount
      var cuts = [[input[...]], input.indices.map { input[$0...$0] }]
      if round % 10 == 0 { cuts += input.indices.map { [input[..<$0], input[$0...]] } }
      for cut in cuts {
        let found = Reading(cut, dialect, limits: limit)
        guard found != expected else { continue }
        Issue.record("\(input) \(dialect) \(limit) in \(cut.count) parts: \(found) is not \(expected)")
        return
      }
      #expect(expected.counts.recordCount == expected.records.count)
    }
    #expect(rejectCount > 1_000)
  }

  @Test func `one bad row among good ones changes none of them, whatever its defect and place`() {
    let good = ["1,a,\"x,y\"", "2,b,plain", "3,c,\"two\nlines\"", "4,d,\"say \"\"so\"\"\"", "5,e,z"]
    let bad = ["6,f,\"g\"h", "6,f\"g,h", "6,\"f,g", "\"6\" f,g,h", "6,f,\"\"\"", "6,\"f\"\"g,h"]
    let expected = Set(read(good.joined(separator: "\n") + "\n").texts)
    for place in 0...good.count {
      for row in bad {
        for end in ["\n", "\r\n"] {
          var rows = good
          rows.insert(row, at: place)
          let reading = read(rows.joined(separator: end) + end)
          #expect(Set(reading.texts) == expected, "\(row) at \(place)")
          #expect(reading.rejects.count == 1, "\(row) at \(place)")
        }
      }
    }
  }
}
