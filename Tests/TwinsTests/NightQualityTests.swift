import Calendar
import Columns
import Datasets
import Ledger
import Testing
import Twins

@Suite struct NightQualityTests {
  private let night = RandomFacts.asOf
  private static let events =
    "name: events_7d, aggregate: sum, of: event_count, window: 7, type: int64, unit: count"

  private func catalogue(_ contract: String, drift: String? = nil) throws -> TwinCatalogue {
    try .small(["\(Self.events), \(contract), description: Events."], drift: drift)
  }

  private func products(_ home: FactHome, _ dataset: Dataset) throws -> [Product] {
    try CommitLog.open(home.home).state(.head).products(dataset.name)
  }

  /// Coverage of use: complete days up to the night, known each on its own day, without those of some ages.
  private func coverage(without ages: Set<Int32> = []) -> Table {
    RandomFacts.table(
      Dataset.coverage.schema,
      (0..<140 as Range<Int64>).map { age -> RandomFacts.Row in
        let day = Int64(night.rawValue) - age
        return [
          "event_date": .whole(day), "known_date": .whole(day), "family": .text("usage"),
          "is_complete": .flag(!ages.contains(Int32(age))),
        ]
      })
  }

  private func facts(seed: UInt64 = 61, _ coverage: Table) -> [String: Table] {
    var tables = RandomFacts(seed: seed, gaps: false).tables
    tables["coverage"] = coverage
    return tables
  }

  @Test func `a breach is a warning, and one that refuses leaves nothing visible`() throws {
    let home = try FactHome()
    try home.ingest(facts(coverage()), night: night)
    let error = #expect(throws: TwinError.self) {
      try home.run(night, try catalogue("contract: {max: -1, on-breach: refuse}"))
    }
    #expect(error?.code == .brokenContract && error?.exitStatus == 65)
    #expect(error?.message.contains("events_7d breaks its contract: max: ") == true)
    #expect(try home.twins.isEmpty && home.states.isEmpty && products(home, .twinProfiles).isEmpty)
    #expect(try CommitLog.open(home.home).state(.head).entries.last?.stage == "ingest")
    let entry = try home.run(night, try catalogue("contract: {max: -1}")).entry
    #expect(entry.warnings.contains { $0.hasPrefix("events_7d breaks its contract: max: ") })
    #expect(entry.counts["brokenContracts"] == 1)
    #expect(try QualityReport(home.home, night: night).breaches.count == 1)
  }

  @Test func `windows that are not complete break no share of missing values`() throws {
    for (ages, isBroken) in [([3], false), ([], true)] as [(Set<Int32>, Bool)] {
      let home = try FactHome()
      try home.ingest(facts(coverage(without: ages)), night: night)
      // A trend is missing for whoever had no use, too.
      let small = try TwinCatalogue.small([
        "name: trend, aggregate: trend, of: roaming_count, recent: 1, usual: 4, type: double, unit: ratio, "
          + "contract: {null-share: 0}, description: Trend."
      ])
      let entry = try home.run(night, small).entry
      #expect(entry.warnings.contains { $0.hasPrefix("trend breaks its contract: null-share") } == isBroken)
    }
  }

  @Test func `nights that are alike do not drift, a planted one does, and the entry names what it was compared with`()
    throws
  {
    let home = try FactHome()
    let small = try catalogue("contract: {min: 0}", drift: "{warn-above: 3, least-rows: 5}")
    var tables = facts(coverage())
    tables["facts/usage"] = nil
    try home.ingest(tables, night: night - 10)
    for age in (1...8).reversed() {
      let entry = try home.run(night - age, small).entry
      #expect(!entry.warnings.contains { $0.hasPrefix("drift") })
      #expect(entry.counts["measuredFields"] == (age == 1 ? 1 : 0))
    }
    let ids = Set(try #require(tables["facts/subscriptions"]).int64("subscription_id").values).sorted()
    let use = ids.map { id -> RandomFacts.Row in
      var row: RandomFacts.Row = [:]
      for field in Dataset.usage.schema.fields where !field.isNullable { row[field.name] = .whole(0) }
      row["event_date"] = .whole(Int64(night.rawValue))
      row["known_date"] = row["event_date"]
      row["subscription_id"] = .whole(id)
      row["event_count"] = .whole(1_000)
      return row
    }
    try home.ingest(["facts/usage": RandomFacts.table(Dataset.usage.schema, use)], night: night)
    let entry = try home.run(night, small).entry
    #expect(entry.warnings.contains { $0.hasPrefix("drift against 8 nights (population stability index): events_7d ") })
    #expect(entry.counts["driftedFields"] == 1)
    #expect(entry.materials.count { $0.name.hasPrefix("data/twin-profiles/entity=subscription/") } == 8)
    #expect(try !home.run(night, small).isNew)
    let report = try QualityReport(home.home, night: nil)
    #expect(
      report.night == night && report.drifted.first?.field == "events_7d" && report.drifted.first?.isWarned == true)
    #expect(report.lines.contains { $0.hasPrefix("  events_7d ") && $0.hasSuffix(", warned of") })
  }

  @Test func `a profile that cannot be read is left out, and the night says so`() throws {
    let home = try FactHome()
    let small = try catalogue("contract: {min: 0}")
    try home.ingest(facts(coverage()), night: night - 3)
    _ = try home.run(night - 1, small)
    let path = home.home.url(try products(home, .twinProfiles)[0].name)
    try SystemCalls.unlink(path)
    try SystemCalls.writeFile(path, Array("no Parquet".utf8))
    let entry = try home.run(night, small).entry
    #expect(entry.warnings.contains { $0.hasPrefix("drift is measured without data/twin-profiles/") })
    #expect(try products(home, .twinProfiles).count == 2)
  }

  @Test func `threads change nothing of what a night says`() throws {
    var digests: Set<SHA256Digest> = []
    for threads in [1, 2, 5] {
      let home = try FactHome()
      try home.ingest(facts(coverage(without: [20])), night: night)
      _ = try home.run(night, threads: threads)
      for dataset in [Dataset.twinProfiles, .twinQuality, .twinCompleteness] {
        digests.formUnion(try products(home, dataset).map(\.digest))
      }
    }
    // One file of each.
    #expect(digests.count == 3)
  }

  @Test func `the entry says how many days are missing, and the dataset which`() throws {
    let home = try FactHome()
    var tables = facts(coverage(without: [9, 12]))
    tables["delivered-days"] = RandomFacts.table(
      Dataset.deliveredDays.schema,
      ([0, 0, 1, 95] as [Int64]).enumerated().map { number, age in
        [
          "event_date": .whole(Int64(night.rawValue) - age), "known_date": .whole(Int64(night.rawValue)),
          "delivery_id": .whole(Int64(number)), "feed": .text("cdr"),
        ]
      })
    try home.ingest(tables, night: night)
    let entry = try home.run(night).entry
    #expect(entry.counts["completeDays.usage"] == 9)
    #expect(entry.counts["missingDays.usage"] == 2)
    #expect(entry.counts["missingDays.bills"] == 0)
    #expect(entry.counts["deliveredDays.cdr"] == 2)
    #expect(entry.materials.contains { $0.name.hasPrefix("data/delivered-days/") })
    let report = try QualityReport(home.home, night: night)
    let usage = try #require(report.days.first { $0.name == "usage" })
    #expect(usage.knownCount == 89 && usage.missing == [night - 12, night - 9])
    let bills = try #require(report.days.first { $0.name == "bills" })
    #expect(bills.knownCount == 0 && bills.missing.isEmpty)
    let feed = try #require(report.days.last)
    #expect(feed.name == "cdr" && !feed.isFamily && feed.knownCount == 2 && feed.missing.count == 89)
    let table = try ParquetFile.read(home.home.url(try products(home, .twinCompleteness)[0].name))
    // A row a day of each family and of the one feed.
    #expect(table.rowCount == 91 * (report.days.count { $0.isFamily } + 1))
    #expect(try table.int64("delivery_count")[table.rowCount - 1] == 2)
    #expect(try !home.run(night).isNew)
  }

  @Test func `a night that is missing has no report`() throws {
    let home = try FactHome()
    #expect(throws: TwinError.self) { try QualityReport(home.home, night: nil) }
    #expect(throws: TwinError.self) { try QualityReport(home.home, night: night) }
  }
}
