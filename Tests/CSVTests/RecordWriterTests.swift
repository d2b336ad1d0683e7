import CSV
import Testing

@Suite struct RecordWriterTests {
  @Test func `fields are quoted where they must be, and only there`() {
    var writer = RecordWriter()
    writer.writeRecord(["a", "b c", "d,e", "f\"g", "h\ni", " j", "", "ü"])
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "a,b c,\"d,e\",\"f\"\"g\",\"h\ni\",\" j\",,ü\n")
  }

  @Test func `CRLF ends records where it is asked for`() {
    var writer = RecordWriter(delimiter: UInt8(ascii: ";"), lineEnd: .carriageReturnLineFeed)
    writer.writeRecord(["a", "b;c"])
    #expect(writer.takeBytes() == Array("a;\"b;c\"\r\n".utf8))
    #expect(writer.bytes.isEmpty)
  }

  @Test func `whatever is written reads back the same`() {
    let texts = ["", "a", "\"", "\"\"", ",", "\n", "\r\n", " x ", "\t", "#", "a\0b", "\u{FEFF}", "=1+1"]
    var records: [[String]] = []
    for first in texts { for second in texts { records.append([first, second]) } }
    records += texts.map { [$0] }
    var writer = RecordWriter()
    writer.writeRecord(["header"])
    for record in records { writer.writeRecord(record) }
    let reader = RecordReader(Dialect())
    reader.push(writer.bytes)
    var found: [[String]] = []
    func take() {
      for record in reader.batch.records {
        found.append(
          (0..<record.fieldCount).map { String(decoding: reader.batch.field(record, $0), as: UTF8.self) })
      }
    }
    take()
    reader.finish()
    take()
    #expect(found == records)
    #expect(reader.counts.sum == records.count + 1)
  }
}
