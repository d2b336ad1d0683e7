import Calendar
import Columns
import Configuration
import Datasets
import Ingest
import Randomness
import Testing
import Vault

@Suite struct TextReductionTests {
  private let hash = SipHash(key0: 7, key1: 11)

  private func buckets(_ text: String, _ hash: SipHash? = nil) -> [UInt16] {
    var reduction = TextReduction(hash ?? self.hash, TextIntents())
    _ = reduction.signals(of: "what came before".utf8)
    var buckets: [UInt16] = []
    WordBuckets.append(reduction.signals(of: text.utf8).words ?? "", to: &buckets)
    return buckets
  }

  @Test func `a text is the buckets of its words and of its pairs, ascending, each once`() {
    func bucket(_ text: String) -> UInt16 { UInt16(hash.hash(text) & 4_095) }
    let expected = Set(["kein", "netz", "kein netz", "netz kein"].map(bucket)).sorted()
    #expect(expected.count == 4)
    #expect(buckets("Kein Netz, kein Netz!") == expected)
    #expect(buckets("netz") == [bucket("netz")])
    #expect(buckets("kein netz", SipHash(key0: 7, key1: 12)) != buckets("kein netz"), "the key decides")
  }

  @Test func `a text without words has none, and one without bounds has at most 511`() {
    var reduction = TextReduction(hash, TextIntents())
    let none = reduction.signals(of: "?!".utf8)
    #expect(none.words == nil)
    let long = (0..<2_000).map { "w" + String(repeating: "x", count: $0 % 50) + String(repeating: "y", count: $0 / 50) }
    let found = buckets(long.joined(separator: " "))
    #expect(found.count > 400 && found.count <= 511)
    #expect(found == Array(Set(found)).sorted())
  }

  private static let feed = """
    kind: tickets
    files: "tickets_*.csv"
    columns:
      ticket: {from: id}
      subscription: {from: line}
      changed_at: {from: changed}
      opened_at: {from: changed}
      status: {constant: open}
      category: {constant: other}
      text: {from: text}
    """

  @Test func `facts keep buckets and intents of a text, and nothing of its words`() throws {
    let world = try IngestWorld()
    try world.feed(
      "tickets", Self.feed + "\nintents: {complaint: [\"beschwer*\", zu hoch], cancel: [\"kündig*\"]}")
    let rows = [
      "T-1,S-1,2026-11-21T10:00:00Z,\"Rechnung zu hoch, ich KÜNDIGE\"", "T-2,S-1,2026-11-21T10:00:00Z,Danke",
      "T-3,S-1,2026-11-21T10:00:00Z,", "T-4,S-1,2026-11-21T10:00:00Z,😡 !!",
      "T-5,S-1,2026-11-21T10:00:00Z,\u{0}zu\u{0}hoch\u{202E}",
    ]
    let odd: [UInt8] = Array("T-6,S-1,2026-11-21T10:00:00Z,Rechn\u{FC}".utf8.dropLast(2)) + [0xFC, 0x6E, 0x67, 0x0A]
    try world.deliver(
      "tickets_1.csv", Array(("id,line,changed,text\n" + rows.joined(separator: "\n") + "\n").utf8) + odd)
    try world.night("2026-11-22")
    #expect(try world.rejectCodes() == [])
    let tickets = try world.table(.tickets)
    let key = try world.key()
    let order = try (0..<tickets.rowCount).map { row in
      try #require((1...6).first { key.pseudonym(.ticket, "T-\($0)") == (try? tickets.int64("ticket_id").values[row]) })
    }
    func values<Value>(_ column: TypedColumn<Value>) -> [Value?] {
      (1...6).map { number in order.firstIndex(of: number).flatMap { column[$0] } }
    }
    #expect(values(try tickets.bool("has_complaint_words")) == [true, false, nil, false, true, false])
    #expect(values(try tickets.bool("has_cancel_words")) == [true, false, nil, false, false, false])
    let words = values(try tickets.string("text_words"))
    #expect(words.map { $0 == nil } == [false, false, true, true, false, false])
    func reduced(_ text: String) -> String? {
      var own = TextReduction(key.textWordHash, TextIntents())
      return own.signals(of: text.utf8).words
    }
    #expect(words[0] == reduced("rechnung zu hoch ich kündige"))
    #expect(words[4] == reduced("zu hoch"))
    #expect(words[5] == reduced("rechn ng"), "a byte that is no UTF-8 parts words")
    #expect(values(try tickets.int64("text_bytes"))[1] == 5)
  }

  @Test func `a feed without lists knows no intents`() throws {
    let world = try IngestWorld()
    try world.feed("tickets", Self.feed + "\nintents: {cancel: [cancel]}")
    try world.deliver("tickets_1.csv", "id,line,changed,text\nT-1,S-1,2026-11-21T10:00:00Z,cancel\n")
    try world.night("2026-11-22")
    #expect(try world.table(.tickets).bool("has_complaint_words")[0] == nil)
    #expect(try world.table(.tickets).bool("has_cancel_words")[0] == true)
  }

  @Test func `faults of intents are said with their places`() throws {
    func faults(_ text: String) -> [String] {
      do throws(ConfigurationError) {
        _ = try Feed.read(ConfigurationDocument(path: "f.yaml", bytes: Array(("feed: f\n" + text).utf8)))
        return []
      } catch {
        return error.problems.map { "\($0.location.line):\($0.location.column): \($0.message)" }
      }
    }
    let form =
      "an entry is a word or at most 8 words with blanks between, without numbers; '*' at the end of a word stands for any "
      + "ending"
    #expect(
      faults(Self.feed + "\nintents:\n  cancel: [ok, \"*\"]\n  complaint: [4711]\n  anger: [x]") == [
        "13:16: \(form)", "14:15: \(form)", "15:3: unknown key 'anger'; allowed here: cancel, complaint",
      ])
    #expect(
      faults(Self.feed.replacing("  text: {from: text}", with: "") + "\nintents: {cancel: [x]}") == [
        "12:10: 'intents' belongs to the kind tickets, with the field 'text'"
      ])
  }
}
