import Calendar
import Columns
import Configuration
import Datasets
import Foundation
import Learning
import Ledger
import Testing

@Suite struct ModelRegistryTests {
  private static let tomorrow = MiniOperator.night + 1

  /// A rule that no challenger passes beside a champion.
  private static let holding = [("test: non-inferior, margin: 1", "test: gain, margin: 1")]

  /// So few leave after the end of the operator's history that the parts of later nights are small.
  private static func churn() throws -> ConfigurationDocument {
    try MiniOperator.churn([("minimum-positives: 10", "minimum-positives: 4")])
  }

  private func registry(_ home: MiniOperator, _ night: Day? = nil) throws -> ModelRegistry {
    ModelRegistry(try CommitLog.open(home.home).state(night.map { .knownBy($0) } ?? .head))
  }

  @Test func `the first version that passes is champion, the next one takes its place or stays challenger`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    #expect(try registry(home).champion?.label == "churn/v0001")
    _ = try home.train(
      registry: MiniOperator.registry(Self.holding), night: Self.tomorrow, isForced: true)
    var found = try registry(home)
    #expect(found.champion?.label == "churn/v0001")
    #expect(found.challenger?.label == "churn/v0002")
    let decision = try #require(try found.challenger?.decision(home: home.home))
    #expect(decision.verdict == .held && decision.champion == "churn/v0001")
    #expect(decision.failures.map(\.name) == ["against-champion.auc"])
    let entry = try #require(found.challenger).entry
    #expect(entry.counts["promoted"] == 0 && entry.counts["conditionsFailed"] == 1)
    #expect(entry.warnings.contains { $0.hasPrefix("churn/v0002: it stays challenger beside churn/v0001: ") })
    // Scoring uses the champion, not the newest version.
    try home.twin()
    guard case .published(_, let model) = try home.score() else {
      Issue.record("nothing was scored")
      return
    }
    #expect(model == "churn/v0001")

    _ = try home.train(Self.churn(), night: Self.tomorrow + 1, isForced: true)
    found = try registry(home)
    #expect(found.champion?.label == "churn/v0003")
    #expect(found.status(try found.version(named: "1")) == .former)
    #expect(found.status(try found.version(named: "v0002")) == .challenger)
    #expect(found.challenger == nil)
    // What a night knows does not change with what later nights decide.
    #expect(try registry(home, MiniOperator.night).champion?.label == "churn/v0001")
  }

  @Test func `a champion that was never promoted is none, and every night tries anew`() throws {
    let home = try MiniOperator()
    let strict = try MiniOperator.registry([("minimum-auc: 0.5,", "minimum-auc: 1,")])
    guard case .published(let entry, _, _) = try home.train(registry: strict) else {
      Issue.record("nothing was trained")
      return
    }
    #expect(entry.warnings.contains { $0.hasSuffix("no version is champion, so nothing can be scored") })
    try home.twin()
    let error = #expect(throws: LearningError.self) { try home.score() }
    #expect(error?.code == .missingModel && error?.exitStatus == 66)
    #expect(error?.message.contains("nightjar-train promote") == true)
    // The same night again finds its work done, though it made no champion.
    guard case .alreadyDone = try home.train(registry: strict) else {
      Issue.record("it is done")
      return
    }
    guard case .published(_, let version, _) = try home.train(night: Self.tomorrow) else {
      Issue.record("tried anew")
      return
    }
    #expect(version == "churn/v0002")
    #expect(try registry(home).champion?.label == "churn/v0002")
  }

  @Test func `a training that is forced twice with other settings is compared with the first`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let other = try MiniOperator.churn([("trees: 40", "trees: 20")])
    _ = try home.train(other, isForced: true)
    let found = try registry(home)
    #expect(try found.version(named: "v0002").decision(home: home.home)?.champion == "churn/v0001")
    let count = try CommitLog.open(home.home).entries.count
    guard case .alreadyDone(let entry) = try home.train(other, isForced: true) else {
      Issue.record("it is done")
      return
    }
    #expect(entry.counts["version"] == 2)
    #expect(try CommitLog.open(home.home).entries.count == count)
  }

  @Test func `compare says of champion and challenger what the night that trained it has decided by`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    _ = try home.train(
      Self.churn(), registry: MiniOperator.registry(Self.holding), night: MiniOperator.night + 7, isForced: true)
    let decision = try #require(try registry(home).challenger?.decision(home: home.home))
    func compare(_ first: String?, _ second: String?) throws -> VersionComparison {
      try VersionComparison(
        home.home, first: first, second: second, registry: MiniOperator.registry(Self.holding),
        catalogue: MiniOperator.catalogue(), threads: 2)
    }
    let found = try compare(nil, nil)
    #expect(found.champion == "churn/v0001" && found.challenger == "churn/v0002")
    #expect(found.trial.comparison == decision.comparison)
    #expect(found.conditions == decision.conditions)
    #expect(found.verdict == .hold)
    #expect(found.trial.comparison.pooled.rowCount > 200)
    #expect(found.trial.unmatchedRowCount == 0)
    // The other way round the difference turns its sign; the rows stay those of the later date.
    let back = try compare("v0002", "v0001")
    #expect(back.trial.dates == found.trial.dates)
    let (there, here) = (found.trial.comparison.pooled.aucDifference, back.trial.comparison.pooled.aucDifference)
    #expect(abs(try #require(there).estimate + (try #require(here).estimate)) < 1e-15)
    #expect(found.lines.last == "verdict: hold")
    #expect(throws: LearningError.self) { try compare("v0001", "churn/v0001") }
  }

  @Test func `a champion that was told of contacts is compared, and scored, as if there were none`() throws {
    let home = try MiniOperator(subscriptionCount: 1_000) { home in
      for number in stride(from: 0, to: 1_000, by: 3) {
        for back in stride(from: number % 40, to: 150, by: 40) {
          let day = MiniOperator.night - back
          home.add(
            .contacts, day,
            [
              "subscription_id": .whole(Int64(1_000 + number)), "person_id": .whole(Int64(9_000 + number / 2)),
              "channel": .text("sms"), "outcome": .text("delivered"),
              "contacted_at": .whole(Int64(day.rawValue) * 86_400_000_000),
            ])
        }
      }
    }
    let told = (
      "calibration: platt", "treatment: {rows: covariate, carry-over-days: 28, greatest-weight: 20}\ncalibration: platt"
    )
    _ = try home.train(MiniOperator.churn([told]))
    let champion = try #require(try registry(home).champion)
    let names = try champion.load(home: home.home).gradient.features.map(\.name)
    #expect(names.suffix(2) == ["treatment_carried_over", "treatment_contacted"])
    let reference = try #require(try champion.reference(home: home.home))
    #expect(reference.inputs.map(\.name) == names.dropLast(2))

    // Labels of a shorter horizon mature earlier, so that the champion has no predictions of the new test date.
    _ = try home.train(
      MiniOperator.churn([
        told, ("horizon-days: 30", "horizon-days: 20"), ("minimum-positives: 10", "minimum-positives: 4"),
      ]),
      night: Self.tomorrow, isForced: true)
    let decision = try #require(try registry(home).version(named: "v0002").decision(home: home.home))
    #expect(decision.champion == "churn/v0001")
    #expect(!decision.notes.contains { $0.contains("is not compared") })
    // The champion has learned from labels of 30 days, whatever the new version's are of.
    #expect(decision.notes.contains { $0.contains("has learned from labels up to \(MiniOperator.night - 26),") })
    #expect(decision.labelDifference?.contains("(a horizon of 30 and of 20 days)") == true)
    #expect(!decision.isPromoted)
    let logLoss = try #require(decision.conditions.first { $0.name == "against-champion.maximum-log-loss-rise" })
    #expect(logLoss.state == .notJudged)

    // Who was contacted does not count, and stands beside.
    let pooled = try #require(decision.comparison?.pooled)
    let came = try #require(pooled.asCame)
    #expect(pooled.rowCount < came.rowCount && pooled.eventCount <= came.eventCount)
    let version = try registry(home).version(named: "v0002")
    let predictions = try version.table("predictions", home: home.home)
    let (treated, weights) = (
      try predictions.bool("is_treated").values, try predictions.double("weight").values
    )
    #expect(zip(treated, weights).allSatisfy { $0 == ($1 == 0) })
    #expect(came.rowCount == predictions.rowCount && pooled.rowCount == weights.count { $0 > 0 })
    let metrics = try version.decoded(ChurnMetrics.self, "metrics", home: home.home)
    #expect(metrics.gradient.pooled.rowCount == came.rowCount)
    #expect(metrics.gradientUntreated?.pooled.rowCount == pooled.rowCount)
    #expect(metrics.gradientUntreated?.pooled.logLoss == pooled.challenger.logLoss)
    let card = String(decoding: try version.bytes("card", ext: "md", home: home.home), as: UTF8.self)
    #expect(card.contains("| gradient, untreated | all |"))

    try home.twin()
    guard case .published(let entry, "churn/v0001") = try home.score() else {
      Issue.record("the champion of the night was not used")
      return
    }
    let product = try #require(entry.products.first { $0.dataset == "score-drift" })
    let drift = try ParquetFile.read(home.home.url(product.name))
    #expect(drift.rowCount == names.count - 2 + 1)
  }

  @Test func `a champion that reads a field which the twin has lost is not compared, and the card says so`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    // Of another name, the field is lost to the champion, so that training is due; the new version is judged by the floors alone.
    let catalogue = try MiniOperator.catalogue([("{name: birth_year, ", "{name: year_of_birth, ")])
    _ = try home.train(night: Self.tomorrow, catalogue: catalogue)
    let decision = try #require(try registry(home).champion?.decision(home: home.home))
    #expect(decision.version == "churn/v0002" && decision.champion == "churn/v0001" && decision.comparison == nil)
    #expect(decision.summary == "it takes the place of churn/v0001 as champion")
    #expect(decision.notes.first?.hasPrefix("churn/v0001 was champion and is not compared: ") == true)
    #expect(decision.notes.first?.contains("birth_year") == true)
  }

  @Test func `by hand, a version waits though the champion cannot score, and no night trains another`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let catalogue = try MiniOperator.catalogue([("{name: birth_year, ", "{name: year_of_birth, ")])
    let manual = try MiniOperator.registry([("promote: automatic", "promote: manual")])
    _ = try home.train(registry: manual, night: Self.tomorrow, catalogue: catalogue)
    let found = try registry(home)
    #expect(found.champion?.label == "churn/v0001" && found.challenger?.label == "churn/v0002")
    #expect(try found.challenger?.decision(home: home.home)?.verdict == .ready)
    guard
      case .notDue("churn/v0002", _) = try home.train(registry: manual, night: Self.tomorrow + 1, catalogue: catalogue)
    else {
      Issue.record("a version waits")
      return
    }
    // A version that a person has put back waits for nobody.
    for request in [PromotionAct.Request.promote("v0002"), .rollback] {
      _ = try PromotionAct(
        home.home, night: Self.tomorrow, request: request, by: "ops", why: "trial", versions: ["nightjar": "test"]
      ).run()
    }
    #expect(try registry(home).status(registry(home).version(named: "v0002")) == .rolledBack)
    guard
      case .published(_, "churn/v0003", _) = try home.train(
        MiniOperator.churn([("minimum-positives: 10", "minimum-positives: 5")]), registry: manual,
        night: Self.tomorrow + 1, catalogue: catalogue)
    else {
      Issue.record("no version can score, and none is trained")
      return
    }
  }
}
