import Calendar
import Columns
import Datasets
import Ledger
import Testing
import Twins

@Suite struct RolledTwinRunTests {
  private let night = RandomFacts.asOf
  private let others: [TwinCatalogue] = [.houseOfCustomers, .houseOfProducts]

  private func products(_ home: FactHome, _ entity: TwinEntity) throws -> [Product] {
    try CommitLog.open(home.home).state(.head).products(entity.datasetName)
  }

  @Test func `one entry has the twins of every kind, whatever the threads, and equal those from tables`() throws {
    let facts = RandomFacts(seed: 61, gaps: true)
    var digests: Set<[SHA256Digest]> = []
    for threads in [1, 2, 5] {
      let home = try FactHome()
      try home.ingest(facts.tables, night: night)
      let entry = try home.run(night, and: others, threads: threads).entry
      let tables = try RolledTwins.build(
        .house, and: others, TwinFacts(facts),
        at: TwinMoment(asOf: night, knownBy: night), threads: 2)
      let files = try [TwinEntity.subscription, .customer, .product].map { try #require(try products(home, $0).first) }
      #expect(files.allSatisfy { file in entry.products.contains { $0.name == file.name } })
      for (file, table) in zip(files, tables) { #expect(try ParquetFile.read(home.home.url(file.name)) == table) }
      #expect(entry.counts["rows.customer"] == Int64(tables[1].rowCount))
      #expect(entry.counts["rows.product"] == Int64(tables[2].rowCount))
      #expect(files[1].name.hasPrefix("data/twins/entity=customer/date=2026-11-22/shards=000-255/"))
      digests.insert(files.map(\.digest))
    }
    #expect(digests.count == 1)
  }

  @Test func `a night that is run again is done, with another catalogue it is another work`() throws {
    let home = try FactHome()
    try home.ingest(RandomFacts(seed: 62, gaps: false).tables, night: night)
    #expect(try home.run(night, and: others).isNew)
    #expect(try !home.run(night, and: others).isNew)
    let before = try products(home, .customer)
    let alone = try home.run(night)
    #expect(alone.isNew)
    #expect(try products(home, .customer) == [] && !before.isEmpty)
    #expect(!alone.entry.materials.contains { $0.name == "twins/customer.yaml" })
    let again = try home.run(night, and: others).entry
    #expect(again.materials.contains { $0.name == "twins/customer.yaml" })
    #expect(try products(home, .customer) == before)
  }

  @Test func `a customer and a product have a card, a key of two kinds has two`() throws {
    let home = try FactHome()
    try home.ingest(RandomFacts(seed: 63, gaps: false).tables, night: night)
    _ = try home.run(night, and: others)
    let customers = TwinNightTests.texts(
      try ParquetFile.read(home.home.url(try #require(try products(home, .customer).first).name)))
    for texts in customers {
      let card = try TwinCard.all(home.home, .houseOfCustomers, key: texts["customer_id"]!, night: nil)[0]
      #expect(card.night == night && card.days.isEmpty && card.weeks.isEmpty)
      for item in card.items where item.name != "as_of" && item.name != "known_by" {
        #expect(item.value ?? "null" == texts[item.name])
      }
      #expect(card.lines[0].hasPrefix("customer \(texts["customer_id"]!), night 2026-11-22, "))
    }
    let cards = try TwinCard.all(home.home, .houseOfProducts, key: "S", night: night)
    #expect(cards.map { card in card.items.first { $0.name == "kind" }?.value } == ["offer", "plan"])
    let error = #expect(throws: TwinError.self) {
      try TwinCard.all(home.home, .houseOfProducts, key: "nothing", night: night)
    }
    #expect(error?.message == "there is no product nothing on 2026-11-22")
    #expect(throws: TwinError.self) { try TwinCard.all(home.home, .houseOfCustomers, key: "S", night: night) }
  }
}
