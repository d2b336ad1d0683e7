import Calendar
import Columns
import Datasets

extension RandomFacts {
  /// The same facts with orders, with subscriptions that have just begun, and with what is known of their beginning.
  static func withCases(seed: UInt64, gaps: Bool) throws -> RandomFacts {
    var facts = RandomFacts(seed: seed, gaps: gaps)
    var draws = Draws(state: seed &* 0x9E37_79B9 &+ 77)
    let asOf = Int64(RandomFacts.asOf.rawValue)
    let newcomers: [Int64] = (1...40).map { $0 * 15_485_863 }

    func fact(_ date: Int64, _ more: Row) -> Row {
      var row = more
      row["event_date"] = .whole(date)
      row["known_date"] = .whole(date + (draws.happens(20) ? draws.below(30) : draws.below(2)))
      row["delivery_id"] = .whole(draws.below(5))
      return row
    }
    func money(_ id: Int64, _ key: String, _ begin: Int64) -> Row {
      fact(
        begin + draws.below(60) - 4,
        [
          "subscription_id": .whole(id), key: .whole(draws.below(60)),
          "amount_e4": .whole((draws.below(9) - 2) * 10_000),
          "is_failed": .flag(draws.happens(30)), "due_date": .whole(begin + 50), "period_start": .whole(begin),
          "period_end": .whole(begin),
        ])
    }
    var rows: [String: [Row]] = [:]
    for id in newcomers {
      let begin = asOf - draws.below(100)
      var activation: Row = ["subscription_id": .whole(id), "event": .text("activation")]
      if draws.happens(80) { activation["payment_type"] = .text(draws.one(of: ["prepaid", "prepaid", "postpaid"])) }
      rows["facts/subscriptions", default: []].append(fact(begin, activation))
      for event in ["termination", "activation", "notice"] where draws.happens(15) {
        rows["facts/subscriptions", default: []].append(
          fact(begin + draws.below(60), ["subscription_id": .whole(id), "event": .text(event)]))
      }
      for _ in 0..<draws.below(3) {
        var use: Row = ["subscription_id": .whole(id)]
        for name in Dataset.usageMeasures { use[name] = .whole(draws.below(3)) }
        rows["facts/usage", default: []].append(fact(begin + draws.below(40), use))
      }
      for _ in 0..<draws.below(2) { rows["facts/bills", default: []].append(money(id, "bill_id", begin)) }
      for _ in 0..<draws.below(3) { rows["facts/payments", default: []].append(money(id, "payment_id", begin)) }
      for _ in 0..<draws.below(3) { rows["facts/top-ups", default: []].append(money(id, "top_up_id", begin)) }
    }
    for _ in 0..<260 {
      let id = draws.below(90)
      let date = asOf + 4 - draws.below(130)
      var order: Row = [
        "order_id": .whole(id * 31), "subscription_id": .whole(id + 1),
        "placed_date": .whole(date - draws.below(12)),
        "status": .text(draws.one(of: ["placed", "in-progress", "on-hold", "on-hold", "completed", "cancelled"])),
        "kind": .text(["new-line", "plan-change", "device", "port-in", "other"][Int(id) % 5]),
      ]
      if draws.happens(60) { order["queue"] = .text(draws.one(of: ["sales", "porting", "logistics"])) }
      if draws.happens(60) { order["promised_date"] = .whole(date + draws.below(9) - 3) }
      rows["facts/orders", default: []].append(fact(date, order))
    }
    for _ in 0..<40 {
      let id = draws.below(70)
      let date = asOf + 4 - draws.below(110)
      rows["facts/tickets", default: []].append(
        fact(
          date,
          [
            "ticket_id": .whole(id), "subscription_id": .whole(id + 7), "opened_date": .whole(date - draws.below(9)),
            "status": .text(draws.one(of: ["open", "pending", "resolved"])), "category": .text("service"),
            "queue": .text(draws.one(of: ["first line", "radio"])),
          ]))
    }
    for age in 0..<110 as Range<Int64> where !gaps || age != Int64(seed % 40) {
      rows["coverage", default: []].append([
        "event_date": .whole(asOf - age), "known_date": .whole(asOf - age), "family": .text("orders"),
        "is_complete": .flag(true),
      ])
    }
    for (name, rows) in rows {
      let schema = (Dataset.facts + [.coverage]).first { $0.name == name }!.schema
      let more = RandomFacts.table(schema, rows)
      facts.tables[name] = try facts.tables[name].map { try Table.concatenating([$0, more]) } ?? more
    }
    return facts
  }

  /// The same facts, each family's deliveries laid behind each other in another order; rows of one delivery keep theirs.
  func arriving(in seed: UInt64) throws -> RandomFacts {
    var facts = self
    var draws = Draws(state: seed)
    for (name, table) in tables.sorted(by: { $0.key < $1.key }) where table.schema.index(of: "delivery_id") != nil {
      let (known, deliveries) = (try table.date("known_date").values, try table.int64("delivery_id").values)
      var keys: [[Int64]: UInt64] = [:]
      for row in 0..<table.rowCount where keys[[Int64(known[row]), deliveries[row]]] == nil {
        keys[[Int64(known[row]), deliveries[row]]] = draws.next()
      }
      let places = (0..<table.rowCount).map { (keys[[Int64(known[$0]), deliveries[$0]]]!, $0) }
      facts.tables[name] = table.rows(at: places.sorted { $0 < $1 }.map(\.1))
    }
    return facts
  }
}
