import Calendar
import Columns
import Datasets
import Testing
import Twins

@Suite struct RolledTwinsTests {
  private static let catalogues: [TwinCatalogue] = [.houseOfCustomers, .houseOfProducts]
  private static let now = TwinMoment(asOf: RandomFacts.asOf, knownBy: RandomFacts.asOf)

  /// Subscriptions, customers, products.
  private static func build(_ facts: RandomFacts, at moment: TwinMoment = now, threads: Int = 2) throws -> [Table] {
    try RolledTwins.build(
      .house, and: catalogues, TwinFacts(facts), at: moment,
      threads: threads)
  }

  /// The fields in which two twins differ, as `key name: fast, naive`.
  private static func differences(_ table: Table, _ naive: [NaiveTwin.Texts]) -> [String] {
    let fast = TwinNightTests.texts(table)
    let keys = Array(table.schema.fields.prefix(2).map(\.name))
    guard fast.map({ row in keys.map { row[$0] } }) == naive.map({ row in keys.map { row[$0] } }) else {
      return ["other rows"]
    }
    return zip(fast, naive).flatMap { fast, naive in
      Set(fast.keys).union(naive.keys).sorted().compactMap { name in
        fast[name] == naive[name]
          ? nil : "\(fast[keys[0]]!) \(name): \(fast[name] ?? "absent"), \(naive[name] ?? "absent")"
      }
    }
  }

  @Test(arguments: [11, 12, 13, 14, 15, 16] as [UInt64], [false, true])
  func `customers and products equal the naive ones`(seed: UInt64, gaps: Bool) throws {
    let facts = RandomFacts(seed: seed, gaps: gaps)
    for moment in [RolledTwinsTests.now, TwinMoment(asOf: RandomFacts.asOf - 10, knownBy: RandomFacts.asOf)] {
      let tables = try RolledTwinsTests.build(facts, at: moment)
      let naive = NaiveTwin(facts.tables, asOf: moment.asOf, knownBy: moment.knownBy)
      let subscriptions = naive.subscriptions(.house)
      #expect(
        RolledTwinsTests.differences(tables[1], naive.customers(subscriptions, .houseOfCustomers)).prefix(5) == [])
      #expect(RolledTwinsTests.differences(tables[2], naive.products(subscriptions, .houseOfProducts)).prefix(5) == [])
    }
  }

  @Test func `threads change nothing, and the subscriptions are those of a night without the others`() throws {
    let facts = RandomFacts(seed: 91, gaps: true)
    let one = try RolledTwinsTests.build(facts, threads: 1)
    for threads in [2, 5] { #expect(try RolledTwinsTests.build(facts, threads: threads) == one) }
    #expect(try TwinNightTests.build(facts, at: [RolledTwinsTests.now])[0] == one[0])
  }

  @Test func `random facts fill every field somewhere, and leave every nullable one empty somewhere`() throws {
    var filled: [Set<String>] = [[], []]
    var empty: [Set<String>] = [[], []]
    for seed in 1...30 as ClosedRange<UInt64> {
      var facts = RandomFacts(seed: seed, gaps: seed % 2 == 0)
      // Where there are few contacts, some persons had none.
      if seed % 3 == 0 { facts.tables["facts/contacts"] = facts.tables["facts/contacts"]!.rows(at: Array(0..<8)) }
      let tables = try RolledTwinsTests.build(facts)
      for (kind, table) in tables.dropFirst().enumerated() {
        for row in TwinNightTests.texts(table) {
          for (name, text) in row { if text == "null" { empty[kind].insert(name) } else { filled[kind].insert(name) } }
        }
      }
    }
    for (kind, catalogue) in RolledTwinsTests.catalogues.enumerated() {
      #expect(catalogue.fields.map(\.name).filter { !filled[kind].contains($0) } == [])
      for isNullable in [true, false] {
        let wrong = catalogue.fields.filter {
          $0.column.isNullable == isNullable && empty[kind].contains($0.name) != isNullable
        }
        #expect(wrong.map(\.name) == [])
      }
    }
  }

  @Test(arguments: [21, 22, 23] as [UInt64])
  func `what a plan won and lost makes its base of 28 days ago that of today`(seed: UInt64) throws {
    let products = try RolledTwinsTests.build(RandomFacts(seed: seed, gaps: false))[2]
    var moved = 0
    for row in TwinNightTests.texts(products) where row["kind"] == "plan" {
      func count(_ name: String) throws -> Int { try #require(Int(row[name]!)) }
      let won = try count("add_count_28d") + count("plan_change_in_count_28d")
      let lost = try count("termination_count_28d") + count("plan_change_out_count_28d")
      #expect(try count("base_28d_ago") + won - lost == count("base"))
      moved += won + lost
    }
    #expect(moved > 0)
  }

  @Test func `an unknown value spoils a customer's sum and is left out of a product's mean`() throws {
    var facts = RandomFacts(seed: 33, gaps: false)
    // Without a catalogue no fee is known, and so no margin.
    facts.tables["facts/products"] = Table(empty: Dataset.products.schema)
    let tables = try RolledTwinsTests.build(facts)
    #expect(tables[1].rowCount > 0)
    #expect(try tables[1].int64("margin_28d_e4").validity?.contains(true) == false)
    let plans = TwinNightTests.texts(tables[2]).filter { $0["kind"] == "plan" }
    #expect(!plans.isEmpty)
    #expect(plans.allSatisfy { $0["margin_known_count"] == "0" && $0["margin_28d_e4"] == "null" })
  }

  @Test func `no facts at all make empty twins with every column`() throws {
    let tables = try RolledTwins.build(
      .house, and: RolledTwinsTests.catalogues, TwinFacts([:], usage: []), at: RolledTwinsTests.now, threads: 2)
    #expect(tables[1] == Table(empty: TwinCatalogue.houseOfCustomers.schema))
    #expect(tables[2] == Table(empty: TwinCatalogue.houseOfProducts.schema))
  }
}
