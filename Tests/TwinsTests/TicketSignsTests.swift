import Calendar
import Columns
import Datasets
import Ledger
import Testing
import Twins

@Suite struct TicketSignsTests {
  private static let night = RandomFacts.asOf
  /// Words of tickets about the network, and of those about leaving.
  private static let networkWords = [100, 101, 102, 103, 104] as [UInt16]
  private static let cancelWords = [200, 201, 202, 203, 204] as [UInt16]

  private func ticket(
    _ id: Int64, _ subscription: Int64, _ category: String, _ words: [UInt16]?, age: Int64 = 5, status: String = "open",
    known: Int64 = 0
  ) -> RandomFacts.Row {
    let day = Int64(Self.night.rawValue) - age
    var row: RandomFacts.Row = [
      "subscription_id": .whole(subscription), "event_date": .whole(day), "known_date": .whole(day + known),
      "delivery_id": .whole(1), "ticket_id": .whole(id), "opened_date": .whole(Int64(Self.night.rawValue) - 6),
      "status": .text(status), "category": .text(category),
    ]
    if let words {
      row["text_words"] = .text(WordBuckets.text(words.sorted()))
      row["has_cancel_words"] = .flag(words.contains(200))
    }
    return row
  }

  /// 25 tickets each about the network and about leaving, of subscriptions from 100 on, three words each.
  private var taught: [RandomFacts.Row] {
    (0..<25).flatMap { number -> [RandomFacts.Row] in
      func some(_ words: [UInt16]) -> [UInt16] { (0..<3).map { words[(number + $0) % words.count] } }
      let id = Int64(1_000 + 2 * number)
      return [
        ticket(id, Int64(100 + number), "network", some(Self.networkWords)),
        ticket(id + 1, Int64(100 + number), "cancellation", some(Self.cancelWords)),
      ]
    }
  }

  /// A home of subscriptions that live, with complete days and these tickets, file by file.
  private func home(_ files: [(Schema, [RandomFacts.Row])], night: Day = Self.night) throws -> FactHome {
    let home = try FactHome()
    let asOf = Int64(Self.night.rawValue)
    let subscriptions = (Array(1...9) + Array(100..<125)).map { id -> RandomFacts.Row in
      [
        "subscription_id": .whole(Int64(id)), "event_date": .whole(asOf - 300), "known_date": .whole(asOf - 300),
        "delivery_id": .whole(1), "event": .text("activation"),
      ]
    }
    let coverage = (0...100).map { age -> RandomFacts.Row in
      [
        "event_date": .whole(asOf - age), "known_date": .whole(asOf - age), "family": .text("tickets"),
        "is_complete": .flag(true),
      ]
    }
    try home.ingest(
      [
        "facts/subscriptions": RandomFacts.table(Dataset.subscriptions.schema, subscriptions),
        "coverage": RandomFacts.table(Dataset.coverage.schema, coverage),
      ], night: Self.night - 40)
    for (number, file) in files.enumerated() {
      try home.ingest(["facts/tickets": RandomFacts.table(file.0, file.1)], night: Self.night - 30 + number)
    }
    return home
  }

  /// A field of the twin of each of some subscriptions.
  private func values(_ home: FactHome, _ field: String, _ ids: [Int64] = [1]) throws -> [String?] {
    _ = try home.run(Self.night)
    let rows = try home.twins.flatMap { TwinNightTests.texts(try ParquetFile.read(home.home.url($0.name))) }
    return ids.map { id in rows.first { $0["subscription_id"] == "\(id)" }?[field] }
  }

  private let schema = Dataset.tickets.schema

  @Test func `words of leaving are found under any category, and words of something else are not`() throws {
    let asked = [
      ticket(1, 1, "other", Array(Self.cancelWords.prefix(3))),
      ticket(2, 2, "cancellation", Array(Self.networkWords.prefix(3))),
      ticket(3, 3, "network", [3_000, 3_001]), ticket(4, 4, "cancellation", nil),
    ]
    let home = try home([(schema, taught + asked)])
    #expect(try values(home, "ticket_text_cancel_count_91d", [1, 2, 3, 4, 5]) == ["1", "0", "0", "0", "0"])
    let percents = try values(home, "ticket_text_cancel_percent_last", [1, 2, 3, 4, 5])
    #expect(percents[0].flatMap { Int($0) }.map { $0 >= 90 } == true)
    #expect(percents[1].flatMap { Int($0) }.map { $0 <= 10 } == true)
    #expect(percents[2...] == ["null", "null", "null"], "words that nobody else has, and none, say nothing")
    #expect(try values(home, "ticket_intent_cancel_count_91d", [1, 2, 3, 4]) == ["1", "0", "0", "0"])
    #expect(try values(home, "ticket_cancellation_count_91d", [1, 2, 3, 4]) == ["0", "1", "0", "1"])
  }

  @Test func `a home that has not learned what leaving sounds like says null`() throws {
    let few = taught.filter { $0["category"] == .text("network") }
    let home = try home([(schema, few + [ticket(1, 1, "other", Self.cancelWords)])])
    #expect(try values(home, "ticket_text_cancel_count_91d") == ["null"])
    #expect(try values(home, "ticket_text_cancel_percent_last") == ["null"])
    #expect(try values(home, "ticket_intent_cancel_count_91d") == ["1"])
  }

  @Test func `tickets of more than a year ago do not teach, nor does what is known later`() throws {
    let old = taught.map { row in
      row.merging(["opened_date": .whole(Int64(Self.night.rawValue) - 365)]) { $1 }
    }
    let later = taught.map { row in row.merging(["known_date": .whole(Int64(Self.night.rawValue) + 1)]) { $1 } }
    for rows in [old, later] {
      let home = try home([(schema, rows + [ticket(1, 1, "other", Self.cancelWords)])])
      #expect(try values(home, "ticket_text_cancel_count_91d") == ["null"])
    }
  }

  @Test func `a ticket is reopened where it goes from resolved or closed to open or pending`() throws {
    let stories: [[(String, Int64)]] = [
      [("open", 5), ("resolved", 4), ("open", 3)], [("open", 5), ("closed", 4), ("pending", 2), ("closed", 1)],
      [("open", 5), ("pending", 4), ("resolved", 3), ("closed", 2)],
      // A day holds each state once, in the order of progress.
      [("resolved", 4), ("open", 4)], [("open", 5), ("resolved", 3)],
    ]
    var rows: [RandomFacts.Row] = []
    for (number, story) in stories.enumerated() {
      for (status, age) in story {
        rows.append(ticket(Int64(number), Int64(1 + number), "billing", nil, age: age, status: status))
      }
    }
    // Known only after the night.
    rows.append(ticket(4, 5, "billing", nil, age: 1, status: "open", known: 2))
    let home = try home([(schema, rows.reversed())])
    #expect(try values(home, "ticket_reopened_count_91d", [1, 2, 3, 4, 5, 6]) == ["1", "1", "0", "0", "0", "0"])
    #expect(try values(home, "ticket_reopened_share_91d", [1, 3, 6]) == ["1.0", "0.0", "null"])
  }

  @Test func `files of before words were kept have none, whatever else they say`() throws {
    let kept = ["text_words", "has_complaint_words", "has_cancel_words"]
    let before = Schema(schema.fields.filter { !kept.contains($0.name) })
    let home = try home([
      (before, [ticket(1, 1, "billing", Self.cancelWords, status: "resolved")]),
      (schema, taught + [ticket(2, 2, "other", Self.cancelWords)]),
    ])
    #expect(try values(home, "ticket_text_cancel_count_91d", [1, 2]) == ["0", "1"])
    #expect(try values(home, "ticket_intent_cancel_count_91d", [1, 2]) == ["0", "1"])
    #expect(try values(home, "ticket_billing_count_91d", [1, 2]) == ["1", "0"])
    let lineage = try FieldFacts(
      home.home, .house, subscription: 1, field: "ticket_billing_count_91d", night: Self.night)
    #expect(lineage.sources.map(\.facts.rowCount) == [1])
    #expect(try lineage.sources[0].facts.string("text_words")[0] == nil)
  }

  @Test func `lineage finds the tickets of what they show beyond their columns`() throws {
    let asked = [
      ticket(1, 1, "other", Self.cancelWords), ticket(2, 1, "billing", Self.networkWords),
      ticket(3, 1, "billing", nil, age: 5, status: "closed"), ticket(3, 1, "billing", nil, age: 2, status: "open"),
    ]
    let home = try home([(schema, taught + asked)])
    _ = try home.run(Self.night)
    func found(_ field: String) throws -> (value: String?, tickets: [Int64], worth: [Int64]?) {
      let facts = try FieldFacts(home.home, .house, subscription: 1, field: field, night: Self.night)
      return (
        facts.value, try facts.sources.flatMap { try $0.facts.int64("ticket_id").values },
        facts.sources[0].contributions
      )
    }
    let reopened = try found("ticket_reopened_count_91d")
    #expect(reopened.value == "1" && reopened.tickets == [3] && reopened.worth == [1])
    let leaving = try found("ticket_text_cancel_count_91d")
    #expect(leaving.value == "1" && leaving.tickets == [1] && leaving.worth == [1])
    let percent = try found("ticket_text_cancel_percent_last")
    #expect(percent.tickets == [2], "the newest whose words others have")
    #expect(percent.worth.map { $0.map { "\($0)" } } == percent.value.map { [$0] })
  }
}
