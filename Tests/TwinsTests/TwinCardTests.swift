import Calendar
import Columns
import Datasets
import Ledger
import Testing
import Twins

@Suite struct TwinCardTests {
  private let night = RandomFacts.asOf

  @Test func `a card has every field of its twin, and the days and weeks of its use`() throws {
    let home = try FactHome()
    let facts = RandomFacts(seed: 51, gaps: false)
    try home.ingest(facts.tables, night: night)
    let entry = try home.run(night).entry
    let moment = TwinMoment(asOf: night, knownBy: night)
    let twin = try TwinNightTests.build(facts, at: [moment])[0]
    var (toldCount, withheldCount) = (0, 0)
    for texts in TwinNightTests.texts(twin) {
      let id = Int64(texts["subscription_id"]!)!
      let card = try TwinCard(home.home, .house, subscription: id, night: night)
      #expect(card.entry.sequence == entry.sequence)
      #expect(card.items.map(\.name) == TwinCatalogue.house.fields.map(\.name))
      for item in card.items where item.name != "as_of" && item.name != "known_by" {
        #expect(item.value ?? "null" == texts[item.name])
      }
      let active = card.days.first { $0.name == "event_count" }
      #expect(active?.values.count ?? 91 == 91)
      if let days = texts["active_days_91d"], days != "null", let active {
        #expect(active.values.reduce(0, +) == Int64(days))
      }
      // The days with any event need no consent, all other history does.
      if texts["consent_traffic"] == "true" {
        toldCount += card.weeks.count
      } else {
        #expect(card.days.allSatisfy { $0.name == "event_count" } && card.weeks.isEmpty)
        withheldCount += card.days.count
      }
      let lines = card.lines
      #expect(lines[0] == "subscription \(id), night 2026-11-22, \(entry.fileName)")
      #expect(lines.contains { $0.hasPrefix("  voice_out_count ") && $0.contains("7d ") && $0.contains("91d ") })
    }
    #expect(toldCount > 0 && withheldCount > 0)
  }

  @Test func `without a night it is the newest, and what is not there is named`() throws {
    let home = try FactHome()
    let empty = #expect(throws: TwinError.self) { try TwinCard(home.home, .house, subscription: 7_919, night: nil) }
    #expect(empty?.code == .missingTwin && empty?.exitStatus == 66)
    let facts = RandomFacts(seed: 51, gaps: false)
    try home.ingest(facts.tables, night: night - 1)
    for day in [night - 1, night] as [Day] { _ = try home.run(day) }
    let twin = try TwinNightTests.build(facts, at: [TwinMoment(asOf: night - 1, knownBy: night - 1)])[0]
    let id = try twin.int64("subscription_id").values[0]
    #expect(try TwinCard(home.home, .house, subscription: id, night: nil).night == night)
    #expect(try TwinCard(home.home, .house, subscription: id, night: night - 1).night == night - 1)
    #expect(throws: TwinError.self) { try TwinCard(home.home, .house, subscription: id + 1, night: night) }
    #expect(throws: TwinError.self) { try TwinCard(home.home, .house, subscription: id, night: night - 2) }
  }
}
