import Calendar
import Columns
import Datasets
import Ledger
import Testing
import Twins

@Suite struct DataAllowanceTests {
  private static let night = RandomFacts.asOf

  private static func product(_ key: String, _ allowance: Int64?, begun age: Int64 = 300) -> RandomFacts.Row {
    let day = Int64(night.rawValue) - age
    var row: RandomFacts.Row = [
      "event_date": .whole(day), "known_date": .whole(day), "delivery_id": .whole(1), "product": .text(key),
      "payment_type": .text("postpaid"), "monthly_fee_e4": .whole(100_000),
    ]
    row["data_allowance_bytes"] = allowance.map { .whole($0) }
    return row
  }

  /// A home of one subscription of each product, whose catalogue came file by file.
  private func home(_ files: [(Schema, [RandomFacts.Row])]) throws -> FactHome {
    let home = try FactHome()
    let day = Int64(Self.night.rawValue) - 300
    let subscriptions = ["old", "plain", "zero", "raised", "gone"].enumerated().map { id, product -> RandomFacts.Row in
      [
        "subscription_id": .whole(Int64(id)), "event_date": .whole(day), "known_date": .whole(day),
        "delivery_id": .whole(1), "event": .text("activation"), "product": .text(product),
      ]
    }
    try home.ingest(
      ["facts/subscriptions": RandomFacts.table(Dataset.subscriptions.schema, subscriptions)], night: Self.night - 40)
    for (number, file) in files.enumerated() {
      try home.ingest(["facts/products": RandomFacts.table(file.0, file.1)], night: Self.night - 30 + number)
    }
    _ = try home.run(Self.night, .house, and: [.houseOfProducts])
    return home
  }

  @Test func `an allowance is the one in force, and missing in files of before it was kept`() throws {
    let schema = Dataset.products.schema
    let before = Schema(schema.fields.filter { $0.name != "data_allowance_bytes" })
    let home = try home([
      (before, [Self.product("old", nil)]),
      (
        schema,
        [
          Self.product("plain", nil), Self.product("zero", 0), Self.product("raised", 5_000_000),
          Self.product("raised", 8_000_000, begun: 10),
        ]
      ),
    ])
    let twin = try ParquetFile.read(try home.home.url(#require(home.twins.first).name))
    #expect(try twin.int64("subscription_id").values == [0, 1, 2, 3, 4])
    let allowances = try twin.int64("data_allowance_bytes")
    #expect((0..<5).map { allowances[$0] } == [nil, nil, 0, 8_000_000, nil])
    let files = try CommitLog.open(home.home).state(.head).products("twins/product")
    let products = try ParquetFile.read(home.home.url(#require(files.first).name))
    let keys = try products.string("product_key").values
    let included = try products.int64("data_allowance_bytes")
    #expect(
      Dictionary(uniqueKeysWithValues: keys.indices.map { (keys[$0], included[$0]) })
        == ["old": nil, "plain": nil, "zero": 0, "raised": 8_000_000, "gone": nil])
  }
}
