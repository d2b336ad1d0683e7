import Columns
import Datasets
import Twins

/// Customers and products, row by row from the words of `CustomerTwin.md` and `ProductTwin.md`.
extension NaiveTwin {
  typealias Texts = [String: String]

  /// The fields of every living subscription.
  func subscriptions(_ catalogue: TwinCatalogue) -> [Texts] { living.map { fields($0, catalogue) } }

  // MARK: Customers

  func customers(_ subscriptions: [Texts], _ catalogue: TwinCatalogue) -> [Texts] {
    let persons = Set(living.compactMap { link($0)?["person_id"]?.whole })
    return persons.sorted().map { person in
      var fields: Texts = [
        "customer_id": "\(person)", "as_of": "\(asOf)", "known_by": "\(knownBy)",
      ]
      let own = living.filter { link($0)?["person_id"]?.whole == person }
      let newest = own.max { a, b in
        (order(link(a)!) + [a]).lexicographicallyPrecedes(order(link(b)!) + [b])
      }
      let last = newest.flatMap { link($0) }
      for key in ["payer_id", "household_id", "birth_year"] { fields[key] = last?[key].map { "\($0.whole)" } ?? "null" }
      for key in ["segment", "region", "language"] { fields[key] = last?[key]?.text ?? "null" }
      let rows = subscriptions.filter { own.map { "\($0)" }.contains($0["subscription_id"]) }
      fields["product_count"] = "\(Set(rows.map { $0["product"] }.filter { $0 != "null" }).count)"
      fields["paid_subscription_count"] = "\(living.count { link($0)?["payer_id"]?.whole == person })"
      for name in ["sms", "email", "call", "push", "profiling", "traffic", "location"] {
        fields["consent_\(name)"] = consent(name, of: person)
      }
      let contacts = heldContacts().filter { $0["person_id"]?.whole == person }
      return filled(fields, catalogue, rows, contacts)
    }
  }

  private func consent(_ name: String, of person: Int64) -> String {
    let purposes = ["profiling", "traffic", "location"]
    let decisions = rows("facts/consents", "person_id", person).filter { row in
      if purposes.contains(name) { return row["purpose"]!.text == name }
      return row["purpose"]!.text == "marketing" && [name, "any"].contains(row["channel"]!.text)
    }
    let last = decisions.map { $0["decided_at"]!.whole }.max()
    let held = decisions.filter { $0["decided_at"]!.whole == last }
    return held.isEmpty ? "null" : "\(held.allSatisfy { $0["is_granted"]!.flag })"
  }

  private func heldContacts() -> [Row] {
    newest(
      facts["facts/contacts"] ?? [],
      by: { [$0["person_id"], $0["subscription_id"], $0["contacted_at"], $0["channel"]] },
      order)
  }

  // MARK: Products

  func products(_ subscriptions: [Texts], _ catalogue: TwinCatalogue) -> [Texts] {
    let offered = heldContacts().filter { $0["offer"] != nil }
    let listed = (facts["facts/products"] ?? []).map { $0["product"]!.text }
    let used = subscriptions.map { $0["product"]! }.filter { $0 != "null" }
    let plans = Set(listed + used).map { ($0, "plan") }
    let offers = Set(offered.filter { age($0) <= 90 }.map { $0["offer"]!.text }).map { ($0, "offer") }
    return (plans + offers).sorted { $0 < $1 }.map { key, kind in
      var fields: Texts = ["product_key": key, "kind": kind, "as_of": "\(asOf)", "known_by": "\(knownBy)"]
      let price = kind == "plan" ? priced("facts/products", "product", key) : nil
      for name in ["name", "payment_type"] { fields[name] = price?[name]?.text ?? "null" }
      for name in ["monthly_fee_e4", "contract_months", "data_allowance_bytes"] {
        fields[name] = price?[name].map { "\($0.whole)" } ?? "null"
      }
      let rows = subscriptions.filter { kind == "plan" && $0["product"] == key }
      movements(key, kind, base: rows.count, &fields)
      let contacts = offered.filter { row in
        if kind == "offer" { return row["offer"]!.text == key }
        return subscriptions.contains { text in
          text["subscription_id"] == row["subscription_id"].map { "\($0.whole)" } && text["product"] == key
        }
      }
      let stirred = contacts.filter { age($0) < 28 }.reduce(0) { sum, contact in
        guard let id = contact["subscription_id"]?.whole, living.contains(id) else { return sum }
        return sum + opened(id).count { (0...14).contains($0["opened_date"]!.whole - day(contact)) }
      }
      fields["ticket_after_offer_count_28d"] = isKnown("tickets", 28) ? "\(stirred)" : "null"
      return filled(fields, catalogue, kind == "plan" ? rows : nil, contacts)
    }
  }

  /// What is there before and after each day, by building the life of each subscription from the events up to then.
  private func movements(_ key: String, _ kind: String, base: Int, _ fields: inout Texts) {
    var counts: [String: Int] = [:]
    var before = 0
    for id in Set((facts["facts/subscriptions"] ?? []).map { $0["subscription_id"]!.whole }) {
      let events = eventsThatCount(id)
      func product(_ count: Int) -> (lives: Bool, product: String?) {
        let life = life(of: Array(events.prefix(count)))
        return (life != nil, life?.last["product"]?.text)
      }
      if product(events.count { age($0) >= 28 }) == (true, key) { before += 1 }
      for (number, event) in events.enumerated() {
        let (old, new) = (product(number), product(number + 1))
        var found: [String] = []
        if !old.lives, new == (true, key) { found.append("add") }
        if old == (true, key), !new.lives {
          found.append("termination")
          if ["notice", "port-out"].contains(event["cause"]?.text) { found.append("voluntary_termination") }
        }
        if old.lives, new.lives, old.product != new.product {
          if new.product == key { found.append("plan_change_in") }
          if old.product == key { found.append("plan_change_out") }
        }
        for name in found {
          for days in [7, 28] where age(event) < Int64(days) { counts["\(name)_count_\(days)d", default: 0] += 1 }
        }
      }
    }
    func put(_ name: String, _ days: Int64, _ text: String) {
      fields[name] = kind == "plan" && isKnown("subscriptions", days) ? text : "null"
    }
    for name in ["add", "termination", "voluntary_termination", "plan_change_in", "plan_change_out"] {
      for days in [7, 28] as [Int64] {
        put("\(name)_count_\(days)d", days, "\(counts["\(name)_count_\(days)d"] ?? 0)")
      }
    }
    put("base_28d_ago", 28, "\(before)")
    put("base_mean_28d", 28, "\(Double(base + before) / 2)")
  }

  // MARK: Both

  /// Fields that a catalogue declares; `rows` are the subscriptions, nil where there cannot be any.
  private func filled(_ fields: Texts, _ catalogue: TwinCatalogue, _ rows: [Texts]?, _ contacts: [Row]) -> Texts {
    var fields = fields
    for field in catalogue.fields {
      switch field.computation {
      case .rollup(let aggregate): fields[field.name] = rows.map { value(aggregate, $0) } ?? "null"
      case .events(let aggregate): fields[field.name] = value(aggregate, contacts)
      default: break
      }
    }
    for field in catalogue.fields { fields[field.name] = ratio(field.computation, fields) ?? fields[field.name] }
    return fields
  }

  private func value(_ aggregate: RollupAggregate, _ rows: [Texts]) -> String {
    /// Whether the conditions hold; nil where that cannot be said.
    func holds(_ row: Texts) -> Bool? {
      let answers = aggregate.conditions.map { condition -> Bool? in
        let text = row[condition.column]!
        if text == "null" { return aggregate.missing == .unmet ? false : nil }
        switch condition.test {
        case .texts(let texts): return texts.contains(text)
        case .flag(let flag): return text == "\(flag)"
        case .bounds(let bounds): return bounds.contains(Int64(text)!)
        }
      }
      if answers.contains(false) { return false }
      return answers.contains(nil) ? nil : true
    }
    let answers = rows.map(holds)
    let isSkipping = aggregate.missing == .skipped
    let isOpen = !isSkipping && answers.contains(nil)
    let met = zip(rows, answers).filter { $1 == true }.map { $0.0 }
    switch aggregate.function {
    case .any: return answers.contains(true) ? "true" : isOpen ? "null" : "false"
    case .all: return answers.contains(false) ? "false" : isOpen ? "null" : "true"
    case .share:
      let known = answers.count { $0 != nil }
      return isOpen || known == 0 ? "null" : "\(Double(aggregate.per) * Double(met.count) / Double(known))"
    case .count:
      return isOpen ? "null" : "\(met.count { row in aggregate.measure.map { row[$0] != "null" } ?? true })"
    case .sum, .min, .max, .mean:
      let values = met.compactMap { Int64($0[aggregate.measure!]!) }
      if isOpen || !isSkipping && values.count < met.count { return "null" }
      let sum = values.reduce(0, +)
      switch aggregate.function {
      case .min: return values.min().map { "\($0)" } ?? "null"
      case .max: return values.max().map { "\($0)" } ?? "null"
      case .mean: return values.isEmpty ? "null" : "\(Double(aggregate.per) * Double(sum) / Double(values.count))"
      default:
        let isSkipped = values.count < met.count || answers.contains(nil)
        return isSkipped && values.isEmpty ? "null" : "\(sum)"
      }
    }
  }
}
