import Calendar
import Columns
import Datasets
import Ingest
import Ledger
import Testing
import Twins
import Vault

/// Customers that are merged and split: whatever the order in which their links come, the twins are the same.
@Suite struct HoldersOverTimeTests {
  private static let links = [
    // Two customers, and a third one with two subscriptions.
    "S-1,P-1,2026-01-01", "S-2,P-2,2026-01-01", "S-3,P-3,2026-01-01", "S-4,P-3,2026-01-01",
    // P-2 is merged into P-1; P-3 is split; a link that was wrong from the beginning is said again.
    "S-2,P-1,2026-11-10", "S-4,P-4,2026-11-15", "S-5,P-9,2026-01-01", "S-5,P-5,2026-01-01",
  ]

  private func world() throws -> IngestWorld {
    let world = try IngestWorld()
    try world.use(key: (0..<32).map { UInt8($0) })
    try world.feed(
      "subscriptions",
      """
      kind: subscriptions
      files: "subscriptions_*"
      columns:
        subscription: {from: subscription}
        event: {constant: activation}
        effective_date: {from: date}
      """)
    try world.feed(
      "customers",
      """
      kind: customers
      files: "customers_*"
      columns:
        subscription: {from: subscription}
        person: {from: person}
        valid_from: {from: from}
      """)
    try world.deliver(
      "subscriptions_1.csv", "subscription,date\n" + (1...5).map { "S-\($0),2026-01-01\n" }.joined())
    return world
  }

  /// Person and number of its subscriptions, by subscription, at the end of a day as the last night knows it.
  private func persons(_ world: IngestWorld, _ day: String) throws -> [Int64: [Int64?]] {
    let day = try #require(Day(day))
    let twin = try SubscriptionTwin.build(
      .load(
        path: "\(#filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" })/Pipelines/"
          + TwinCatalogue.subscriptionFile),
      state: world.state(), home: world.home, asOf: day, knownBy: #require(Day("2026-12-24")), threads: 1)
    let (ids, persons) = (try twin.int64("subscription_id").values, try twin.int64("person_id"))
    let counts = try twin.int32("person_subscription_count")
    return Dictionary(uniqueKeysWithValues: ids.indices.map { (ids[$0], [persons[$0], counts[$0].map(Int64.init)]) })
  }

  @Test func `merged and split customers are the same in every order of arrival`() throws {
    var random = DrawSequence(seed: 9)
    let days = ["2026-11-01", "2026-11-12", "2026-11-20"]
    for round in 0..<6 {
      let world = try world()
      // The two rows on the link of S-5 keep their order: the newer one corrects the older one.
      var left = round == 0 ? Self.links : random.shuffled(Self.links)
      if let wrong = left.firstIndex(of: Self.links[6]), let right = left.firstIndex(of: Self.links[7]), right < wrong {
        left.swapAt(wrong, right)
      }
      for (file, link) in left.enumerated() {
        try world.deliver("customers_\(10 + file).csv", "subscription,person,from\n\(link)\n")
        try world.night("2026-11-\(20 + file)")
      }
      #expect(try world.rejectCodes().isEmpty, "an overlap of links is no reject")
      let key = try world.key()
      func person(_ name: String) -> Int64 { key.pseudonym(.person, Array(name.utf8)) }
      func twin(_ subscription: String) -> Int64 { key.pseudonym(.subscription, Array(subscription.utf8)) }
      let found = try days.map { try persons(world, $0) }
      #expect(found.map { $0[twin("S-1")] } == [[person("P-1"), 1], [person("P-1"), 2], [person("P-1"), 2]])
      #expect(found.map { $0[twin("S-2")] } == [[person("P-2"), 1], [person("P-1"), 2], [person("P-1"), 2]])
      #expect(found.map { $0[twin("S-3")] } == [[person("P-3"), 2], [person("P-3"), 2], [person("P-3"), 1]])
      #expect(found.map { $0[twin("S-4")] } == [[person("P-3"), 2], [person("P-3"), 2], [person("P-4"), 1]])
      #expect(found.map { $0[twin("S-5")] } == [[person("P-5"), 1], [person("P-5"), 1], [person("P-5"), 1]])
    }
  }
}
