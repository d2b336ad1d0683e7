import Calendar
import Columns

/// A slow, obvious twin of processes, straight from the words of `ProcessTwin.md`: every row is a dictionary of texts.
///
/// It shares no code with the fast one. Cases are gone through day by day.
struct NaiveProcesses {
  typealias Row = NaiveTwin.Row

  /// What a case has come to.
  struct Case {
    var texts: [String: String] = [:]
    var kind, category: String
    var id, opened: Int64
    var closed: Int64?
    var lastChange: Int64
  }

  private let naive: NaiveTwin
  private var asOf: Int64 { naive.asOf }

  init(_ tables: [String: Table], asOf: Day, knownBy: Day) { naive = NaiveTwin(tables, asOf: asOf, knownBy: knownBy) }

  /// The targets that the house ships.
  static func target(_ kind: String, _ category: String) -> Int64 {
    switch (kind, category) {
    case ("ticket", "network"): 3
    case ("ticket", "cancellation"): 2
    case ("ticket", _): 5
    case ("order", "port-in"): 10
    case ("order", "new-line"): 7
    case ("order", _): 5
    case (_, "postpaid"): 60
    default: 35
    }
  }

  /// Every row, ascending by id, then kind.
  func rows() -> [[String: String]] {
    let tickets = ids("facts/tickets", "ticket_id").map {
      told("ticket", "facts/tickets", "ticket_id", $0, ["open", "pending", "resolved", "closed"], closedFrom: 2)
    }
    let orders = ids("facts/orders", "order_id").map {
      told(
        "order", "facts/orders", "order_id", $0, ["placed", "on-hold", "in-progress", "completed", "cancelled"],
        closedFrom: 3)
    }
    let onboardings = ids("facts/subscriptions", "subscription_id").compactMap(onboarding)
    let cases = (tickets + orders + onboardings).filter { $0.closed.map { asOf - $0 < 91 } ?? true }
    return cases.sorted { ($0.id, $0.kind) < ($1.id, $1.kind) }.map { finished($0, among: cases) }
  }

  private func ids(_ family: String, _ column: String) -> [Int64] {
    Set((naive.facts[family] ?? []).map { $0[column]!.whole }).sorted()
  }

  // MARK: Tickets and orders

  private func told(
    _ kind: String, _ family: String, _ column: String, _ id: Int64, _ states: [String], closedFrom: Int
  ) -> Case {
    let all = naive.rows(family, column, id)
    let days = Set(all.map { naive.day($0) }).sorted()
    var steps: [Row] = []
    for day in days {
      for state in states {
        let held = all.filter { naive.day($0) == day && $0["status"]!.text == state }
        // The newest row of a day and state; the later of equal ones.
        var newest: Row?
        for row in held
        where newest.map({ !naive.order(row).lexicographicallyPrecedes(naive.order($0)) }) ?? true { newest = row }
        if let newest { steps.append(newest) }
      }
    }
    // Runs of one state, each with its first day.
    var runs: [(state: String, day: Int64)] = []
    for step in steps where runs.last?.state != step["status"]!.text {
      runs.append((step["status"]!.text, naive.day(step)))
    }
    func isClosed(_ state: String) -> Bool { states.firstIndex(of: state)! >= closedFrom }
    let newest = steps.last!
    let opened = min(newest[kind == "ticket" ? "opened_date" : "placed_date"]!.whole, days[0])
    let reopenings = zip(runs, runs.dropFirst()).filter { isClosed($0.state) && !isClosed($1.state) }.map(\.1.day)
    var closed: Int64?
    if isClosed(runs.last!.state) {
      let closedRuns = runs.reversed().prefix { isClosed($0.state) }
      closed = closedRuns.last!.day
      if let told = newest["resolved_date"]?.whole, told >= opened, told <= naive.day(newest),
        told >= reopenings.last ?? .min
      {
        closed = told
      }
    }
    let hold = kind == "ticket" ? "pending" : "on-hold"
    let ends = runs.dropFirst().map(\.day) + [asOf]
    let holdDays = zip(runs, ends).reduce(0) { $1.0.state == hold ? $0 + $1.1 - $1.0.day : $0 }
    let queues = steps.compactMap { $0["queue"]?.text }
    let handoffs = zip(queues, queues.dropFirst()).count { $0 != $1 }
    var found = Case(
      kind: kind, category: newest[kind == "ticket" ? "category" : "kind"]!.text, id: id, opened: opened,
      closed: closed, lastChange: naive.day(newest))
    let promised = steps.compactMap { $0["promised_date"]?.whole }.last
    found.texts = [
      "subscription_id": "\(newest["subscription_id"]!.whole)", "state": runs.last!.state,
      "state_since_date": "\(runs.last!.day)", "change_count": "\(steps.count - 1)",
      "reopen_count": "\(reopenings.count)", "handoff_count": queues.isEmpty ? "null" : "\(handoffs)",
      "queue": queues.last ?? "null", "channel": steps.compactMap { $0["channel"]?.text }.last ?? "null",
      "hold_days": "\(holdDays)", "promised_date": promised.map { "\($0)" } ?? "null",
      "days_to_promise": promised.map { "\($0 - (closed ?? asOf))" } ?? "null",
      "is_promise_broken": promised.map { "\((closed ?? asOf + 1) > $0)" } ?? "null",
      "last_change_date": "\(naive.day(newest))",
      "is_current": "\(isComplete(kind == "ticket" ? ["tickets"] : ["orders"], since: naive.day(newest)))",
    ]
    return found
  }

  /// Whether every day after `day` is complete in some families, so far as 91 days tell.
  private func isComplete(_ families: [String], since day: Int64) -> Bool {
    families.allSatisfy { family in
      (max(day + 1, asOf - 90)...max(asOf, day + 1)).allSatisfy { $0 > asOf || naive.isComplete(family, day: $0) }
    }
  }

  // MARK: Onboarding

  private func onboarding(_ id: Int64) -> Case? {
    guard let (begin, end, paymentType) = newestLife(id), asOf - begin < 91 else { return nil }
    func days(_ rows: [Row], where counts: (Row) -> Bool) -> [Int64] {
      rows.filter(counts).map { naive.day($0) }.filter { $0 >= begin }
    }
    func held(_ family: String, _ key: String) -> [Row] {
      naive.newest(naive.rows(family, "subscription_id", id), by: { [$0[key]] }, naive.order)
    }
    var events: [Int64: Int64] = [:]
    for row in naive.rows("facts/usage", "subscription_id", id) {
      events[naive.day(row), default: 0] += row["event_count"]!.whole
    }
    let use = events.filter { $0.value > 0 && $0.key >= begin }.keys.min()
    let bill = days(held("facts/bills", "bill_id")) { _ in true }.min()
    let money =
      (days(held("facts/payments", "payment_id")) { !$0["is_failed"]!.flag && $0["amount_e4"]!.whole > 0 }
      + days(held("facts/top-ups", "top_up_id")) { $0["amount_e4"]!.whole > 0 }).min()
    let isUseKnown = (begin...asOf).allSatisfy { naive.isComplete("usage", day: $0) }
    var states: [String] = []
    for day in begin...asOf {
      if let last = states.last, ["settled", "ended"].contains(last) {
        states.append(last)
        continue
      }
      let (hasUse, hasMoney) = (use.map { $0 <= day } ?? false, money.map { $0 <= day } ?? false)
      var state = "activated"
      if hasUse { state = "used" }
      if bill.map({ $0 <= day }) ?? false { state = "billed" }
      if hasMoney { state = "paid" }
      if hasUse, hasMoney { state = day - begin >= 28 ? "settled" : "settling" }
      if !hasUse, isUseKnown, day - begin >= 14 { state = "stalled" }
      if let end, end <= day { state = "ended" }
      states.append(state)
    }
    let last = states.last!
    let since = asOf - Int64(states.reversed().prefix { $0 == last }.count) + 1
    let changes = zip(states, states.dropFirst()).count { $0 != $1 }
    // The as-of day itself is not yet a day of waiting.
    let stalled = states.dropLast().count { $0 == "stalled" }
    var families = ["usage", "subscriptions"]
    if paymentType == "prepaid" { families.append("top-ups") }
    if paymentType == "postpaid" { families.append("payments") }
    var found = Case(
      kind: "onboarding", category: paymentType, id: id, opened: begin,
      closed: ["settled", "ended"].contains(last) ? since : nil, lastChange: since)
    found.texts = [
      "subscription_id": "\(id)", "state": last, "state_since_date": "\(since)", "change_count": "\(changes)",
      "reopen_count": "0", "handoff_count": "null", "queue": "null", "channel": "null", "hold_days": "\(stalled)",
      "promised_date": "null", "days_to_promise": "null", "is_promise_broken": "null", "last_change_date": "\(since)",
      "is_current": "\(isComplete(families, since: since))",
    ]
    return found
  }

  private func newestLife(_ id: Int64) -> (begin: Int64, end: Int64?, paymentType: String)? {
    let kinds = [
      "activation", "suspension", "resumption", "plan-change", "notice", "port-request", "contract", "termination",
    ]
    let rows = naive.newest(
      naive.rows("facts/subscriptions", "subscription_id", id), by: { [$0["event_date"], $0["event"]] }, naive.order)
    let sorted = rows.sorted {
      (naive.day($0), kinds.firstIndex(of: $0["event"]!.text) ?? 9)
        < (naive.day($1), kinds.firstIndex(of: $1["event"]!.text) ?? 9)
    }
    var begin, end: Int64?
    var last: [String: String] = [:]
    for row in sorted {
      let event = row["event"]!.text
      if event == "activation", begin == nil || end != nil {
        begin = naive.day(row)
        end = nil
        last = [:]
      }
      guard begin != nil, end == nil else { continue }
      if event == "termination" {
        end = naive.day(row)
        continue
      }
      for key in ["payment_type", "product"] { if let value = row[key] { last[key] = value.text } }
    }
    guard let begin else { return nil }
    let priced = last["product"].flatMap { naive.priced("facts/products", "product", $0)?["payment_type"]?.text }
    return (begin, end, last["payment_type"] ?? priced ?? "unknown")
  }

  // MARK: Targets and risk

  private func finished(_ found: Case, among cases: [Case]) -> [String: String] {
    var texts = found.texts
    let target = NaiveProcesses.target(found.kind, found.category)
    let age = (found.closed ?? asOf) - found.opened
    let isBreached = found.closed == nil ? age >= target : age > target
    texts["process_id"] = "\(found.id)"
    texts["kind"] = found.kind
    texts["category"] = found.category
    texts["as_of"] = "\(asOf)"
    texts["known_by"] = "\(naive.knownBy)"
    texts["opened_date"] = "\(found.opened)"
    texts["is_closed"] = "\(found.closed != nil)"
    texts["closed_date"] = found.closed.map { "\($0)" } ?? "null"
    texts["days_open"] = "\(age)"
    texts["days_in_state"] = "\(asOf - Int64(texts["state_since_date"]!)!)"
    texts["target_days"] = "\(target)"
    texts["days_to_target"] = "\(target - age)"
    texts["is_breached"] = "\(isBreached)"
    var risk: Double? = isBreached ? 1 : 0
    if found.closed == nil, !isBreached {
      risk = texts["is_current"] == "true" ? self.risk(found, from: age, to: target, among: cases) : nil
    }
    texts["breach_risk"] = risk.map { "\($0)" } ?? "null"
    return texts
  }

  private func risk(_ found: Case, from age: Int64, to target: Int64, among cases: [Case]) -> Double? {
    let kind = cases.filter { $0.kind == found.kind }
    guard kind.count >= 20 else { return nil }
    func counts(_ cases: [Case], _ age: Int64) -> (atRisk: Int, closed: Int) {
      // On the day on which it had this age, the case was seen: within the window, and not closed before.
      let seen = cases.filter { $0.opened + age >= asOf - 90 && $0.opened + age <= $0.closed ?? asOf }
      return (seen.count, seen.count { $0.closed == $0.opened + age })
    }
    var chance = 1.0
    for later in age + 1...target where chance > 0 {
      let all = counts(kind, later)
      let own = counts(kind.filter { $0.category == found.category }, later)
      guard all.atRisk > 0 else { return nil }
      let weight = (own.atRisk + 10) * all.atRisk
      chance *= Double(weight - own.closed * all.atRisk - 10 * all.closed) / Double(weight)
    }
    return chance
  }
}
