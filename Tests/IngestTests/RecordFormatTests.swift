import Calendar
import Columns
import Configuration
import Datasets
import Ingest
import Ledger
import Testing
import Vault

@Suite struct RecordFormatTests {
  private let columns = """
    reject-threshold: 0.9
    columns:
      ticket: {from: id}
      subscription: {from: customer.id}
      changed_at: {from: changed}
      opened_at: {from: opened}
      status: {from: status}
      category: {from: category, otherwise: other}
    """

  private func ticket(_ id: String, _ customer: String = "{\"id\": \"S-1\"}", opened: String = "2026-11-20T10:00:00Z")
    -> String
  {
    """
    {"id": "\(id)", "customer": \(customer), "changed": "2026-11-21T10:00:00Z",
      "opened": "\(opened)", "status": "open", "category": "x"}
    """
  }

  @Test func `a JSON document brings its objects, and each reject says where it stands`() throws {
    let world = try IngestWorld()
    try world.feed("desk", "kind: tickets\nfiles: \"*.json\"\nformat: json\njson: {records: tickets}\n\(columns)")
    let text = """
      {"tickets": [
      \(ticket("T-1")),
      \(ticket("T-2", "\"S-1\"")),
      \(ticket("T-3", opened: "gestern")),
      {"id": "T-4", "id": "T-5"},
      \(ticket("T-6"))
      ], "count": 5}
      """
    try world.deliver("a.json", text)
    try world.night("2026-11-22")
    let key = try world.key()
    #expect(
      try Set(world.table(.tickets).int64("ticket_id").values)
        == [key.pseudonym(.ticket, "T-1"), key.pseudonym(.ticket, "T-6")])
    let rejects = try world.table(.rejects)
    let lines = try rejects.int64("line").values
    let order = lines.indices.sorted { lines[$0] < lines[$1] }
    #expect(order.map { lines[$0] } == [4, 6, 8])
    let codes = try rejects.string("code").values
    #expect(order.map { codes[$0] } == ["missing-value", "wrong-type", "repeated-key"])
    let bytes = try rejects.int64("error_byte").values
    let errors = order.map { text.dropFirst(Int(bytes[$0])).prefix(9) }
    // An absent value has no place of its own: the object's stands for it.
    #expect(errors == ["{\"id\": \"T", "\"gestern\"", "\"id\": \"T-"])
    let intake = try world.intake("a.json")
    #expect(intake.readCount == 5 && intake.acceptedCount == 2 && intake.rejectedCount == 3)
  }

  @Test func `a broken JSON document is refused, and its neighbour goes on`() throws {
    let world = try IngestWorld()
    try world.feed("desk", "kind: tickets\nfiles: \"*.json\"\nformat: json\njson: {records: tickets}\n\(columns)")
    let broken = "{\"tickets\": [\n\(ticket("T-1"))\n"
    try world.deliver("a.json", broken)
    try world.deliver("b.json", "{\"tickets\": [\(ticket("T-2"))]}")
    try world.night("2026-11-22")
    #expect(try world.table(.tickets).rowCount == 1)
    #expect(try world.table(.refusals).string("code").values == ["bad-document"])
    #expect(
      try world.table(.refusals).string("message").values == [
        "line 4, byte \(broken.utf8.count): the document ends before its time"
      ])
  }

  @Test func `messages of a thread become one ticket`() throws {
    let world = try IngestWorld()
    try world.feed(
      "mails",
      """
      kind: tickets
      files: "*.mbox"
      format: mbox
      zone: Europe/Berlin
      reject-threshold: 0.9
      record-key: {from: [Message-ID]}
      columns:
        ticket: {from: $thread}
        subscription: {from: X-Contract}
        changed_at: {from: Date}
        opened_at: {from: $opened}
        status: {constant: closed}
        channel: {constant: email}
        category: {from: Subject, values: {"Kein Empfäng": network}, otherwise: other}
        text: {from: $text}
      """)
    let text = """
      From a@example.org Fri Nov 20 23:30:00 2026
      Message-ID: <1@example.org>
      Date: Fri, 20 Nov 2026 23:30:00 +0000
      Subject: =?utf-8?Q?Kein_Empf=C3=A4ng?=
      X-Contract: S-1

      hallo

      From b@example.org Sat Nov 21 10:00:00 2026
      Message-ID: <2@example.org>
      References: <1@example.org>
      Date: Sat, 21 Nov 2026 10:00:00 +0100
      Subject: Re
      X-Contract: S-1

      noch da?

      From b@example.org Sat Nov 21 10:00:00 2026
      Message-ID: <2@example.org>
      Date: Sat, 21 Nov 2026 10:00:00 +0100

      From c@example.org Sat Nov 21 11:00:00 2026
      Message-ID: <3@example.org>
      Date: someday
      X-Contract: S-1


      """
    try world.deliver("a.mbox", text)
    try world.night("2026-11-22")
    let tickets = try world.table(.tickets)
    let ticket = try world.key().pseudonym(.ticket, "1@example.org")
    #expect(try tickets.int64("ticket_id").values == [ticket, ticket])
    #expect(try tickets.date("event_date").values == ["2026-11-21", "2026-11-21"].map { Day($0)!.rawValue })
    #expect(try tickets.date("opened_date").values == ["2026-11-21", "2026-11-21"].map { Day($0)!.rawValue })
    #expect(try tickets.string("category").values == ["network", "other"])
    #expect(try (0..<2).map { try tickets.int64("text_bytes")[$0] } == [6, 9])
    #expect(try world.rejectCodes() == ["missing-value", "wrong-type"])
    let error = try world.table(.rejects).int64("error_byte").values[1]
    #expect(text.dropFirst(Int(error)).hasPrefix("Date: someday"))
  }

  @Test func `options of another format and unknown parts are faults of the feed`() throws {
    let world = try IngestWorld()
    try world.feed(
      "desk",
      """
      kind: tickets
      files: "*"
      format: mbox
      json: {records: a}
      mbox: {variant: mboxx}
      columns:
        ticket: {from: $thred}
        subscription: {from: "X Contract"}
        changed_at: {from: Date}
        opened_at: {from: Date}
        status: {constant: open}
        category: {constant: other}
      """)
    try world.deliver("a", "From a\n")
    let error = #expect(throws: ConfigurationError.self) { try world.night("2026-11-22") }
    let text = try #require(error).description
    for message in [
      "'json' belongs to json, not to mbox", "mboxrd", "a message has no part '$thred'; did you mean '$thread'?",
      "a message has no part 'X Contract'",
    ] { #expect(text.contains(message), "\(text)") }
  }
}
