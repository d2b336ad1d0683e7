import Calendar
import GRDB
import Ledger

/// The rows of a catalog: the log, entry by entry, and what is live.
struct CatalogContent {
  private let log: CommitLog

  init(_ log: CommitLog) { self.log = log }

  /// Inserts everything in the log's order.
  func insert(into database: Database) throws {
    try database.execute(
      sql: "INSERT INTO log_head VALUES (?, ?)", arguments: [log.entries.count, log.headDigest.hex])
    for entry in log.entries { try insert(entry, database) }
    let night = log.state(.night)
    try insert(night, view: "night", database)
    try insert(log.state(.head), view: "head", database)
    for dataset in night.datasets {
      let name = dataset.replacing("\"", with: "\"\"")
      let literal = dataset.replacing("'", with: "''")
      try database.execute(
        sql: "CREATE VIEW \"\(name)\" AS SELECT path, date, sha256, bytes, rows FROM live_files "
          + "WHERE dataset = '\(literal)'")
    }
  }

  private func insert(_ entry: LogEntry, _ database: Database) throws {
    let sequence = entry.sequence
    try database.execute(
      sql: "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        sequence, entry.stage, entry.date.description, entry.key.hex, entry.configDigest.hex, entry.previous?.hex,
        entry.seed.map { String($0) }, entry.retired.count,
      ])
    for material in entry.materials {
      try database.execute(
        sql: "INSERT INTO materials VALUES (?, ?, ?)", arguments: [sequence, material.name, material.digest.hex])
    }
    for product in entry.products {
      try database.execute(
        sql: "INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          sequence, product.name, product.digest.hex, product.byteCount, product.rowCount, product.dataset,
          product.partition["date"],
        ])
    }
    for (name, value) in entry.counts.sorted(by: { $0.key < $1.key }) {
      try database.execute(sql: "INSERT INTO counts VALUES (?, ?, ?)", arguments: [sequence, name, value])
    }
    for file in entry.files { try insert(file, sequence, database) }
    for warning in entry.warnings {
      try database.execute(sql: "INSERT INTO warnings VALUES (?, ?)", arguments: [sequence, warning])
    }
  }

  private func insert(_ file: IntakeFile, _ sequence: Int, _ database: Database) throws {
    try database.execute(
      sql: "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        sequence, file.feed, file.name, file.sha256.hex, file.byteCount, file.readCount, file.acceptedCount,
        file.rejectedCount, file.duplicateCount, file.outOfWindowCount, file.blankCount, file.commentCount,
        file.headerCount, file.trailerCount, file.from?.description, file.to?.description,
        file.superseded?.hex, file.rederivation?.rawValue,
      ])
  }

  private func insert(_ state: LiveState, view: String, _ database: Database) throws {
    for product in state.products {
      try database.execute(
        sql: "INSERT INTO live VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          view, product.dataset, product.name, product.partition["date"], product.digest.hex, product.byteCount,
          product.rowCount,
        ])
    }
  }
}
