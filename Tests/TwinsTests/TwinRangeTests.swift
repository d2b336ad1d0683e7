import Calendar
import Columns
import Datasets
import Ledger
import Testing
import Twins

@Suite struct TwinRangeTests {
  private static let night = RandomFacts.asOf
  private static let others: [TwinCatalogue] = [.houseOfCustomers, .houseOfProducts, .houseOfProcesses]
  private static let datasets =
    ["state/usage", "twins/subscription", "twins/customer", "twins/product", "twins/process"]

  /// Random facts whose subscriptions lie in many shards.
  private static func facts(seed: UInt64) -> [String: Table] {
    RandomFacts(seed: seed, gaps: false).tables.mapValues { table in
      let columns = zip(table.schema.fields, table.columns).map { field, column -> Column in
        guard field.name == "subscription_id", case .int64(var ids) = column else { return column }
        for row in ids.values.indices { ids.values[row] <<= 45 }
        return .int64(ids)
      }
      return Table(table.schema, columns)
    }
  }

  /// The tables of the last of three nights, of which the second brings more use, and how many files each has.
  private static func tables(fileRowCounts: [Int], threads: Int = 2) throws -> [String: (
    table: Table, digests: [SHA256Digest]
  )] {
    let home = try FactHome()
    for (number, fileRowCount) in fileRowCounts.enumerated() {
      let day: Day = night - (fileRowCounts.count - 1 - number)
      // Cuts of facts that are no cuts of the twin's files.
      let shards = fileRowCount == .max ? [0] : [0, 50, 51, 100, 201]
      if number == 0 { try home.ingest(facts(seed: 71), night: day, shards: shards) }
      if number == 1 { try home.ingest(["facts/usage": facts(seed: 72)["facts/usage"]!], night: day, shards: shards) }
      let run = TwinRun(
        home.home, TwinCatalogues(.house, and: others), night: day, threads: threads, versions: ["nightjar": "test"],
        fileRowCount: fileRowCount)
      #expect(try !run.run().entry.warnings.contains { $0.contains("every fact") })
    }
    let state = try CommitLog.open(home.home).state(.head)
    return try Dictionary(
      uniqueKeysWithValues: datasets.map { name in
        let files = state.products(name).filter { $0.name.contains("date=\(night)/") }
        let tables = try files.map { try ParquetFile.read(home.home.url($0.name)) }
        return (name, (try Table.concatenating(tables), files.map(\.digest)))
      })
  }

  @Test func `ranges of any size, from night to night, have the rows of one range`() throws {
    let whole = try Self.tables(fileRowCounts: [.max, .max, .max])
    for fileRowCounts in [[1, 1, 1], [3, 7, 2], [2, .max, 4], [.max, 5, 5]] {
      let cut = try Self.tables(fileRowCounts: fileRowCounts)
      for name in Self.datasets {
        #expect(cut[name]?.table == whole[name]?.table, "\(name) in files of \(fileRowCounts) rows")
      }
      let fileCount = try #require(cut["twins/subscription"]).digests.count
      #expect(fileCount > 1 && fileCount >= (cut["state/usage"]?.digests.count ?? .max))
    }
    #expect(whole.allSatisfy { $0.value.digests.count == 1 && $0.value.table.rowCount > 0 })
  }

  @Test func `threads change no byte of any range`() throws {
    let digests = try [1, 2, 5].map { threads in
      try Self.tables(fileRowCounts: [3, 3, 3], threads: threads).mapValues(\.digests)
    }
    #expect(digests[0] == digests[1] && digests[1] == digests[2])
  }

  @Test func `a damaged file of a state asks for a rebuild of every range`() throws {
    let home = try FactHome()
    try home.ingest(Self.facts(seed: 73), night: Self.night - 1)
    func run(_ night: Day) throws -> LogEntry {
      try TwinRun(
        home.home, TwinCatalogues(.house, and: []), night: night, threads: 2, versions: ["nightjar": "test"],
        fileRowCount: 3
      ).run().entry
    }
    _ = try run(Self.night - 1)
    let states = try home.states
    let last = try #require(states.last)
    #expect(states.count > 1)
    let path = home.home.url(last.name)
    var bytes = try SystemCalls.readFile(path)
    bytes[bytes.count / 2] ^= 1
    try SystemCalls.unlink(path)
    try SystemCalls.writeFile(path, bytes)
    let entry = try run(Self.night)
    #expect(entry.warnings.contains { $0.contains("every fact of use was read") })
    let rebuilt = try home.states.filter { $0.name.contains("date=\(Self.night)/") }
    let fresh = try FactHome()
    try fresh.ingest(Self.facts(seed: 73), night: Self.night - 1)
    _ = try TwinRun(
      fresh.home, TwinCatalogues(.house, and: []), night: Self.night, threads: 1, versions: ["nightjar": "test"],
      fileRowCount: 3
    ).run()
    #expect(try rebuilt.map(\.digest) == fresh.states.map(\.digest))
  }
}
