import Configuration
import Learning
import Ledger
import Testing
import Twins

@Suite struct BarredInputTests {
  /// The product's catalogue with `tenure_days` barred from models.
  private static func barring() throws -> TwinCatalogue {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    let path = "\(root)/Pipelines/\(TwinCatalogue.subscriptionFile)"
    let text = String(decoding: try SystemCalls.readFile(path), as: UTF8.self)
    let changed = text.replacing("{name: tenure_days, ", with: "{name: tenure_days, input: false, ")
    #expect(changed != text)
    return try TwinCatalogue(ConfigurationDocument(path: path, bytes: Array(changed.utf8)))
  }

  private func features(_ home: MiniOperator) throws -> Set<String> {
    let models = try #require(ModelVersion.newest(try home.state)).load(home: home.home)
    return Set((models.gradient.features + models.logistic.features).map(\.name))
  }

  @Test func `a model neither learns from what is barred, nor is put to use where it did`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let read = try features(home)
    #expect(read.contains("tenure_days"))
    #expect(read.isDisjoint(with: ["last_churn_probability", "last_clv_e4", "days_since_last_score"]))
    try home.twin()
    let error = #expect(throws: LearningError.self) { try home.score(Self.barring()) }
    #expect(error?.code == .barredInput)
    #expect(error?.message.hasPrefix("churn/v0001 reads 'tenure_days', which twins/subscription.yaml bars") == true)
    #expect(error?.message.contains("nightjar-train night --force") == true)

    // The version is young, but what cannot score must be trained anew.
    _ = try TrainingNight(
      home.home, night: MiniOperator.night, document: MiniOperator.churn(), registry: MiniOperator.registry(),
      catalogue: Self.barring(), isForced: false,
      threads: 2, versions: ["nightjar": "test"]
    ).run()
    #expect(try features(home) == read.subtracting(["tenure_days"]))
    // The version that may not be read any more is no measure for the new one.
    let decision = try #require(ModelVersion.newest(try home.state)?.decision(home: home.home))
    #expect(decision.isPromoted && decision.champion == "churn/v0001" && decision.comparison == nil)
    #expect(
      decision.notes == [
        "churn/v0001 was champion and is not compared: it reads 'tenure_days', which is barred from models"
      ])
    guard case .published(_, let model) = try home.score(Self.barring()) else {
      Issue.record("nothing was scored")
      return
    }
    #expect(model == "churn/v0002")
  }
}
