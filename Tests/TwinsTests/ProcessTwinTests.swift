import Calendar
import Columns
import Configuration
import Datasets
import Ledger
import Testing
import Twins

@Suite struct ProcessTwinTests {
  private static let night = RandomFacts.asOf

  private static func build(_ facts: RandomFacts, at moment: TwinMoment, threads: Int = 2) throws -> Table {
    let twinFacts = TwinFacts(facts.tables, usage: [UsagePart(facts.tables["facts/usage"]!)])
    let usage = try UsageWindows.rebuild(
      TwinCatalogue.house.usePlan, twinFacts.usage, at: moment, threads: threads)
    let twin = try ProcessTwin(
      .houseOfProcesses, twinFacts, UseDays(usage), at: moment, threads: threads)
    return twin.table(0..<twin.rowCount)
  }

  /// The fields in which two twins differ.
  private static func differences(_ fast: [[String: String]], _ naive: [[String: String]]) -> [String] {
    func keys(_ rows: [[String: String]]) -> [String] { rows.map { "\($0["process_id"]!) \($0["kind"]!)" } }
    guard keys(fast) == keys(naive) else {
      return ["other rows: \(Set(keys(fast)).symmetricDifference(keys(naive)).sorted().prefix(5))"]
    }
    return zip(fast, naive).flatMap { fast, naive in
      Set(fast.keys).union(naive.keys).sorted().compactMap { name in
        fast[name] == naive[name]
          ? nil
          : "\(fast["kind"]!) \(fast["process_id"]!) \(name): \(fast[name] ?? "absent"), \(naive[name] ?? "absent")"
      }
    }
  }

  @Test(arguments: [1, 101, 201, 301] as [UInt64])
  func `the twin of random histories equals the naive one, whatever the order of arrival`(first: UInt64) throws {
    for seed in first..<first + 4 {
      let facts = try RandomFacts.withCases(seed: seed, gaps: seed % 2 == 0)
      for (asOf, knownBy) in [
        (Self.night, Self.night), (Self.night - 12, Self.night - 12), (Self.night - 12, Self.night),
      ] {
        let moment = TwinMoment(asOf: asOf, knownBy: knownBy)
        let fast = try Self.build(facts, at: moment)
        let naive = NaiveProcesses(facts.tables, asOf: asOf, knownBy: knownBy).rows()
        let found = Self.differences(TwinNightTests.texts(fast), naive)
        #expect(found.isEmpty, "seed \(seed): \(found.prefix(5))")
        guard found.isEmpty else { return }
        #expect(try Self.build(facts.arriving(in: seed + 9), at: moment, threads: 3) == fast, "seed \(seed)")
      }
    }
  }

  @Test func `random histories come to every state, reopen, change hands and fill every field`() throws {
    var seen: [String: Set<String>] = [:]
    for seed in 1...20 as ClosedRange<UInt64> {
      let facts = try RandomFacts.withCases(seed: seed, gaps: seed % 2 == 0)
      let moment = TwinMoment(asOf: Self.night, knownBy: Self.night)
      for row in TwinNightTests.texts(try Self.build(facts, at: moment)) {
        for (name, text) in row { seen[name, default: []].insert(text) }
        seen["\(row["kind"]!) states", default: []].insert(row["state"]!)
      }
    }
    #expect(seen["ticket states"] == ["open", "pending", "resolved", "closed"])
    #expect(seen["order states"] == ["placed", "on-hold", "in-progress", "completed", "cancelled"])
    #expect(
      seen["onboarding states"] == [
        "activated", "used", "billed", "paid", "settling", "stalled", "settled", "ended",
      ])
    #expect(seen["reopen_count"]!.isSuperset(of: ["0", "1", "2"]))
    #expect(seen["handoff_count"]!.isSuperset(of: ["null", "0", "1", "2"]))
    #expect(seen["breach_risk"]!.count > 50 && seen["breach_risk"]!.contains("null"))
    for field in TwinCatalogue.houseOfProcesses.fields {
      let texts = try #require(seen[field.name], "\(field.name)")
      #expect(texts != ["null"], "\(field.name) is never filled")
      guard field.column.isNullable, !field.name.contains("target"), field.name != "is_breached" else { continue }
      #expect(texts.contains("null"), "\(field.name) is never missing")
    }
  }

  @Test func `a late row takes its place, and a night that did not know it stays as it was`() throws {
    let day = Int64(Self.night.rawValue)
    func ticket(_ date: Int64, _ known: Int64, _ status: String) -> RandomFacts.Row {
      [
        "subscription_id": .whole(1), "event_date": .whole(date), "known_date": .whole(known),
        "delivery_id": .whole(known),
        "ticket_id": .whole(5), "opened_date": .whole(day - 9), "status": .text(status), "category": .text("billing"),
      ]
    }
    var facts = try RandomFacts.withCases(seed: 1, gaps: false)
    facts.tables["facts/tickets"] = RandomFacts.table(
      Dataset.tickets.schema,
      [
        ticket(day - 9, day - 9, "open"), ticket(day - 6, day - 1, "resolved"), ticket(day - 4, day - 4, "open"),
        ticket(day - 4, day - 3, "open"),
      ])
    func row(knownBy: Day) throws -> [String: String] {
      let table = try Self.build(facts, at: TwinMoment(asOf: Self.night, knownBy: knownBy))
      return try #require(TwinNightTests.texts(table).first { $0["kind"] == "ticket" })
    }
    let before = try row(knownBy: Self.night - 2)
    #expect(before["state"] == "open" && before["reopen_count"] == "0" && before["change_count"] == "1")
    #expect(before["days_in_state"] == "9")
    let after = try row(knownBy: Self.night)
    #expect(after["state"] == "open" && after["reopen_count"] == "1" && after["change_count"] == "2")
    #expect(after["days_in_state"] == "4" && after["days_open"] == "9")
    #expect(after["is_breached"] == "true" && after["breach_risk"] == "1.0")
  }

  @Test func `a night publishes processes beside subscriptions, with the same bytes for any threads`() throws {
    let facts = try RandomFacts.withCases(seed: 3, gaps: false)
    var digests: Set<SHA256Digest> = []
    for threads in [1, 2, 5] {
      let home = try FactHome()
      try home.ingest(facts.tables, night: Self.night)
      let entry = try home.run(Self.night, and: [.houseOfProcesses], threads: threads).entry
      let products = try CommitLog.open(home.home).state(.head).products("twins/process")
      #expect(products.count == 1)
      let table = try ParquetFile.read(home.home.url(products[0].name))
      #expect(table.schema == TwinCatalogue.houseOfProcesses.schema)
      let moment = TwinMoment(asOf: Self.night, knownBy: Self.night)
      #expect(try Self.build(facts, at: moment) == table)
      #expect(entry.counts["processes"] == Int64(table.rowCount))
      #expect(entry.counts["openProcesses"] == Int64(try table.bool("is_closed").values.count { !$0 }))
      #expect(entry.materials.contains { $0.name == "twins/process.yaml" })
      #expect(entry.materials.contains { $0.name.hasPrefix("data/facts/feed=orders/") })
      #expect(try !home.run(Self.night, and: [.houseOfProcesses]).isNew)
      digests.formUnion(products.map(\.digest))
    }
    #expect(digests.count == 1)
  }

  @Test func `tickets of before queues were kept name none, those of after it do`() throws {
    let day = Int64(Self.night.rawValue)
    func ticket(_ id: Int64, _ status: String, _ queue: String) -> RandomFacts.Row {
      [
        "subscription_id": .whole(1), "event_date": .whole(day - 1), "known_date": .whole(day - 1 + id / 5),
        "delivery_id": .whole(1), "ticket_id": .whole(id), "opened_date": .whole(day - 2), "status": .text(status),
        "category": .text("billing"), "queue": .text(queue),
      ]
    }
    let home = try FactHome()
    let before = Schema(Dataset.tickets.schema.fields.filter { $0.name != "queue" })
    try home.ingest(
      ["facts/tickets": RandomFacts.table(before, [ticket(4, "open", "never said")])], night: Self.night - 1)
    try home.ingest(
      ["facts/tickets": RandomFacts.table(Dataset.tickets.schema, [ticket(5, "open", "first line")])],
      night: Self.night)
    _ = try home.run(Self.night, and: [.houseOfProcesses])
    let products = try CommitLog.open(home.home).state(.head).products("twins/process")
    let rows = TwinNightTests.texts(try ParquetFile.read(home.home.url(products[0].name)))
    #expect(rows.map { $0["queue"] } == ["null", "first line"])
    #expect(rows.map { $0["handoff_count"] } == ["null", "0"])
  }

  @Test func `a home without cases has an empty twin of processes`() throws {
    let home = try FactHome()
    let entry = try home.run(Self.night, and: [.houseOfProcesses]).entry
    #expect(entry.counts["processes"] == 0)
    let products = try CommitLog.open(home.home).state(.head).products("twins/process")
    #expect(products.map(\.rowCount) == [0])
  }
}
