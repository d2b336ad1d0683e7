import Datasets
import Twins

extension NaiveTwin {
  /// A field as its declaration says in words: every row is looked at, every time.
  func value(_ computation: FieldComputation, _ id: Int64, _ life: Life, _ link: Row?) -> String {
    switch computation {
    case .use(let aggregate): return value(aggregate, rows("facts/usage", "subscription_id", id), life)
    case .relation(let aggregate): return value(aggregate, id)
    case .events(let aggregate): return value(aggregate, events(aggregate.family, id, link))
    case .rule, .rollup, .ratio: return "absent"
    }
  }

  /// A ratio of fields that are there.
  func ratio(_ computation: FieldComputation, _ fields: [String: String]) -> String? {
    guard case .ratio(let above, let below) = computation else { return nil }
    guard let above = Double(fields[above]!), let below = Double(fields[below]!), below > 0 else { return "null" }
    return "\(above / below)"
  }

  // MARK: Use

  private func value(_ aggregate: UseAggregate, _ rows: [Row], _ life: Life) -> String {
    func sum(_ tally: Tally, _ ages: (Int64) -> Bool) -> Int64 {
      rows.filter { row in
        // 1970-01-01 was a Thursday.
        let isWeekend = (day(row) + 3) % 7 >= 5
        return ages(age(row)) && (tally.weekdays == .all || (tally.weekdays == .weekend) == isWeekend)
      }.reduce(0) { sum, row in tally.measures.reduce(sum) { $0 + row[$1]!.whole } }
    }
    func ages(_ tally: Tally) -> [Int64] { (0..<91).filter { age in sum(tally) { $0 == age } > 0 } }
    switch aggregate {
    case .sum(let tally, .days(let days)):
      return isKnown("usage", Int64(days)) ? "\(sum(tally) { $0 < Int64(days) })" : "null"
    case .sum(let tally, .life): return isKnown("usage", 91) ? "\(sum(tally) { _ in true })" : "null"
    case .days(let tally, let window):
      guard case .days(let days) = window else { return "absent" }
      return isKnown("usage", Int64(days)) ? "\(ages(tally).count { $0 < Int64(days) })" : "null"
    case .recency(let tally): return recency("usage", ages(tally)).map { "\($0)" } ?? "null"
    case .trend: return "absent"
    case .slope(let tally), .volatility(let tally):
      let weekday = (asOf + 3) % 7
      // Ages of the Sundays that end whole weeks, the oldest first, of weeks that began in life.
      let sundays = (0..<12).map { weekday == 6 ? $0 * 7 : weekday + 1 + $0 * 7 }
        .filter { asOf - $0 - 6 >= life.activation }.reversed()
      guard isKnown("usage", 91), sundays.count >= 4 else { return "null" }
      let weeks = sundays.map { sunday in Double(sum(tally) { $0 >= sunday && $0 < sunday + 7 }) }
      let mean = weeks.reduce(0, +) / Double(weeks.count)
      if case .volatility = aggregate {
        guard mean > 0 else { return "null" }
        let variance = weeks.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(weeks.count)
        return "\(variance.squareRoot() / mean)"
      }
      let middle = Double(weeks.count - 1) / 2
      let places = weeks.indices.map { Double($0) - middle }
      return "\(zip(places, weeks).map { $0 * ($1 - mean) }.reduce(0, +) / places.map { $0 * $0 }.reduce(0, +))"
    }
  }

  // MARK: Events

  private func events(_ family: EventFamily, _ id: Int64, _ link: Row?) -> [Row] {
    let rows = rows(family.dataset.name, "subscription_id", id)
    switch family {
    case .bills: return newest(rows, by: { [$0["bill_id"]] }, order)
    case .payments: return newest(rows, by: { [$0["payment_id"]] }, order)
    case .topUps: return newest(rows, by: { [$0["top_up_id"]] }, order)
    case .balances: return newest(rows, by: { _ in [] }, order)
    case .tickets: return signedTickets(id)
    case .contacts: return contacts(id, link)
    }
  }

  func value(_ aggregate: EventAggregate, _ events: [Row]) -> String {
    let family = aggregate.family
    let name = String(family.dataset.name.dropFirst("facts/".count))
    let identity = ["bills": "bill_id", "payments": "payment_id", "top-ups": "top_up_id", "tickets": "ticket_id"][name]
    func age(_ row: Row) -> Int64 { asOf - row[family.dayColumn]!.whole }
    func measure(_ row: Row) -> Int64? {
      switch aggregate.measure {
      case .column(let column): return row[column]?.whole
      case .days(let from, let to):
        let start = from == nil ? asOf : row[from!]?.whole
        let end = to == nil ? asOf : row[to!]?.whole
        return start.flatMap { start in end.map { $0 - start } }
      case nil: return 0
      }
    }
    let asked =
      aggregate.conditions.filter { $0.column == "text_category" }.flatMap(\.values)
      + (aggregate.measure == .column("text_cancellation_percent") ? ["cancellation"] : [])
    guard asked.allSatisfy(texts.learned.contains) else { return "null" }
    let meeting = events.filter { row in
      aggregate.conditions.allSatisfy { condition in
        switch row[condition.column] {
        case .text(let text): condition.values.contains(text)
        case .flag(let flag): condition.values.contains("\(flag)")
        default: false
        }
      }
    }.sorted { a, b in
      let key = { (row: Row) in [-age(row), identity.map { row[$0]!.whole } ?? 0] }
      return key(a).lexicographicallyPrecedes(key(b))
    }
    let isKnown: Bool
    let inside: [Row]
    switch aggregate.window {
    case .days(let days):
      isKnown = !family.hasCalendar || self.isKnown(name, Int64(days))
      inside = meeting.filter { (0..<Int64(days)).contains(age($0)) }
    case .life:
      isKnown = !family.hasCalendar || self.isKnown(name, 91)
      inside = meeting
    }
    let values = inside.compactMap(measure)
    func text(_ value: Int64?) -> String { isKnown ? value.map { "\($0)" } ?? "null" : "null" }
    switch aggregate.function {
    case .count: return text(Int64(inside.count))
    case .sum: return text(values.reduce(0, +))
    case .mean: return text(values.isEmpty ? nil : values.reduce(0, +) / Int64(values.count))
    case .min: return text(values.min())
    case .max: return text(values.max())
    case .last: return text(values.last)
    case .oldest: return text(inside.map(age).max())
    case .recency:
      guard family.hasCalendar else { return inside.map(age).min().map { "\($0)" } ?? "null" }
      return recency(name, inside.map(age)).map { "\($0)" } ?? "null"
    case .newest:
      guard let newest = meeting.last, !family.hasCalendar || recency(name, [age(newest)]) != nil else { return "null" }
      return measure(newest).map { "\($0)" } ?? "null"
    case .spread:
      guard isKnown, values.count > 1 else { return "null" }
      let mean = Double(values.reduce(0, +)) / Double(values.count)
      let variance = values.map { (Double($0) - mean) * (Double($0) - mean) }.reduce(0, +) / Double(values.count)
      return "\(variance.squareRoot())"
    }
  }
}
