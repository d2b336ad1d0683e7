import Columns
import Datasets
import Ingest
import Ledger
import Testing
import Vault

@Suite struct LearnedNumbersTests {
  static let feed = """
    kind: usage
    files: "calls*.csv"
    numbers: {identity: implicit}
    columns:
      number: {from: a}
      started_at: {from: t}
      type: {constant: voice}
    """

  static let header = "a,t\n"

  @Test func `a number that nobody owns stands for itself, in every file and every night`() throws {
    let world = try IngestWorld()
    try world.feed("calls", Self.feed)
    try world.deliver("calls1.csv", Self.header + "4917000001,2026-11-20T10:00:00Z\n4917000002,2026-11-20T11:00:00Z\n")
    _ = try world.night("2026-11-20")
    try world.deliver("calls2.csv", Self.header + "4917000001,2026-11-21T10:00:00Z\n4917000003,2026-11-21T11:00:00Z\n")
    _ = try world.night("2026-11-21", threads: 2)
    let usage = try world.table(.usage)
    let subscriptions = try usage.int64("subscription_id").values
    #expect(subscriptions.count == 4 && Set(subscriptions).count == 3)
    let key = try PseudonymKey.load(world.home)
    #expect(subscriptions.contains(key.pseudonym(.subscription, "4917000001")))
    // The vault knows the number of each, learned once.
    let state = try world.state()
    let book = try NumberBook.load(world.home, state)
    for number: UInt64 in 4_917_000_001...4_917_000_003 {
      let subscription = key.pseudonym(.subscription, String(number))
      #expect(book.number(ofSubscription: subscription, at: 1_800_000_000) == number)
    }
    let rows = state.products(under: LearnedNumber.folder).map { $0.rowCount ?? 0 }
    #expect(rows.sorted() == [1, 2])
  }

  @Test func `an owner in the number book goes before the number itself`() throws {
    let world = try IngestWorld()
    try world.feed("calls", Self.feed)
    try world.feed(
      "numbers",
      """
      kind: numbers
      files: "numbers*.csv"
      columns:
        number: {from: n}
        subscription: {from: s}
        valid_from: {from: f}
      """)
    try world.deliver("numbers1.csv", "n,s,f\n4917000001,S1,2026-11-20T10:30:00Z\n")
    try world.deliver("calls1.csv", Self.header + "4917000001,2026-11-20T10:00:00Z\n4917000001,2026-11-20T11:00:00Z\n")
    _ = try world.night("2026-11-20")
    let key = try PseudonymKey.load(world.home)
    let subscriptions = try world.table(.usage).int64("subscription_id").values
    #expect(
      Set(subscriptions) == [key.pseudonym(.subscription, "4917000001"), key.pseudonym(.subscription, "S1")])
  }
}
