import CSV
import Ingest
import Testing

@Suite struct JSONDocumentReaderTests {
  private struct Outcome: Equatable {
    var rows: [[String]] = []
    var places: [String] = []
    var rejects: [String] = []
    var fault: DocumentFault?
    var counts = RecordCounts()
  }

  /// Reads `bytes` in pieces that end at `cuts`; every record must be delivered as the bytes at its offset.
  private func read(
    _ bytes: [UInt8], list: String = "tickets", cuts: [Int] = [], limits: RecordLimits = RecordLimits()
  ) -> Outcome {
    let paths = [["a"], ["c", "d"]].map { path in path.map { Array($0.utf8) } }
    let reader = JSONDocumentReader(
      paths: paths, list: list.isEmpty ? [] : list.split(separator: ".").map { Array($0.utf8) }, limits: limits)
    var outcome = Outcome()
    func collect() {
      for record in reader.batch.records {
        outcome.rows.append(
          (0..<record.fieldCount).map { String(decoding: reader.batch.field(record, $0), as: UTF8.self) })
        outcome.places.append("\(record.line) \(record.byteOffset) \(record.byteCount)")
        #expect(
          reader.batch.delivered(record).elementsEqual(bytes[record.byteOffset..<record.byteOffset + record.byteCount]))
      }
      for reject in reader.batch.rejects {
        outcome.rejects.append("\(reject.code.rawValue) \(reject.line) \(reject.recordByte) \(reject.errorByte)")
        #expect(bytes[reject.recordByte...].starts(with: reject.delivered))
      }
    }
    var start = 0
    for end in cuts + [bytes.count] {
      bytes[start..<end].withUnsafeBytes { reader.push($0) }
      collect()
      start = end
    }
    reader.finish()
    collect()
    outcome.fault = reader.fault
    outcome.counts = reader.counts
    return outcome
  }

  private func read(_ text: String, list: String = "tickets") -> Outcome { read(Array(text.utf8), list: list) }

  private let mixed = """
    \u{FEFF}{"count": 9, "t\\u0069ckets": [
      {"a": "x{[\\"]}", "c": {"d": 1e9}},
      {"a": 1, "a": 2}, {"a": [1]}, [1, "]"], "te,xt", 17,null ,
      {"a": "line
    end"}, {"a": 01}, {}, {"a": "last", "c": null}
    ], "tickets2": [{"a": 3}], "next": {"tickets": [{"a": 4}, "\\n\\ud83d"]}, "x": [], "y": {}, "z": -0.5E+7}

    """

  @Test func `objects of the list are records, and bad ones are rejects among good neighbours`() {
    let outcome = read(mixed)
    #expect(outcome.fault == nil)
    #expect(outcome.rows == [["x{[\"]}", "1e9"], ["", ""], ["last", ""]])
    #expect(
      outcome.rejects.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
        "repeated-key 3", "nested-value 3", "bad-json 3", "bad-json 3", "bad-json 3", "bad-json 3", "bad-json 4",
        "bad-json 5",
      ])
    #expect(outcome.counts.sum == 11)
  }

  @Test func `the result is the same wherever the input is cut`() {
    let bytes = Array(mixed.utf8)
    let whole = read(bytes)
    for cut in 0...bytes.count { #expect(read(bytes, cuts: [cut]) == whole, "cut \(cut)") }
    #expect(read(bytes, cuts: Array(1..<bytes.count)) == whole)
  }

  @Test func `the list may be the document, or lie deeper`() {
    #expect(read(" [{\"a\": 1}, {\"a\": 2}] ", list: "").rows == [["1", ""], ["2", ""]])
    #expect(read("{\"r\": {\"s\": {\"t\": [{\"a\": 1}]}}, \"s\": [1]}", list: "r.s.t").rows == [["1", ""]])
    #expect(read("{\"tickets\": []}").counts.sum == 0)
  }

  @Test(arguments: [
    ("", "the document ends before its time"), ("{\"tickets\": [{\"a\": 1}", "the document ends before its time"),
    ("{\"tickets\": [{\"a\": 1}], \"b\"", "the document ends before its time"),
    ("{\"b\": [{\"a\": 1}]}", "there is no list at 'tickets'"), ("{\"tickets\": {}}", "there is no list at 'tickets'"),
    ("{\"tickets\": null}", "there is no list at 'tickets'"), ("[{\"a\": 1}]", "there is no list at 'tickets'"),
    ("{\"tickets\": [], \"tickets\": []}", "there is more than one list at 'tickets'"),
    ("{\"tickets\": [{\"a\": 1},]}", "an element is expected"), ("{\"tickets\": [,{}]}", "an element is expected"),
    ("{\"tickets\": [{\"a\": [1}, {}]}", "a bracket does not match"),
    ("{\"tickets\": [{} {}]}", "a comma or an end is expected"),
    ("{\"tickets\": []} {\"tickets\": []}", "something follows the end of the document"),
    ("{\"b\": 01, \"tickets\": []}", "a number or word is none of JSON's"),
    ("{\"b\": nul, \"tickets\": []}", "a number or word is none of JSON's"),
    ("{\"b\": \"\\x\", \"tickets\": []}", "a text has a wrong escape"),
    ("{\"b\": \"\\u12g4\", \"tickets\": []}", "a text has a wrong escape"),
    ("{\"b\": \"\n\", \"tickets\": []}", "a text has a control character"), ("{b: 1}", "a key is expected"),
    ("{\"b\" 1}", "a colon is expected"), ("{\"b\": }", "a value is expected"),
    ("{\"b\": [1}", "a bracket does not match"),
  ])
  func `a broken document is a fault that says where and why`(text: String, message: String) throws {
    let whole = read(text)
    #expect(try #require(whole.fault).message == message)
    for cut in 0...text.utf8.count { #expect(read(Array(text.utf8), cuts: [cut]) == whole) }
  }

  @Test func `a fault names line and byte`() throws {
    let fault = try #require(read("{\"tickets\": [\n{\"a\": 1}\n{\"a\": 2}]}").fault)
    #expect(fault.line == 3 && fault.byte == 23)
  }

  @Test func `an object over the limit is one reject, wherever it is cut`() {
    let bytes = Array("[{\"a\": 1}, {\"a\": \"\(String(repeating: "y", count: 100))\"}, {\"a\": 2}]".utf8)
    let limits = RecordLimits(maximumRecordByteCount: 20)
    let whole = read(bytes, list: "", limits: limits)
    #expect(whole.rows == [["1", ""], ["2", ""]])
    #expect(whole.rejects == ["record-too-long 1 11 31"])
    for cut in 0...bytes.count { #expect(read(bytes, list: "", cuts: [cut], limits: limits) == whole, "cut \(cut)") }
    #expect(read(bytes, list: "", cuts: Array(1..<bytes.count), limits: limits) == whole)
  }

  @Test func `hostile objects are rejects, and their neighbours stay`() {
    func outcome(_ hostile: [UInt8]) -> Outcome {
      read(Array("[{\"a\": 1}, ".utf8) + hostile + Array(", {\"a\": 2}]".utf8), list: "")
    }
    let deep = String(repeating: "[", count: 60_000) + String(repeating: "]", count: 60_000)
    let cases: [(bytes: [UInt8], code: String)] = [
      (Array("{\"z\": \(deep)}".utf8), "too-deep 1 11 48"),
      (Array("{\"a\": \"".utf8) + [0xC3, 0x28] + Array("\"}".utf8), "not-utf8 1 11 18"),
      (Array("{\"a\": \"".utf8) + [0x00] + Array("\"}".utf8), "bad-json 1 11 18"),
      (Array("{\"a\": \"\(String(repeating: "x", count: 2 << 20))\"}".utf8), "record-too-long 1 11 1048587"),
      (Array("{\"a\": 1, \"b\": {\"k\": 1, \"\\u006b\": 2}}".utf8), "repeated-key 1 11 34"),
    ]
    for (bytes, code) in cases {
      let outcome = outcome(bytes)
      #expect(outcome.fault == nil)
      #expect(outcome.rows == [["1", ""], ["2", ""]])
      #expect(outcome.rejects == [code])
    }
    let number = String(repeating: "9", count: 1_000)
    #expect(outcome(Array("{\"a\": \(number)}".utf8)).rows[1] == [number, ""])
  }

  @Test func `nesting without end is a fault and no crash`() {
    let deep = [UInt8](repeating: 0x5B, count: 1 << 20)
    #expect(read(Array("{\"tickets\": [".utf8) + deep).fault?.message == "the document is nested too deeply")
    #expect(read(Array("{\"b\": ".utf8) + deep).fault?.message == "the document is nested too deeply")
  }

  @Test func `a text without an end keeps memory bounded`() {
    let reader = JSONDocumentReader(paths: [[Array("a".utf8)]], list: [])
    Array("[{\"a\": \"".utf8).withUnsafeBytes { reader.push($0) }
    let chunk = [UInt8](repeating: 0x78, count: 1 << 16)
    for _ in 0..<128 {
      chunk.withUnsafeBytes { reader.push($0) }
      #expect(reader.batch.window.count <= (1 << 20) + 2 * chunk.count)
    }
    reader.finish()
    #expect(reader.fault?.message == "the document ends before its time")
    #expect(reader.counts.sum == 0)
  }

  @Test func `whatever bytes come, cuts change nothing and nothing traps`() {
    var random = DrawSequence(seed: 11)
    let alphabet = Array("{}[]\",:\\ a1-.eu\n0tickets".utf8) + [0xC3, 0x00]
    for _ in 0..<600 {
      var bytes = Array("{\"tickets\":[{\"a\":1},{\"a\":\"b\"}]}".utf8)
      for _ in 0..<(1 + random.integer(below: 4)) {
        let place = random.integer(below: bytes.count)
        bytes[place] = alphabet[random.integer(below: alphabet.count)]
      }
      let whole = read(bytes)
      let cut = random.integer(below: bytes.count + 1)
      #expect(read(bytes, cuts: [cut]) == whole)
      #expect(read(bytes, cuts: Array(1..<bytes.count)) == whole)
    }
  }
}
