import CSV
import Ingest
import Testing

@Suite struct JSONLineReaderTests {
  private let paths = [["a"], ["c", "d"]].map { path in path.map { Array($0.utf8) } }

  /// Reads `text` in pieces that end at `cuts`.
  private func read(_ text: String, cuts: [Int] = []) -> (rows: [[String]], rejects: [String], counts: RecordCounts) {
    read(Array(text.utf8), cuts: cuts)
  }

  private func read(_ bytes: [UInt8], cuts: [Int] = []) -> (rows: [[String]], rejects: [String], counts: RecordCounts) {
    let reader = JSONLineReader(paths: paths)
    var rows: [[String]] = []
    var rejects: [String] = []
    func collect() {
      for record in reader.batch.records {
        rows.append((0..<record.fieldCount).map { String(decoding: reader.batch.field(record, $0), as: UTF8.self) })
        #expect(
          reader.batch.delivered(record).elementsEqual(bytes[record.byteOffset..<record.byteOffset + record.byteCount]))
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

  @Test func `hostile lines are rejects with code and place, and their neighbours stay`() {
    let deep = String(repeating: "{\"k\":", count: 40) + "1" + String(repeating: "}", count: 40)
    let cases: [(bytes: [UInt8], reject: String)] = [
      (Array("{\"z\": \(deep)}".utf8), "too-deep 2 9 170"),
      (Array("{\"a\": \"".utf8) + [0xC3, 0x28, 0x22, 0x7D], "not-utf8 2 9 16"),
      (Array("{\"a\": \"".utf8) + [0xED, 0xA0, 0x80, 0x22, 0x7D], "not-utf8 2 9 16"),
      (Array("{\"a\": \"".utf8) + [0x00, 0x22, 0x7D], "bad-json 2 9 16"), ([0x00], "bad-json 2 9 9"),
      (Array("{\"k\": 1, \"\\u006b\": 2}".utf8), "repeated-key 2 9 18"),
      (Array("{\"a\": \"\\ud83d\"}".utf8), "bad-json 2 9 22"), (Array("{\"a\": 1e}".utf8), "bad-json 2 9 17"),
      (Array("{\"a\": -}".utf8), "bad-json 2 9 16"), (Array("{\"a\": NaN}".utf8), "bad-json 2 9 15"),
      (Array("{\"a\": tru}".utf8), "bad-json 2 9 15"), (Array("{\"a\": 1,}".utf8), "bad-json 2 9 17"),
      (Array("{'a': 1}".utf8), "bad-json 2 9 10"),
      (Array("{\"a\": \"\(String(repeating: "x", count: 1 << 20))\"}".utf8), "record-too-long 2 9 1048585"),
    ]
    for (bytes, reject) in cases {
      let outcome = read(Array("{\"a\": 1}\n".utf8) + bytes + Array("\n{\"a\": 2}\n".utf8))
      #expect(outcome.rows == [["1", ""], ["2", ""]])
      #expect(outcome.rejects == [reject])
    }
    let number = String(repeating: "9", count: 100_000)
    #expect(read("{\"a\": \(number), \"c\": {\"d\": -1E+400}}\n").rows == [[number, "-1E+400"]])
  }

  @Test func `a line without an end keeps memory bounded`() {
    let reader = JSONLineReader(paths: paths)
    Array("{\"a\": \"".utf8).withUnsafeBytes { reader.push($0) }
    let chunk = [UInt8](repeating: 0x78, count: 1 << 16)
    for _ in 0..<128 {
      chunk.withUnsafeBytes { reader.push($0) }
      #expect(reader.batch.window.count <= (1 << 20) + 2 * chunk.count)
    }
    reader.finish()
    #expect(reader.batch.rejects.map(\.code) == [.recordTooLong])
    #expect(reader.batch.rejects[0].byteCount == (128 << 16) + 7 && reader.batch.rejects[0].delivered.count == 1 << 20)
    #expect(reader.counts.sum == 1)
  }

  @Test func `whatever bytes come, cuts change nothing and nothing traps`() {
    var random = DrawSequence(seed: 3)
    let alphabet = Array("{}[]\",:\\ a1-.eu\n\r0cd".utf8) + [0xC3, 0x00, 0xEF, 0xBB, 0xBF]
    for _ in 0..<400 {
      var bytes = Array("{\"a\":1,\"c\":{\"d\":2}}\n{\"a\":\"b\"}\n".utf8)
      for _ in 0..<(1 + random.integer(below: 5)) {
        bytes[random.integer(below: bytes.count)] = alphabet[random.integer(below: alphabet.count)]
      }
      let whole = read(bytes)
      for cuts in [[random.integer(below: bytes.count + 1)], Array(1..<bytes.count)] {
        let cut = read(bytes, cuts: cuts)
        #expect(cut.rows == whole.rows && cut.rejects == whole.rejects && cut.counts == whole.counts)
      }
    }
  }

  @Test func `an element of a list is selected by one of its keys`() {
    let reader = JSONLineReader(
      paths: ["f.[id=17].value", "f.[id=9].v.[k=x].w", "[id=1]"].map { text in
        text.split(separator: ".").map { Array($0.utf8) }
      })
    let lines = [
      #"{"f": [{"value": "no", "id": 1}, 17, {"value": "y\u00e9s", "id": 17}, {"id": "17", "value": "late"}]}"#,
      #"{"f": [{"id": 9, "v": [{"k": "y", "w": 1}, {"w": [2], "k": "z"}, {"w": 3, "k": "x"}]}], "[id=1]": "key"}"#,
      #"{"f": [{"id": 17, "value": null}], "g": 1}"#, #"{"f": {"id": 17, "value": 1}}"#,
      #"{"f": [{"id": 17, "value": {"a": 1}}]}"#, #"{"f": [{"id": {"a": 1}, "value": 2}, {"id": 17}]}"#,
    ]
    Array((lines.joined(separator: "\n") + "\n").utf8).withUnsafeBytes { reader.push($0) }
    let rows = reader.batch.records.map { record in
      (0..<3).map { String(decoding: reader.batch.field(record, $0), as: UTF8.self) }
    }
    #expect(rows == [["yés", "", ""], ["", "3", "key"], ["", "", ""], ["", "", ""], ["", "", ""]])
    let reject = reader.batch.rejects.first
    #expect(reject?.code.rawValue == "nested-value" && reject?.line == 5)
    #expect(reject.map { $0.errorByte - $0.recordByte } == 27)
  }
}
