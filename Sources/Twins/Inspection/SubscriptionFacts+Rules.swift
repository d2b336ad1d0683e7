import Columns
import Datasets

// The facts that count for fields that code of its own makes.
extension SubscriptionFacts {
  /// The facts of a rule, dataset by dataset in the order in which the catalogue names them.
  func sources(_ field: TwinField, _ rule: TwinRule) throws -> [FieldFacts.Source] {
    try field.sources.compactMap { name in
      switch name {
      case Dataset.subscriptions.name: try standing(field, rule)
      case Dataset.links.name:
        try FieldFacts.Source(
          field, .links, "state", condition: "the link that holds", links, [scene.link(0)].compactMap { $0 })
      case Dataset.products.name:
        try prices(field, .products, of: "product", [events.products.text(scene.lives[0].product)].compactMap { $0 })
      case Dataset.unitCosts.name: try prices(field, .unitCosts, of: "unit", nil)
      case Dataset.consents.name: try consent(field, rule)
      case Dataset.usage.name: try useOfMargin(field, rule)
      case Dataset.bills.name: try recent(field, rule, .bills)
      case Dataset.payments.name: try recent(field, rule, .payments)
      case Dataset.tickets.name: try recent(field, rule, .tickets)
      default: nil
      }
    }
  }

  /// The use that the margin looks at. It needs no consent, but what a day adds is traffic data: that is told to whoever agreed.
  private func useOfMargin(_ field: TwinField, _ rule: TwinRule) throws -> FieldFacts.Source {
    let source = try use(
      field, Tally(MarginField.measures), rule.window, FieldWindow.days(MarginField.days).contains)
    return try isGranted(.traffic) ? source.measuring(addsUp: false) : source.withoutAmounts
  }

  /// What happened to the subscription; of a count of plan changes, those.
  private func standing(_ field: TwinField, _ rule: TwinRule) throws -> FieldFacts.Source {
    guard rule.name == "plan_change_count_91d" || rule.name == "days_since_plan_change" else {
      return try FieldFacts.Source(field, .subscriptions, "life", subscriptions, Array(0..<subscriptions.rowCount))
    }
    let (events, days) = (try subscriptions.string("event").values, try subscriptions.date("event_date").values)
    let kept = events.indices.filter { row in
      events[row] == "plan-change" && (rule.window != "91 days" || moment.age(days[row]) < Windows.longest)
    }
    return try FieldFacts.Source(
      field, .subscriptions, rule.window, condition: "event is plan-change", subscriptions, kept)
  }

  /// The newest row of each key, or of each of some keys.
  private func prices(
    _ field: TwinField, _ dataset: Dataset, of column: String, _ wanted: [String]?
  ) throws -> FieldFacts.Source {
    let table = try rows(ofEverybody: dataset)
    let keys = try table.string(column).values
    let order = try FactOrder(table)
    var newest: [String: Int] = [:]
    for row in keys.indices where wanted?.contains(keys[row]) ?? true {
      if let found = newest[keys[row]], order.precedes(row, found) { continue }
      newest[keys[row]] = row
    }
    return try FieldFacts.Source(
      field, dataset, "state", condition: "in force", table, newest.sorted { $0.key < $1.key }.map(\.value))
  }

  /// The decision of the person that holds.
  private func consent(_ field: TwinField, _ rule: TwinRule) throws -> FieldFacts.Source {
    let table = try rows(.consents)
    let name = rule.name.split(separator: "_").last.map(String.init) ?? ""
    let (instants, grants) = (try table.timestamp("decided_at").values, try table.bool("is_granted").values)
    let (channels, purposes) = (try table.string("channel").values, try table.string("purpose").values)
    let number = ConsentHistory.names.firstIndex(of: name) ?? -1
    let bearing = instants.indices.filter { ConsentHistory.fields(channels[$0], purposes[$0]).contains(number) }
    // Of decisions of one instant, a withdrawal.
    let newest = bearing.max { (instants[$0], grants[$0] ? 0 : 1) < (instants[$1], grants[$1] ? 0 : 1) }
    return try FieldFacts.Source(
      field, .consents, "state", condition: "the newest decision", table, newest.map { [$0] } ?? [])
  }

  /// The events of a family that hold and lie in the rule's window, with their amounts where they have any.
  private func recent(_ field: TwinField, _ rule: TwinRule, _ family: EventFamily) throws -> FieldFacts.Source {
    let (table, held) = try held(family)
    let days = rule.name == MarginField.name ? MarginField.days : Windows.longest
    var kept = held.positions(0).filter { held.ages[$0] < Int32(days) }.map { Int(held.facts[$0]) }
    if family == .payments {
      let failures = try table.bool("is_failed").values
      kept = kept.filter { !failures[$0] }
    }
    let amounts = family == .tickets ? nil : try table.int64("amount_e4").values
    return try FieldFacts.Source(
      field, family.dataset, rule.window, condition: family == .payments ? "is_failed is false" : "",
      measures: amounts == nil ? [] : ["amount_e4"], table, kept, amounts.map { all in kept.map { all[$0] } })
  }
}
