import Calendar
import Columns
import Foundation
import Learning
import Ledger
import Testing

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

  /// Without the first four no night can score; the others are what versions are compared by.
  @Test(arguments: [
    ("model", true), ("logistic", true), ("calibration", true), ("reference", true), ("metrics", false),
    ("predictions", false), ("card", false),
  ])
  func `a champion with a lost file gives its place away, at once where it cannot score`(
    role: String, isDue: Bool
  ) throws {
    let home = try MiniOperator()
    _ = try home.train()
    let champion = try #require(ModelVersion.newest(try home.state))
    // A card has a file for people besides, which nothing reads.
    try SystemCalls.unlink(home.home.url(try champion.product(role, ext: role == "card" ? "json" : nil).name))
    guard case .published(let entry, let label, _) = try home.train(night: MiniOperator.night + 1, isForced: !isDue)
    else {
      Issue.record("nothing was trained")
      return
    }
    #expect(label == "churn/v0002" && entry.counts["promoted"] == 1)
    let decision = try #require(try ModelVersion.newest(home.state)?.decision(home: home.home))
    #expect(decision.champion == champion.label && decision.comparison == nil)
    #expect(decision.summary == "it takes the place of churn/v0001 as champion")
    #expect(
      entry.warnings.contains {
        $0.hasPrefix("churn/v0001 was champion and is not compared: ") && $0.contains("/\(role)-")
      })
  }

  @Test func `predictions from before rows had weights are compared as they came`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let version = try #require(ModelVersion.newest(try home.state))
    let table = try version.table("predictions", home: home.home)
    #expect(table.schema.fields.suffix(2).map(\.name) == ["is_treated", "weight"])
    #expect(try table.double("weight").values.allSatisfy { $0 == 1 })
    let transaction = try Transaction.begin(
      home.home, stage: "train", date: MiniOperator.night, materials: [], configDigest: SHA256Digest(of: "older"))
    let folder = "data/models/churn/v0007"
    let path = transaction.stagingPath("predictions.parquet")
    try ParquetFile.write(
      Table(Schema(Array(table.schema.fields.dropLast(2))), Array(table.columns.dropLast(2))), to: path)
    try transaction.add(
      stagedPath: path, folder: folder, fileName: .role("predictions", ext: "parquet"),
      rowCount: Int64(table.rowCount))
    let calibration = transaction.stagingPath("calibration.json")
    try SystemCalls.writeFile(calibration, Array(try version.bytes("calibration", home: home.home)))
    try transaction.add(stagedPath: calibration, folder: folder, fileName: .role("calibration", ext: "json"))
    try transaction.commit(counts: ["version": 7])
    let found = try VersionComparison(
      home.home, first: "v0001", second: "v0007", registry: MiniOperator.registry(),
      catalogue: MiniOperator.catalogue(), threads: 2)
    let pooled = found.trial.comparison.pooled
    #expect(pooled.rowCount == table.rowCount && pooled.asCame == nil && pooled.champion == pooled.challenger)
    #expect(found.trial.labelDifference == nil)
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
