import Calendar
import Columns
import Datasets
import Ingest
import Ledger
import Testing
import Vault

@Suite struct KindTests {
  @Test func `tickets come as NDJSON inside an archive, and only the length of the text stays`() throws {
    let world = try IngestWorld()
    try world.feed(
      "tickets",
      """
      kind: tickets
      files: "tickets_*.zip"
      members: "*.ndjson"
      format: ndjson
      zone: Europe/Berlin
      reject-threshold: 0.9
      columns:
        ticket: {from: id}
        subscription: {from: customer.subscription}
        changed_at: {from: changed}
        opened_at: {from: opened}
        resolved_at: {from: resolved}
        status: {from: status}
        category: {from: category, values: {net: network}, otherwise: other}
        text: {from: text}
        queue: {from: group}
      """)
    let lines = """
      {"id": "T-1", "customer": {"subscription": "S-1"}, "changed": "2026-11-21T23:30:00Z", "opened": "2026-11-20T10:00:00+01:00", "resolved": null, "status": "open", "category": "net", "text": "kein Netz ü", "group": "radio"}
      {"id": "T-2", "customer": {"subscription": "S-1"}, "changed": "2026-11-21T10:00:00Z", "opened": "2026-11-20T10:00:00Z", "resolved": "2026-11-20T09:00:00Z", "status": "closed", "category": "x"}
      {"id": "T-3", "customer": "S-1", "changed": "2026-11-21T10:00:00Z", "opened": "2026-11-20T10:00:00Z", "status": "open", "category": "x"}

      """
    try world.deliver("tickets_1.zip", storedZip([("a.ndjson", lines), ("b.txt", "no")]))
    try world.night("2026-11-22")
    let tickets = try world.table(.tickets)
    #expect(tickets.rowCount == 1)
    #expect(try tickets.date("event_date").values == [Day("2026-11-22")!.rawValue], "the local day")
    #expect(try tickets.string("category").values == ["network"])
    #expect(try tickets.int64("text_bytes")[0] == 12)
    #expect(try tickets.string("queue").values == ["radio"])
    #expect(try tickets.date("resolved_date")[0] == nil)
    #expect(try tickets.int64("ticket_id").values == [world.key().pseudonym(.ticket, "T-1")])
    #expect(try world.rejectCodes() == ["bad-period", "missing-value"])
    #expect(try world.table(.rejects).string("member").values == ["a.ndjson", "a.ndjson"])
  }

  @Test func `customers become links, and their addresses go to the vault`() throws {
    let world = try IngestWorld()
    try world.feed(
      "customers",
      """
      kind: customers
      files: "c*"
      dialect: {header: false, delimiter: ";"}
      columns:
        subscription: {from: 1}
        person: {from: 2}
        valid_from: {from: 3, format: "dd.MM.yyyy"}
        birth_year: {from: 4}
        email: {from: 5}
        segment: {constant: consumer}
      """)
    try world.deliver("c.csv", "S-1;P-1;01.02.2020;1980;a@b.example\nS-2;P-1;01.03.2030;;\n")
    try world.night("2026-11-22")
    let links = try world.table(.links)
    #expect(links.rowCount == 2, "what holds in the future is known too")
    let person = try world.key().pseudonym(.person, "P-1")
    #expect(try links.int64("person_id").values == [person, person])
    #expect(
      try Set(links.int64("subscription_id").values) == [
        world.key().pseudonym(.subscription, "S-1"), world.key().pseudonym(.subscription, "S-2"),
      ])
    let book = try AddressBook.load(world.home, world.state(), asOf: #require(Day("2026-11-22")))
    #expect(book.email(of: person) == "a@b.example")
  }

  @Test func `a language is a code, since lists carry it to other systems`() throws {
    let world = try IngestWorld()
    try world.feed(
      "customers",
      """
      kind: customers
      files: "c*"
      dialect: {header: false}
      columns: {subscription: {from: 1}, person: {from: 2}, valid_from: {from: 3}, language: {from: 4}}
      reject-threshold: 0.9
      """)
    let languages = ["de", "pt-BR", "zh-Hant-TW", "deutsch", "d", "de-", "-de", "=cmd", "de_DE", ""]
    try world.deliver(
      "c.csv", languages.enumerated().map { "S-\($0.offset),P-1,2020-02-01,\($0.element)\n" }.joined())
    try world.night("2026-11-22")
    let kept = try world.table(.links).string("language")
    #expect(Set((0..<kept.rowCount).map { kept[$0] }) == ["de", "pt-BR", "zh-Hant-TW", nil])
    #expect(try world.table(.rejects).string("code").values == Array(repeating: "bad-language", count: 6))
  }

  @Test func `a history is known when its rows were, never after the night`() throws {
    let world = try IngestWorld()
    let columns =
      "columns: {top_up: {from: id}, subscription: {from: s}, date: {from: d}, amount: {from: a, unit: cents}}\nlate-days: 900"
    try world.feed("lagged", "kind: top-ups\nfiles: \"lag*\"\n\(columns)\nknown: {lag-days: 2}")
    try world.feed(
      "dated",
      "kind: top-ups\nfiles: \"dat*\"\n\(columns)\nknown: {column: r, format: \"dd.MM.yyyy\"}\nreject-threshold: 0.9")
    try world.deliver("lag.csv", "id,s,d,a\n1,S,2026-01-01,1000\n2,S,2026-11-21,1\n")
    try world.deliver("dat.csv", "id,s,d,a,r\n3,S,2026-01-02,5,04.01.2026\n4,S,2026-01-03,5,\n5,S,2026-01-03,5,x\n")
    try world.night("2026-11-22")
    let topUps = try world.table(.topUps)
    #expect(
      try topUps.date("known_date").values.map { Day(rawValue: $0).description } == [
        "2026-01-03", "2026-01-04", "2026-11-22", "2026-11-22",
      ])
    #expect(try topUps.int64("amount_e4").values == [100_000, 500, 500, 100])
    #expect(try world.rejectCodes() == ["wrong-type"])
  }

  @Test func `flags, consents and catalogues are read`() throws {
    let world = try IngestWorld()
    try world.feed(
      "consents",
      """
      kind: consents
      files: "k*"
      columns: {person: {from: p}, channel: {from: c}, purpose: {constant: marketing}, granted: {from: g, values: {Y: "true"}, otherwise: "false"}, decided_at: {from: t, format: epoch-ms}}
      """)
    try world.feed(
      "costs",
      "kind: unit-costs\nfiles: \"u*\"\ncolumns: {unit: {from: u}, cost_per_million: {from: c}, valid_from: {constant: 2026-01-01}}"
    )
    try world.deliver("k.csv", "p,c,g,t\nP,sms,Y,1795392000123\nP,email,,1795392000000\n")
    try world.deliver("u.csv", "u,c\nsms,12.5\nbill,-1\n")
    try world.night("2026-11-23")
    let consents = try world.table(.consents)
    #expect(try consents.bool("is_granted").values == [true, false])
    #expect(try consents.timestamp("decided_at").values == [1_795_392_000_123_000, 1_795_392_000_000_000])
    let costs = try world.table(.unitCosts)
    #expect(try costs.string("unit").values == ["bill", "sms"])
    #expect(try costs.int64("cost_e4_per_million").values == [-10_000, 125_000])
  }
}
