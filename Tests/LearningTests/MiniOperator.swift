import Calendar
import Columns
import Configuration
import Datasets
import Glibc
import Learning
import Ledger
import Randomness
import Twins

/// A home in a temporary folder with the facts of a small operator: half prepaid, half postpaid; who uses little is more
/// likely to leave. Removed at the end.
final class MiniOperator {
  static let night = FactTables.day("2026-11-22")
  static let dayCount = 180

  let home: Home
  private let folder: String
  private let random: CounterRandom
  private let subscriptionCount: Int
  private var tables: [String: [[String: FactTables.Value]]] = [:]

  /// - Parameter planting: adds further facts before all are committed.
  init(
    subscriptionCount: Int = 500, seed: UInt64 = 1, leaveRate: Double = 0.0025,
    planting: (MiniOperator) -> Void = { _ in }
  ) throws {
    var template = Array("/tmp/nightjar-learning-XXXXXX".utf8CString)
    folder = template.withUnsafeMutableBufferPointer { buffer in
      mkdtemp(buffer.baseAddress!).map { String(cString: $0) }
    }!
    home = Home(path: folder + "/home", keysFolder: folder + "/keys")
    random = CounterRandom(seed: seed, stream: 1)
    self.subscriptionCount = subscriptionCount
    _ = try HomeSetup(home).run()
    for subscription in 0..<subscriptionCount { live(subscription, leaveRate) }
    let start = MiniOperator.night - (MiniOperator.dayCount - 1)
    for day in 0..<MiniOperator.dayCount {
      for family in ["usage", "bills", "payments", "top-ups", "balances", "tickets", "subscriptions"] {
        add(.coverage, start + day, ["family": .text(family), "is_complete": .flag(true)])
      }
    }
    for (key, type, fee) in [("flat", "postpaid", 200_000), ("go", "prepaid", 50_000)] {
      add(
        .products, start - 400,
        ["product": .text(key), "payment_type": .text(type), "monthly_fee_e4": .whole(Int64(fee))])
    }
    planting(self)
    try commit()
  }

  deinit { try? SystemCalls.removeContents(of: folder, andItself: true) }

  func add(_ dataset: Dataset, _ day: Day, known: Day? = nil, _ row: [String: FactTables.Value]) {
    var row = row
    row["event_date"] = .day(day)
    row["known_date"] = .day(known ?? day)
    tables[dataset.name, default: []].append(row)
  }

  private func live(_ subscription: Int, _ leaveRate: Double) {
    let key = UInt64(subscription)
    let id = FactTables.Value.whole(Int64(1_000 + subscription))
    let isPrepaid = subscription % 2 == 0
    let start = MiniOperator.night - (MiniOperator.dayCount - 1)
    let use = random.uniform(key, 1)
    add(
      .subscriptions, start - 100 - Int(random.integer(below: 1_000, key, 2)),
      [
        "subscription_id": id, "event": .text("activation"), "payment_type": .text(isPrepaid ? "prepaid" : "postpaid"),
        "product": .text(isPrepaid ? "go" : "flat"),
      ])
    let person = FactTables.Value.whole(Int64(9_000 + subscription / 2))
    add(.links, start - 100, ["subscription_id": id, "person_id": person])
    add(
      .consents, start - 100,
      ["person_id": person, "channel": .text("any"), "purpose": .text("traffic"), "is_granted": .flag(true)])
    let hazard = leaveRate * (use < 0.3 ? 4 : 0.3)
    for offset in 0..<MiniOperator.dayCount {
      let day = start + offset
      if random.uniform(key, 1_000 + UInt64(offset)) < hazard {
        if !isPrepaid {
          add(.subscriptions, day, ["subscription_id": id, "event": .text("notice")])
          add(
            .subscriptions, day + 30, ["subscription_id": id, "event": .text("termination"), "cause": .text("notice")])
        }
        return
      }
      let count = Int64(1 + (use * 20 * random.uniform(key, 3_000 + UInt64(offset))).rounded(.down))
      add(
        .usage, day,
        [
          "subscription_id": id, "voice_out_count": .whole(count), "voice_out_seconds": .whole(count * 60),
          "data_count": .whole(count), "data_down_bytes": .whole(count * 1_000_000), "charge_e4": .whole(count * 100),
          "event_count": .whole(2 * count),
        ])
    }
  }

  private func commit() throws {
    let transaction = try Transaction.begin(
      home, stage: "ingest", date: MiniOperator.night, materials: [], configDigest: SHA256Digest(of: "mini"))
    for dataset in Dataset.facts + [.coverage] {
      guard let rows = tables[dataset.name] else { continue }
      var table = FactTables.table(dataset.schema, rows)
      let isRelation = [.counterparties, .cells].contains(dataset)
      if isRelation {
        let ids = try table.int64("subscription_id").values
        table = table.rows(at: ids.indices.sorted { (ids[$0], $0) < (ids[$1], $1) })
      }
      let days = try table.date("event_date").values
      let isDaily = isRelation || dataset == .usage
      let partition = isDaily ? days : [Int32](repeating: MiniOperator.night.rawValue, count: days.count)
      for day in Set(partition).sorted() {
        let part = table.rows(where: partition.map { $0 == day })
        let path = transaction.stagingPath("\(dataset.name.split(separator: "/").joined())-\(day)")
        try ParquetFile.write(part, to: path)
        try transaction.add(
          stagedPath: path, folder: "\(dataset.folder)/date=\(Day(rawValue: day))", fileName: .digest(ext: "parquet"),
          rowCount: Int64(part.rowCount))
      }
    }
    try transaction.commit()
  }

  /// The configuration of the product, with small trees.
  static func churn(_ changes: [(String, String)] = []) throws -> ConfigurationDocument {
    var text = """
      model: churn
      label: {horizon-days: 30, silence-days: 21, dormant-days: 14, reporting-lag-days: 5, return-days: 30,
        competing-causes: [death, fraud, non-payment, consolidation, migration, return]}
      split: {spacing-days: 14, training-dates: 3, refit-dates: 2, refit-spacing-days: 10, embargo-days: 0,
        minimum-history-days: 28, minimum-positives: 10}
      retrain-after-days: 28
      features: {exclude: [subscription_id, person_id, payer_id, household_id, is_in_notice],
        maximum-single-feature-auc: 0.95}
      gradient: {trees: 40, leaves: 7, learning-rate: 0.1, minimum-leaf-rows: 20, l2: 1, early-stopping-rounds: 10}
      logistic: {transform: spline, penalty: 1, l1-share: 0, gradient-tolerance: 1e-9}
      calibration: platt
      """
    for (old, new) in changes { text.replace(old, with: new) }
    return try ConfigurationDocument(path: "models/churn.yaml", bytes: Array(text.utf8))
  }

  /// The fields of the product's twin, with changes to the file's text.
  static func catalogue(_ changes: [(String, String)] = []) throws -> TwinCatalogue {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    let path = "\(root)/Pipelines/\(TwinCatalogue.subscriptionFile)"
    var text = String(decoding: try SystemCalls.readFile(path), as: UTF8.self)
    for (old, new) in changes { text.replace(old, with: new) }
    return try TwinCatalogue(ConfigurationDocument(path: path, bytes: Array(text.utf8)))
  }

  static func value() throws -> ConfigurationDocument {
    try ConfigurationDocument(
      path: "models/value.yaml",
      bytes: Array("horizon-months: 24\nannual-discount-rate: 0.1\nmargin-weight: 0.8\n".utf8))
  }

  /// A rule that any version passes, with changes.
  static func registry(_ changes: [(String, String)] = []) throws -> ConfigurationDocument {
    var text = """
      promotion:
        promote: automatic
        floors: {minimum-events: 1, minimum-auc: 0.5, maximum-calibration-error: 1, maximum-single-feature-auc: 1}
        against-champion:
          minimum-events: 1
          auc: {test: non-inferior, margin: 1}
          maximum-log-loss-rise: 100
          maximum-calibration-error-rise: 1
          segments: {minimum-events: 30, maximum-auc-loss: 1}
      drift: {input-warn-above: 0.25, score-warn-above: 0.25, maximum-missing-rise: 0.1, maximum-unseen-share: 0.01,
        least-rows: 100, least-gain-share: 0}
      """
    for (old, new) in changes { text.replace(old, with: new) }
    return try ConfigurationDocument(path: RegistryDefinition.file, bytes: Array(text.utf8))
  }

  func train(
    _ document: ConfigurationDocument? = nil, registry: ConfigurationDocument? = nil, night: Day = MiniOperator.night,
    isForced: Bool = false, catalogue: TwinCatalogue? = nil, threads: Int = 2
  ) throws -> TrainingNight.Outcome {
    try TrainingNight(
      home, night: night, document: document ?? MiniOperator.churn(), registry: registry ?? MiniOperator.registry(),
      catalogue: catalogue ?? MiniOperator.catalogue(), isForced: isForced,
      threads: threads, versions: ["nightjar": "test"]
    ).run()
  }

  func score(
    _ catalogue: TwinCatalogue? = nil, churn: ConfigurationDocument? = nil, registry: ConfigurationDocument? = nil,
    threads: Int = 2
  ) throws -> ScoringNight.Outcome {
    try ScoringNight(
      home, night: MiniOperator.night, churn: churn ?? MiniOperator.churn(), value: MiniOperator.value(),
      registry: registry ?? MiniOperator.registry(), catalogue: catalogue ?? MiniOperator.catalogue(), threads: threads,
      versions: ["nightjar": "test"]
    ).run()
  }

  func twin() throws {
    _ = try TwinRun(
      home, TwinCatalogues(MiniOperator.catalogue()), night: MiniOperator.night, threads: 2, versions: [:]
    ).run()
  }

  var state: LiveState { get throws { try CommitLog.open(home).state(.head) } }
}
