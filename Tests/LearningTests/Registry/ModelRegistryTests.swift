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

  private func act(
    _ home: MiniOperator, _ request: PromotionAct.Request, night: Day = tomorrow, by: String = "risk board",
    why: String = "reviewed"
  ) throws -> PromotionAct.Outcome {
    try PromotionAct(home.home, night: night, request: request, by: by, why: why, versions: ["nightjar": "test"]).run()
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

  @Test func `promotion and rollback by hand hold from their night on, once, with who and why`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    _ = try home.train(registry: MiniOperator.registry(Self.holding), night: Self.tomorrow, isForced: true)
    guard case .published(let entry, _) = try act(home, .promote("v0002")) else {
      Issue.record("promoted")
      return
    }
    #expect(
      entry.warnings == ["churn/v0002 is promoted by hand though the rule has held it; its decision file says why"])
    #expect(try registry(home).champion?.label == "churn/v0002")
    #expect(try registry(home, MiniOperator.night).champion?.label == "churn/v0001")
    let record = try PromotionAct.record(entry, home: home.home)
    #expect(record.by == "risk board" && record.why == "reviewed" && record.previous == "churn/v0001")
    #expect(record.ruleVerdict == "held")
    guard case .alreadyDone = try act(home, .promote("v0002")) else {
      Issue.record("it is champion already")
      return
    }

    guard case .published = try act(home, .rollback, why: "complaints") else {
      Issue.record("rolled back")
      return
    }
    var found = try registry(home)
    #expect(found.champion?.label == "churn/v0001")
    #expect(found.status(try found.version(named: "v0002")) == .rolledBack)
    // The same command again, as after a crash, does not go back twice.
    let count = try CommitLog.open(home.home).entries.count
    guard case .alreadyDone = try act(home, .rollback, why: "complaints") else {
      Issue.record("it is done")
      return
    }
    #expect(try CommitLog.open(home.home).entries.count == count)
    let nowhere = #expect(throws: LearningError.self) { try act(home, .rollback, why: "again") }
    #expect(nowhere?.code == .unknownVersion)

    guard case .published = try act(home, .promote("v0002"), why: "the complaints had another cause") else {
      Issue.record("promoted again")
      return
    }
    found = try registry(home)
    #expect(found.champion?.label == "churn/v0002")
    let listing = try ModelListing(home.home, knownBy: nil)
    #expect(listing.summary == "2 versions, churn/v0002 is champion")
    #expect(listing.lines.count == 3 + 1 + 3)
    _ = try Verification(home.home).run()

    let path = home.home.url(try #require(entry.products.first).name)
    try SystemCalls.unlink(path)
    try SystemCalls.writeFile(path, Array("{}".utf8))
    let damaged = #expect(throws: LearningError.self) { try ModelListing(home.home, knownBy: nil) }
    #expect(damaged?.code == .damagedModel)
    try SystemCalls.unlink(path)
    let missing = #expect(throws: LearningError.self) { try ModelListing(home.home, knownBy: nil) }
    #expect(missing?.code == .missingModel)
  }

  @Test func `an unknown version, and an act without who or why, are refused and write nothing`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let count = try CommitLog.open(home.home).entries.count
    let unknown = #expect(throws: LearningError.self) { try act(home, .promote("v0009")) }
    #expect(unknown?.code == .unknownVersion && unknown?.exitStatus == 66)
    #expect(unknown?.message.contains("there are: v0001") == true)
    for (by, why) in [("", "x"), ("x", " "), ("x", "two\nlines"), ("x", String(repeating: "y", count: 501))] {
      let error = #expect(throws: LearningError.self) { try act(home, .promote("v0001"), by: by, why: why) }
      #expect(error?.code == .invalidAct && error?.exitStatus == 64)
    }
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
        home.home, first: first, second: second, churn: MiniOperator.churn(),
        registry: MiniOperator.registry(Self.holding), catalogue: MiniOperator.catalogue(), threads: 2)
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
    // Of another name, the field is lost to the champion; the new version is judged by the floors alone.
    let catalogue = try MiniOperator.catalogue([("{name: birth_year, ", "{name: year_of_birth, ")])
    _ = try home.train(night: Self.tomorrow, isForced: true, catalogue: catalogue)
    let decision = try #require(try registry(home).champion?.decision(home: home.home))
    #expect(decision.version == "churn/v0002" && decision.champion == nil)
    #expect(decision.notes.first?.hasPrefix("churn/v0001 was champion and is not compared: ") == true)
    #expect(decision.notes.first?.contains("birth_year") == true)
  }
}

/// Registry files with other bytes than were committed, or bytes that no version would have written.
@Suite struct HostileRegistryTests {
  @Test(arguments: ["decision", "reference", "metrics", "predictions"])
  func `a file that is not what the log says is refused`(role: String) throws {
    let home = try MiniOperator()
    _ = try home.train()
    let version = try #require(ModelVersion.newest(try home.state))
    let path = home.home.url(try version.product(role).name)
    try SystemCalls.unlink(path)
    try SystemCalls.writeFile(path, Array("{}".utf8))
    let error = #expect(throws: LearningError.self) { try read(version, home) }
    #expect(error?.code == .damagedModel)
    try SystemCalls.unlink(path)
    let missing = #expect(throws: LearningError.self) { try read(version, home) }
    #expect(missing?.code == .missingModel)
  }

  @Test func `an older version is listed beside the others, and what it lacks is named`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let newest = try #require(ModelVersion.newest(try home.state))
    var metrics = try #require(
      try JSONSerialization.jsonObject(with: newest.bytes("metrics", home: home.home)) as? [String: Any])
    for key in ["embargoDays", "deployedTrainTreatment", "deployedValidationTreatment"] {
      let removed = metrics.removeValue(forKey: key)
      #expect(removed != nil)
    }
    func commit(_ number: Int, _ metrics: [String: Any]) throws -> ModelVersion {
      let text = String(decoding: try JSONSerialization.data(withJSONObject: metrics), as: UTF8.self)
      return try version("metrics", text, number: number, in: home)
    }
    let old = try commit(7, metrics)
    metrics["test"] = nil
    _ = try commit(8, metrics)
    let listing = try ModelListing(home.home, knownBy: nil)
    #expect(listing.rows.map(\.version) == ["churn/v0001", "churn/v0007", "churn/v0008"])
    #expect(listing.rows[0].auc != nil && listing.rows[1].auc == listing.rows[0].auc)
    #expect(listing.rows[1].testEvents == listing.rows[0].testEvents && listing.rows[1].note == nil)
    #expect(listing.rows[2].testEvents == nil && listing.rows[2].note?.contains("lacks the key test") == true)
    #expect(listing.lines.count { $0.hasPrefix("note: the file of the role metrics of churn/v0008") } == 1)
    let error = #expect(throws: LearningError.self) {
      try old.decoded(ChurnMetrics.self, "metrics", home: home.home)
    }
    #expect(error?.code == .olderFormat && error?.message.contains("lacks the key embargoDays") == true)
  }

  private func read(_ version: ModelVersion, _ home: MiniOperator) throws {
    _ = try version.decision(home: home.home)
    _ = try version.reference(home: home.home)
    _ = try version.table("predictions", home: home.home)
    _ = try version.decoded(ChurnMetrics.self, "metrics", home: home.home)
  }

  /// A version whose file of a role has these bytes, signed as any other.
  private func version(
    _ role: String, _ text: String, number: Int = 7, in home: MiniOperator
  ) throws -> ModelVersion {
    let transaction = try Transaction.begin(
      home.home, stage: "train", date: MiniOperator.night, materials: [], configDigest: SHA256Digest(of: text))
    let path = transaction.stagingPath("file.json")
    try SystemCalls.writeFile(path, Array(text.utf8))
    try transaction.add(
      stagedPath: path, folder: "data/models/churn/v000\(number)", fileName: .role(role, ext: "json"))
    try transaction.commit(counts: ["version": Int64(number)])
    return try #require(ModelVersion.newest(try home.state))
  }

  private static func reference(_ inputs: String, score: String = good) -> String {
    #"{"formatVersion":1,"inputAsOf":[],"inputs":[\#(inputs)],"score":\#(score),"scoreAsOf":[]}"#
  }

  private static let good = #"{"bounds":[1,2],"counts":[1,1,1],"missingCount":0,"name":"x","unseenCount":0}"#

  @Test func `a sound reference is read`() throws {
    let home = try MiniOperator(subscriptionCount: 2)
    #expect(try version("reference", Self.reference(Self.good), in: home).reference(home: home.home) != nil)
  }

  @Test(arguments: [
    "", "[]", "{", "{}",
    reference(good).replacing("\"formatVersion\":1", with: "\"formatVersion\":2"),
    reference(good.replacing("[1,2]", with: "[2,1]")), reference(good.replacing("[1,2]", with: "[1,1]")),
    reference(good.replacing("[1,2]", with: "[1]")), reference(good.replacing("[1,2]", with: "null")),
    reference(good.replacing("[1,1,1]", with: "[1,-1,1]")),
    reference(good.replacing("[1,1,1]", with: "[9223372036854775807,9223372036854775807,1]")),
    reference(good.replacing("\"missingCount\":0", with: "\"missingCount\":-4")),
    reference(good.replacing("\"unseenCount\":0", with: "\"unseenCount\":9")),
    reference(good + "," + good),
    reference(good, score: #"{"counts":[1],"levels":["a"],"missingCount":0,"name":"s","unseenCount":0}"#),
    reference(#"{"counts":[1,2],"levels":["a","a"],"missingCount":0,"name":"y","unseenCount":0}"#),
    reference(#"{"counts":[1],"levels":["a"],"bounds":[],"missingCount":0,"name":"y","unseenCount":0}"#),
  ])
  func `a reference that contradicts itself is refused`(text: String) throws {
    let home = try MiniOperator(subscriptionCount: 2)
    let version = try version("reference", text, in: home)
    let error = #expect(throws: LearningError.self) { try version.reference(home: home.home) }
    #expect(error?.code == .damagedModel)
  }

  @Test func `a decision of another version or format is refused`() throws {
    let home = try MiniOperator(subscriptionCount: 2)
    let text = #"""
      {"conditions":[],"formatVersion":1,"heldOutDates":[],"mode":"manual","night":"2026-11-22","notes":[],"verdict":"ready","version":"churn/v0007"}
      """#
    let right = try version("decision", text, in: home)
    #expect(try right.decision(home: home.home)?.verdict == .ready)
    for wrong in [
      text.replacing("v0007", with: "v0008"), text.replacing("Version\":1", with: "Version\":3"),
      text.replacing("ready", with: "perhaps"),
    ] {
      let home = try MiniOperator(subscriptionCount: 2)
      let version = try version("decision", wrong, in: home)
      let error = #expect(throws: LearningError.self) { try version.decision(home: home.home) }
      #expect(error?.code == .damagedModel)
    }
  }

  @Test func `a version from before there was a rule is champion, and scores with a warning that its drift is unknown`()
    throws
  {
    let home = try MiniOperator(subscriptionCount: 2)
    let version = try version("metrics", "{}", in: home)
    #expect(ModelRegistry(try home.state).champion == version)
    #expect(try version.decision(home: home.home) == nil)
    #expect(try version.reference(home: home.home) == nil)
  }
}
