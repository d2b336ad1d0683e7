import Calendar
import Columns
import Datasets
import Glibc
import Ledger
import Twins

/// A home in a temporary folder that holds facts as ingest lays them down, removed at the end.
final class FactHome {
  private let folder: String
  let home: Home

  init() throws {
    var template = Array("/tmp/nightjar-twins-XXXXXX".utf8CString)
    folder = template.withUnsafeMutableBufferPointer { buffer in
      mkdtemp(buffer.baseAddress!).map { String(cString: $0) }
    }!
    home = Home(path: folder + "/home", keysFolder: folder + "/keys")
    _ = try HomeSetup(home).run()
  }

  deinit { try? SystemCalls.removeContents(of: folder, andItself: true) }

  /// Commits facts: use by event date, all else by the night that learned it.
  func ingest(_ tables: [String: Table], night: Day) throws {
    let transaction = try Transaction.begin(
      home, stage: "ingest", date: night, materials: [], configDigest: SHA256Digest(of: "\(night)"))
    var number = 0
    for dataset in Dataset.facts + [.coverage] {
      guard let table = tables[dataset.name] else { continue }
      let dates = try table.date(dataset == .usage ? "event_date" : "known_date").values
      for day in Set(dates).sorted() {
        let part = table.rows(where: dates.map { $0 == day })
        let path = transaction.stagingPath("\(number)")
        number += 1
        try ParquetFile.write(part, to: path)
        try transaction.add(
          stagedPath: path, folder: "\(dataset.folder)/date=\(Day(rawValue: day))/shards=000-255",
          fileName: .digest(ext: "parquet"), rowCount: Int64(part.rowCount))
      }
    }
    try transaction.commit()
  }

  /// Runs the stage.
  func run(_ night: Day, threads: Int = 2, version: String = "test") throws -> TwinRun.Outcome {
    try TwinRun(home, night: night, threads: threads, versions: ["nightjar": version]).run()
  }

  /// The live files of the sums of use.
  var states: [Product] {
    get throws { try CommitLog.open(home).state(.head).products("state/usage") }
  }

  /// The live twin files.
  var twins: [Product] {
    get throws { try CommitLog.open(home).state(.head).products("twins/subscription") }
  }
}

extension TwinRun.Outcome {
  var entry: LogEntry {
    switch self {
    case .alreadyDone(let entry), .published(let entry, _): entry
    }
  }

  var isNew: Bool { if case .published = self { true } else { false } }
}
