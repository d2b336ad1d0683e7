import Calendar
import Columns
import Datasets
import FoundationEssentials
import Ingest
import Ledger
import Testing
import Twins
import Vault

/// Promise 9: from a field of a twin to the lines of its deliveries, and back.
@Suite struct DeliveryLineageTests {
  private static let sums = [
    "voice_out_seconds_7d", "voice_out_seconds_life", "charge_e4_28d", "data_down_bytes_28d", "data_count_28d",
    "weekend_event_count_28d", "counterparty_event_count_28d", "payment_e4_91d", "payment_count_91d",
  ]

  private func trace(
    _ world: LineageWorld, _ subscription: Int, _ fields: [String], _ night: String
  ) throws -> [(facts: FieldFacts, origins: [[DeliveryLineage.Origin]])] {
    let id = try world.world.key().pseudonym(.subscription, Array("S-\(subscription)".utf8))
    let day = try #require(Day(night))
    let lineage = try DeliveryLineage(
      world.world.home, configuration: world.world.folder + "/config", knownBy: day, threads: 2)
    let facts = try fields.map {
      try FieldFacts(world.world.home, world.catalogue, subscription: id, field: $0, night: day)
    }
    // All fields at once: each delivery is read once.
    var origins = try lineage.origins(of: facts.flatMap(\.sources).map { .init($0.dataset, $0.facts) })[...]
    return facts.map { facts in
      defer { origins = origins.dropFirst(facts.sources.count) }
      return (facts, Array(origins.prefix(facts.sources.count)))
    }
  }

  /// The delivered text of a record, found by its lines; checks that its byte offset leads to the same place.
  private func text(_ record: DeliveryRecord, _ delivery: TakenDelivery, _ world: LineageWorld) throws -> String {
    let name = delivery.file.sha256.hex + (record.member.map { "/\($0)" } ?? "")
    let text = try #require(world.texts[name], "\(delivery.file.name) was delivered")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let found = lines[Int(record.line) - 1...Int(record.lastLine) - 1].joined(separator: "\n")
    let bytes = Array(text.utf8.dropFirst(Int(record.byte)).prefix(found.utf8.count))
    #expect(String(decoding: bytes, as: UTF8.self) == found)
    return found
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `the lines of every fact add up to the field`(seed: UInt64) throws {
    var world = try LineageWorld(seed: seed)
    try world.run()
    var compared = 0
    var deliveries: Set<String> = []
    for night in LineageWorld.nights.dropFirst() {
      for subscription in 0..<6 {
        for (facts, origins) in try trace(world, subscription, Self.sums, night) {
          let field = facts.field.name
          let source = try #require(facts.sources.first)
          #expect(facts.sources.count == 1 && source.addsUp)
          var sum: Int64 = 0
          for (row, origin) in try #require(origins.first).enumerated() {
            #expect(origin.problem == nil, "\(field) of S-\(subscription) on \(night)")
            let delivery = try #require(origin.delivery)
            deliveries.insert(delivery.file.feed)
            #expect(!origin.records.isEmpty)
            for record in origin.records {
              let line = try text(record, delivery, world).split(separator: ",", omittingEmptySubsequences: false)
              let worth =
                source.dataset == .counterparties
                ? 1
                : record.measures.isEmpty
                  ? try #require(source.contributions)[row] : source.contribution(ofUse: record.measures)
              sum += worth
              switch (delivery.file.feed, source.measures) {
              case ("calls", ["voice_out_seconds"]): #expect("\(worth)" == line[4])
              case ("calls", ["charge_e4"]):
                #expect(worth == Int64(line[5].dropFirst(2)).map { $0 * 100 })
              case ("payments", ["amount_e4"]):
                let parts = line[3].split(separator: ".").compactMap { Int64($0) }
                #expect(worth == parts[0] * 10_000 + (parts.count > 1 ? parts[1] * 100 : 0) && line[4] == "0")
              default: break
              }
            }
          }
          let value = try #require(facts.value, "\(field) is known")
          #expect("\(sum)" == value, "\(field) of S-\(subscription) on \(night)")
          compared += sum == 0 ? 0 : 1
        }
      }
    }
    #expect(compared > 60)
    #expect(deliveries == ["calls", "sessions", "payments"])
  }

  @Test func `the fact of a ticket is the line of its newest state`() throws {
    var world = try LineageWorld(seed: 4)
    try world.run()
    var count = 0
    for subscription in 0..<6 {
      let (facts, origins) = try #require(try trace(world, subscription, ["ticket_count_91d"], "2026-11-22").first)
      #expect(facts.value == "\(origins[0].count)")
      for origin in origins[0] {
        let delivery = try #require(origin.delivery)
        #expect(origin.problem == nil && origin.records.count == 1)
        let line = try text(origin.records[0], delivery, world)
        // Every night said something of each ticket, the last one what holds; t0 was opened before the window.
        #expect(delivery.night.description == "2026-11-22" && !line.hasPrefix("t0,"))
        #expect(line.contains(",S-\(subscription),"))
        count += 1
      }
    }
    #expect(count > 6)
  }

  @Test func `a record that a replay repaired is named where it was delivered`() throws {
    let world = try IngestWorld()
    try world.use(key: (0..<32).map { UInt8($0) })
    try world.addCallFeeds()
    let text = IngestWorld.header + "1,01700000002,,2026-11-20 10:00:00,60,\n2,01700000002,,2026-11-20 11:00:00,x,\n"
    try world.deliver("calls_1.csv", text)
    try world.night("2026-11-20")
    let bad = try #require(text.utf8.firstRange(of: "2,0170".utf8)).lowerBound.utf16Offset(in: text)
    let digest = SHA256Digest(of: text)
    try world.deliver("repairs.ndjson", "")
    let file = world.folder + "/repairs.ndjson"
    try Data(
      """
      {"sha256":"\(digest.hex)","member_index":0,"record_byte":\(bad),"row":"2,01700000002,,2026-11-20 11:00:00,7,"}

      """.utf8
    ).write(to: URL(filePath: file))
    try world.remove("repairs.ndjson")
    let night = try #require(Day("2026-11-21"))
    var replay = Replay(home: world.home, night: night, file: file)
    replay.configuration = world.folder + "/config"
    _ = try replay.run()
    let usage = try world.table(.usage)
    let origins = try DeliveryLineage(
      world.home, configuration: world.folder + "/config", knownBy: night, threads: 1
    ).origins(of: [.init(.usage, usage)])[0]
    #expect(usage.rowCount == 2)
    #expect(origins.allSatisfy { $0.problem == nil })
    let records = origins.flatMap(\.records).sorted { $0.line < $1.line }
    #expect(records.map(\.line) == [2, 3])
    #expect(records.map(\.isRepaired) == [false, true])
    #expect(records.map { $0.measures[1] } == [60, 7])
    #expect(records[1].byte == Int64(bad))
  }

  @Test func `what cannot be read again is told fact by fact`() throws {
    let world = try IngestWorld()
    try world.use(key: (0..<32).map { UInt8($0) })
    try world.addCallFeeds()
    let night = try #require(Day("2026-11-20"))
    for (name, number) in [("calls_1.csv", 1), ("calls_2.csv", 2), ("calls_3.csv", 3)] {
      try world.deliver(name, IngestWorld.header + "\(number),01700000002,,2026-11-20 10:00:00,60,\n")
    }
    try world.night("2026-11-20")
    let usage = try world.table(.usage)
    let names = Dictionary(
      uniqueKeysWithValues: try world.state().deliveries.map { ($0.file.sha256.head63, $0.file) })
    func problems(_ facts: Table) throws -> [String: String?] {
      let origins = try DeliveryLineage(
        world.home, configuration: world.folder + "/config", knownBy: night, threads: 2
      ).origins(of: [.init(.usage, facts)])[0]
      return Dictionary(
        uniqueKeysWithValues: zip(try facts.int64("delivery_id").values, origins).map {
          (names[$0]?.name ?? "nobody", $1.problem)
        })
    }
    #expect(try problems(usage) == ["calls_1.csv": nil, "calls_2.csv": nil, "calls_3.csv": nil])

    func kept(_ name: String) throws -> String {
      let file = try #require(names.values.first { $0.name == name })
      return world.home.url("\(KeptDeliveries.folder)/\(file.sha256.hex)")
    }
    try FileManager.default.removeItem(atPath: kept("calls_1.csv"))
    try Data("other".utf8).write(to: URL(filePath: kept("calls_2.csv")), options: .atomic)
    #expect(
      try problems(usage) == [
        "calls_1.csv": "it is not kept any more", "calls_2.csv": "its bytes were changed after it was taken",
        "calls_3.csv": nil,
      ])
    // The feed reads another column now: the record is there, and says something else.
    let path = world.folder + "/config/feeds/calls.yaml"
    let feed = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    try Data(feed.replacing("{from: seconds}", with: "{from: id}").utf8).write(to: URL(filePath: path))
    #expect(try problems(usage)["calls_3.csv"]??.hasPrefix("its records add up to something else now") == true)
    try FileManager.default.removeItem(atPath: path)
    #expect(try problems(usage)["calls_3.csv"] == "its feed is not configured")
    try Data(feed.utf8).write(to: URL(filePath: path))

    let key = world.home.url(PseudonymKey.fileName)
    try FileManager.default.moveItem(atPath: key, toPath: world.folder + "/key")
    #expect(try problems(usage)["calls_3.csv"] == "the key of the vault cannot be read")
    try FileManager.default.moveItem(atPath: world.folder + "/key", toPath: key)
    #expect(try problems(usage)["calls_3.csv"] == .some(nil))
  }
}
