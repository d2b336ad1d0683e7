import Calendar
import Columns
import Configuration
import FoundationEssentials
import Learning
import Ledger
import Testing

@Suite struct HorizonTrainingTests {
  /// Ten days ahead, then what `further` names.
  private static func churn(_ further: String) throws -> ConfigurationDocument {
    try MiniOperator.churn([
      ("horizon-days: 30", "horizon-days: 10, further-horizon-days: \(further)"), ("positives: 10", "positives: 5"),
    ])
  }

  @Test func `each further horizon has a model, and a column of scores that no shorter one exceeds`() throws {
    let home = try MiniOperator(subscriptionCount: 1_500)
    let document = try Self.churn("[20, 30]")
    guard case .published(let entry, _, let summary) = try home.train(document) else {
      Issue.record("nothing was trained")
      return
    }
    #expect(entry.counts["furtherHorizons"] == 2)
    #expect(!summary.contains("too little history"))
    let names = entry.products.map(\.name)
    for days in [20, 30] {
      for role in ["model", "calibration", "metrics"] {
        #expect(names.count { $0.hasPrefix("data/models/churn/v0001/horizon\(days)-\(role)-") } == 1)
      }
      let name = try #require(names.first { $0.contains("horizon\(days)-metrics-") })
      let metrics = try JSONDecoder().decode(
        HorizonMetrics.self, from: Data(contentsOf: URL(filePath: home.home.url(name))))
      // The newest date whose labels of that horizon are mature.
      let newest = MiniOperator.night - (days + 26)
      #expect(metrics.test.asOf == ["\(newest)"])
      #expect(metrics.refit?.asOf.last == metrics.validation.asOf[0] && metrics.refit?.asOf.count == 2)
      #expect(try #require(metrics.gradient.pooled.auc) > 0.6)
    }
    let models = try #require(ModelVersion.newest(try home.state)).loadFurther(home: home.home)
    #expect(models.map(\.horizonDays) == [20, 30])
    // The model in use has learned from the two dates of its refit: every subscription of the base twice, not three times.
    for model in models { #expect((2_000..<3_001).contains(model.gradient.learnedRowCount)) }

    try home.twin()
    guard case .published(let scored, _) = try home.score(churn: document) else {
      Issue.record("nothing was scored")
      return
    }
    let product = try #require(scored.products.first { $0.dataset == "scores" })
    let scores = try ParquetFile.read(home.home.url(product.name))
    let (ten, twenty) = (try scores.double("churn_probability").values, try scores.double("churn_probability_20d"))
    let thirty = try scores.double("churn_probability_30d")
    for row in 0..<scores.rowCount {
      let (near, far) = (try #require(twenty[row]), try #require(thirty[row]))
      #expect(ten[row] <= near && near <= far && far < 1)
    }
    let means = [ten, twenty.values, thirty.values].map { $0.reduce(0, +) / Double(scores.rowCount) }
    #expect(means[1] > 1.4 * means[0])
    #expect(means[2] > 1.2 * means[1])
  }

  @Test func `a horizon that history is too short for has no model, and its scores are null`() throws {
    let home = try MiniOperator(subscriptionCount: 1_500)
    let document = try Self.churn("[20, 90]")
    guard case .published(let entry, _, let summary) = try home.train(document) else {
      Issue.record("nothing was trained")
      return
    }
    #expect(entry.counts["furtherHorizons"] == 1)
    #expect(summary.contains("too little history for a horizon of 90 days"))
    try home.twin()
    guard case .published(let scored, _) = try home.score(churn: document) else {
      Issue.record("nothing was scored")
      return
    }
    let product = try #require(scored.products.first { $0.dataset == "scores" })
    let scores = try ParquetFile.read(home.home.url(product.name))
    #expect(try scores.double("churn_probability_90d").validity == [Bool](repeating: false, count: scores.rowCount))
    #expect(try scores.double("churn_probability_20d").validity == nil)
  }

  @Test(arguments: ["[10]", "[30, 20]", "[x]", "[400]"]) func `horizons that do not ascend are faults`(text: String) {
    #expect(throws: ConfigurationError.self) { try ChurnDefinition(Self.churn(text)) }
  }

  @Test func `customers held out are judged on and teach nothing`() throws {
    let home = try MiniOperator(subscriptionCount: 1_500)
    let all = try home.trained()
    let parted = try home.trained(
      MiniOperator.churn([
        ("embargo-days: 0", "embargo-days: 0, held-out-customers-percent: 40"), ("positives: 10", "positives: 5"),
      ]))
    let groups = CustomerGroups(heldOutPercent: 40)
    let judged = parted.subscriptions.map { groups.isHeldOut(9_000 + ($0 - 1_000) / 2) }
    #expect(judged.allSatisfy { $0 })
    // Whoever of the base is held out is there, and only the others taught.
    #expect(parted.subscriptions == all.subscriptions.filter { groups.isHeldOut(9_000 + ($0 - 1_000) / 2) })
    #expect((0.3...0.5).contains(Double(parted.metrics.test.rows) / Double(all.metrics.test.rows)))
    #expect((0.5...0.7).contains(Double(parted.metrics.train.rows) / Double(all.metrics.train.rows)))
    let refits = try [parted, all].map { Double(try #require($0.metrics.refit).rows) }
    #expect((0.5...0.7).contains(refits[0] / refits[1]), "nor do they in the refit")
  }
}

extension MiniOperator {
  /// Trains, and returns the metrics with the subscriptions that were predicted for.
  fileprivate func trained(
    _ document: ConfigurationDocument? = nil
  ) throws -> (metrics: ChurnMetrics, subscriptions: [Int64]) {
    _ = try train(document, isForced: true)
    let version = try #require(ModelVersion.newest(try state))
    let metrics = try JSONDecoder().decode(
      ChurnMetrics.self, from: Data(contentsOf: URL(filePath: home.url(version.product("metrics").name))))
    let predictions = try ParquetFile.read(home.url(version.product("predictions").name))
    return (metrics, try predictions.int64("subscription_id").values)
  }
}
