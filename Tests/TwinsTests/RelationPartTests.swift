import Calendar
import Columns
import Datasets
import Ledger
import Testing
import Twins

@Suite struct RelationPartTests {
  private let moment = TwinMoment(asOf: RandomFacts.asOf, knownBy: RandomFacts.asOf)

  /// Facts in which everybody agreed, so that every field of relations is filled.
  private static func openFacts(seed: UInt64) throws -> RandomFacts {
    var facts = RandomFacts(seed: seed, gaps: false)
    let persons = Set(try facts.tables["facts/links"]!.int64("person_id").values).sorted()
    let long = Int64(RandomFacts.asOf.rawValue - 500)
    facts.tables["facts/consents"] = RandomFacts.table(
      Dataset.consents.schema,
      persons.flatMap { person in
        ["traffic", "location"].map { purpose in
          [
            "person_id": .whole(person), "event_date": .whole(long), "known_date": .whole(long),
            "delivery_id": .whole(1), "decided_at": .whole(long * 86_400_000_000), "channel": .text("any"),
            "purpose": .text(purpose), "is_granted": .flag(true),
          ]
        }
      })
    return facts
  }

  private static func ascending(_ table: Table) throws -> Table {
    let ids = try table.int64("subscription_id").values
    return table.rows(at: ids.indices.sorted { ids[$0] != ids[$1] ? ids[$0] < ids[$1] : $0 < $1 })
  }

  @Test(arguments: [11, 12, 13, 14] as [UInt64])
  func `relations of whoever agreed equal the naive ones`(seed: UInt64) throws {
    let facts = try Self.openFacts(seed: seed)
    let naive = NaiveTwin(facts.tables, asOf: moment.asOf, knownBy: moment.knownBy)
    let table = try TwinNightTests.build(facts, at: [moment])[0]
    #expect(TwinNightTests.differences(table, naive).prefix(5) == [])
    let places = TwinCatalogue.house.fields.filter {
      $0.group == "Places" || $0.group == "Contacts by call and message"
    }
    for field in places {
      #expect(TwinNightTests.texts(table).contains { $0[field.name] != "null" }, "\(field.name)")
    }
  }

  @Test func `files of many row groups are merged as tables are`() throws {
    let facts = try Self.openFacts(seed: 15)
    let home = try FactHome()
    let folder = home.home.path
    var parts: [RelationFamily: [RelationPart]] = [:]
    for family in RelationFamily.allCases {
      let table = try Self.ascending(facts.tables[family.dataset.name]!)
      parts[family] = try (0..<3).map { part in
        let path = "\(folder)/\(family.rawValue)-\(part).parquet"
        let rows = table.rows(at: (0..<table.rowCount).filter { $0 % 3 == part })
        try ParquetFile.write(rows, rows: 0..<rows.rowCount, to: path, rowGroupRowCount: 16)
        return RelationPart(path: path, eventDate: nil)
      }
    }
    let usage = [UsagePart(facts.tables["facts/usage"]!)]
    let table = try TwinNight.build(
      .house, TwinFacts(facts.tables, usage: usage, relations: parts), at: [moment], threads: 2)[0]
    #expect(try TwinNightTests.build(facts, at: [moment])[0] == table)
  }

  @Test func `a file that does not ascend by subscription is refused`() throws {
    let facts = try Self.openFacts(seed: 16)
    let home = try FactHome()
    let path = home.home.path + "/cells.parquet"
    let table = try Self.ascending(facts.tables["facts/cells"]!)
    try ParquetFile.write(table.rows(at: (0..<table.rowCount).reversed()), to: path)
    let parts: [RelationFamily: [RelationPart]] = [.cells: [RelationPart(path: path, eventDate: nil)]]
    let error = #expect(throws: ColumnsError.self) {
      try TwinNight.build(.house, TwinFacts(facts.tables, usage: [], relations: parts), at: [moment], threads: 2)
    }
    #expect(error?.code == .damagedFile)
  }
}
