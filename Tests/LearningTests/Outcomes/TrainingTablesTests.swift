import Calendar
import Columns
import Configuration
import FoundationEssentials
import Learning
import Ledger
import Testing

@Suite struct TrainingTablesTests {
  /// Writes the tables of the mini operator's night and hands over their folder.
  private static func write(
    _ home: MiniOperator, _ document: ConfigurationDocument? = nil, threads: Int = 2,
    _ body: (String, TrainingTables.Summary) throws -> Void
  ) throws {
    let folder = home.home.url("rows")
    let tables = try TrainingTables(
      home.home, night: MiniOperator.night, document: document ?? MiniOperator.churn(),
      catalogue: MiniOperator.catalogue(),
      threads: threads)
    try body(folder, try tables.write(to: folder))
  }

  @Test func `the tables hold the rows that the night's metrics count`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let state = try home.state
    let version = try #require(ModelVersion.newest(state))
    let metrics = try version.decoded(ChurnMetrics.self, "metrics", home: home.home)
    try Self.write(home) { folder, summary in
      for (name, part) in [("train", metrics.train), ("validation", metrics.validation), ("test", metrics.test)] {
        let table = try ParquetFile.read("\(folder)/\(name).parquet")
        let days = try table.date("row_as_of").values
        #expect(table.rowCount == part.rows && summary.counts["\(name)Rows"] == Int64(part.rows))
        #expect(try table.int32("row_label").values.count { $0 == 1 } == part.positives)
        #expect(Set(days).count == part.asOf.count)
        #expect(try Set(table.string("row_payment_type").values) == ["prepaid", "postpaid"])
        #expect(try table.double("row_weight").values.allSatisfy { $0 == 1 })
        // A feature, as the twin has it; what no model reads is not there.
        #expect(try table.double("voice_out_count_28d").values.max() ?? 0 > 0)
        #expect(table["is_in_notice"] == nil && table["subscription_id"] == nil)
      }
    }
  }

  @Test func `the rows of the refit have a table of their own where there are some`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let version = try #require(ModelVersion.newest(try home.state))
    let metrics = try version.decoded(ChurnMetrics.self, "metrics", home: home.home)
    let refit = try #require(metrics.refit)
    #expect(metrics.deployedRefitTreatment?.rows == metrics.deployedRefit?.rows)
    let card = String(decoding: try version.bytes("card", ext: "md", home: home.home), as: UTF8.self)
    #expect(card.contains("\n| refit | 2026-08-18, ") && card.contains("\n| put to use: refit | 2026-09-17, "))
    try Self.write(home) { folder, summary in
      let table = try ParquetFile.read("\(folder)/refit.parquet")
      #expect(table.rowCount == refit.rows && summary.counts["refitRows"] == Int64(refit.rows))
      #expect(try Set(table.date("row_as_of").values).sorted().map { Day(rawValue: $0).description } == refit.asOf)
    }
    try Self.write(home, MiniOperator.churn([("refit-dates: 2", "refit-dates: 0")])) { folder, _ in
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/refit.parquet"), "an old one is taken away")
    }
  }

  @Test func `a model fitted to the tables predicts the test date as the night's does`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let product = try #require(
      home.state.products(under: "data/models/churn").first { $0.name.contains("predictions-") })
    let metrics = try #require(ModelVersion.newest(try home.state)).decoded(
      ChurnMetrics.self, "metrics", home: home.home)
    let predictions = try ParquetFile.read(home.home.url(product.name))
    try Self.write(home) { folder, _ in
      var trial = TableTrial(
        label: "row_label", excluded: ["row_subscription_id", "row_person_id", "row_as_of", "row_payment_type"])
      trial.weight = "row_weight"
      trial.gradient = try ChurnDefinition(MiniOperator.churn()).gradient
      trial.gradient.treeCount = metrics.treeCount
      _ = try trial.run(
        input: "\(folder)/refit.parquet", test: "\(folder)/test.parquet", model: nil,
        output: "\(folder)/scores.parquet",
        threads: 2)
      let scores = try ParquetFile.read("\(folder)/scores.parquet").double("probability").values
      let types = try predictions.string("payment_type").values
      let nights = try predictions.double("gradient_probability").values
      // The night calibrates each payment type by a line, which keeps the order.
      for type in ["prepaid", "postpaid"] {
        let rows = types.indices.filter { types[$0] == type }
        let (own, other) = (rows.sorted { nights[$0] < nights[$1] }, rows.sorted { scores[$0] < scores[$1] })
        #expect(own.map { nights[$0] } == other.map { nights[$0] })
      }
    }
  }

  @Test func `one thread and several give the same bytes`() throws {
    let home = try MiniOperator()
    var digests: [[SHA256Digest]] = []
    for threads in [1, 2] {
      try Self.write(home, threads: threads) { folder, _ in
        digests.append(
          try ["train", "validation", "refit", "test"].map { try SHA256Digest(ofFile: "\(folder)/\($0).parquet") })
      }
    }
    #expect(digests[0] == digests[1])
  }

  @Test func `too little history writes nothing`() throws {
    let home = try MiniOperator(subscriptionCount: 20)
    let tables = try TrainingTables(
      home.home, night: MiniOperator.night - 120, document: MiniOperator.churn(), catalogue: MiniOperator.catalogue(),
      threads: 1)
    let error = #expect(throws: LearningError.self) { _ = try tables.write(to: home.home.url("rows")) }
    #expect(error?.code == .tooLittleHistory)
    #expect(!FileManager.default.fileExists(atPath: home.home.url("rows")))
  }
}
