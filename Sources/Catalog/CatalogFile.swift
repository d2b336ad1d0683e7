import GRDB
public import Ledger

/// The file `catalog.sqlite`: an index of the log for people with SQL (tables: Tables.md).
public struct CatalogFile: Sendable {
  /// The file's name below the home.
  public static let name = "catalog.sqlite"

  private let home: Home

  /// Names the catalog of a home.
  public init(_ home: Home) { self.home = home }

  /// Whether the file was built from this very log.
  public func isCurrent(_ log: CommitLog) -> Bool {
    guard SystemCalls.exists(home.url(CatalogFile.name)) else { return false }
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    let head = try? DatabaseQueue(path: home.url(CatalogFile.name), configuration: configuration).read {
      try String.fetchOne($0, sql: "SELECT digest FROM log_head")
    }
    return head == log.headDigest.hex
  }

  /// Builds the file anew and puts it into place; the caller holds the run lock.
  public func rebuild(_ log: CommitLog) throws {
    let temporary = home.url("staging/\(CatalogFile.name)")
    try SystemCalls.unlink(temporary)
    try SystemCalls.unlink(temporary + "-journal")
    do {
      var configuration = GRDB.Configuration()
      // The file is built aside and renamed: a journal would only be a second file to leave behind.
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA journal_mode = MEMORY") }
      let queue = try DatabaseQueue(path: temporary, configuration: configuration)
      try queue.write { database in
        try database.execute(sql: CatalogFile.schema)
        try CatalogContent(log).insert(into: database)
      }
      try queue.close()
    } catch let error as DatabaseError {
      throw LedgerError(.inputOutput, "cannot build \(temporary): \(error.message ?? "SQLite error")")
    }
    try SystemCalls.sync(temporary)
    try SystemCalls.rename(temporary, to: home.url(CatalogFile.name))
    try SystemCalls.sync(home.path)
  }

  private static let schema = """
    CREATE TABLE log_head (entries INTEGER NOT NULL, digest TEXT NOT NULL);
    CREATE TABLE entries (
      sequence INTEGER PRIMARY KEY, stage TEXT NOT NULL, date TEXT NOT NULL, key TEXT NOT NULL,
      config_digest TEXT NOT NULL, previous TEXT, seed TEXT, retired INTEGER NOT NULL);
    CREATE TABLE materials (sequence INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL);
    CREATE TABLE products (
      sequence INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, rows INTEGER,
      dataset TEXT, date TEXT);
    CREATE TABLE counts (sequence INTEGER NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL);
    CREATE TABLE files (
      sequence INTEGER NOT NULL, feed TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
      bytes INTEGER NOT NULL, read INTEGER NOT NULL, accepted INTEGER NOT NULL, rejected INTEGER NOT NULL,
      duplicate INTEGER NOT NULL, out_of_window INTEGER NOT NULL, blank INTEGER NOT NULL, comment INTEGER NOT NULL,
      header INTEGER NOT NULL, trailer INTEGER NOT NULL, from_date TEXT, to_date TEXT,
      superseded TEXT, rederivation TEXT);
    CREATE TABLE warnings (sequence INTEGER NOT NULL, message TEXT NOT NULL);
    CREATE TABLE live (
      view TEXT NOT NULL, dataset TEXT, path TEXT NOT NULL, date TEXT, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,
      rows INTEGER);
    CREATE VIEW live_files AS SELECT dataset, path, date, sha256, bytes, rows FROM live WHERE view = 'night';
    """
}
