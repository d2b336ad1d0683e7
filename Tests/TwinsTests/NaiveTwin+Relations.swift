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
    }
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
