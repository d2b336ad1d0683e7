import Calendar
import Catalog
import GRDB
import Ledger
import Testing

struct CatalogFileTests {
  private let night = Day(rawValue: 20_779)

  /// A home with a closed night, and one entry after it.
  private func withHome(_ body: (Home) throws -> Void) throws {
    let folder = "/tmp/nightjar-catalog-\(SystemCalls.processIdentifier)-\(UInt64.random(in: 0 ... .max))"
    defer { try? SystemCalls.removeContents(of: folder, andItself: true) }
    let home = Home(path: folder + "/home", keysFolder: folder + "/keys")
    _ = try HomeSetup(home).run()
    try commit(home, "scores", ["a", "b"])
    _ = try Night(home, date: night).close(configDigest: SHA256Digest(of: ""), versions: [:])
    try commit(home, "decisions", ["c"])
    try body(home)
  }

  private func commit(_ home: Home, _ stage: String, _ texts: [String]) throws {
    let transaction = try Transaction.begin(
      home, stage: stage, date: night, materials: texts.map { Material(name: "it's", digest: SHA256Digest(of: $0)) },
      configDigest: SHA256Digest(of: ""), seed: 7)
    for text in texts {
      try SystemCalls.overwrite(transaction.stagingPath(text), Array(text.utf8))
      try transaction.add(
        stagedPath: transaction.stagingPath(text), folder: "data/\(stage)/date=\(night)",
        fileName: .digest(ext: "parquet"), rowCount: 10)
    }
    var file = IntakeFile(feed: "f", name: "n", sha256: SHA256Digest(of: stage), byteCount: 5, readCount: 3)
    file.acceptedCount = 3
    try transaction.commit(counts: ["rows": 3], files: [file], warnings: ["w"])
  }

  private func strings(_ home: Home, _ sql: String) throws -> [String] {
    let queue = try DatabaseQueue(path: home.url(CatalogFile.name))
    return try queue.read { try String.fetchAll($0, sql: sql) }
  }

  @Test func `the views list exactly the live files of the newest night`() throws {
    try withHome { home in
      let log = try CommitLog.open(home)
      try CatalogFile(home).rebuild(log)
      #expect(try strings(home, "SELECT path FROM live_files") == log.state(.night).products.map(\.name))
      #expect(try strings(home, "SELECT path FROM scores") == log.state(.night).products("scores").map(\.name))
      #expect(
        try strings(home, "SELECT path FROM live WHERE view = 'head'") == log.state(.head).products.map(\.name))
      // Not closed, so not a view for readers.
      #expect(try strings(home, "SELECT name FROM sqlite_master WHERE name = 'decisions'").isEmpty)
    }
  }

  @Test func `every table holds what the entries name`() throws {
    try withHome { home in
      let log = try CommitLog.open(home)
      try CatalogFile(home).rebuild(log)
      #expect(try strings(home, "SELECT stage FROM entries ORDER BY sequence") == log.entries.map(\.stage))
      #expect(try strings(home, "SELECT sha256 FROM products").count == log.entries.flatMap(\.products).count)
      #expect(try strings(home, "SELECT name FROM materials").count == log.entries.flatMap(\.materials).count)
      #expect(try strings(home, "SELECT CAST(sum(accepted) AS TEXT) FROM files") == ["6"])
      #expect(try strings(home, "SELECT message FROM warnings") == ["w", "w"])
      #expect(try strings(home, "SELECT name || value FROM counts") == ["rows3", "rows3"])
    }
  }

  @Test func `equal logs give equal bytes, and a log that grew makes the file stale`() throws {
    try withHome { home in
      let catalog = CatalogFile(home)
      #expect(!catalog.isCurrent(try CommitLog.open(home)))
      try catalog.rebuild(try CommitLog.open(home))
      let bytes = try SystemCalls.readFile(home.url(CatalogFile.name))
      #expect(catalog.isCurrent(try CommitLog.open(home)))
      try catalog.rebuild(try CommitLog.open(home))
      #expect(try SystemCalls.readFile(home.url(CatalogFile.name)) == bytes)
      try commit(home, "report", ["d"])
      #expect(!catalog.isCurrent(try CommitLog.open(home)))
      #expect(try SystemCalls.names(in: home.url("staging")).isEmpty)
    }
  }
}
