import Calendar
import Columns
import Configuration
import Datasets
import Decisions
import Foundation
import Ledger
import Testing

/// A home in a temporary folder with the twins and scores of a world.
struct TemporaryHome {
  let folder: String
  let home: Home

  static func with(_ body: (TemporaryHome) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nightjar-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let home = Home(path: folder + "/home", keysFolder: folder + "/keys")
    _ = try HomeSetup(home).run()
    try body(TemporaryHome(folder: folder, home: home))
  }

  /// Commits tables as the products of a stage.
  func commit(_ stage: String, _ night: Day, _ tables: [(folder: String, table: Table)]) throws {
    let transaction = try Transaction.begin(
      home, stage: stage, date: night, materials: [], configDigest: SHA256Digest(of: "\(stage) \(night)"))
    for (index, (folder, table)) in tables.enumerated() {
      let path = transaction.stagingPath("\(index).parquet")
      try ParquetFile.write(table, to: path)
      try transaction.add(stagedPath: path, folder: folder, fileName: .digest(ext: "parquet"))
    }
    try transaction.commit()
  }

  /// Commits twins, in two files, and scores of a night.
  func commit(_ world: World, _ night: Day) throws {
    let inputs = world.inputs()
    let half = inputs.twins.rowCount / 2
    try commit(
      "twin", night,
      [
        ("data/twins/entity=subscription/date=\(night)/shards=000-127", inputs.twins.rows(in: 0..<half)),
        (
          "data/twins/entity=subscription/date=\(night)/shards=128-255",
          inputs.twins.rows(in: half..<inputs.twins.rowCount)
        ),
      ])
    let count = inputs.scores.rowCount
    let scores = inputs.scores.adding(
      ColumnField("margin_e4", .int64, isNullable: true),
      .int64(TypedColumn([Int64](repeating: 0, count: count), validity: [Bool](repeating: false, count: count))))
    try commit("score", night, [("data/scores/date=\(night)", scores)])
  }

  func run(_ night: Day, policy: String = DecisionRunTests.policy) throws -> DecisionRun.Outcome {
    try plan(night, policy: policy).run()
  }

  func plan(
    _ night: Day, offers: String = DecisionRunTests.offers, policy: String = DecisionRunTests.policy
  ) throws -> DecisionRun {
    DecisionRun(
      home, night: night, offers: try ConfigurationDocument(path: "offers.yaml", bytes: Array(offers.utf8)),
      policy: try ConfigurationDocument(path: "policy.yaml", bytes: Array(policy.utf8)), threads: 2, versions: [:])
  }

  func table(_ dataset: Dataset, _ night: Day) throws -> Table {
    let products = try CommitLog.open(home).state(.head).products(dataset.name, where: ["date": "\(night)"])
    #expect(products.count == 1)
    return try ParquetFile.read(home.url(products[0].name))
  }
}

@Suite struct DecisionRunTests {
  static let offers = """
    offers:
      - id: bonus
        name: Bonus
        campaign: care
        purpose: marketing
        channels: {sms: {cost: 0.04, acceptance-rate: 0.1}, push: {cost: 0.002, acceptance-rate: 0.05}}
        discount: {amount: 0.50}
        effect: {churn-reduction: 0.4}
        eligible: [{field: tenure_days, operator: at-least, value: 30}]
    """

  static let policy = """
    suppress: [suspended, in-notice, open-complaint]
    purposes: {marketing: {channel-consent: true, profiling-consent: unless-withdrawn}}
    contact-caps: [{days: 7, contacts: 1}]
    budget: 40.00
    capacities: {sms: 60}
    control: {universal-share: 0.1, campaign-share: 0.2, period: half-year}
    exploration: {share: 0.05, budget: 2.00, contacts: {push: 10}}
    """

  static let world = World.random(customerCount: 1_000, seed: 6)
  static let night = World.night

  @Test func `a night is decided once and its tables have the columns promised`() throws {
    try TemporaryHome.with { home in
      try home.commit(Self.world, Self.night)
      // No vault is needed.
      try FileManager.default.removeItem(atPath: home.home.url("vault"))
      guard case .published(let entry) = try home.run(Self.night) else { throw Failure("not published") }
      #expect(entry.stage == "decide" && entry.counts["subscriptions"] == 1_000)
      #expect(entry.materials.contains { $0.name == "offers.yaml" })
      let decisions = try home.table(.decisions, Self.night)
      let assignments = try home.table(.assignments, Self.night)
      #expect(decisions.schema.fields.map(\.name) == Dataset.decisions.schema.fields.map(\.name))
      #expect(assignments.schema.fields.map(\.name) == Dataset.assignments.schema.fields.map(\.name))
      #expect(decisions.rowCount == Int(entry.counts["actions"]!))
      #expect(assignments.rowCount == Int(entry.counts["persons"]!))
      #expect(entry.counts["sent.cost_e4"]! > 0 && entry.counts["sent.cost_e4"]! <= 400_000)
      #expect(entry.counts["contacts.sms"]! > 0 && entry.counts["contacts.sms"]! <= 60)

      guard case .alreadyDone(let done) = try home.run(Self.night) else { throw Failure("run twice") }
      #expect(done.sequence == entry.sequence)
    }
  }

  @Test func `another policy replaces the night's decisions`() throws {
    try TemporaryHome.with { home in
      try home.commit(Self.world, Self.night)
      _ = try home.run(Self.night)
      let before = try home.table(.decisions, Self.night)
      let poorer = Self.policy.replacingOccurrences(of: "budget: 40.00", with: "budget: 4.00")
      guard case .published(let entry) = try home.run(Self.night, policy: poorer) else { throw Failure("not run") }
      #expect(entry.retired.count == 2)
      #expect(try home.table(.decisions, Self.night) != before)
    }
  }

  @Test func `the night's own contacts change nothing, those of earlier nights and of other tools do`() throws {
    try TemporaryHome.with { home in
      try home.commit(Self.world, Self.night)
      guard case .published(let first) = try home.run(Self.night) else { throw Failure("not run") }
      let sent = try Self.contacts(of: home.table(.assignments, Self.night), Self.night)
      #expect(sent.rowCount > 50)
      try home.commit("export", Self.night, [("data/facts/feed=contacts/date=\(Self.night)", sent)])
      guard case .alreadyDone = try home.run(Self.night) else { throw Failure("own contacts were read") }

      // The next night every person contacted, and every control whose action was withheld, rests.
      let next = Self.night + 1
      try home.commit(Self.world, next)
      guard case .published(let second) = try home.run(next) else { throw Failure("not run") }
      #expect(first.counts["reason.contact-cap"] == nil)
      let assignments = try home.table(.assignments, Self.night)
      let offers = try assignments.string("offer")
      let persons = try assignments.int64("person_id").values
      let rested = Set((0..<assignments.rowCount).filter { offers[$0] != nil }.map { persons[$0] })
      let later = try home.table(.assignments, next)
      let laterOffers = try later.string("offer")
      let laterPersons = try later.int64("person_id").values
      for row in 0..<later.rowCount where rested.contains(laterPersons[row]) { #expect(laterOffers[row] == nil) }
      #expect(second.counts["reason.contact-cap"]! >= Int64(rested.count))

      // A contact of another tool that becomes known later changes the night that it was known by.
      let other = try Self.contacts(of: home.table(.assignments, next), next)
      try home.commit("ingest", next, [("data/facts/feed=contacts/date=\(next)", other)])
      guard case .published = try home.run(next) else { throw Failure("a new contact was not read") }
    }
  }

  @Test func `what is missing is named`() throws {
    try TemporaryHome.with { home in
      #expect { try home.run(Self.night) } throws: { "\($0)".contains("nightjar-twin") }
      try home.commit(
        "twin", Self.night,
        [("data/twins/entity=subscription/date=\(Self.night)/shards=000-255", Self.world.inputs().twins)])
      #expect { try home.run(Self.night) } throws: { error in
        (error as? DecisionsError)?.exitStatus == ExitStatus.inputMissing && "\(error)".contains("nightjar-score")
      }
    }
  }

  @Test func `faults of both configuration files are reported at once`() throws {
    try TemporaryHome.with { home in
      try home.commit(Self.world, Self.night)
      let offers = Self.offers.replacingOccurrences(of: "tenure_days", with: "tenure_dys")
      let policy = Self.policy.replacingOccurrences(of: "budget: 40.00", with: "budgt: 40.00")
      #expect {
        try home.plan(Self.night, offers: offers, policy: policy).run()
      } throws: { error in
        let text = "\(error)"
        return text.contains("offers.yaml:9:24: ") && text.contains("did you mean 'tenure_days'?")
          && text.contains("policy.yaml:4:1: unknown key 'budgt'; did you mean 'budget'?")
      }
    }
  }

  @Test func `a rehearsal counts the same and writes nothing`() throws {
    try TemporaryHome.with { home in
      try home.commit(Self.world, Self.night)
      let files = try FileManager.default.subpathsOfDirectory(atPath: home.folder).sorted()
      let rehearsal = try home.plan(Self.night).rehearse()
      #expect(try FileManager.default.subpathsOfDirectory(atPath: home.folder).sorted() == files)
      guard case .published(let entry) = try home.run(Self.night) else { throw Failure("not run") }
      #expect(rehearsal.counts == entry.counts)
      #expect(DecisionSummary(entry.counts).line.hasPrefix("1000 subscriptions, 800 persons: 0 call, 0 email, "))
    }
  }

  struct Failure: Error {
    let message: String
    init(_ message: String) { self.message = message }
  }

  /// The contacts that an export would write for a night's assignments.
  static func contacts(of assignments: Table, _ night: Day) throws -> Table {
    let offers = try assignments.string("offer")
    let isWithheld = try assignments.bool("is_withheld").values
    let chosen = assignments.rows(
      at: (0..<assignments.rowCount).filter { offers[$0] != nil && !isWithheld[$0] })
    let count = chosen.rowCount
    let none = [Bool](repeating: false, count: count)
    return Table(
      Dataset.contacts.schema,
      [
        .int64(try chosen.int64("person_id")), .date(TypedColumn([Int32](repeating: night.rawValue, count: count))),
        .date(TypedColumn([Int32](repeating: night.rawValue, count: count))),
        .int64(TypedColumn([Int64](repeating: 1, count: count))), .int64(try chosen.int64("subscription_id")),
        .timestamp(TypedColumn([Int64](repeating: 0, count: count))),
        .string(TypedColumn(try chosen.string("channel").values)), .string(try chosen.string("campaign")),
        .string(try chosen.string("offer")),
        .string(TypedColumn([String](repeating: "", count: count), validity: none)),
      ])
  }
}
