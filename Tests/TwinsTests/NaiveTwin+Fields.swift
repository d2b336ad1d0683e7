import Columns
import Datasets
import Twins

extension NaiveTwin {
  /// A value of a field, as text, so that every type compares; "null" where it is missing.
  func fields(_ id: Int64, _ catalogue: TwinCatalogue) -> [String: String] {
    let life = life(id)!
    let link = link(id)
    var fields: [String: String] = [:]
    func put(_ name: String, _ value: Int64?) { fields[name] = value.map(String.init) ?? "null" }
    func put(_ name: String, _ value: Double?) { fields[name] = value.map { "\($0)" } ?? "null" }
    func put(_ name: String, _ value: String?) { fields[name] = value ?? "null" }
    func put(_ name: String, _ value: Bool?) { fields[name] = value.map { "\($0)" } ?? "null" }
    put("subscription_id", id)
    for key in ["person_id", "payer_id", "household_id", "birth_year"] { put(key, link?[key]?.whole) }
    for key in ["segment", "region", "language"] { put(key, link?[key]?.text) }
    put("as_of", asOf)
    put("known_by", knownBy)
    let product = life.last["product"]?.text
    let plan = product.flatMap { priced("facts/products", "product", $0) }
    put("payment_type", life.last["payment_type"]?.text ?? plan?["payment_type"]?.text ?? "unknown")
    put("product", product)
    put("tenure_days", asOf - life.activation)
    put("status", life.isSuspended ? "suspended" : "active")
    put("is_in_notice", life.isInNotice)
    put("contract_days_left", life.contractEnd.map { $0 - asOf })
    put("monthly_fee_e4", plan?["monthly_fee_e4"]?.whole)
    put("data_allowance_bytes", plan?["data_allowance_bytes"]?.whole)
    put("plan_change_count_91d", isKnown("subscriptions", 91) ? Int64(life.planChanges.count { $0 <= 90 }) : nil)
    put("days_since_plan_change", life.planChanges.min())
    for key in ["household_id", "person_id"] {
      let own = link?[key]?.whole
      let count = own == nil ? 1 : living.count { self.link($0)?[key]?.whole == own }
      put(key.replacing("_id", with: "_subscription_count"), Int64(count))
    }
    let score = score(id)
    put("last_churn_probability", score?.probability)
    put("last_clv_e4", score?.value)
    put("days_since_last_score", score?.age)
    usage(id, life, &fields)
    money(id, &fields)
    topUps(id, &fields)
    tickets(id, &fields)
    contacts(id, link, &fields)
    margin(id, life, plan, &fields)
    for field in catalogue.fields where fields[field.name] == nil {
      fields[field.name] = value(field.computation, id, life, link)
    }
    for field in catalogue.fields where field.consent.map({ !isGranted($0, link) }) ?? false {
      fields[field.name] = "null"
    }
    for field in catalogue.fields { fields[field.name] = ratio(field.computation, fields) ?? fields[field.name] }
    return fields
  }

  private func usage(_ id: Int64, _ life: Life, _ fields: inout [String: String]) {
    let rows = rows("facts/usage", "subscription_id", id)
    func sum(_ measure: String, _ days: Int64) -> Int64 {
      rows.filter { age($0) < days }.reduce(0) { $0 + $1[measure]!.whole }
    }
    for days in [7, 28, 91] as [Int64] {
      for measure in Dataset.usageMeasures {
        fields["\(measure)_\(days)d"] = isKnown("usage", days) ? "\(sum(measure, days))" : "null"
      }
      let active = activeAges(rows).filter { $0 < days }.count
      fields["active_days_\(days)d"] = isKnown("usage", days) ? "\(active)" : "null"
    }
    func trend(_ measure: String, _ short: Int64, _ long: Int64) -> String {
      let lived = asOf - life.activation + 1
      guard isKnown("usage", long), sum(measure, long) > 0 else { return "null" }
      let recent = Double(sum(measure, short)) / Double(min(short, lived))
      return "\(recent / (Double(sum(measure, long)) / Double(min(long, lived))))"
    }
    for measure in ["voice_out_seconds", "data_down_bytes", "event_count"] {
      fields["\(measure)_trend"] = trend(measure, 7, 28)
    }
    fields["event_count_trend_91d"] = trend("event_count", 28, 91)
    let out = Dictionary(grouping: rows, by: age).filter { _, rows in
      func sum(_ measure: String) -> Int64 { rows.reduce(0) { $0 + $1[measure]!.whole } }
      return sum("voice_out_count") + sum("sms_out_count") > 0
    }
    fields["days_since_last_event"] = recency("usage", activeAges(rows)).map { "\($0)" } ?? "null"
    fields["days_since_last_out"] = recency("usage", Array(out.keys)).map { "\($0)" } ?? "null"
  }

  /// The ages at which there are events: the facts of that day give more than they take back.
  private func activeAges(_ rows: [Row]) -> [Int64] {
    let days = Dictionary(grouping: rows, by: age)
    return days.filter { $0.value.reduce(0) { $0 + $1["event_count"]!.whole } > 0 }.map(\.key)
  }

  private func bills(_ id: Int64) -> [Row] {
    newest(rows("facts/bills", "subscription_id", id), by: { [$0["bill_id"]] }, order).filter { age($0) <= 90 }
      .sorted { (day($0), $0["bill_id"]!.whole) < (day($1), $1["bill_id"]!.whole) }
  }

  private func money(_ id: Int64, _ fields: inout [String: String]) {
    let bills = bills(id)
    let amounts = bills.map { $0["amount_e4"]!.whole }
    let payments = newest(rows("facts/payments", "subscription_id", id), by: { [$0["payment_id"]] }, order)
      .filter { age($0) <= 90 }.sorted { (day($0), $0["payment_id"]!.whole) < (day($1), $1["payment_id"]!.whole) }
    let paid = payments.filter { !$0["is_failed"]!.flag }
    let (knowsBills, knowsPayments) = (isKnown("bills", 91), isKnown("payments", 91))
    fields["bill_count_91d"] = knowsBills ? "\(bills.count)" : "null"
    fields["bill_last_e4"] = knowsBills ? amounts.last.map { "\($0)" } ?? "null" : "null"
    fields["bill_mean_91d_e4"] =
      knowsBills && !amounts.isEmpty ? "\(amounts.reduce(0, +) / Int64(amounts.count))" : "null"
    let before = amounts.dropLast().reduce(0, +)
    fields["bill_shock"] =
      knowsBills && amounts.count > 1 && before > 0
      ? "\(Double(amounts.last!) / (Double(before) / Double(amounts.count - 1)))" : "null"
    // One currency fraction at a time would be more obvious still, and too slow.
    var open = [Int64: Int64](
      uniqueKeysWithValues: bills.map { ($0["bill_id"]!.whole, max(0, $0["amount_e4"]!.whole)) })
    var onTime = open
    for payment in paid {
      var left = payment["amount_e4"]!.whole
      let payable = bills.filter { bill in
        payment["bill_id"].map { $0 == bill["bill_id"] } ?? (day(bill) <= day(payment))
      }.sorted { ($0["due_date"]!.whole, $0["bill_id"]!.whole) < ($1["due_date"]!.whole, $1["bill_id"]!.whole) }
      for bill in payable {
        let key = bill["bill_id"]!.whole
        let part = max(0, min(left, open[key]!))
        left -= part
        open[key]! -= part
        if day(payment) <= bill["due_date"]!.whole { onTime[key]! -= part }
      }
    }
    let due = bills.filter { $0["due_date"]!.whole < asOf }.map { $0["bill_id"]!.whole }
    fields["arrears_e4"] = knowsBills && knowsPayments ? "\(due.reduce(0) { $0 + open[$1]! })" : "null"
    fields["late_payment_count_91d"] = knowsBills && knowsPayments ? "\(due.count { onTime[$0]! > 0 })" : "null"
    fields["failed_payment_count_91d"] = knowsPayments ? "\(payments.count { $0["is_failed"]!.flag })" : "null"
    fields["days_since_last_payment"] = recency("payments", paid.map(age)).map { "\($0)" } ?? "null"
  }

  private func topUps(_ id: Int64, _ fields: inout [String: String]) {
    let rows = newest(rows("facts/top-ups", "subscription_id", id), by: { [$0["top_up_id"]] }, order)
    for days in [7, 28, 91] as [Int64] {
      let inside = rows.filter { age($0) < days }
      fields["topup_count_\(days)d"] = isKnown("top-ups", days) ? "\(inside.count)" : "null"
      fields["topup_e4_\(days)d"] =
        isKnown("top-ups", days) ? "\(inside.reduce(0) { $0 + $1["amount_e4"]!.whole })" : "null"
    }
    fields["days_since_last_topup"] = recency("top-ups", rows.map(age)).map { "\($0)" } ?? "null"
    let balance = newest(self.rows("facts/balances", "subscription_id", id), by: { _ in [] }, order).first
      .flatMap { recency("balances", [age($0)]) == nil ? nil : $0 }
    fields["balance_e4"] = balance.map { "\($0["balance_e4"]!.whole)" } ?? "null"
    fields["bundle_days_left"] = balance?["bundle_expiry_date"].map { "\($0.whole - asOf)" } ?? "null"
  }

  func opened(_ id: Int64) -> [Row] {
    let progress = ["open", "pending", "resolved", "closed"]
    return newest(rows("facts/tickets", "subscription_id", id), by: { [$0["ticket_id"]] }) {
      [day($0), Int64(progress.firstIndex(of: $0["status"]!.text)!)] + order($0)
    }
  }

  private func tickets(_ id: Int64, _ fields: inout [String: String]) {
    let tickets = opened(id)
    func age(_ row: Row) -> Int64 { asOf - row["opened_date"]!.whole }
    for days in [7, 28, 91] as [Int64] {
      fields["ticket_count_\(days)d"] =
        isKnown("tickets", days) ? "\(tickets.count { (0..<days).contains(age($0)) })" : "null"
    }
    let knows = isKnown("tickets", 91)
    fields["ticket_open_count"] =
      knows ? "\(tickets.count { ["open", "pending"].contains($0["status"]!.text) })" : "null"
    for category in ["network", "billing", "cancellation"] {
      let count = tickets.count { (0...90).contains(age($0)) && $0["category"]!.text == category }
      fields["ticket_\(category)_count_91d"] = knows ? "\(count)" : "null"
    }
    fields["days_since_last_ticket"] =
      recency("tickets", tickets.map(age).filter { $0 >= 0 }).map { "\($0)" } ?? "null"
  }

  func contacts(_ id: Int64, _ link: Row?) -> [Row] {
    let person = link?["person_id"]
    let touching = (facts["facts/contacts"] ?? []).filter { row in
      row["subscription_id"].map { $0.whole == id } ?? (person != nil && row["person_id"] == person)
    }
    return newest(
      touching,
      by: { [$0["person_id"], $0["subscription_id"], $0["contacted_at"], $0["channel"]] }, order)
  }

  private func contacts(_ id: Int64, _ link: Row?, _ fields: inout [String: String]) {
    let person = link?["person_id"]
    let contacts = contacts(id, link)
    for days in [7, 28, 91] as [Int64] { fields["contact_count_\(days)d"] = "\(contacts.count { age($0) < days })" }
    fields["days_since_last_contact"] = contacts.map(age).min().map { "\($0)" } ?? "null"
    for field in ["sms", "email", "call", "push", "profiling", "traffic", "location"] {
      fields["consent_\(field)"] =
        decision(person) { row in
          if ["profiling", "traffic", "location"].contains(field) { return row["purpose"]!.text == field }
          return row["purpose"]!.text == "marketing" && [field, "any"].contains(row["channel"]!.text)
        }.map { "\($0)" } ?? "null"
    }
  }

  /// What a person decided last, of the decisions that count; nil where there is none.
  private func decision(_ person: Value?, _ counts: (Row) -> Bool) -> Bool? {
    let decisions = (facts["facts/consents"] ?? []).filter {
      person != nil && $0["person_id"] == person && counts($0)
    }
    let last = decisions.map { $0["decided_at"]!.whole }.max()
    let held = decisions.filter { $0["decided_at"]!.whole == last }
    return held.isEmpty ? nil : held.allSatisfy { $0["is_granted"]!.flag }
  }

  private func isGranted(_ consent: ConsentPurpose, _ link: Row?) -> Bool {
    decision(link?["person_id"]) { $0["purpose"]!.text == consent.rawValue } ?? false
  }

  private func margin(_ id: Int64, _ life: Life, _ catalogue: Row?, _ fields: inout [String: String]) {
    func cost(_ unit: String) -> Int64 { priced("facts/unit-costs", "unit", unit)?["cost_e4_per_million"]?.whole ?? 0 }
    let use = rows("facts/usage", "subscription_id", id).filter { age($0) < 28 }
    func total(_ rows: [Row], _ measures: [String]) -> Int64 {
      rows.reduce(0) { sum, row in measures.reduce(sum) { $0 + row[$1]!.whole } }
    }
    let isKnown =
      isKnown("usage", 28) && (cost("bill") == 0 || isKnown("bills", 28))
      && (cost("ticket") == 0 || isKnown("tickets", 28))
    guard isKnown, let fee = catalogue?["monthly_fee_e4"]?.whole else {
      fields["margin_28d_e4"] = "null"
      return
    }
    let days = min(28, asOf - life.activation + 1)
    let costs =
      total(use, ["voice_out_seconds", "voice_in_seconds"]) * cost("voice-second")
      + total(use, ["sms_out_count", "sms_in_count"]) * cost("sms")
      + total(use, ["data_down_bytes", "data_up_bytes"]) * cost("data-byte")
      + total(use, ["roaming_count"]) * cost("roaming-event") + days * cost("subscription-day")
      + Int64(bills(id).count { age($0) < 28 }) * cost("bill")
      + Int64(opened(id).count { (0..<28).contains(asOf - $0["opened_date"]!.whole) }) * cost("ticket")
    fields["margin_28d_e4"] = "\(fee * days / 30 + total(use, ["charge_e4"]) - costs / 1_000_000)"
  }
}
