import Calendar
import Columns
import Datasets
import Ledger
import Testing
import Twins

@Suite struct TwinComparisonTests {
  private static let night = RandomFacts.asOf
  private static let ids: [Int64] = [11, 12, 13, 14].map { $0 << 56 }

  private static func fact(_ id: Int64, age: Int, delivery: Int64, known: Int) -> RandomFacts.Row {
    [
      "subscription_id": .whole(id), "event_date": .whole(Int64((night - age).rawValue)),
      "known_date": .whole(Int64((night - known).rawValue)), "delivery_id": .whole(delivery),
    ]
  }

  private static func use(_ id: Int64, age: Int, delivery: Int64, known: Int, events: Int64 = 1) -> RandomFacts.Row {
    var row = fact(id, age: age, delivery: delivery, known: known)
    for measure in Dataset.usageMeasures { row[measure] = .whole(measure == "event_count" ? events : 0) }
    return row
  }

  private static func activation(_ id: Int64, age: Int) -> RandomFacts.Row {
    var row = fact(id, age: age, delivery: 1, known: 1)
    row["event"] = .text("activation")
    row["payment_type"] = .text("prepaid")
    return row
  }

  /// Every day complete, as the night before and this one knew it.
  private static func coverage(_ families: [String] = ["usage"]) -> Table {
    RandomFacts.table(
      Dataset.coverage.schema,
      families.flatMap { family in
        (0...120).map { age in
          [
            "event_date": .whole(Int64((night - age).rawValue)),
            "known_date": .whole(Int64((night - (age == 0 ? 0 : 1)).rawValue)), "family": .text(family),
            "is_complete": .flag(true),
          ]
        }
      })
  }

  /// Commits the files of one day of use, retiring those of before.
  private static func replaceUse(_ home: FactHome, age: Int, _ rows: [RandomFacts.Row]) throws {
    let transaction = try Transaction.begin(
      home.home, stage: "ingest", date: night, materials: [], configDigest: SHA256Digest(of: "replace \(age)"))
    let date = "date=\(night - age)"
    let old = try CommitLog.open(home.home).state(.head).products("facts/usage").filter { $0.name.contains(date) }
    transaction.retire(old)
    let path = transaction.stagingPath("replaced")
    try ParquetFile.write(RandomFacts.table(Dataset.usage.schema, rows), to: path)
    try transaction.add(
      stagedPath: path, folder: "\(Dataset.usage.folder)/\(date)/shards=000-255", fileName: .digest(ext: "parquet"),
      rowCount: Int64(rows.count))
    try transaction.commit()
  }

  @Test func `late, withdrawn and new facts and mere days are told apart, and name their deliveries`() throws {
    let (late, withdrawn, new, still) = (Self.ids[0], Self.ids[1], Self.ids[2], Self.ids[3])
    let home = try FactHome()
    try home.ingest(
      [
        "facts/subscriptions": RandomFacts.table(
          Dataset.subscriptions.schema, Self.ids.map { Self.activation($0, age: 300) }),
        "facts/usage": RandomFacts.table(
          Dataset.usage.schema,
          [
            Self.use(withdrawn, age: 3, delivery: 7, known: 1, events: 5),
            Self.use(still, age: 3, delivery: 7, known: 1), Self.use(still, age: 7, delivery: 1, known: 1),
          ]),
        "coverage": Self.coverage(),
      ], night: Self.night - 1)
    _ = try home.run(Self.night - 1)
    // The day of age 3 is derived again: `still` is as before, `withdrawn` is gone, `late` has come.
    try Self.replaceUse(
      home, age: 3, [Self.use(still, age: 3, delivery: 7, known: 1), Self.use(late, age: 3, delivery: 8, known: 0)])
    try Self.replaceUse(home, age: 0, [Self.use(new, age: 0, delivery: 9, known: 0)])
    _ = try home.run(Self.night)

    let comparison = try TwinComparison(
      home.home, .house, from: Self.night - 1, to: Self.night, subscription: nil, threads: 2)
    #expect(comparison.commonCount == 4 && comparison.appeared.isEmpty && comparison.gone.isEmpty)
    let week = try #require(comparison.counts.first { $0.field == "event_count_7d" })
    #expect(week.subscriptions == [.late: 1, .withdrawn: 1, .new: 1, .time: 1])
    let tenure = try #require(comparison.counts.first { $0.field == "tenure_days" })
    #expect(tenure.subscriptions == [.time: 4])
    // Of every field only what is late or withdrawn is listed; the log names no delivery of such facts.
    #expect(Set(comparison.changes.map(\.reason)) == [.late, .withdrawn])
    let changes = comparison.changes.filter { $0.field == "event_count_7d" }
    #expect(changes.map(\.subscriptionID) == [late, withdrawn])
    #expect(changes.map(\.old) == ["0", "5"] && changes.map(\.new) == ["1", "0"])
    #expect(changes.allSatisfy { $0.deliveries == ["no delivery that counts"] })

    let one = try TwinComparison(
      home.home, .house, from: Self.night - 1, to: Self.night, subscription: still, threads: 1)
    #expect(one.changes.allSatisfy { $0.subscriptionID == still && $0.reason == .time })
    #expect(one.changes.contains { $0.field == "event_count_7d" && $0.old == "2" && $0.new == "1" })
    #expect(one.counts.map(\.field) == comparison.counts.map(\.field))
  }

  @Test func `a contact to a person about no subscription is a reason for each of them`() throws {
    let home = try FactHome()
    let person: Int64 = 77
    var link = Self.fact(Self.ids[0], age: 200, delivery: 1, known: 1)
    link["person_id"] = .whole(person)
    var contact = Self.fact(Self.ids[0], age: 5, delivery: 3, known: 0)
    contact["subscription_id"] = nil
    contact["person_id"] = .whole(person)
    contact["contacted_at"] = .whole(1)
    contact["channel"] = .text("sms")
    // Dated ahead of the first night, and known by it: new to the second.
    var ahead = contact
    ahead["event_date"] = .whole(Int64(Self.night.rawValue))
    ahead["known_date"] = .whole(Int64((Self.night - 1).rawValue))
    ahead["contacted_at"] = .whole(2)
    ahead["channel"] = .text("email")
    try home.ingest(
      [
        "facts/subscriptions": RandomFacts.table(
          Dataset.subscriptions.schema, Self.ids[..<2].map { Self.activation($0, age: 300) }),
        "facts/links": RandomFacts.table(Dataset.links.schema, [link]),
        "facts/contacts": RandomFacts.table(Dataset.contacts.schema, [ahead]),
      ], night: Self.night - 1)
    _ = try home.run(Self.night - 1)
    let first = try TwinComparison(
      home.home, .house, from: Self.night - 1,
      to: {
        _ = try home.run(Self.night); return Self.night
      }(),
      subscription: nil, threads: 1)
    #expect(first.counts.first { $0.field == "contact_count_7d" }?.subscriptions == [.new: 1])
    try home.ingest(["facts/contacts": RandomFacts.table(Dataset.contacts.schema, [contact])], night: Self.night)
    _ = try home.run(Self.night)
    let second = try TwinComparison(
      home.home, .house, from: Self.night - 1, to: Self.night, subscription: nil, threads: 1)
    let change = try #require(second.changes.first { $0.field == "contact_count_28d" })
    #expect(change.subscriptionID == Self.ids[0] && change.reason == .late)
    #expect(change.old == "0" && change.new == "2")
  }

  @Test func `relations have the reasons of the use behind them, and fields of consent those of the decision`() throws {
    let (late, agreed) = (Self.ids[0], Self.ids[1])
    func link(_ id: Int64, _ person: Int64) -> RandomFacts.Row {
      Self.fact(id, age: 200, delivery: 1, known: 1).merging(["person_id": .whole(person)]) { $1 }
    }
    func meeting(_ id: Int64, age: Int, with partner: Int64, known: Int) -> RandomFacts.Row {
      Self.fact(id, age: age, delivery: 7, known: known)
        .merging(["counterparty_hash": .whole(partner), "event_count": .whole(1)]) { $1 }
    }
    func consents(_ person: Int64, age: Int, known: Int) -> Table {
      let row = Self.fact(0, age: age, delivery: 1, known: known).merging([
        "person_id": .whole(person), "decided_at": .whole(Int64((Self.night - age).rawValue) * 86_400_000_000),
        "channel": .text("any"), "purpose": .text("traffic"), "is_granted": .flag(true),
      ]) { $1 }
      return RandomFacts.table(Dataset.consents.schema, [row])
    }
    let home = try FactHome()
    try home.ingest(
      [
        "facts/subscriptions": RandomFacts.table(
          Dataset.subscriptions.schema, Self.ids[..<2].map { Self.activation($0, age: 300) }),
        "facts/links": RandomFacts.table(Dataset.links.schema, [link(late, 71), link(agreed, 72)]),
        "facts/consents": consents(71, age: 100, known: 1),
        "facts/usage": RandomFacts.table(
          Dataset.usage.schema, [late, agreed].map { Self.use($0, age: 3, delivery: 7, known: 1) }),
        "facts/counterparties": RandomFacts.table(
          Dataset.counterparties.schema, [late, agreed].map { meeting($0, age: 3, with: 5, known: 1) }),
        "coverage": Self.coverage(["usage", "counterparties"]),
      ], night: Self.night - 1)
    _ = try home.run(Self.night - 1)
    try Self.replaceUse(home, age: 2, [Self.use(late, age: 2, delivery: 7, known: 0)])
    try home.ingest(
      [
        "facts/consents": consents(72, age: 0, known: 0),
        "facts/counterparties": RandomFacts.table(
          Dataset.counterparties.schema, [meeting(late, age: 2, with: 6, known: 0)]),
      ], night: Self.night)
    _ = try home.run(Self.night)
    let comparison = try TwinComparison(
      home.home, .house, from: Self.night - 1, to: Self.night, subscription: nil, threads: 2)
    let count = try #require(comparison.counts.first { $0.field == "counterparty_count_28d" })
    #expect(count.subscriptions == [.late: 1, .new: 1])
    let change = try #require(comparison.changes.first { $0.field == "counterparty_count_28d" })
    #expect(change.subscriptionID == late && change.old == "1" && change.new == "2")
  }

  @Test func `subscriptions of one night only are named, and a night without twins is an error`() throws {
    let home = try FactHome()
    var termination = Self.fact(Self.ids[1], age: 0, delivery: 2, known: 0)
    termination["event"] = .text("termination")
    var activation = Self.fact(Self.ids[2], age: 0, delivery: 2, known: 0)
    activation["event"] = .text("activation")
    try home.ingest(
      [
        "facts/subscriptions": RandomFacts.table(
          Dataset.subscriptions.schema, Self.ids[..<2].map { Self.activation($0, age: 300) })
      ], night: Self.night - 1)
    _ = try home.run(Self.night - 1)
    try home.ingest(
      ["facts/subscriptions": RandomFacts.table(Dataset.subscriptions.schema, [termination, activation])],
      night: Self.night)
    _ = try home.run(Self.night)
    let comparison = try TwinComparison(
      home.home, .house, from: Self.night - 1, to: Self.night, subscription: nil, threads: 2)
    #expect(comparison.commonCount == 1)
    #expect(comparison.appeared == [Self.ids[2]] && comparison.gone == [Self.ids[1]])
    #expect(throws: TwinError.self) {
      try TwinComparison(home.home, .house, from: Self.night - 5, to: Self.night, subscription: nil, threads: 2)
    }
  }
}
