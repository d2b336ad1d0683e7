import Calendar
import Columns
import Datasets
import Ledger
import Twins

extension FactHome {
  /// Rows that a night puts into one folder: the day is that of the events for use, that of the night for all else.
  struct Folder {
    var dataset: Dataset
    var date: Day
    var rows: [RandomFacts.Row]
  }

  /// Commits what an ingest of a night did: files that went, files that came, and lines on deliveries.
  func deliver(
    night: Day, stage: String = "ingest", gone: [Product] = [], _ folders: [Folder], files: [IntakeFile] = []
  ) throws {
    let entryCount = try CommitLog.open(home).entries.count
    let transaction = try Transaction.begin(
      home, stage: stage, date: night, materials: [], configDigest: SHA256Digest(of: "delivery \(entryCount)"))
    transaction.retire(gone)
    for (number, folder) in folders.enumerated() where !folder.rows.isEmpty {
      let path = transaction.stagingPath("\(number)")
      try ParquetFile.write(RandomFacts.table(folder.dataset.schema, folder.rows), to: path)
      try transaction.add(
        stagedPath: path, folder: "\(folder.dataset.folder)/date=\(folder.date)", fileName: .digest(ext: "parquet"),
        rowCount: Int64(folder.rows.count))
    }
    try transaction.commit(files: files)
  }

  /// The live files of a dataset and folder.
  func products(_ dataset: Dataset, _ date: Day) throws -> [Product] {
    try CommitLog.open(home).state(.head).products(dataset.name, where: ["date": "\(date)"])
  }

  /// What is known to supersede snapshots.
  func revisions(of snapshot: Day? = nil) throws -> [TwinRevision] {
    try SupersededSnapshots(home, snapshot: snapshot).revisions
  }
}

/// A delivery of a test, and facts that it brings.
struct TestDelivery {
  let name: String
  let feed: String
  /// The line on it.
  var file: IntakeFile
  var id: Int64 { file.sha256.head63 }

  init(_ feed: String, _ name: String, content: String = "") {
    self.feed = feed
    self.name = name
    file = IntakeFile(feed: feed, name: name, sha256: SHA256Digest(of: "\(feed) \(name) \(content)"), byteCount: 1)
  }

  /// The line, saying that it replaces another delivery of its name.
  func replacing(_ old: TestDelivery) -> IntakeFile {
    var line = file
    line.superseded = old.file.sha256
    return line
  }

  /// The line, saying that it was read again.
  func again(_ reason: IntakeFile.Rederivation) -> IntakeFile {
    var line = file
    line.rederivation = reason
    return line
  }

  func fact(_ subscription: Int64, on day: Day, known: Day, _ more: RandomFacts.Row = [:]) -> RandomFacts.Row {
    var row = more
    row["subscription_id"] = .whole(subscription)
    row["event_date"] = .whole(Int64(day.rawValue))
    row["known_date"] = .whole(Int64(known.rawValue))
    row["delivery_id"] = .whole(id)
    return row
  }

  func payment(_ subscription: Int64, on day: Day, known: Day, amount: Int64 = 10_000) -> RandomFacts.Row {
    fact(
      subscription, on: day, known: known,
      ["payment_id": .whole(amount + Int64(day.rawValue)), "amount_e4": .whole(amount), "is_failed": .flag(false)])
  }

  func use(_ subscription: Int64, on day: Day, known: Day, events: Int64 = 1) -> RandomFacts.Row {
    var row = fact(subscription, on: day, known: known)
    for measure in Dataset.usageMeasures { row[measure] = .whole(measure == "event_count" ? events : 0) }
    return row
  }

  func ticket(_ subscription: Int64, on day: Day, known: Day, ticket: Int64) -> RandomFacts.Row {
    fact(
      subscription, on: day, known: known,
      [
        "ticket_id": .whole(ticket), "opened_date": .whole(Int64(day.rawValue)), "status": .text("open"),
        "category": .text("billing"),
      ])
  }

  func activation(_ subscription: Int64, on day: Day, known: Day) -> RandomFacts.Row {
    fact(subscription, on: day, known: known, ["event": .text("activation"), "payment_type": .text("postpaid")])
  }
}
