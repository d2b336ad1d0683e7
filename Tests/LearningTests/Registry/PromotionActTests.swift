import Calendar
import Learning
import Ledger
import Testing

/// Champions made and taken back by hand.
@Suite struct PromotionActTests {
  private static let tomorrow = MiniOperator.night + 1

  private func registry(_ home: MiniOperator, _ night: Day? = nil) throws -> ModelRegistry {
    ModelRegistry(try CommitLog.open(home.home).state(night.map { .knownBy($0) } ?? .head))
  }

  private func act(
    _ home: MiniOperator, _ request: PromotionAct.Request, night: Day = tomorrow, by: String = "risk board",
    why: String = "reviewed"
  ) throws -> PromotionAct.Outcome {
    try PromotionAct(home.home, night: night, request: request, by: by, why: why, versions: ["nightjar": "test"]).run()
  }

  @Test func `promotion and rollback by hand hold from their night on, once, with who and why`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    _ = try home.train(
      registry: MiniOperator.registry([("test: non-inferior, margin: 1", "test: gain, margin: 1")]),
      night: Self.tomorrow, isForced: true)
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

  @Test func `a version with a lost file cannot become champion, and the list says what is lost`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    _ = try home.train(night: Self.tomorrow, isForced: true)
    #expect(try registry(home).champion?.label == "churn/v0002")
    let first = try registry(home).version(named: "v0001")
    try SystemCalls.unlink(home.home.url(try first.product("calibration").name))
    let count = try CommitLog.open(home.home).entries.count
    for request in [PromotionAct.Request.rollback, .promote("v0001")] {
      let error = #expect(throws: LearningError.self) { try act(home, request) }
      #expect(error?.code == .missingModel && error?.exitStatus == 66)
      #expect(error?.message.hasPrefix("churn/v0001 cannot become champion: ") == true)
    }
    #expect(try CommitLog.open(home.home).entries.count == count)

    let metrics = home.home.url(try registry(home).version(named: "v0002").product("metrics").name)
    try SystemCalls.unlink(metrics)
    try SystemCalls.writeFile(metrics, Array("{}".utf8))
    let listing = try ModelListing(home.home, knownBy: nil)
    #expect(listing.rows.map(\.isDamaged) == [true, true] && listing.warnings.count == 2)
    #expect(listing.rows[0].note?.contains("calibration-") == true && listing.rows[0].auc != nil)
    #expect(listing.rows[1].note?.contains("metrics-") == true && listing.rows[1].auc == nil)
    #expect(listing.rows[1].verdict == "promoted")
  }

  @Test func `a rollback needs no file but those that score`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    _ = try home.train(night: Self.tomorrow, isForced: true)
    let first = try registry(home).version(named: "v0001")
    try SystemCalls.unlink(home.home.url(try first.product("decision").name))
    guard case .published(let entry, _) = try act(home, .rollback) else {
      Issue.record("nothing was done")
      return
    }
    #expect(entry.warnings.contains { $0.hasPrefix("what the rule said of churn/v0001 cannot be read: ") })
    #expect(try registry(home).champion?.label == "churn/v0001")
  }

  @Test func `an act of a night to come is warned of, and listed beside the champion of the newest night`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    _ = try home.train(night: Self.tomorrow, isForced: true)
    let far = Self.tomorrow + 30
    guard case .published(let entry, _) = try act(home, .promote("v0001"), night: far) else {
      Issue.record("promoted")
      return
    }
    #expect(entry.warnings.count == 1)
    #expect(
      entry.warnings.first?.hasPrefix("churn/v0001 is champion from \(far) on, and churn/v0002 until then") == true)
    let listing = try ModelListing(home.home, knownBy: nil)
    #expect(listing.rows.map(\.status) == [.former, .champion])
    #expect(listing.rows.map(\.from) == ["\(far)", nil])
    #expect(listing.summary == "2 versions, churn/v0002 is champion" && listing.warnings.count == 1)
    #expect(listing.lines[1].contains("from \(far)"))
    #expect(try ModelListing(home.home, knownBy: far).rows.map(\.status) == [.champion, .former])
    // Beside the champion of the newest night there is no challenger.
    let comparison = try VersionComparison(
      home.home, first: "champion", second: "v0001", registry: MiniOperator.registry(),
      catalogue: MiniOperator.catalogue(), threads: 2)
    #expect(comparison.champion == "churn/v0002")
  }
}
