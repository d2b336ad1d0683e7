import Calendar
import Columns
import Configuration
import FoundationEssentials
import Learning
import Ledger
import Testing

@Suite struct TrainingNightTests {
  @Test func `a night trains a version, scores with it, and has nothing to do the second time`() throws {
    let home = try MiniOperator()
    guard case .published(let entry, let version, _) = try home.train() else {
      Issue.record("nothing was trained")
      return
    }
    #expect(version == "churn/v0001")
    let names = entry.products.map(\.name)
    for role in ["model", "logistic", "calibration", "metrics", "reference", "decision", "predictions"] {
      #expect(names.count { $0.hasPrefix("data/models/churn/v0001/\(role)-") } == 1)
    }
    let cards = names.filter { $0.hasPrefix("data/models/churn/v0001/card-") }
    #expect(cards.map { $0.suffix(3) }.sorted() == [".md", "son"])
    #expect(entry.counts["testPositives"] ?? 0 >= 10)
    guard case .notDue(let young, _) = try home.train() else {
      Issue.record("the model is young")
      return
    }
    #expect(young == "churn/v0001")

    try home.twin()
    guard case .published(let scored, _) = try home.score() else {
      Issue.record("nothing was scored")
      return
    }
    try check(home, scored)
    guard case .alreadyDone = try home.score() else {
      Issue.record("the scores are there")
      return
    }
  }

  private func check(_ home: MiniOperator, _ entry: LogEntry) throws {
    let product = try #require(entry.products.first { $0.dataset == "scores" })
    let scores = try ParquetFile.read(home.home.url(product.name))
    let twins = try ParquetFile.read(home.home.url(try home.state.products("twins/subscription")[0].name))
    #expect(scores.rowCount > 300)
    #expect(Int64(twins.rowCount - scores.rowCount) == entry.counts["notScored"])
    let probabilities = try scores.double("churn_probability").values
    #expect(probabilities.allSatisfy { $0 > 0 && $0 < 1 })
    let inNotice = Set(
      zip(try twins.int64("subscription_id").values, try twins.bool("is_in_notice").values).filter(\.1).map(\.0))
    #expect(!inNotice.isEmpty)
    #expect(try scores.int64("subscription_id").values.allSatisfy { !inNotice.contains($0) })
    #expect(try Set(scores.string("model").values) == ["churn/v0001"])
    // Little use is what makes leave: whoever uses little has the greater probability.
    let use = try scores.int64("voice_out_count_28d", of: twins)
    let low = zip(use, probabilities).filter { $0.0 < 70 }.map(\.1)
    let high = zip(use, probabilities).filter { $0.0 > 150 }.map(\.1)
    let lowMean: Double = low.reduce(0, +) / Double(low.count)
    let highMean: Double = high.reduce(0, +) / Double(high.count)
    #expect(lowMean > 2 * highMean)
    #expect(try scores.int64("clv_e4").values.allSatisfy { $0 > 0 })
    let (first, second) = (try scores.double("reason_1_contribution"), try scores.double("reason_2_contribution"))
    for row in 0..<scores.rowCount {
      if let a = first[row], let b = second[row] { #expect(a >= b && b > 0) }
    }
  }

  @Test func `one thread and several give the same bytes`() throws {
    var digests: Set<[String]> = []
    for threads in [1, 2] {
      let home = try MiniOperator()
      _ = try home.train(threads: threads)
      try home.twin()
      _ = try home.score(threads: threads)
      digests.insert(try home.state.products.map(\.name))
    }
    #expect(digests.count == 1)
  }

  @Test func `metrics are of the test date, which training never saw`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let product = try #require(home.state.products(under: "data/models/churn").first { $0.name.contains("metrics-") })
    let metrics = try JSONDecoder().decode(
      ChurnMetrics.self, from: Data(contentsOf: URL(filePath: home.home.url(product.name))))
    // 56 days of maturity before the night, then 30 days between the parts.
    #expect(metrics.test.asOf == ["2026-09-27"])
    #expect(metrics.validation.asOf == ["2026-08-28"])
    #expect(metrics.train.asOf == ["2026-07-01", "2026-07-15", "2026-07-29"])
    #expect(metrics.deployedValidation.asOf == metrics.test.asOf)
    #expect(metrics.refit?.asOf == ["2026-08-18", "2026-08-28"])
    #expect(metrics.deployedRefit?.asOf == ["2026-09-17", "2026-09-27"])
    let models = try #require(ModelVersion.newest(try home.state)).load(home: home.home)
    #expect(models.gradient.learnedRowCount == metrics.deployedRefit?.rows)
    #expect(models.gradient.trees.count == metrics.deployedTreeCount)
    #expect(try #require(metrics.gradient.pooled.auc) > 0.6)
    #expect(try #require(metrics.logistic.pooled.auc) > 0.6)
    let predictions = try #require(
      home.state.products(under: "data/models/churn").first { $0.name.contains("predictions-") })
    let table = try ParquetFile.read(home.home.url(predictions.name))
    let labels = try table.int32("label").values.map { Double($0) }
    let auc = RankMetrics.areaUnderCurve(scores: try table.double("gradient_probability").values, labels: labels)
    #expect(auc == metrics.gradient.pooled.auc)
  }

  @Test(arguments: [1, 0]) func `what the logistic fit warns of stands on the card, and how much of it in the entry`(
    penalty: Int
  ) throws {
    let home = try MiniOperator()
    guard
      case .published(let entry, _, _) = try home.train(
        MiniOperator.churn([("penalty: 1", "penalty: \(penalty)")]))
    else {
      Issue.record("nothing was trained")
      return
    }
    let version = try #require(ModelVersion.newest(try home.state))
    let card = try version.decoded(ModelCard.self, "card", ext: "json", home: home.home)
    let warnings = try #require(try version.load(home: home.home).logistic.warnings)
    #expect(!warnings.isEmpty && card.fit.logisticWarnings == warnings)
    #expect(entry.counts["logisticWarnings"] == Int64(warnings.count))
    let text = String(decoding: try version.bytes("card", ext: "md", home: home.home), as: UTF8.self)
    for warning in warnings.prefix(10) { #expect(text.contains("- \(warning.kind.rawValue): \(warning)\n")) }
    let separations = warnings.filter { $0.kind == .quasiSeparation || $0.kind == .completeSeparation }
    #expect(separations.isEmpty == (penalty == 1))
    #expect(entry.warnings.count { $0.hasPrefix("the logistic model: ") } == separations.count)
  }

  @Test func `a model grows old and a new version takes its place`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    guard case .notDue = try home.train(night: MiniOperator.night + 27) else {
      Issue.record("27 days are young")
      return
    }
    guard case .published(_, let version, _) = try home.train(night: MiniOperator.night + 1, isForced: true) else {
      Issue.record("forced")
      return
    }
    #expect(version == "churn/v0002")
  }

  @Test func `nobody who left, or too little history, cannot train and publishes nothing`() throws {
    let home = try MiniOperator(subscriptionCount: 60, leaveRate: 0)
    let before = try CommitLog.open(home.home).entries.count
    let nobody = #expect(throws: LearningError.self) { try home.train() }
    #expect(nobody?.code == .tooLittleHistory)
    #expect(nobody?.exitStatus == 65)
    let early = #expect(throws: LearningError.self) { try home.train(night: MiniOperator.night - 70) }
    #expect(early?.code == .tooLittleHistory)
    #expect(try CommitLog.open(home.home).entries.count == before)
  }

  @Test func `history that allows no version keeps a champion that can score, and publishes nothing`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let before = try CommitLog.open(home.home).entries.count
    let many = try MiniOperator.churn([("minimum-positives: 10", "minimum-positives: 1000")])
    func train() throws -> TrainingNight.Outcome {
      try home.train(many, night: MiniOperator.night + 1, isForced: true)
    }
    guard case .kept(let champion, let reason) = try train() else {
      Issue.record("the champion stays")
      return
    }
    #expect(champion == "churn/v0001" && reason.hasPrefix("cannot train: "))
    #expect(try CommitLog.open(home.home).entries.count == before)
    // One that cannot score keeps nothing going.
    let model = try #require(ModelVersion.newest(try home.state)).product("model")
    try SystemCalls.unlink(home.home.url(model.name))
    let error = #expect(throws: LearningError.self) { try train() }
    #expect(error?.code == .tooLittleHistory && error?.exitStatus == 65)
  }

  @Test func `scoring without a model says how to get one`() throws {
    let home = try MiniOperator(subscriptionCount: 10)
    let error = #expect(throws: LearningError.self) { try home.score() }
    #expect(error?.code == .missingModel)
    #expect(error?.exitStatus == 66)
  }

  @Test func `a model file that is not what the log says is refused`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    try home.twin()
    let product = try #require(home.state.products(under: "data/models/churn").first { $0.name.contains("/model-") })
    let path = home.home.url(product.name)
    try SystemCalls.unlink(path)
    try SystemCalls.writeFile(path, Array("tree\n".utf8))
    let error = #expect(throws: LearningError.self) { try home.score() }
    #expect(error?.code == .damagedModel)
  }

  @Test func `every fault of the definition is reported at once`() throws {
    let document = try MiniOperator.churn([
      ("horizon-days: 30", "horizon-days: no"), ("calibration: platt", "calibration: plat"),
      ("retrain-after-days: 28", "retrain-after: 28"),
    ])
    let error = #expect(throws: ConfigurationError.self) { try ChurnDefinition(document) }
    #expect(error?.problems.count == 4)
  }

  @Test func `what becomes of treated rows is read from the definition`() throws {
    let text = "calibration: platt\ntreatment: {rows: excluded, carry-over-days: 7, greatest-weight: 5}"
    let handling = try ChurnDefinition(MiniOperator.churn([("calibration: platt", text)])).treatment
    #expect(handling.method == .excluded && handling.carryOverDays == 7 && handling.greatestWeight == 5)
    #expect(try ChurnDefinition(MiniOperator.churn()).treatment.method == .weighted)
    let wrong = text.replacing("excluded", with: "hidden").replacing("weight: 5", with: "weight: 0.5")
    let error = #expect(throws: ConfigurationError.self) {
      try ChurnDefinition(MiniOperator.churn([("calibration: platt", wrong)]))
    }
    #expect(error?.problems.count == 2)
  }
}

extension Table {
  /// The values of a twin's column for the rows of this table, by subscription.
  fileprivate func int64(_ name: String, of twin: Table) throws -> [Int64] {
    let values = Dictionary(
      uniqueKeysWithValues: zip(try twin.int64("subscription_id").values, try twin.int64(name).values))
    return try int64("subscription_id").values.map { values[$0] ?? 0 }
  }
}
