import Calendar
import Columns
import Configuration
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

  /// Commits facts: use by event date, all else by the night that learned it; what comes from use in files that begin at `shards`.
  func ingest(_ tables: [String: Table], night: Day, shards: [Int] = [0]) throws {
    let transaction = try Transaction.begin(
      home, stage: "ingest", date: night, materials: [], configDigest: SHA256Digest(of: "\(night)"))
    var number = 0
    for dataset in Dataset.facts + [.coverage, .deliveredDays] {
      guard let table = tables[dataset.name] else { continue }
      let ofUse = [.usage, .counterparties, .cells].contains(dataset)
      let dates = try table.date(ofUse ? "event_date" : "known_date").values
      for day in Set(dates).sorted() {
        var rows = table.rows(where: dates.map { $0 == day })
        if [.counterparties, .cells].contains(dataset) {
          let ids = try rows.int64("subscription_id").values
          rows = rows.rows(at: ids.indices.sorted { ids[$0] != ids[$1] ? ids[$0] < ids[$1] : $0 < $1 })
        }
        for (first, end) in ofUse ? Array(zip(shards, shards.dropFirst() + [256])) : [(0, 256)] {
          var part = rows
          if ofUse {
            part = rows.rows(
              where: try rows.int64("subscription_id").values.map { (first..<end).contains(Int($0 >> 55)) })
            if part.rowCount == 0 { continue }
          }
          let path = transaction.stagingPath("\(number)")
          number += 1
          try ParquetFile.write(part, to: path)
          let names = [first, end - 1].map { String(String($0 + 1_000).dropFirst()) }
          try transaction.add(
            stagedPath: path, folder: "\(dataset.folder)/date=\(Day(rawValue: day))/shards=\(names[0])-\(names[1])",
            fileName: .digest(ext: "parquet"), rowCount: Int64(part.rowCount))
        }
      }
    }
    try transaction.commit()
  }

  /// Runs the stage.
  func run(
    _ night: Day, _ catalogue: TwinCatalogue = .house, and others: [TwinCatalogue] = [], threads: Int = 2,
    version: String = "test"
  ) throws -> TwinRun.Outcome {
    try TwinRun(
      home, TwinCatalogues(catalogue, and: others), night: night, threads: threads, versions: ["nightjar": version]
    ).run()
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

extension TwinCatalogue {
  /// The catalogue that the house ships.
  static let house: TwinCatalogue = {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    do {
      return try load(path: "\(root)/Pipelines/\(TwinCatalogue.subscriptionFile)")
    } catch {
      fatalError("\(error)")
    }
  }()

  /// The catalogues of customers, products and processes that the house ships.
  static let houseOfCustomers = house(.customer)
  static let houseOfProducts = house(.product)
  static let houseOfProcesses = house(.process)

  private static func house(_ entity: TwinEntity) -> TwinCatalogue {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    do {
      return try load(path: "\(root)/Pipelines/\(entity.file)", of: entity, over: house)
    } catch {
      fatalError("\(error)")
    }
  }

  /// A catalogue of the fields that are needed, and of `rows` of a group of use; `drift` is the key of that name.
  static func small(_ rows: [String], drift: String? = nil) throws(ConfigurationError) -> TwinCatalogue {
    let needed = [
      ("subscription_id", "int64"), ("person_id", "int64"), ("payer_id", "int64"), ("household_id", "int64"),
      ("as_of", "date"), ("known_by", "date"), ("payment_type", "string"), ("product", "string"),
      ("tenure_days", "int32"), ("status", "string"), ("is_in_notice", "bool"),
    ].map { name, type in "      - {name: \(name), rule: \(name), type: \(type), unit: id, description: Needed.}" }
    let head = ["entity: subscription", "groups:"]
    func group(_ name: String) -> [String] {
      ["  - group: \(name)", "    fact: usage", "    purpose: [analytics]", "    basis: contract", "    fields:"]
    }
    let lines =
      head + group("needed") + needed + (rows.isEmpty ? [] : group("asked") + rows.map { "      - {\($0)}" })
      + (drift.map { ["drift: \($0)"] } ?? [])
    return try TwinCatalogue(
      ConfigurationDocument(path: "small.yaml", bytes: Array(lines.joined(separator: "\n").utf8)))
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
