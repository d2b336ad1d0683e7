import Calendar
import Columns
import Datasets
import Ingest
import Ledger
import Testing

/// Promise 4: what the log counts is what lies in the products, and nothing is published where it is not.
@Suite struct NightBalanceTests {
  /// A product of a night, and what is to be done to it before the night is weighed.
  enum Damage: CaseIterable {
    case drop, double

    /// The row number `row` left out or written twice.
    func apply(_ table: Table, row: Int) -> Table {
      switch self {
      case .drop: table.rows(at: (0..<table.rowCount).filter { $0 != row })
      case .double: table.rows(at: (Array(0..<table.rowCount) + [row]).sorted())
      }
    }
  }

  /// A night with every kind of product that a delivery's rows go to.
  private static func world() throws -> IngestWorld {
    let world = try IngestWorld()
    try world.addCallFeeds()
    try world.feed(
      "daily",
      """
      kind: usage-daily
      files: "daily_*"
      columns:
        subscription: {from: s}
        date: {from: d}
        sms_out_count: {from: n}
        data_down_bytes: {from: b}
        charge: {from: c}
      """)
    try world.feed(
      "parts",
      """
      kind: usage
      files: "parts_*"
      columns: {subscription: {from: s}, started_at: {from: t}, type: {constant: data}, down_bytes: {from: b}}
      sessions: {key: [id], sequence: n}
      """)
    try world.feed(
      "payments",
      """
      kind: payments
      files: "payments_*"
      columns: {subscription: {from: s}, payment: {from: p}, date: {from: d}, amount: {from: a}}
      """)
    let calls = [1, 2, 3, 3].map { "\($0),01700000002,,2026-11-21 10:00:0\($0),60,0.01" } + ["4,x,,,,"]
    try world.deliver("calls_1.csv", IngestWorld.header + calls.joined(separator: "\n") + "\n")
    try world.deliver(
      "daily_1.csv",
      "s,d,n,b,c\nS-1,2026-11-20,3,4000,0.5\nS-1,2026-11-20,1,70,-0.25\n"
        + "S-2,2026-11-20,0,5000000000,0\nS-2,2026-11-21,2,1,0\n")
    try world.deliver("parts_1.csv", "id,n,s,t,b\na,1,S-1,2026-11-21T10:00:00Z,5\na,2,S-1,2026-11-21T11:00:00Z,6\n")
    try world.deliver("payments_1.csv", "s,p,d,a\nS-1,p1,2026-11-20,5.00\nS-2,p2,2026-11-20,7.00\n")
    try world.night("2026-11-22")
    return world
  }

  /// Weighs a night's products; `replaced` stands in place of the product of the same name.
  private static func check(_ world: IngestWorld, replaced: (name: String, path: String)? = nil) throws {
    let entry = try #require(CommitLog.open(world.home).entries.last { $0.stage == "ingest" })
    let feeds = try FeedFolder.load(configuration: world.folder + "/config").feeds
    // In two parts, as two threads would.
    var (balance, other) = (NightBalance(feeds), NightBalance(feeds))
    for (index, product) in entry.products.enumerated() where product.name.hasSuffix(".parquet") {
      let path = replaced.flatMap { $0.name == product.name ? $0.path : nil } ?? world.home.url(product.name)
      let folder = product.name.split(separator: "/").dropLast().joined(separator: "/")
      if index % 2 == 0 {
        try balance.add(stagedPath: path, folder: folder)
      } else {
        try other.add(stagedPath: path, folder: folder)
      }
    }
    balance.add(other)
    try balance.check(
      entry.files.map { file in (file, try #require(feeds.first { $0.name == file.feed })) })
  }

  @Test func `a whole night is in balance`() throws { try Self.check(try Self.world()) }

  @Test(arguments: Damage.allCases)
  func `a row that is lost or written twice unbalances the night, wherever it lies`(damage: Damage) throws {
    let world = try Self.world()
    let entry = try #require(CommitLog.open(world.home).entries.last { $0.stage == "ingest" })
    let weighed =
      [Dataset.usage, .payments, .recordKeys, .rejects, .sessionParts].map { $0.folder + "/" } + ["vault/numbers/"]
    // What sessions are worth is held against their parts.
    let ofSessions = try #require(entry.files.first { $0.feed == "parts" }?.sha256.head63)
    var met: Set<String> = []
    var rowCount = 0
    for product in entry.products where product.name.hasSuffix(".parquet") {
      guard let kind = weighed.first(where: { product.name.hasPrefix($0) }) else { continue }
      met.insert(kind)
      let table = try ParquetFile.read(world.home.url(product.name))
      for row in 0..<table.rowCount {
        if kind == Dataset.usage.folder + "/", try table.int64("delivery_id").values[row] == ofSessions { continue }
        rowCount += 1
        let path = "\(world.folder)/damaged.parquet"
        try ParquetFile.write(damage.apply(table, row: row), to: path)
        let error = #expect(throws: IngestError.self, "\(product.name) row \(row)") {
          try Self.check(world, replaced: (product.name, path))
        }
        #expect(error?.code == .unbalanced)
        #expect(error?.exitStatus == 70)
      }
    }
    #expect(met == Set(weighed))
    #expect(rowCount >= 12)
  }

  @Test func `a changed measure of a daily sum unbalances the night`() throws {
    let world = try Self.world()
    let entry = try #require(CommitLog.open(world.home).entries.last { $0.stage == "ingest" })
    let sum = try #require(entry.files.first { $0.feed == "daily" }?.measureSum)
    #expect(sum == 3 + 4_000 + 5_000 + 1 + 70 - 2_500 + 5_000_000_000 + 2 + 1)
    #expect(entry.files.filter { $0.feed != "daily" }.allSatisfy { $0.measureSum == nil })
    let delivery = try #require(entry.files.first { $0.feed == "daily" }?.sha256.head63)
    var changedCount = 0
    for product in entry.products where product.name.hasPrefix(Dataset.usage.folder + "/") {
      let table = try ParquetFile.read(world.home.url(product.name))
      for row in try table.int64("delivery_id").values.indices
      where try table.int64("delivery_id").values[row] == delivery {
        changedCount += 1
        let columns = try zip(table.schema.fields, table.columns).map { field, column -> Column in
          guard field.name == "sms_out_count" else { return column }
          var values = try table.int64("sms_out_count").values
          values[row] += 1
          return .int64(TypedColumn(values))
        }
        let path = "\(world.folder)/changed.parquet"
        try ParquetFile.write(Table(table.schema, columns), to: path)
        let error = #expect(throws: IngestError.self) { try Self.check(world, replaced: (product.name, path)) }
        #expect(error?.code == .unbalanced)
      }
    }
    #expect(changedCount == 3)
  }

  @Test func `daily sums that are taken back are held against what they added up to`() throws {
    let world = try Self.world()
    try world.deliver("daily_1.csv", "s,d,n,b,c\nS-1,2026-11-20,9,0,0\n")
    try world.night("2026-11-23", supersede: true)
    #expect(try world.table(.usage).int64("sms_out_count").values.reduce(0, +) == 9)
    #expect(try world.intake("daily_1.csv").measureSum == 9)

    // A fact that was lost meanwhile: nothing is changed.
    let product = try #require(
      world.state().products(Dataset.usage.name).first {
        try ParquetFile.read(world.home.url($0.name)).int64("sms_out_count").values.contains(9)
      })
    let table = try ParquetFile.read(world.home.url(product.name))
    let columns = try zip(table.schema.fields, table.columns).map { field, column -> Column in
      field.name == "sms_out_count"
        ? .int64(TypedColumn(try table.int64("sms_out_count").values.map { $0 == 9 ? 8 : $0 })) : column
    }
    try ParquetFile.write(Table(table.schema, columns), to: world.home.url(product.name))
    try world.deliver("daily_1.csv", "s,d,n,b,c\nS-1,2026-11-20,10,0,0\n")
    let error = #expect(throws: IngestError.self) { try world.night("2026-11-24", supersede: true) }
    #expect(error?.code == .unbalanced)
    #expect(error?.message.contains("had a sum of measures: 9, but 8 were found to take back") == true)
  }

  @Test func `the rejects of two runs of one night name the entry of theirs`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds()
    for name in ["a", "b"] {
      let rows = ["x", "1"].map { "\(name)\($0),01700000002,,2026-11-21 10:00:00,\($0),\n" }
      try world.deliver("calls_\(name).csv", IngestWorld.header + rows.joined())
      try world.night("2026-11-22")
    }
    let rejects = try world.table(.rejects)
    var runs: [String: String] = [:]
    for row in 0..<rejects.rowCount {
      runs[try rejects.string("file").values[row]] = try rejects.string("run").values[row]
    }
    #expect(runs.count == 2)
    let entries = try CommitLog.open(world.home).entries
    for (file, run) in runs {
      #expect(entries.first { $0.key.hex == run }?.files.contains { $0.name == file } == true)
    }
    #expect(Set(runs.values).count == 2)
  }
}
