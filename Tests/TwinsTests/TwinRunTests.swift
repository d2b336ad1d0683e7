import Calendar
import Columns
import Datasets
import Ledger
import Testing
import Twins

@Suite struct TwinRunTests {
  private let night = RandomFacts.asOf

  @Test func `a night's twins are published once, from files, and equal those from tables`() throws {
    let facts = RandomFacts(seed: 5, gaps: false)
    let home = try FactHome()
    try home.ingest(facts.tables, night: night)
    let first = try home.run(night)
    #expect(first.isNew)
    let products = try home.twins
    #expect(products.count == 1)
    #expect(products[0].name.hasPrefix("data/twins/entity=subscription/date=2026-11-22/shards=000-255/"))
    let table = try ParquetFile.read(home.home.url(products[0].name))
    #expect(table.schema == TwinCatalogue.house.schema)
    let moment = TwinMoment(asOf: night, knownBy: night)
    #expect(try TwinNightTests.build(facts, at: [moment])[0] == table)
    #expect(first.entry.counts["rows"] == Int64(table.rowCount))
    #expect(first.entry.counts["inNotice"] == Int64(try table.bool("is_in_notice").values.count { $0 }))
    #expect(first.entry.counts["completeDays.usage"] == 91)
    // Drawn facts know nothing of a share's bounds; nothing else is to be said of them.
    #expect(first.entry.warnings.filter { !$0.contains("_share_") } == [])

    let again = try home.run(night)
    #expect(!again.isNew)
    #expect(again.entry.sequence == first.entry.sequence)
  }

  @Test func `threads change no byte`() throws {
    let facts = RandomFacts(seed: 6, gaps: true)
    var digests: Set<SHA256Digest> = []
    for threads in [1, 2, 5] {
      let home = try FactHome()
      try home.ingest(facts.tables, night: night)
      _ = try home.run(night, threads: threads)
      digests.formUnion(try (home.twins + home.states).map(\.digest))
    }
    // One file of each.
    #expect(digests.count == 2)
  }

  @Test func `new facts replace the night's twins`() throws {
    let home = try FactHome()
    try home.ingest(RandomFacts(seed: 7, gaps: false).tables, night: night - 1)
    let first = try home.run(night)
    let old = try home.twins
    let oldStates = try home.states
    try home.ingest(["facts/usage": RandomFacts(seed: 8, gaps: false).tables["facts/usage"]!], night: night)
    let second = try home.run(night)
    #expect(second.isNew)
    #expect(second.entry.sequence > first.entry.sequence)
    #expect(Set(second.entry.retired).isSuperset(of: (oldStates + old).map(\.name)))
    // What the first run said of its twin goes with it: profiles, verdicts, completeness.
    #expect(second.entry.retired.count == oldStates.count + old.count + 3)
    #expect(try home.twins.count == 1)
    #expect(try home.twins != old)
  }

  @Test func `a missing delivery is a warning that names family and day, history that ends is none`() throws {
    var facts = RandomFacts(seed: 9, gaps: false)
    facts.tables["coverage"] = RandomFacts.table(
      Dataset.coverage.schema,
      (0..<60).flatMap { age -> [RandomFacts.Row] in
        ["usage", "bills"].map { family in
          [
            "event_date": .whole(Int64(night.rawValue) - age), "known_date": .whole(Int64(night.rawValue)),
            "family": .text(family), "is_complete": .flag(family == "bills" || age != 9),
          ]
        }
      })
    let home = try FactHome()
    try home.ingest(facts.tables, night: night)
    let entry = try home.run(night).entry
    #expect(
      entry.warnings == ["usage: the deliveries of 2026-11-13 are not complete; windows of 28, 91 days are unknown"])
    #expect(entry.counts["completeDays.usage"] == 9)
    #expect(entry.counts["completeDays.bills"] == 60)
    #expect(entry.counts["completeDays.tickets"] == 0)
    let table = try ParquetFile.read(home.home.url(try home.twins[0].name))
    #expect(try table.int64("event_count_7d").validity == nil)
    #expect(try table.int64("event_count_28d").validity?.contains(true) == false)
  }

  @Test func `a home without facts has an empty twin and says so`() throws {
    let home = try FactHome()
    let entry = try home.run(night).entry
    #expect(entry.counts["rows"] == 0)
    #expect(entry.warnings == ["no subscription lives at the end of 2026-11-22"])
  }

  @Test func `a damaged fact file stops the stage and publishes nothing`() throws {
    let home = try FactHome()
    try home.ingest(RandomFacts(seed: 7, gaps: false).tables, night: night)
    let links = try CommitLog.open(home.home).state(.head).products("facts/links")[0]
    let path = home.home.url(links.name)
    try SystemCalls.unlink(path)
    try SystemCalls.writeFile(path, Array("no Parquet".utf8))
    let error = #expect(throws: ColumnsError.self) { try home.run(night) }
    #expect(error?.code == .damagedFile)
    #expect(try home.twins == [])
  }

  /// Facts that the nights three days apart learn, the last one `night`: the first lot of every family, the others of use
  /// alone. Ids are the same, so that what is late meets what is there.
  private func lots(_ count: Int) -> [(day: Day, tables: [String: Table])] {
    (0..<count).map { number in
      let day: Day = night - 3 * (count - 1 - number)
      var tables = RandomFacts(seed: UInt64(300 + number), gaps: false).tables
      if number > 0 { tables = tables.filter { $0.key == "facts/usage" } }
      return (day, tables.mapValues { learned($0, by: day) })
    }
  }

  /// Facts that were known by a night at the latest.
  private func learned(_ table: Table, by day: Day) -> Table {
    let columns = zip(table.schema.fields, table.columns).map { field, column -> Column in
      guard field.name == "known_date", case .date(let dates) = column else { return column }
      return .date(TypedColumn(dates.values.map { min($0, day.rawValue) }))
    }
    return Table(table.schema, columns)
  }

  @Test func `nights that roll have the twins and the sums of one that reads every fact`() throws {
    let lots = lots(4)
    let rolling = try FactHome()
    for (number, (day, lot)) in lots.enumerated() {
      try rolling.ingest(lot, night: day)
      let entry = try rolling.run(day).entry
      #expect(!entry.warnings.contains { $0.contains("every fact") })
      let states = entry.materials.filter { $0.name.hasPrefix("data/state/entity=usage/") }
      #expect(states.map { $0.name.contains("date=\(day - 3)/") } == (number == 0 ? [] : [true]))
      #expect(try !rolling.run(day).isNew)
    }
    let whole = try FactHome()
    for (day, lot) in lots { try whole.ingest(lot, night: day) }
    let entry = try whole.run(night).entry
    #expect(!entry.materials.contains { $0.name.hasPrefix("data/state/") })
    let suffix = "date=\(night)/"
    #expect(try whole.twins == rolling.twins.filter { $0.name.contains(suffix) })
    #expect(try whole.states == rolling.states.filter { $0.name.contains(suffix) })
  }

  @Test func `sums of nights long past are live no more`() throws {
    let home = try FactHome()
    try home.ingest(lots(1)[0].tables, night: night - 20)
    for age in [20, 12, 11, 5, 4] { _ = try home.run(night - age) }
    #expect(
      try home.states.map { $0.name.split(separator: "/")[3] }.map(String.init)
        == [11, 5, 4].map { "date=\(night - $0)" })
    // An earlier night still finds those of its time.
    #expect(try !home.run(night - 12).isNew)
  }

  @Test func `a night that is caught up later leaves the nights after it as they are`() throws {
    let home = try FactHome()
    try home.ingest(lots(1)[0].tables, night: night - 2)
    for day in [night - 2, night] as [Day] { #expect(try home.run(day).isNew) }
    #expect(try home.run(night - 1).isNew)
    #expect(try !home.run(night).isNew)
    #expect(try !home.run(night - 2).isNew)
  }

  @Test func `a state of other versions is not rolled`() throws {
    let home = try FactHome()
    try home.ingest(lots(1)[0].tables, night: night - 1)
    _ = try home.run(night - 1)
    let entry = try home.run(night, version: "another").entry
    #expect(!entry.materials.contains { $0.name.hasPrefix("data/state/") })
    #expect(try home.run(night + 1, version: "another").entry.materials.contains { $0.name.hasPrefix("data/state/") })
  }

  @Test func `another fact file in the place of one that was added stops the night that would move it`() throws {
    let home = try FactHome()
    try home.ingest(lots(1)[0].tables, night: night - 1)
    _ = try home.run(night - 1)
    let usage = try CommitLog.open(home.home).state(.head).products("facts/usage")
    // Of age 6, so that it passes into the next ring.
    let moved = try #require(usage.first { $0.name.contains("date=\(night - 7)/") })
    let path = home.home.url(moved.name)
    let table = try ParquetFile.read(path)
    try SystemCalls.unlink(path)
    try ParquetFile.write(table.rows(at: [0]), to: path)
    let error = #expect(throws: ColumnsError.self) { try home.run(night) }
    #expect(error?.code == .damagedFile)
  }

  @Test(arguments: ["gone", "damaged", "changed"])
  func `sums that cannot be used are made again from every fact, and the night says so`(fate: String) throws {
    let (home, whole) = (try FactHome(), try FactHome())
    let lots = lots(2)
    for other in [home, whole] {
      try other.ingest(lots[0].tables, night: lots[0].day)
      if other === home { _ = try other.run(lots[0].day) }
      try other.ingest(lots[1].tables, night: night)
    }
    let path = home.home.url(try home.states[0].name)
    var bytes = try SystemCalls.readFile(path)
    try SystemCalls.unlink(path)
    if fate != "gone" {
      if fate == "changed" { bytes[bytes.count / 3] ^= 1 } else { bytes = Array("no Parquet".utf8) }
      try SystemCalls.writeFile(path, bytes)
    }
    let entry = try home.run(night).entry
    #expect(entry.warnings[0].hasPrefix("every fact of use was read, since yesterday's sums could not: "))
    #expect(!entry.materials.contains { $0.name.hasPrefix("data/state/") })
    _ = try whole.run(night)
    #expect(try home.twins.last == whole.twins.last)
    #expect(try home.states.last == whole.states.last)
    #expect(try !home.run(night).isNew)
  }
}
