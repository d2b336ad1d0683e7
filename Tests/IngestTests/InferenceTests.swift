import Calendar
import Configuration
import FoundationEssentials
import Ingest
import Randomness
import Testing

/// What `--infer` proposes, and that it holds for what it was proposed from.
@Suite struct InferenceTests {
  /// A sample under its name, in a folder of its own.
  private func propose(_ name: String, _ bytes: [UInt8]) throws -> FeedInference.Proposal {
    let folder = FileManager.default.temporaryDirectory.appending(path: "infer-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
    return try FeedInference.propose(path: "\(folder)/\(name)", configuration: "config")
  }

  private func propose(_ name: String, _ text: String) throws -> FeedInference.Proposal {
    try propose(name, Array(text.utf8))
  }

  /// The lines of a proposal without their comments.
  private func keys(_ proposal: FeedInference.Proposal) -> [String] {
    proposal.text.split(separator: "\n").map { line in
      String((line.firstRange(of: "  #").map { line[..<$0.lowerBound] } ?? line).drop { $0 == " " })
    }.filter { !$0.hasPrefix("#") && !$0.isEmpty }
  }

  private func feed(_ proposal: FeedInference.Proposal) throws -> Feed {
    try Feed.read(ConfigurationDocument(path: "feeds/proposed.yaml", bytes: Array(proposal.text.utf8)))
  }

  /// Forty calls, each made of its number.
  private func rows(_ row: (Int) -> String) -> String { (0..<40).map { row($0) + "\n" }.joined() }

  private func call(_ index: Int) -> String {
    "\(100_000 + index),MOC,+4915110000\(10 + index),+4917220000\(10 + index),2026-11-20 1\(index % 10):00:0\(index % 7),\(index * 3)"
  }

  private let header = "id,call_type,a_number,b_number,start_time,duration\n"

  // MARK: - What a sample leaves open

  @Test(
    arguments: [
      ("499", "11900", "CHECK: every number is whole, of 3 to 5 digits: currency units or cents?"),
      ("0", "n/a", "CHECK: every number is whole, of 1 to 3 digits: currency units or cents?"),
      ("4.99", "500", nil), ("500.00", "700.00", nil),
    ] as [(String, String, String?)])
  func `whole amounts are marked, whatever else the column has`(first: String, second: String, doubt: String?) throws {
    let text = "invoice_no,amount,due_date,contract\n" + "B,\(first),2026-12-01,C\nD,\(second),2026-12-01,C\n"
    let more = first.contains(".") ? "5.00" : "750"
    let proposal = try propose("bills.csv", text + rows { "B\($0),\(more),2026-12-0\($0 % 9 + 1),C\($0)" })
    let line = try #require(proposal.text.split(separator: "\n").first { $0.contains("amount: {from: amount") })
    #expect(line.contains(#"unit: "1""#) && line.contains("CHECK: every number") == (doubt != nil))
    if let doubt { #expect(line.contains(doubt)) }
  }

  @Test(
    arguments: [
      (["SPRACHE_AB", "SPRACHE_AN"], "received too; do the codes of call_type tell it?"), (["DATA", "GPRS"], nil),
      (["MOC", "MTC"], nil),
    ] as [([String], String?)])
  func `calls without a direction are marked, sessions of data are not`(codes: [String], doubt: String?) throws {
    let proposal = try propose(
      "cdr.csv",
      "id,call_type,a_number,start_time,duration\n"
        + rows { "\($0),\(codes[$0 % 2]),+4915110000\($0 + 10),2026-11-20 1\($0 % 10):00:00,\($0)" })
    let marks = proposal.text.split(separator: "\n").filter { $0.contains("CHECK: no direction was found") }
    #expect(marks.count == (doubt == nil ? 0 : 1))
    if let doubt { #expect(marks.first?.hasSuffix(doubt) == true) }
  }

  // MARK: - What a file is

  @Test func `a plain file of calls becomes a feed that loads`() throws {
    let proposal = try propose("calls_2026-11-20.csv", header + rows(call))
    let feed = try feed(proposal)
    #expect(feed.kind == .usage)
    #expect(
      keys(proposal) == [
        "feed: calls", "kind: usage", #"files: "calls_*.csv""#, "zone: UTC", "columns:", "number: {from: a_number}",
        #"type: {from: call_type, values: {"MOC": "voice"}}"#,
        #"started_at: {from: start_time, format: "yyyy-MM-dd HH:mm:ss"}"#,
        #"direction: {from: call_type, values: {"MOC": "out"}}"#, #"duration_seconds: {from: duration, unit: "s"}"#,
        "counterparty: {from: b_number}", "record-key: {from: [id], window-days: 35}",
        #"calendar: {every: day, covers: file-name, pattern: "calls_(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"}"#,
      ])
    #expect(proposal.openPoints == ["the zone"])
    #expect(proposal.text.contains("Tried on the sample: 40 of 40 rows decode."))
  }

  @Test(arguments: [
    (";", #"dialect: {delimiter: ";"}"#), ("\t", #"dialect: {delimiter: "\t"}"#), ("|", #"dialect: {delimiter: "|"}"#),
  ])
  func `delimiters are told apart`(delimiter: String, key: String) throws {
    let text = (header + rows(call)).replacing(",", with: delimiter)
    #expect(keys(try propose("calls.csv", text)).contains(key))
  }

  @Test func `commas within semicolons are decimals, not delimiters`() throws {
    let text =
      "rufnummer;beginn;dauer;notiz\n" + rows { "+49151000\(1000 + $0);20.11.2026 10:0\($0 % 10);\($0),5;ja, gut" }
    let proposal = try propose("calls.csv", text)
    #expect(keys(proposal).contains(#"dialect: {delimiter: ";"}"#))
    #expect(proposal.text.contains("dauer: 100 %, 40, decimal with a comma"))
  }

  @Test func `members of one kind are sampled together, others are named`() throws {
    let zip = storedZip([
      ("calls_1_am.csv", header + rows(call)), ("calls_1_pm.csv", header + rows(call)),
      ("readme.txt", "Hello, world\n"),
    ])
    let proposal = try propose("calls_2026-11-20.zip", zip)
    #expect(keys(proposal).contains(#"members: "calls_*_*.csv""#))
    #expect(proposal.text.contains("of 2 members; zip, csv, utf-8, lines end with LF."))
    #expect(proposal.text.contains("CHECK: other members are not read: readme.txt."))
  }

  @Test func `lines before the header, comments and a trailer are found`() throws {
    let text = "Report of the switch\nfor Friday\n" + header + rows(call) + "END,40\n"
    #expect(
      keys(try propose("calls.csv", text)).contains(
        #"dialect: {skip-lines: 2, trailer: {first-field: "END", count-field: 2}}"#))
    #expect(
      keys(try propose("calls.csv", "# made by a switch\n" + header + rows(call))).contains(
        ##"dialect: {comment: "#"}"##))
  }

  @Test func `without a header columns are positions, and what looks like data is never taken for a name`() throws {
    let proposal = try propose("calls.csv", rows(call))
    let found = keys(proposal)
    #expect(found.contains("dialect: {header: false}"))
    #expect(found.contains("number: {from: 3}"))
    #expect(found.contains(#"started_at: {from: 5, format: "yyyy-MM-dd HH:mm:ss"}"#))
    _ = try feed(proposal)
  }

  @Test func `text in other encodings is told, and shown as text`() throws {
    let text = "Kündigung,Straße,Betrag\n" + rows { "größe\($0),x,\($0).50" }
    let latin = text.unicodeScalars.map { UInt8($0.value) }
    let proposal = try propose("f.csv", latin)
    #expect(proposal.text.contains("csv, latin-1"))
    #expect(proposal.text.contains("Straße"))
    #expect(keys(proposal).contains("encoding: latin-1"))
    #expect(keys(try propose("f.csv", latin + [0x80, 0x2C, 0x2C, 0x0A])).contains("encoding: windows-1252"))
    let wide: [UInt8] = [0xFF, 0xFE] + (header + rows(call)).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(try propose("calls.csv", wide).text.contains("csv, utf-16 with byte-order mark"))
    #expect(throws: IngestError.self) { try propose("f.bin", [1, 0, 2, 0, 3, 0]) }
  }

  @Test func `a file of orders is told from one of tickets, and its codes are translated`() throws {
    let proposal = try propose(
      "orders.csv",
      "order_id;subscription_id;changed_at;order_date;order_status;order_type;team;promised\n"
        + rows { index in
          let status = ["received", "en cours", "on hold", "delivered", "storniert"][index % 5]
          return
            "A-\(index);S\(index);2026-11-20 10:00:0\(index % 7);2026-11-19 10:00:00;\(status);handset;logistics;2026-11-24"
        })
    let keys = keys(proposal)
    #expect(keys.contains("kind: orders"))
    #expect(keys.contains("order: {from: order_id}"))
    #expect(
      keys.contains(
        #"status: {from: order_status, values: {"delivered": "completed", "en cours": "in-progress", "on hold": "on-hold", "received": "placed", "storniert": "cancelled"}}"#
      ), "\(keys)")
    #expect(keys.contains(#"kind: {from: order_type, values: {"handset": "device"}}"#), "\(keys)")
    #expect(keys.contains("queue: {from: team}"))
    _ = try feed(proposal)
  }

  @Test func `a file of outages of cells is told from one of calls`() throws {
    let proposal = try propose(
      "network.csv",
      "alarm_id;cell_id;start_time;cleared_at;alarm_type\n"
        + rows { index in
          "A-\(index);26201-\(index);2026-11-20 10:00:0\(index % 7);2026-11-20 12:00:00;\(["wartung", "failure"][index % 2])"
        })
    let keys = keys(proposal)
    #expect(keys.contains("kind: outages"))
    #expect(keys.contains("cell: {from: cell_id}"))
    #expect(keys.contains("outage: {from: alarm_id}"))
    #expect(
      keys.contains(#"kind: {from: alarm_type, values: {"failure": "fault", "wartung": "planned"}}"#), "\(keys)")
    _ = try feed(proposal)
  }

  @Test func `objects in lines and in a document become paths`() throws {
    func ticket(_ index: Int) -> String {
      #"{"id":"T-\#(index)","customer":{"contract":"C\#(index)"},"created_at":"2026-11-20T10:00:00Z","updated_at":"2026-11-20T11:00:00Z","status":"new","type":"incident","tags":["a"]}"#
    }
    let lines = try propose("tickets.ndjson", rows(ticket))
    #expect(keys(lines).contains("format: ndjson"))
    #expect(keys(lines).contains("subscription: {from: customer.contract}"))
    #expect(keys(lines).contains(#"status: {from: status, values: {"new": "open"}}"#))
    _ = try feed(lines)
    let document = try propose(
      "tickets.json", "{\"count\": 2, \"tickets\": [" + (0..<2).map(ticket).joined(separator: ",\n") + "]}")
    #expect(keys(document).contains("json: {records: tickets}"))
    _ = try feed(document)
  }

  // MARK: - What columns are

  @Test(arguments: [
    ("dd.MM.yyyy HH:mm:ss", "20.11.2026 10:00:00"), ("yyyyMMddHHmmss", "20261120100000"), ("epoch", "1795168800"),
    ("epoch-ms", "1795168800000"), ("MM/dd/yyyy HH:mm", "11/20/2026 10:00"), ("yyyyMMdd HH:mm:ss", "20261120 10:00:00"),
  ])
  func `the format of times is found`(format: String, value: String) throws {
    let text = "msisdn,start,type\n" + rows { "+49151000\(1000 + $0),\(value),SMS-MO" }
    #expect(keys(try propose("f.csv", text)).contains("started_at: {from: start, format: \"\(format)\"}"))
  }

  @Test func `a day that may be a month is left to a person`() throws {
    let text = "msisdn,start,type\n" + rows { "+49151000\(1000 + $0),0\($0 % 9 + 1)/11/2026 10:00,SMS-MO" }
    #expect(try propose("f.csv", text).text.contains("fits MM/dd/yyyy HH:mm as well: is the day or the month first?"))
  }

  @Test func `offsets in times say the zone's offset`() throws {
    let text = "msisdn,start,type\n" + rows { "+49151000\(1000 + $0),2026-11-20T10:00:00+03:00,SMS-MO" }
    let proposal = try propose("f.csv", text)
    #expect(proposal.text.contains("zone: Etc/GMT-3  # CHECK: times say +03:00"))
    #expect(proposal.openPoints == [])
  }

  @Test(arguments: [
    ("rufnummer;gegenstelle;beginn;dauer;art;zelle", "de"),
    ("appelant;appele;date debut;duree;type appel;cellule", "fr"),
    ("numero origen;numero destino;fecha inicio;duracion;tipo llamada;celda", "es"),
    ("arayan numara;aranan numara;başlangıç;süre;kayıt tipi;hücre", "tr"),
    ("callingPartyNumber;finalCalledPartyNumber;dateTimeOrigination;duration;serviceType;cellId", "camel"),
  ])
  func `columns are known by their names in several languages`(header: String, language: String) throws {
    let text =
      header + "\n" + rows { "+49151000\(1000 + $0);+49172000\(1000 + $0);2026-11-20 10:00:00;\($0);MOC;C\($0)" }
    let names = header.split(separator: ";").map(String.init)
    let feed = keys(try propose("f.csv", text))
    for (field, name) in zip(["number", "counterparty", "started_at", "duration_seconds", "type", "cell"], names) {
      #expect(
        feed.contains { $0.hasPrefix("\(field): {from: \(name)") || $0.hasPrefix("\(field): {from: \"\(name)\"") },
        "\(field)")
    }
  }

  @Test func `numbers that are not written plainly are read in their form`() throws {
    let text =
      "msisdn;start;type;dauer;entgelt;volumen\n"
      + rows { "+49151000\(1000 + $0);2026-11-20 10:00:00;MOC;00:\(10 + $0):05;1.\(100 + $0),50;\($0),25" }
    let proposal = try propose("f.csv", text)
    let found = keys(proposal)
    #expect(found.contains(#"duration_seconds: {from: dauer, unit: "hh:mm:ss"}"#))
    #expect(found.contains(#"charge: {from: entgelt, unit: "1", number-format: {decimal: ",", thousands: "."}}"#))
    #expect(proposal.text.contains("Tried on the sample: 40 of 40 rows decode."))
  }

  @Test func `marks of missing values and a line of types are no values`() throws {
    let text =
      "msisdn,start,type,duration\nvarchar(20),timestamp,varchar(8),integer\n"
      + rows { "+49151000\(1000 + $0),2026-11-20 10:00:00,MOC,\($0 % 3 == 0 ? "N/A" : String($0))" }
    let proposal = try propose("f.csv", text)
    #expect(keys(proposal).contains(#"missing: ["N/A"]"#))
    #expect(keys(proposal).contains("dialect: {header-lines: 2}"))
    #expect(proposal.text.contains("Tried on the sample: 40 of 40 rows decode."))
  }

  @Test func `units in names are taken over`() throws {
    let text =
      "msisdn,start,duration_ms,kb_down,charge_cents,type\n"
      + rows { "+49151000\(1000 + $0),2026-11-20 10:00:00,\($0),\($0),\($0),DATA" }
    let found = keys(try propose("f.csv", text))
    #expect(found.contains(#"duration_seconds: {from: duration_ms, unit: "ms"}"#))
    #expect(found.contains(#"down_bytes: {from: kb_down, unit: "kB"}"#))
    #expect(found.contains(#"charge: {from: charge_cents, unit: "cents"}"#))
  }

  @Test func `an allowance in gigabytes is one of gigabytes`() throws {
    let text =
      "product,payment_type,monthly_fee,data_allowance_gb,valid_from\n"
      + rows { "P\($0),postpaid,\($0).99,\($0),2026-01-0\($0 % 9 + 1)" }
    let found = keys(try propose("products.csv", text))
    #expect(found.contains(#"data_allowance_bytes: {from: data_allowance_gb, unit: "GB"}"#))
  }

  @Test func `a needed field without a column is marked, and the feed does not load before it is filled`() throws {
    let text = "invoice_no,amount,due_date,contract\n" + rows { "B\($0),9.99,2026-12-0\($0 % 9 + 1),C\($0)" }
    let proposal = try propose("invoices.csv", text)
    #expect(proposal.openPoints.contains("the field 'issued_date'"))
    #expect(proposal.text.contains("issued_date: {}  # FILL: needed, and no column looks like it"))
    let error = #expect(throws: ConfigurationError.self) { try feed(proposal) }
    #expect(error?.problems.contains { $0.message.contains("'issued_date' needs 'from' or 'constant'") } == true)
  }

  @Test func `a column whose name comes twice is mapped by its position`() throws {
    let text =
      "msisdn,start,start,type\n" + rows { "+49151000\(1000 + $0),2026-11-20 10:00:00,2026-11-21 10:00:00,DATA" }
    let proposal = try propose("f.csv", text)
    #expect(keys(proposal).contains(#"started_at: {position: 2, format: "yyyy-MM-dd HH:mm:ss"}"#))
    #expect(proposal.text.contains("# 100 %; or start (column 3) 100 %"))
    #expect(proposal.text.contains("Tried on the sample: 40 of 40 rows decode."))
  }

  // MARK: - What must not happen

  @Test func `no value of a row is shown`() throws {
    let secrets = ["015199988877", "Friedlinde", "friedlinde@example.org", "7788990011"]
    let text =
      "phone,customer,mail,start,type,account\n"
      + rows { "\(secrets[0]),\(secrets[1]) \($0),\($0)\(secrets[2]),2026-11-20 10:00:00,MOC,\(secrets[3])" }
    for sample in [text, String(text.split(separator: "\n", maxSplits: 1)[1])] {
      let proposal = try propose("f.csv", sample)
      for secret in secrets { #expect(!proposal.text.contains(secret) && !proposal.json.contains(secret)) }
    }
  }

  @Test func `hostile names stay values and comments`() throws {
    let names = ["\"a\"\": {from: x}", "# b", "c: d", "e\u{202E}f", "true", "\\\\n", "g\"\"}, kind: {"]
    let text =
      names.map { "\"\($0)\"" }.joined(separator: ",") + ",msisdn,start,type\n"
      + rows { index in
        names.map { _ in "v\(index)" }.joined(separator: ",") + ",+49151000\(1000 + index),2026-11-20 10:00:00,DATA"
      }
    let proposal = try propose("calls\"\nkind: bills\n#.csv", text)
    let feed = try feed(proposal)
    #expect(feed.kind == .usage)
    #expect(feed.files.matches("calls\"\nkind: bills\n#.csv"))
    #expect(!proposal.text.unicodeScalars.contains("\u{202E}"))
    #expect(keys(proposal).filter { $0.hasPrefix("kind:") }.count == 1)
  }

  @Test func `any bytes give a proposal or a reason, and the same ones each time`() throws {
    let random = CounterRandom(seed: 20_261_122, stream: 1)
    let alphabet = Array("ab,;|\t\"'\n\r#{}[]:0123456789.+-éTZ <".utf8) + [0, 0x80, 0xC3, 0xEF, 0xFF]
    for trial in 0..<150 {
      let count = random.integer(below: 400, UInt64(trial))
      let bytes = (0..<count).map {
        alphabet[Int(random.integer(below: UInt64(alphabet.count), UInt64(trial), $0 + 1))]
      }
      let first = Result { try propose("f\(trial).csv", bytes) }
      let second = Result { try propose("f\(trial).csv", bytes) }
      switch (first, second) {
      case (.success(let a), .success(let b)): #expect(a == b)
      case (.failure(let a), .failure(let b)): #expect(a is IngestError && b is IngestError)
      default: Issue.record("two proposals for trial \(trial) differ")
      }
    }
  }

  @Test func `a sample is bounded however long its lines and rows are`() throws {
    let wide = [String](repeating: "x", count: 20_000).joined(separator: ",") + "\n"
    #expect(throws: IngestError.self) { try propose("wide.csv", wide) }
    let long = "a,b\n" + String(repeating: "y", count: 3 << 20)
    #expect(throws: Never.self) { _ = try? propose("long.csv", long) }
    let deep = String(repeating: "{\"a\":", count: 5_000)
    #expect(throws: IngestError.self) { try propose("deep.json", deep) }
  }
}
