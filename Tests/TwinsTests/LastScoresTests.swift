import Calendar
import Columns
import Configuration
import Datasets
import Ledger
import Testing
import Twins

@Suite struct LastScoresTests {
  private let night = RandomFacts.asOf

  /// Publishes scores of a night as the stage does: everybody has the probability, and a value a hundred times a thousand.
  private func score(_ home: FactHome, _ night: Day, _ ids: [Int64], _ probability: Double) throws {
    let transaction = try Transaction.begin(
      home.home, stage: "score", date: night, materials: [], configDigest: SHA256Digest(of: "\(night) \(probability)"))
    let nulls = TypedColumn(optionals: ids.map { _ -> Int64? in nil }, placeholder: 0)
    func all(_ value: Double) -> Column { .double(TypedColumn(ids.map { _ in value })) }
    func none() -> Column { .double(TypedColumn(optionals: ids.map { _ in nil }, placeholder: 0)) }
    func text(_ value: String?) -> Column { .string(TypedColumn(optionals: ids.map { _ in value }, placeholder: "")) }
    let table = Table(
      Dataset.scores.schema,
      [
        .int64(TypedColumn(ids)), .int64(nulls), .date(TypedColumn(ids.map { _ in night.rawValue })),
        .int32(TypedColumn(ids.map { _ in 30 })), all(probability), all(0), none(), .int64(nulls),
        .int64(TypedColumn(ids.map { _ in Int64(probability * 100_000) })), text(nil), none(), text(nil), none(),
        text(nil), none(), text("churn/v0001"),
      ])
    let path = transaction.stagingPath("scores.parquet")
    try ParquetFile.write(table, to: path)
    transaction.retireEarlierRuns()
    try transaction.add(
      stagedPath: path, folder: "\(Dataset.scores.folder)/date=\(night)", fileName: .digest(ext: "parquet"),
      rowCount: Int64(table.rowCount))
    try transaction.commit()
  }

  private func twin(_ home: FactHome, _ night: Day) throws -> Table {
    let file = try #require(try home.twins.first { $0.name.contains("date=\(night)/") })
    return try ParquetFile.read(home.home.url(file.name))
  }

  private func scoreFiles(_ entry: LogEntry) -> [String] {
    entry.materials.map(\.name).filter { $0.hasPrefix("data/scores/") }.map {
      String($0.split(separator: "/").first { $0.hasPrefix("date=") }!.dropFirst(5))
    }.sorted()
  }

  @Test func `the newest score of an earlier night is in the twin, and that night's file is a material`() throws {
    let home = try FactHome()
    try home.ingest(RandomFacts(seed: 5, gaps: false).tables, night: night)
    let ids = try home.living(night)
    try score(home, night - 8, ids, 0.8)
    try score(home, night - 7, ids, 0.5)
    try score(home, night - 1, Array(ids.dropFirst(2)), 0.25)
    let entry = try home.run(night).entry
    #expect(scoreFiles(entry) == ["\(night - 7)", "\(night - 1)"])
    let table = try twin(home, night)
    #expect(try table.double("last_churn_probability").values.prefix(3) == [0.5, 0.5, 0.25])
    #expect(try table.int64("last_clv_e4").values.prefix(3) == [50_000, 50_000, 25_000])
    #expect(try table.int32("days_since_last_score").values.prefix(3) == [7, 7, 1])
  }

  @Test func `a night that was scored finds its twins done, and the next one takes its scores`() throws {
    let home = try FactHome()
    try home.ingest(RandomFacts(seed: 5, gaps: false).tables, night: night - 1)
    let first = try home.run(night - 1)
    let before = try twin(home, night - 1)
    let ids = try before.int64("subscription_id").values
    #expect(try before.double("last_churn_probability").validity?.contains(true) == false)
    try score(home, night - 1, ids, 0.5)
    let again = try home.run(night - 1)
    #expect(!again.isNew && again.entry.sequence == first.entry.sequence)

    #expect(try home.run(night).isNew)
    #expect(try Set(twin(home, night).double("last_churn_probability").values.filter { $0 > 0 }) == [0.5])
    try score(home, night, ids, 0.75)
    #expect(try !home.run(night).isNew)
    #expect(try !home.run(night - 1).isNew)
    // Another word of an earlier night is another work of the next one.
    try score(home, night - 1, ids, 0.125)
    #expect(try home.run(night).isNew)
    #expect(try Set(twin(home, night).double("last_churn_probability").values.filter { $0 > 0 }) == [0.125])
  }

  @Test func `a snapshot of the past knows no later score, whoever asks`() throws {
    let home = try FactHome()
    try home.ingest(RandomFacts(seed: 5, gaps: false).tables, night: night - 20)
    let ids = try home.living(night - 10)
    for (age, marker) in [(12, 0.5), (10, 0.75), (9, 0.875), (0, 0.9375)] { try score(home, night - age, ids, marker) }
    for knownBy in [night - 10, night] {
      let state = try CommitLog.open(home.home).state(.knownBy(knownBy))
      let table = try SubscriptionTwin.build(
        .house, state: state, home: home.home, asOf: night - 10, knownBy: knownBy, threads: 2)
      let seen = try table.double("last_churn_probability")
      #expect(Set((0..<table.rowCount).compactMap { seen[$0] }) == [0.5])
    }
  }

  @Test func `lineage names the score, and an unscored subscription has none`() throws {
    let home = try FactHome()
    try home.ingest(RandomFacts(seed: 5, gaps: false).tables, night: night)
    let ids = try home.living(night)
    try score(home, night - 3, ids, 0.5)
    try score(home, night - 1, [ids[1]], 0.25)
    _ = try home.run(night)
    let newest = try FieldFacts(home.home, .house, subscription: ids[1], field: "last_clv_e4", night: night)
    #expect(newest.value == "25000" && newest.sources.isEmpty)
    #expect(newest.score?.night == night - 1 && newest.score?.model == "churn/v0001")
    #expect(newest.score?.file.hasPrefix("data/scores/date=\(night - 1)/") == true)
    let older = try FieldFacts(home.home, .house, subscription: ids[0], field: "days_since_last_score", night: night)
    #expect(older.value == "3" && older.score?.night == night - 3)
    let fact = try FieldFacts(home.home, .house, subscription: ids[0], field: "balance_e4", night: night)
    #expect(fact.score == nil)
  }

  // MARK: What models may not read

  private static let row =
    "name: last_clv_e4, rule: last_clv_e4, type: int64, unit: \"1/10,000 currency\", description: Said."

  @Test func `what a model said must be barred from models, with its place`() throws {
    let error = #expect(throws: ConfigurationError.self) { try TwinCatalogue.small([Self.row]) }
    #expect(
      error?.problems.map { "\($0.location.line - 23):\($0.location.column): \($0.message)" } == [
        "1:9: 'last_clv_e4' is what a model said: it has 'input: false', so that no model learns from it"
      ])
    let faults = #expect(throws: ConfigurationError.self) {
      try TwinCatalogue.small([
        "\(Self.row), input: false",
        "name: r, ratio: {of: last_clv_e4, over: tenure_days}, type: double, unit: ratio, description: R.",
      ])
    }
    #expect(faults?.problems.map(\.message) == ["'r' is a ratio of 'last_clv_e4', so it needs 'input: false' as well"])
    let unclear = #expect(throws: ConfigurationError.self) { try TwinCatalogue.small(["\(Self.row), input: perhaps"]) }
    #expect(unclear?.problems.count == 1)
  }

  @Test func `a catalogue of inputs has the other fields, and asks for no scores`() throws {
    let catalogue = try TwinCatalogue.small(["\(Self.row), input: false"])
    #expect(catalogue.fields.last?.isInput == false)
    #expect(catalogue.ofInputs.fields == Array(catalogue.fields.dropLast()))
    #expect(catalogue.ofInputs.material == catalogue.material)
    let barred = TwinCatalogue.house.fields.filter { !$0.isInput }.map(\.name)
    #expect(barred == ["last_churn_probability", "last_clv_e4", "days_since_last_score"])
  }
}

extension FactHome {
  /// The subscriptions that live at the end of a day.
  func living(_ day: Day) throws -> [Int64] {
    let state = try CommitLog.open(home).state(.head)
    return try SubscriptionTwin.build(.house, state: state, home: home, asOf: day, knownBy: day, threads: 2)
      .int64("subscription_id").values
  }
}
