import Columns
import Datasets
import Learning
import Ledger
import Parallelism
import Testing
import Twins

@Suite struct InputDriftTests {
  /// The scores' drift of the newest night, by input.
  private func drift(_ home: MiniOperator) throws -> [String: (moved: String, psi: Double?, unseen: String?)] {
    let table = try ParquetFile.read(home.home.url(try #require(try home.state.products("score-drift").first).name))
    #expect(table.schema == Dataset.scoreDrift.schema)
    let names = try table.string("input").values
    let (moved, psi) = (try table.string("moved").values, try table.double("psi"))
    let unseen = try table.string("unseen_texts")
    return Dictionary(uniqueKeysWithValues: names.indices.map { (names[$0], (moved[$0], psi[$0], unseen[$0])) })
  }

  /// Replaces tonight's twins by others: what the deliveries of a broken source come to.
  private func replaceTwins(_ home: MiniOperator, _ change: (Table) throws -> Table) throws {
    let product = try #require(try home.state.products("twins/subscription").first)
    let table = try change(ParquetFile.read(home.home.url(product.name)))
    let transaction = try Transaction.begin(
      home.home, stage: "twin", date: MiniOperator.night, materials: [], configDigest: SHA256Digest(of: "planted"))
    let path = transaction.stagingPath("planted.parquet")
    try ParquetFile.write(table, to: path)
    transaction.retire([product])
    try transaction.add(
      stagedPath: path, folder: "data/twins/entity=subscription/date=\(MiniOperator.night)",
      fileName: .digest(ext: "parquet"), rowCount: Int64(table.rowCount))
    try transaction.commit()
  }

  private func replacing(_ table: Table, _ name: String, _ column: Column) throws -> Table {
    let index = try #require(table.schema.index(of: name))
    var columns = Array(table.columns)
    columns[index] = column
    return Table(table.schema, columns)
  }

  @Test func `a planted shift is measured, warned of in the entry, and named`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    try home.twin()
    guard case .published(let before, _) = try home.score() else {
      Issue.record("nothing was scored")
      return
    }
    let calm = try drift(home)
    #expect(calm["voice_out_count_28d"]?.moved == "" && calm["product"]?.moved == "")
    #expect(try #require(calm["voice_out_count_28d"]?.psi) < 0.25)
    #expect(calm[InputReference.scoreName]?.psi != nil)
    #expect(before.counts["driftMeasured"] ?? 0 > 50)

    try replaceTwins(home) { table in
      let use = try table.int64("voice_out_count_28d")
      var planted = try replacing(
        table, "voice_out_count_28d",
        .int64(
          TypedColumn(optionals: (0..<table.rowCount).map { row in use[row].map { $0 * 3 + 500 } }, placeholder: 0)))
      planted = try replacing(
        planted, "product", .string(TypedColumn([String](repeating: "moon", count: table.rowCount))))
      return try replacing(
        planted, "charge_e4_28d",
        .int64(TypedColumn(optionals: [Int64?](repeating: nil, count: table.rowCount), placeholder: 0)))
    }
    guard case .published(let entry, _) = try home.score() else {
      Issue.record("nothing was scored")
      return
    }
    let found = try drift(home)
    #expect(found["voice_out_count_28d"]?.moved == "psi")
    #expect(found["charge_e4_28d"]?.moved == "psi, missing")
    #expect(found["product"]?.moved == "psi, unseen" && found["product"]?.unseen == "moon")
    #expect(entry.counts["driftMoved"] ?? 0 >= 3)
    let warning = try #require(entry.warnings.first { $0.contains("of churn/v0001 moved since its training: ") })
    for name in ["voice_out_count_28d (PSI ", "charge_e4_28d (PSI ", "product (PSI "] {
      #expect(warning.contains(name))
    }
    #expect(warning.contains("unseen texts 100.0 %") && warning.contains("missing 0.0 % to 100.0 %"))
    // One table a night: the earlier run's is live no more.
    #expect(try home.state.products("score-drift").count == 1)
  }

  @Test func `thresholds decide what warns, and too few rows judge nothing`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    try home.twin()
    func score(_ changes: [(String, String)]) throws -> LogEntry {
      guard case .published(let entry, _) = try home.score(registry: MiniOperator.registry(changes)) else {
        throw LearningError(.missingModel, "nothing was scored")
      }
      return entry
    }
    let all = try score([
      ("input-warn-above: 0.25", "input-warn-above: 0"), ("score-warn-above: 0.25", "score-warn-above: 0"),
    ])
    #expect(try #require(all.counts["driftMoved"]) > 30)
    #expect(all.counts["driftScoreMoved"] == 1)
    #expect(
      all.warnings.contains {
        $0.hasPrefix("the scores of churn/v0001 moved since its training: churn_probability (PSI ")
      })
    #expect(all.warnings.contains { $0.contains(", and ") && $0.hasSuffix(" more") })
    let used = try score([
      ("input-warn-above: 0.25", "input-warn-above: 0"), ("least-gain-share: 0", "least-gain-share: 0.05"),
    ])
    #expect((1...20).contains(used.counts["driftMoved"] ?? 0))
    let few = try score([("input-warn-above: 0.25", "input-warn-above: 0"), ("least-rows: 100", "least-rows: 100000")])
    #expect(few.counts["driftMoved"] == 0 && few.counts["driftMeasured"] == 0)
    #expect(try drift(home)["tenure_days"]?.psi == nil)
  }

  @Test func `a field that the catalogue lets move by its nature has an index, but does not warn by it`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    try home.twin()
    let silent = try #require(try MiniOperator.catalogue().fields.first { $0.drift == .off && $0.isInput }?.name)
    _ = try home.score(registry: MiniOperator.registry([("input-warn-above: 0.25", "input-warn-above: 0")]))
    let found = try #require(try drift(home)[silent])
    #expect(found.psi != nil && found.moved == "")
  }

  @Test func `a reference of other features than the model's is refused`() throws {
    let rows = TrainingRows(200)
    let threads = WorkerThreads(count: 1)
    let reference = InputReference(
      rows.table, inputAsOf: [], probabilities: rows.labels, scoreAsOf: [], threads: threads)
    let other = FeatureTable(rows.table.features.map { Feature($0.name + "x") }, Array(rows.table.columns))
    let error = #expect(throws: LearningError.self) {
      try InputDrift(
        "churn/v0001", reference, base: Table(empty: Schema([])), features: other,
        gains: other.features.map { _ in 1 }, probabilities: rows.labels, catalogue: MiniOperator.catalogue(),
        thresholds: DriftThresholds(), threads: threads)
    }
    #expect(error?.code == .damagedModel)
  }
}
