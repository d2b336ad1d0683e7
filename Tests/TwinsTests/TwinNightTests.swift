import Calendar
import Columns
import Datasets
import Testing
import Twins

@Suite struct TwinNightTests {
  /// Builds with use cut into parts and every other family in one table.
  static func build(_ facts: RandomFacts, at moments: [TwinMoment], threads: Int = 2, parts: Int = 3) throws -> [Table]
  {
    try TwinNight.build(.house, TwinFacts(facts, parts: parts), at: moments, threads: threads)
  }

  /// Every field of every row as text.
  static func texts(_ table: Table) -> [[String: String]] {
    (0..<table.rowCount).map { row in
      var texts: [String: String] = [:]
      for (field, column) in zip(table.schema.fields, table.columns) {
        let text: String? =
          switch column {
          case .int32(let column), .date(let column): column[row].map { "\($0)" }
          case .int64(let column), .timestamp(let column): column[row].map { "\($0)" }
          case .double(let column): column[row].map { "\($0)" }
          case .bool(let column): column[row].map { "\($0)" }
          case .string(let column): column[row]
          }
        texts[field.name] = text ?? "null"
      }
      return texts
    }
  }

  /// Numbers that are sums of fractions may differ in their last digits, by the order of the sums; whole per cent by one.
  private static func isSame(_ fast: String?, _ naive: String?, _ name: String) -> Bool {
    if fast == naive { return true }
    if name.contains("percent"), let fast = fast.flatMap(Int.init), let naive = naive.flatMap(Int.init) {
      return abs(fast - naive) <= 1
    }
    guard name.contains("slope") || name.contains("volatility") || name.contains("spread"),
      let fast = fast.flatMap(Double.init), let naive = naive.flatMap(Double.init)
    else { return false }
    return abs(fast - naive) <= 1e-9 * max(1, abs(naive))
  }

  /// The fields in which two twins differ, as `id name: fast, naive`.
  static func differences(_ table: Table, _ naive: NaiveTwin) -> [String] {
    let fast = texts(table)
    guard fast.map({ $0["subscription_id"]! }) == naive.living.map({ "\($0)" }) else { return ["other rows"] }
    return zip(fast, naive.living).flatMap { texts, id in
      let expected = naive.fields(id, .house)
      return Set(texts.keys).union(expected.keys).sorted().compactMap { name in
        isSame(texts[name], expected[name], name)
          ? nil : "\(id) \(name): \(texts[name] ?? "absent"), \(expected[name] ?? "absent")"
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64], [false, true])
  func `the fast twin equals the naive one`(seed: UInt64, gaps: Bool) throws {
    let facts = RandomFacts(seed: seed, gaps: gaps, scored: true)
    let moments = [
      TwinMoment(asOf: RandomFacts.asOf, knownBy: RandomFacts.asOf),
      TwinMoment(asOf: RandomFacts.asOf - 10, knownBy: RandomFacts.asOf - 10),
      TwinMoment(asOf: RandomFacts.asOf - 10, knownBy: RandomFacts.asOf),
    ]
    for (moment, table) in zip(moments, try TwinNightTests.build(facts, at: moments)) {
      let naive = NaiveTwin(facts.tables, asOf: moment.asOf, knownBy: moment.knownBy)
      #expect(TwinNightTests.differences(table, naive).prefix(5) == [])
    }
  }

  @Test func `random facts fill every field somewhere, and leave every nullable one empty somewhere`() throws {
    var filled: Set<String> = []
    var empty: Set<String> = []
    for seed in 1...30 as ClosedRange<UInt64> {
      let facts = RandomFacts(seed: seed, gaps: seed % 2 == 0, scored: true)
      let moment = TwinMoment(asOf: RandomFacts.asOf, knownBy: RandomFacts.asOf)
      for row in TwinNightTests.texts(try TwinNightTests.build(facts, at: [moment])[0]) {
        for (name, text) in row { if text == "null" { empty.insert(name) } else { filled.insert(name) } }
      }
    }
    let fields = TwinCatalogue.house.fields
    let names = fields.map(\.name)
    #expect(names.filter { !filled.contains($0) } == [])
    #expect(fields.filter { $0.column.isNullable && !empty.contains($0.name) }.map(\.name) == [])
    #expect(fields.filter { !$0.column.isNullable && empty.contains($0.name) }.map(\.name) == [])
  }

  @Test func `without consent nothing of traffic data is in a twin, and a withdrawal takes it out`() throws {
    var facts = RandomFacts(seed: 76, gaps: false)
    let moments = [0, 40].map { TwinMoment(asOf: RandomFacts.asOf - $0, knownBy: RandomFacts.asOf - $0) }
    let persons = Set(try facts.tables["facts/links"]!.int64("person_id").values).sorted()
    /// Everybody agreed long ago, and withdrew 20 days before the as-of day.
    func decisions(_ grants: [(age: Int32, isGranted: Bool)]) -> Table {
      let rows = persons.flatMap { person in grants.map { (person, RandomFacts.asOf.rawValue - $0.age, $0.isGranted) } }
      return Table(
        Dataset.consents.schema,
        [
          .int64(TypedColumn(rows.map(\.0))), .date(TypedColumn(rows.map(\.1))), .date(TypedColumn(rows.map(\.1))),
          .int64(TypedColumn(rows.map { _ in 1 })), .timestamp(TypedColumn(rows.map { Int64($0.1) * 86_400_000_000 })),
          .string(TypedColumn(rows.map { _ in "any" })), .string(TypedColumn(rows.map { _ in "traffic" })),
          .bool(TypedColumn(rows.map(\.2))), .string(TypedColumn(optionals: rows.map { _ in nil }, placeholder: "")),
        ])
    }
    func filledFieldCounts() throws -> [Int] {
      try TwinNightTests.build(facts, at: moments).map { table in
        TwinCatalogue.house.fields.count { field in
          field.consent == .traffic && TwinNightTests.texts(table).contains { $0[field.name] != "null" }
        }
      }
    }
    facts.tables["facts/consents"] = decisions([(400, true)])
    #expect(try filledFieldCounts().allSatisfy { $0 > 40 })
    facts.tables["facts/consents"] = decisions([(400, true), (20, false)])
    let after = try filledFieldCounts()
    #expect(after[0] == 0 && after[1] > 40)
    facts.tables["facts/consents"] = decisions([])
    #expect(try filledFieldCounts() == [0, 0])
  }

  @Test func `threads and the cut of the files change nothing`() throws {
    let facts = RandomFacts(seed: 77, gaps: false)
    let moment = TwinMoment(asOf: RandomFacts.asOf, knownBy: RandomFacts.asOf)
    let one = try TwinNightTests.build(facts, at: [moment], threads: 1, parts: 1)
    #expect(try TwinNightTests.build(facts, at: [moment], threads: 2, parts: 7) == one)
    #expect(try TwinNightTests.build(facts, at: [moment], threads: 8, parts: 40) == one)
  }

  @Test func `several moments at once are the moments one by one`() throws {
    let facts = RandomFacts(seed: 78, gaps: true)
    let moments = [0, 3, 30, 60].map { TwinMoment(asOf: RandomFacts.asOf - $0, knownBy: RandomFacts.asOf - $0) }
    let together = try TwinNightTests.build(facts, at: moments)
    for (moment, table) in zip(moments, together) {
      #expect(try TwinNightTests.build(facts, at: [moment])[0] == table)
    }
  }

  @Test func `what happened later or became known later never shows`() throws {
    let facts = RandomFacts(seed: 79, gaps: false)
    let moment = TwinMoment(asOf: RandomFacts.asOf - 20, knownBy: RandomFacts.asOf - 20)
    var past = facts
    var removed = 0
    for (name, table) in facts.tables {
      let dates = try table.date("event_date").values
      let known = try table.date("known_date").values
      let isSeen = (0..<table.rowCount).map {
        dates[$0] <= moment.asOf.rawValue && known[$0] <= moment.knownBy.rawValue
      }
      removed += isSeen.count { !$0 }
      past.tables[name] = table.rows(where: isSeen)
    }
    #expect(removed > 100)
    #expect(try TwinNightTests.build(facts, at: [moment]) == TwinNightTests.build(past, at: [moment]))
  }

  @Test func `the order of rows changes nothing where facts differ in day, night or delivery`() throws {
    // Rows equal in all of these are the same delivery's word on one thing, and there its order decides.
    var facts = RandomFacts(seed: 80, gaps: true)
    for (name, table) in facts.tables where name != "coverage" {
      guard let deliveries = try? table.int64("delivery_id") else { continue }
      let field = table.schema.index(of: "delivery_id")!
      var columns = table.columns
      columns[field] = .int64(TypedColumn(deliveries.values.indices.map { Int64($0) }))
      facts.tables[name] = Table(table.schema, columns)
    }
    let moment = TwinMoment(asOf: RandomFacts.asOf, knownBy: RandomFacts.asOf)
    var turned = facts
    for (name, table) in facts.tables { turned.tables[name] = table.rows(at: (0..<table.rowCount).reversed()) }
    #expect(try TwinNightTests.build(turned, at: [moment]) == TwinNightTests.build(facts, at: [moment]))
  }

  @Test func `no facts at all make an empty twin with every column`() throws {
    let moment = TwinMoment(asOf: RandomFacts.asOf, knownBy: RandomFacts.asOf)
    let table = try TwinNight.build(.house, TwinFacts([:], usage: []), at: [moment], threads: 2)[0]
    #expect(table == Table(empty: TwinCatalogue.house.schema))
  }
}
