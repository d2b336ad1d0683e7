import CSV
import Ingest
import Testing

@Suite struct JSONLineReaderTests {
  private let paths = [["a"], ["c", "d"]].map { path in path.map { Array($0.utf8) } }

  /// Reads `text` in pieces that end at `cuts`.
  private func read(_ text: String, cuts: [Int] = []) -> (rows: [[String]], rejects: [String], counts: RecordCounts) {
    let bytes = Array(text.utf8)
    let reader = JSONLineReader(paths: paths)
    var rows: [[String]] = []
    var rejects: [String] = []
    func collect() {
      for record in reader.batch.records {
        rows.append((0..<record.fieldCount).map { String(decoding: reader.batch.field(record, $0), as: UTF8.self) })
        #expect(reader.batch.delivered(record).first == 0x7B)
      }
      rejects += reader.batch.rejects.map { "\($0.code.rawValue) \($0.line) \($0.recordByte) \($0.errorByte)" }
    }
    var start = 0
    for end in cuts + [bytes.count] {
      Array(bytes[start..<end]).withUnsafeBytes { reader.push($0) }
      collect()
      start = end
    }
    reader.finish()
    collect()
    return (rows, rejects, reader.counts)
  }

  private let mixed = """
    \u{FEFF}{"a": "x\\u00e9\\n\\"", "c": {"d": 12.5e3, "e": [1, {"f": null}]}, "z": true}\r

    {"a": null, "c": 5}
    {"a": "1", "a": "2"}
    {"a": {"b": 1}}
    {"c": {"d": [1]}}
    {"a": "\\ud83d\\ude00", "c": {"d": false}}
    {"a": 01}
    {"a": "open
    [1]
    {"a": 1} x
    {"a":-0.5,"c":{}}
    """

  @Test func `values are picked by path, and bad lines are rejects among good neighbours`() {
    let outcome = read(mixed)
    #expect(outcome.rows == [["xé\n\"", "12.5e3"], ["", ""], ["😀", "false"], ["-0.5", ""]])
    #expect(
      outcome.rejects.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
        "repeated-key 4", "nested-value 5", "nested-value 6", "bad-json 8", "bad-json 9", "bad-json 10", "bad-json 11",
      ])
    #expect(outcome.counts.blankCount == 1)
    #expect(outcome.counts.sum == 12)
  }

  @Test func `the result is the same wherever the input is cut`() {
    let whole = read(mixed)
    for cut in 0...mixed.utf8.count {
      let outcome = read(mixed, cuts: [cut])
      #expect(
        outcome.rows == whole.rows && outcome.rejects == whole.rejects && outcome.counts == whole.counts, "cut \(cut)")
    }
  }

  @Test func `deep nesting is a reject, not a crash`() {
    let deep = "{\"z\": " + String(repeating: "[", count: 100_000) + "\n{\"a\": 1}\n"
    let outcome = read(deep)
    #expect(outcome.rejects.count == 1)
    #expect(outcome.rows == [["1", ""]])
  }

  @Test func `a line over the limit is one reject, wherever it is cut`() {
    let reader = JSONLineReader(paths: paths, limits: RecordLimits(maximumRecordByteCount: 20))
    let text = "{\"a\": 1}\n{\"a\": \"" + String(repeating: "y", count: 100) + "\"}\n{\"a\": 2}\n"
    var rowCount = 0
    var codes: [String] = []
    for byte in text.utf8 {
      [byte].withUnsafeBytes { reader.push($0) }
      rowCount += reader.batch.records.count
      codes += reader.batch.rejects.map(\.code.rawValue)
    }
    reader.finish()
    rowCount += reader.batch.records.count
    #expect(rowCount == 2)
    #expect(codes == ["record-too-long"])
  }
}
