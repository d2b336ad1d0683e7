import Twins

extension NaiveTwin {
  /// A field of counterparties or cells, in the words of `FieldCatalogue.md`.
  func value(_ aggregate: RelationAggregate, _ id: Int64) -> String {
    let family = aggregate.family.rawValue
    let key = family == "cells" ? "cell_hash" : "counterparty_hash"
    /// Events by partner and age; days that come to nothing are none.
    var days: [Int64: [Int64: Int64]] = [:]
    for row in rows("facts/\(family)", "subscription_id", id) where age(row) < 28 {
      days[row[key]!.whole, default: [:]][age(row), default: 0] += row["event_count"]!.whole
    }
    days = days.mapValues { $0.filter { $0.value > 0 } }.filter { !$0.value.isEmpty }
    let numbers = facts["facts/numbers"] ?? []
    if let party = aggregate.party {
      guard !numbers.isEmpty else { return "null" }
      days = days.filter { isParty($0.key, party, numbers) }
    }
    let window = Int64(aggregate.days)
    guard isKnown(family, aggregate.function == .new ? 28 : window) else { return "null" }
    let inside = days.mapValues { $0.filter { $0.key < window } }.filter { !$0.value.isEmpty }
    let sums = inside.mapValues { $0.values.reduce(0, +) }
    switch aggregate.function {
    case .distinct: return "\(inside.count)"
    case .new: return "\(inside.keys.count { days[$0]!.keys.allSatisfy { $0 < window } })"
    case .events: return "\(sums.values.reduce(0, +))"
    case .topShare:
      return sums.values.max().map { "\(Double($0) / Double(sums.values.reduce(0, +)))" } ?? "null"
    case .outageMinutes, .outageCells:
      guard isKnown("outages", window) else { return "null" }
      let minutes = inside.map { cell, ages in ages.keys.reduce(0) { $0 + outageMinutes(cell, age: $1) } }
      return "\(aggregate.function == .outageCells ? minutes.count { $0 > 0 } : minutes.reduce(0, +))"
    }
  }

  /// The minutes of a day in which a cell was out: each minute is looked at, in every outage.
  private func outageMinutes(_ cell: Int64, age: Int64) -> Int {
    func start(_ row: Row) -> Int64 { day(row) * 1_440 + row["start_minute"]!.whole }
    var newest: [Value: Row] = [:]
    for row in facts["facts/outages"] ?? [] where row["cell_hash"]!.whole == cell {
      let identity = row["outage_id"] ?? .text("from \(start(row))")
      if let found = newest[identity] {
        let (old, new) = (found["known_date"]!.whole, row["known_date"]!.whole)
        if new < old || (new == old && row["delivery_id"]!.whole < found["delivery_id"]!.whole) { continue }
      }
      newest[identity] = row
    }
    var spans: [(start: Int64, end: Int64)] = []
    for row in newest.values where asOf - age < day(row) + 91 {
      let end = row["end_date"].map { $0.whole * 1_440 + row["end_minute"]!.whole } ?? Int64.max
      spans.append((start(row), end))
    }
    let midnight = (asOf - age) * 1_440
    return (midnight..<midnight + 1_440).count { minute in spans.contains { $0.start <= minute && minute < $0.end } }
  }

  private func isParty(_ hash: Int64, _ party: RelationAggregate.Party, _ numbers: [Row]) -> Bool {
    let own = newest(
      numbers.filter { $0["counterparty_hash"]!.whole == hash }, by: { [$0["event_date"], $0["subscription_id"]] }
    ) { [$0["known_date"]!.whole, $0["delivery_id"]!.whole] }
    // One that ends on its first day was taken back.
    let last = own.filter { $0["valid_to"]?.whole != self.day($0) }.max {
      (self.day($0), $0["subscription_id"]!.whole) < (self.day($1), $1["subscription_id"]!.whole)
    }
    let holder = last?["subscription_id"]?.whole
    let isLiving = holder.map { living.contains($0) } ?? false
    let isHeld = (last?["valid_to"]?.whole ?? .max) > asOf
    switch party {
    case .onNet: return isLiving && isHeld
    case .offNet: return !(isLiving && isHeld)
    case .churned:
      guard let holder, !isLiving else { return false }
      let ends = rows("facts/subscriptions", "subscription_id", holder).filter { $0["event"]!.text == "termination" }
      return ends.map(age).min().map { $0 < 28 } ?? false
    }
  }
}
