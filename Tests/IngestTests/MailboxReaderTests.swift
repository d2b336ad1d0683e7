import CSV
import Ingest
import Testing

@Suite struct MailboxReaderTests {
  struct Outcome: Equatable {
    var rows: [[String]] = []
    var places: [String] = []
    var rejects: [String] = []
    var counts = RecordCounts()
  }

  /// Reads `bytes` in pieces that end at `cuts`.
  static func read(
    _ bytes: [UInt8], _ parts: [String] = ["subject", "$body-bytes"], variant: MailboxReader.Variant = .mboxrd,
    cuts: [Int] = [], limit: Int = 1 << 18
  ) -> Outcome {
    let reader = MailboxReader(
      parts: parts.map { Array($0.utf8) }, variant: variant, limits: RecordLimits(maximumRecordByteCount: limit))
    var outcome = Outcome()
    func collect() {
      repeat {
        for record in reader.batch.records {
          outcome.rows.append(
            (0..<record.fieldCount).map { String(decoding: reader.batch.field(record, $0), as: UTF8.self) })
          outcome.places.append("\(record.line) \(record.byteOffset)")
          let delivered = reader.batch.delivered(record)
          #expect(delivered.starts(with: Array("From ".utf8)) && bytes[record.byteOffset...].starts(with: delivered))
        }
        for reject in reader.batch.rejects {
          outcome.rejects.append(
            "\(reject.code.rawValue) \(reject.line) \(reject.recordByte) \(reject.errorByte) \(reject.byteCount)")
          #expect(bytes[reject.recordByte...].starts(with: reject.delivered) && reject.delivered.count <= limit)
        }
      } while reader.advance()
    }
    var start = 0
    for end in cuts + [bytes.count] {
      bytes[start..<end].withUnsafeBytes { reader.push($0) }
      collect()
      start = end
    }
    reader.finish()
    collect()
    outcome.counts = reader.counts
    return outcome
  }

  static func read(
    _ text: String, _ parts: [String] = ["subject", "$body-bytes"], variant: MailboxReader.Variant = .mboxrd
  ) -> Outcome {
    read(Array(text.utf8), parts, variant: variant)
  }

  private let mailbox = """

    From ada@example.org Tue Nov 24 09:15:00 2026
    Subject: first
     folded
    X-Other: 1

    Hello,
    >From here it is quoted
    >>From twice

    From is not quoted here, and starts a message without a header

    From bob@example.org Tue Nov 24 09:16:00 2026
    no header line
    Subject: lost

    text

    From eve@example.org Tue Nov 24 09:17:00 2026
    Subject: last


    """

  @Test func `each message is a record, and bad ones are rejects among good neighbours`() {
    let outcome = Self.read(mailbox)
    #expect(outcome.rows == [["first folded", "42"], ["last", "0"]])
    #expect(outcome.places == ["2 1", "19 \(mailbox.utf8.count - 61)"])
    #expect(
      outcome.rejects.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
        "bad-header 11", "bad-header 13",
      ])
    #expect(outcome.counts.blankCount == 1)
    #expect(outcome.counts.sum == 5)
  }

  @Test(arguments: MailboxReader.Variant.allCases) func `the result is the same wherever the input is cut`(
    variant: MailboxReader.Variant
  ) {
    for text in [mailbox, counted(18), counted(40), counted(500), mailbox.replacing("\n", with: "\r\n")] {
      let bytes = Array(text.utf8)
      let whole = Self.read(bytes, variant: variant)
      for cut in 0...bytes.count {
        #expect(Self.read(bytes, variant: variant, cuts: [cut]) == whole, "cut \(cut)")
      }
      #expect(Self.read(bytes, variant: variant, cuts: Array(1..<bytes.count)) == whole)
    }
  }

  @Test func `what stands before the first message is a reject`() {
    let outcome = Self.read("stray\nlines\n\nFrom a\nSubject: s\n\nb\n")
    #expect(outcome.rejects == ["no-from-line 1 0 0 13"])
    #expect(outcome.rows == [["s", "2"]])
  }

  @Test func `line ends may be CRLF`() {
    let outcome = Self.read("From a\r\nSubject: s\r\n t\r\n\r\nb\r\n\r\nFrom c\r\nSubject: u\r\n\r\n")
    #expect(outcome.rows == [["s t", "3"], ["u", "0"]])
  }

  /// Three messages; the second holds lines that look like a message, and says that its body has `length` bytes.
  private func counted(_ length: Int) -> String {
    """
    From a
    Subject: one

    1

    From b
    Subject: two
    Content-Length: \(length)

    2

    From x
    Subject: y

    From c
    Subject: three
    Content-Length: 2

    3

    """
  }

  @Test(arguments: [MailboxReader.Variant.mboxcl, .mboxcl2])
  func `a body has the length that it says, whatever it looks like`(variant: MailboxReader.Variant) {
    let outcome = Self.read(counted(21), variant: variant)
    #expect(outcome.rows == [["one", "2"], ["two", "21"], ["three", "2"]])
    #expect(outcome.rejects.isEmpty)
    // The last line end may be counted or not.
    #expect(Self.read(counted(20), variant: variant).rows.map(\.[0]) == ["one", "two", "three"])
    #expect(Self.read(counted(22), variant: variant).rows.map(\.[0]) == ["one", "two", "three"])
  }

  @Test(arguments: [0, 5, 19, 23, 30, 60, 5_000, 999_999_999])
  func `a wrong length costs its own message only`(length: Int) {
    let outcome = Self.read(counted(length), variant: .mboxcl2)
    if length > 1 << 18 {
      // Beyond the limit a length is not believed, nor held against the message.
      #expect(outcome.rows.map(\.[0]) == ["one", "two", "y", "three"])
    } else {
      #expect(outcome.rows.map(\.[0]) == ["one", "y", "three"])
      #expect(outcome.rejects.map { $0.prefix(14) } == ["wrong-length 6"])
    }
    #expect(Self.read(counted(length), variant: .mboxo).rows.map(\.[0]) == ["one", "two", "y", "three"])
  }

  @Test func `a long message is a record with its whole length, and its head is kept`() {
    let line = String(repeating: "x", count: 200_000) + "\n"
    let long = String(repeating: line, count: 5)
    let text = "From a\nSubject: long\n\n\(long)\nFrom b\nSubject: short\n\nb\n"
    let bytes = Array(text.utf8)
    let whole = Self.read(bytes)
    #expect(whole.rows == [["long", "1000005"], ["short", "2"]])
    #expect(Self.read(bytes, cuts: Array(stride(from: 70_000, to: bytes.count, by: 70_000))) == whole)
    #expect(Self.read(bytes, cuts: Array(stride(from: 1_000, to: bytes.count, by: 1_000))) == whole)
  }

  @Test func `a header over the limit is a reject`() {
    let header = "Subject: long\n" + String(repeating: "X-A: b\n", count: 100)
    let bytes = Array("From a\n\(header)\nbody\n\nFrom b\nSubject: short\n\nb\n".utf8)
    let whole = Self.read(bytes, limit: 300)
    #expect(whole.rows == [["short", "2"]])
    #expect(whole.rejects == ["record-too-long 1 0 300 728"])
    for cut in 0...bytes.count { #expect(Self.read(bytes, cuts: [cut], limit: 300) == whole) }
  }

  @Test func `whatever bytes come, cuts change nothing and nothing traps`() {
    var random = DrawSequence(seed: 5)
    let alphabet = Array("From \n\r>:=?Bq-_x0".utf8) + [0xC3, 0x00]
    let parts = ["subject", "date", "$text", "$thread", "$opened", "$from-address", "$body-bytes"]
    let seed = Array(
      "From a\nFrom: A <a@b>\nSubject: =?utf-8?q?a=C3=BC?=\nContent-Type: multipart/x; boundary=b\nContent-Length: 30\n\n--b\n\nFrom \n--b--\n\nFrom b\nX: y\n\nz\n"
        .utf8)
    for round in 0..<400 {
      var bytes = seed
      for _ in 0..<(1 + random.integer(below: 6)) {
        let place = random.integer(below: bytes.count)
        bytes.replaceSubrange(
          place..<min(bytes.count, place + random.integer(below: 3)),
          with: (0..<random.integer(below: 3)).map { _ in alphabet[random.integer(below: alphabet.count)] })
      }
      let variant = MailboxReader.Variant.allCases[round % 4]
      let whole = Self.read(bytes, parts, variant: variant)
      #expect(Self.read(bytes, parts, variant: variant, cuts: [random.integer(below: bytes.count + 1)]) == whole)
      #expect(Self.read(bytes, parts, variant: variant, cuts: Array(1..<bytes.count)) == whole)
    }
  }
}
