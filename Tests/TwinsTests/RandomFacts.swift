import Calendar
import Columns
import Datasets
import Twins

/// Facts of a small operator drawn from a seed: late ones, re-sent ones, future ones, gaps in coverage.
struct RandomFacts {
  static let asOf = Day("2026-11-22")!
  var tables: [String: Table] = [:]
  private var draws: Draws
  private let subscriptions: [Int64] = (1...25).map { $0 * 7_919 }
  private let persons: [Int64] = (1...12).map { $0 * 104_729 }

  /// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
  struct Draws {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    mutating func below(_ bound: Int) -> Int64 { Int64(next() % UInt64(bound)) }
    mutating func one<T>(of values: [T]) -> T { values[Int(below(values.count))] }
    mutating func happens(_ percent: Int) -> Bool { below(100) < percent }
  }

  typealias Row = [String: NaiveTwin.Value]

  /// Draws facts; `gaps` says whether some days lack deliveries, `scored` whether models said something on earlier nights.
  init(seed: UInt64, gaps: Bool, scored: Bool = false) {
    draws = Draws(state: seed)
    add(.subscriptions, subscriptionEvents())
    add(.links, links())
    add(.usage, usage())
    add(.bills, bills())
    add(.payments, payments())
    add(.topUps, (0..<150).map { _ in fact(["top_up_id": .whole(draws.below(110)), "amount_e4": amount()]) })
    add(.balances, balances())
    add(.tickets, RandomFacts.withTexts(tickets(), subscriptions, seed: seed))
    add(.contacts, contacts())
    add(.consents, consents())
    add(.products, catalogue())
    add(.unitCosts, unitCosts())
    add(.coverage, coverage(gaps: gaps))
    add(.counterparties, relations("counterparty_hash"))
    add(.cells, relations("cell_hash"))
    add(.numbers, numbers())
    add(.outages, outages())
    if scored { tables["scores"] = scores() }
  }

  private mutating func add(_ dataset: Dataset, _ rows: [Row]) {
    tables[dataset.name] = RandomFacts.table(dataset.schema, rows)
  }

  /// A table from rows; a column that a row lacks is missing there.
  static func table(_ schema: Schema, _ rows: [Row]) -> Table {
    func column<T>(_ name: String, _ zero: T, _ value: (NaiveTwin.Value) -> T) -> TypedColumn<T> {
      TypedColumn(optionals: rows.map { $0[name].map(value) }, placeholder: zero)
    }
    return Table(
      schema,
      schema.fields.map { field in
        switch field.type {
        case .int32: .int32(column(field.name, 0) { Int32($0.whole) })
        case .date: .date(column(field.name, 0) { Int32($0.whole) })
        case .int64: .int64(column(field.name, 0) { $0.whole })
        case .timestamp: .timestamp(column(field.name, 0) { $0.whole })
        case .bool: .bool(column(field.name, false) { $0.flag })
        case .string: .string(column(field.name, "") { $0.text })
        case .double: .double(column(field.name, 0) { Double($0.whole) })
        }
      })
  }

  /// A fact of some subscription: mostly of the last 100 days, some older, some after the as-of day; some known late.
  private mutating func fact(_ more: Row = [:], days: Int = 110) -> Row {
    let asOf = Int64(RandomFacts.asOf.rawValue)
    let date = asOf + 6 - draws.below(days)
    let late = draws.happens(20) ? draws.below(40) : draws.below(2)
    var row = more
    row["event_date"] = .whole(date)
    row["known_date"] = .whole(date + late)
    row["delivery_id"] = .whole(draws.below(5))
    if row["subscription_id"] == nil { row["subscription_id"] = .whole(draws.one(of: subscriptions)) }
    return row
  }

  private mutating func amount() -> NaiveTwin.Value { .whole((draws.below(60) - 5) * 10_000) }

  private mutating func subscriptionEvents() -> [Row] {
    var rows: [Row] = []
    for id in subscriptions where draws.happens(92) {
      let days = draws.happens(70) ? 700 : 60
      rows.append(event("activation", id, days: days))
      if draws.happens(30) { rows.append(event("activation", id, days: days)) }
    }
    let kinds = [
      "plan-change", "plan-change", "plan-change", "contract", "notice", "port-request", "suspension", "resumption",
      "termination", "activation", "unheard-of",
    ]
    for _ in 0..<70 { rows.append(event(draws.one(of: kinds), draws.one(of: subscriptions), days: 130)) }
    // The same event again, on the same day, by another delivery and with another product.
    for row in rows where draws.happens(15) {
      var again = row
      again["delivery_id"] = .whole(draws.below(5))
      again["known_date"] = .whole(row["known_date"]!.whole + draws.below(3))
      again["product"] = .text("again")
      rows.append(again)
    }
    return rows
  }

  private mutating func event(_ kind: String, _ id: Int64, days: Int) -> Row {
    var row = fact(["event": .text(kind), "subscription_id": .whole(id)], days: days)
    if draws.happens(60) { row["payment_type"] = .text(draws.one(of: ["prepaid", "postpaid"])) }
    if draws.happens(60) { row["product"] = .text(draws.one(of: ["S", "M", "L", "unlisted"])) }
    if kind == "termination", draws.happens(80) {
      row["cause"] = .text(draws.one(of: ["notice", "port-out", "non-payment", "death"]))
    }
    if draws.happens(30) { row["contract_end_date"] = .whole(row["event_date"]!.whole + draws.below(700)) }
    return row
  }

  private mutating func links() -> [Row] {
    (0..<60).map { _ in
      var row = fact(["person_id": .whole(draws.one(of: persons))], days: 300)
      if draws.happens(30) { row["valid_to"] = .whole(row["event_date"]!.whole + draws.below(200)) }
      if draws.happens(70) { row["payer_id"] = .whole(draws.one(of: persons)) }
      if draws.happens(70) { row["household_id"] = .whole(draws.below(6)) }
      if draws.happens(70) { row["segment"] = .text("consumer") }
      if draws.happens(70) { row["birth_year"] = .whole(1950 + draws.below(50)) }
      if draws.happens(70) { row["region"] = .text(draws.one(of: ["north", "south"])) }
      if draws.happens(70) { row["language"] = .text(draws.one(of: ["de", "tr"])) }
      return row
    }
  }

  private mutating func usage() -> [Row] {
    var rows = (0..<900).map { _ in
      var measures: Row = [:]
      for name in Dataset.usageMeasures { measures[name] = .whole(draws.happens(40) ? draws.below(5_000) : 0) }
      return fact(measures)
    }
    // Some are taken back, in the same night or later ones.
    for row in rows where draws.happens(15) {
      var correction = row
      for name in Dataset.usageMeasures { correction[name] = .whole(-row[name]!.whole) }
      correction["known_date"] = .whole(row["known_date"]!.whole + draws.below(4))
      rows.append(correction)
    }
    return rows
  }

  private mutating func bills() -> [Row] {
    (0..<120).map { _ in
      var row = fact(["bill_id": .whole(draws.below(90)), "amount_e4": amount()])
      row["due_date"] = .whole(row["event_date"]!.whole + draws.below(30))
      row["period_start"] = row["event_date"]
      row["period_end"] = row["event_date"]
      return row
    }
  }

  private mutating func payments() -> [Row] {
    (0..<150).map { _ in
      var row = fact(["payment_id": .whole(draws.below(120)), "amount_e4": amount()])
      row["is_failed"] = .flag(draws.happens(15))
      if draws.happens(60) { row["bill_id"] = .whole(draws.below(90)) }
      return row
    }
  }

  private mutating func balances() -> [Row] {
    (0..<120).map { _ in
      var row = fact(["balance_e4": amount()])
      if draws.happens(50) { row["bundle_expiry_date"] = .whole(row["event_date"]!.whole + draws.below(20)) }
      return row
    }
  }

  private mutating func tickets() -> [Row] {
    (0..<150).map { _ in
      let id = draws.below(70)
      var row = fact(["ticket_id": .whole(id), "subscription_id": .whole(subscriptions[Int(id) % 20])])
      row["opened_date"] = .whole(row["event_date"]!.whole - (draws.happens(30) ? draws.below(50) : draws.below(2)))
      row["status"] = .text(draws.one(of: ["open", "pending", "resolved", "closed"]))
      row["category"] = .text(draws.one(of: ["network", "billing", "cancellation", "device", "service", "other"]))
      if draws.happens(60) { row["resolved_date"] = .whole(row["event_date"]!.whole - draws.below(3)) }
      if draws.happens(70) { row["channel"] = .text(draws.one(of: ["call", "email"])) }
      if draws.happens(70) { row["text_bytes"] = .whole(draws.below(900)) }
      return row
    }
  }

  private mutating func contacts() -> [Row] {
    (0..<150).map { _ in
      var row = fact(["person_id": .whole(draws.one(of: persons + [1]))])
      if draws.happens(40) { row["subscription_id"] = nil }
      row["contacted_at"] = .whole(row["event_date"]!.whole * 86_400_000_000 + draws.below(2))
      row["channel"] = .text(draws.one(of: ["sms", "email", "letter", "call", "push"]))
      if draws.happens(70) { row["offer"] = .text(draws.one(of: ["S", "roaming-pack", "second-sim"])) }
      if draws.happens(60) {
        row["outcome"] = .text(draws.one(of: ["accepted", "refused", "failed", "delivered", "opted-out"]))
      }
      return row
    }
  }

  private mutating func consents() -> [Row] {
    (0..<120).map { _ in
      var row = fact(["person_id": .whole(draws.one(of: persons))], days: 300)
      row["decided_at"] = .whole(row["event_date"]!.whole * 86_400_000_000)
      row["channel"] = .text(draws.one(of: ["sms", "email", "call", "push", "any", "letter"]))
      row["purpose"] = .text(draws.one(of: ["marketing", "marketing", "profiling", "traffic", "traffic", "location"]))
      row["is_granted"] = .flag(draws.happens(60))
      return row
    }
  }

  private mutating func catalogue() -> [Row] {
    (0..<12).map { _ in
      var row = fact(
        [
          "product": .text(draws.one(of: ["S", "M", "L", "again"])), "monthly_fee_e4": .whole(draws.below(50) * 10_001),
          "payment_type": .text(draws.one(of: ["prepaid", "postpaid"])),
        ], days: 300)
      if draws.happens(70) { row["name"] = .text("Plan \(row["product"]!.text)") }
      if draws.happens(70) { row["contract_months"] = .whole(draws.below(3) * 12) }
      if draws.happens(70) { row["data_allowance_bytes"] = .whole(draws.below(4) * 2_000_000) }
      return row
    }
  }

  private mutating func unitCosts() -> [Row] {
    let units = ["voice-second", "sms", "data-byte", "roaming-event", "bill", "ticket", "subscription-day"]
    return (0..<14).map { _ in
      fact(["unit": .text(draws.one(of: units)), "cost_e4_per_million": .whole(draws.below(3_000_000))], days: 300)
    }
  }

  /// Whom or where subscriptions met, on few days, so that partners come again; some facts take events back.
  private mutating func relations(_ partner: String) -> [Row] {
    (0..<600).map { _ in
      var row = fact([partner: .whole(draws.below(25))], days: 50)
      row["event_count"] = .whole(draws.happens(8) ? -1 : 1 + draws.below(3))
      return row
    }
  }

  private mutating func numbers() -> [Row] {
    (0..<30).map { _ in
      var row = fact(["counterparty_hash": .whole(draws.below(20))], days: 300)
      // Some were taken back: they end where they begin.
      if draws.happens(40) {
        row["valid_to"] = .whole(row["event_date"]!.whole + (draws.happens(25) ? 0 : draws.below(200)))
      }
      return row
    }
  }

  /// Scores of some nights, of which some come after the as-of day: of each night a subscription once.
  private mutating func scores() -> Table {
    var rows: [Row] = []
    for age in [-1, 0, 1, 3, 5, 6, 7, 8, 11, 12, 16, 17, 18] {
      for id in subscriptions where draws.happens(30) {
        rows.append([
          "subscription_id": .whole(id), "as_of": .whole(Int64(RandomFacts.asOf.rawValue) - Int64(age)),
          "churn_probability": .whole(draws.below(1_000)),
        ])
        if draws.happens(80) { rows[rows.count - 1]["clv_e4"] = amount() }
      }
    }
    return RandomFacts.table(Dataset.scores.schema, rows)
  }

  /// Outages of the cells that subscriptions met: open ones, long ones, corrected ones, ones that end before they begin.
  private mutating func outages() -> [Row] {
    var rows = (0..<60).map { _ in
      var row = fact(["cell_hash": .whole(draws.below(25))], days: draws.happens(20) ? 150 : 40)
      row["subscription_id"] = nil
      row["start_minute"] = .whole(draws.below(1_440))
      if draws.happens(60) { row["outage_id"] = .whole(draws.below(50)) }
      if draws.happens(80) {
        row["end_date"] = .whole(row["event_date"]!.whole + (draws.happens(20) ? draws.below(200) : draws.below(3)))
        row["end_minute"] = .whole(draws.below(1_441))
      }
      return row
    }
    for row in rows where draws.happens(40) {
      var corrected = row
      corrected["known_date"] = .whole(row["known_date"]!.whole + draws.below(4))
      corrected["end_date"] = .whole(row["event_date"]!.whole + draws.below(2))
      corrected["end_minute"] = .whole(draws.below(1_440))
      if row["outage_id"] != nil { corrected["start_minute"] = .whole(draws.below(1_440)) }
      rows.append(corrected)
    }
    return rows
  }

  private mutating func coverage(gaps: Bool) -> [Row] {
    var rows: [Row] = []
    let asOf = Int64(RandomFacts.asOf.rawValue)
    let families = [
      "usage", "bills", "payments", "top-ups", "balances", "tickets", "subscriptions", "counterparties", "cells",
      "outages",
    ]
    for family in families {
      // A gap in some families only, so that every mixture of known and unknown windows comes.
      let gap: Int64? = gaps && draws.happens(70) ? draws.below(draws.one(of: [7, 28, 100])) : nil
      for age in 0...(gaps && draws.happens(20) ? 60 : 110) as ClosedRange<Int64> {
        let isMissing = age == gap
        func row(_ known: Int64, _ isComplete: Bool) -> Row {
          [
            "event_date": .whole(asOf - age), "known_date": .whole(known), "family": .text(family),
            "is_complete": .flag(isComplete),
          ]
        }
        rows.append(row(asOf - age, !isMissing && !draws.happens(10)))
        // What was incomplete at first mostly becomes complete while it may still be seen; the gap only afterwards.
        rows.append(row(isMissing ? asOf + 1 : min(asOf, asOf - age + 1), true))
        if isMissing || age == 0 { rows[rows.count - 2]["is_complete"] = .flag(!isMissing) }
        if age == 0 { rows.removeLast() }
      }
    }
    return rows
  }
}

extension TwinFacts {
  /// Random facts, with use and relations cut into parts and every other family in one table.
  init(_ facts: RandomFacts, parts: Int = 1) throws {
    func cut(_ name: String) -> [Table] {
      guard let table = facts.tables[name] else { return [] }
      return (0..<parts).map { part in table.rows(at: (0..<table.rowCount).filter { $0 % parts == part }) }
    }
    let relations = try RelationFamily.allCases.map { family in
      (family, try cut(family.dataset.name).map { try RelationPart($0) })
    }
    self.init(
      facts.tables, usage: cut("facts/usage").map { UsagePart($0) },
      relations: Dictionary(uniqueKeysWithValues: relations))
  }
}
