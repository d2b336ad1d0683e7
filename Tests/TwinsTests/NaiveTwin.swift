import Calendar
import Columns

/// A slow, obvious twin of one subscription at a time, straight from the words of `SubscriptionTwin.md`.
///
/// It shares no code with the fast one: rows are dictionaries, every field scans every row.
struct NaiveTwin {
  /// One row of a table: present values by column name.
  typealias Row = [String: Value]

  enum Value: Hashable {
    case whole(Int64)
    case text(String)
    case flag(Bool)

    var whole: Int64 { if case .whole(let value) = self { value } else { .min } }
    var text: String { if case .text(let value) = self { value } else { "" } }
    var flag: Bool { if case .flag(let value) = self { value } else { false } }
  }

  let facts: [String: [Row]]
  /// What models said: no facts.
  private let scores: Table?
  let asOf: Int64
  let knownBy: Int64
  /// The ids that live, ascending.
  private(set) var living: [Int64] = []
  private var links: [Int64: Row] = [:]
  /// What the words of tickets say.
  private(set) var texts = NaiveTexts([], asOf: 0)
  private var completeDays: [String: Set<Int64>] = [:]

  init(_ tables: [String: Table], asOf: Day, knownBy: Day) {
    self.asOf = Int64(asOf.rawValue)
    self.knownBy = Int64(knownBy.rawValue)
    let (lastDay, lastNight) = (self.asOf, self.knownBy)
    scores = tables["scores"]
    facts = tables.filter { $0.key != "scores" }.mapValues { table in
      NaiveTwin.rows(table).filter { $0["event_date"]!.whole <= lastDay && $0["known_date"]!.whole <= lastNight }
    }
    for family in Set(facts["coverage", default: []].map { $0["family"]!.text }) {
      completeDays[family] = Set((self.asOf - 200...self.asOf).filter { isCovered(family, day: $0) })
    }
    let ids = Set(facts["facts/subscriptions", default: []].map { $0["subscription_id"]!.whole })
    for id in ids { links[id] = currentLink(id) }
    living = ids.filter { life($0) != nil }.sorted()
    texts = readTexts()
  }

  /// The newest score of the seven nights before.
  func score(_ id: Int64) -> (age: Int64, probability: Double, value: Int64?)? {
    guard let scores, let ids = try? scores.int64("subscription_id"), let nights = try? scores.date("as_of"),
      let probabilities = try? scores.double("churn_probability"), let values = try? scores.int64("clv_e4")
    else { return nil }
    let own = (0..<scores.rowCount).filter { ids[$0] == id && (1...7).contains(asOf - Int64(nights[$0]!)) }
    return own.max { nights[$0]! < nights[$1]! }.map { (asOf - Int64(nights[$0]!), probabilities[$0]!, values[$0]) }
  }

  static func rows(_ table: Table) -> [Row] {
    (0..<table.rowCount).map { row in
      var found: Row = [:]
      for (field, column) in zip(table.schema.fields, table.columns) {
        switch column {
        case .int32(let column), .date(let column): found[field.name] = column[row].map { .whole(Int64($0)) }
        case .int64(let column), .timestamp(let column): found[field.name] = column[row].map { .whole($0) }
        case .bool(let column): found[field.name] = column[row].map { .flag($0) }
        case .string(let column): found[field.name] = column[row].map { .text($0) }
        case .double: break
        }
      }
      return found
    }
  }

  func rows(_ family: String, _ key: String, _ id: Int64) -> [Row] {
    (facts[family] ?? []).filter { $0[key]?.whole == id }
  }

  /// Rows by an identity, of which only the greatest by `rank` holds; later rows win ties.
  func newest(_ rows: [Row], by identity: (Row) -> [Value?], _ rank: (Row) -> [Int64]) -> [Row] {
    var held: [[Value?]: Row] = [:]
    for row in rows {
      let key = identity(row)
      if let other = held[key], rank(row).lexicographicallyPrecedes(rank(other)) { continue }
      held[key] = row
    }
    return Array(held.values)
  }

  func order(_ row: Row) -> [Int64] { [day(row), row["known_date"]!.whole, row["delivery_id"]!.whole] }
  func day(_ row: Row) -> Int64 { row["event_date"]!.whole }
  func age(_ row: Row) -> Int64 { asOf - day(row) }

  // MARK: Completeness

  func isComplete(_ family: String, day: Int64) -> Bool { completeDays[family]?.contains(day) ?? false }

  private func isCovered(_ family: String, day: Int64) -> Bool {
    let rows = (facts["coverage"] ?? []).filter { $0["family"]?.text == family && $0["event_date"]?.whole == day }
    guard let newest = rows.map({ $0["known_date"]!.whole }).max() else { return false }
    return rows.filter { $0["known_date"]!.whole == newest }.allSatisfy { $0["is_complete"]!.flag }
  }

  func isKnown(_ family: String, _ days: Int64) -> Bool {
    (asOf - days + 1...asOf).allSatisfy { isComplete(family, day: $0) }
  }

  func recency(_ family: String, _ ages: [Int64]) -> Int64? {
    guard let age = ages.filter({ $0 <= 90 }).min() else { return nil }
    return (0..<age).allSatisfy { isComplete(family, day: asOf - $0) } ? age : nil
  }

  // MARK: Life and links

  struct Life {
    var activation: Int64
    var isInNotice = false
    var isSuspended = false
    var last: [String: Value] = [:]
    var contractEnd: Int64?
    var planChanges: [Int64] = []
  }

  func life(_ id: Int64) -> Life? { life(of: eventsThatCount(id)) }

  /// The events of a subscription, in the order in which they count.
  func eventsThatCount(_ id: Int64) -> [Row] {
    let kinds = [
      "activation", "suspension", "resumption", "plan-change", "notice", "port-request", "contract", "termination",
    ]
    let rows = newest(rows("facts/subscriptions", "subscription_id", id), by: { [$0["event_date"], $0["event"]] }) {
      order($0)
    }
    return rows.sorted {
      (day($0), kinds.firstIndex(of: $0["event"]!.text) ?? 9) < (day($1), kinds.firstIndex(of: $1["event"]!.text) ?? 9)
    }
  }

  func life(of events: [Row]) -> Life? {
    var life: Life?
    for row in events {
      let event = row["event"]!.text
      if event == "termination" {
        life = nil
        continue
      }
      if event == "activation", life == nil { life = Life(activation: day(row)) }
      guard life != nil else { continue }
      if event == "activation" || event == "contract" {
        life!.isInNotice = false
        life!.contractEnd = nil
      }
      if event == "notice" || event == "port-request" { life!.isInNotice = true }
      if event == "suspension" { life!.isSuspended = true }
      if event == "resumption" { life!.isSuspended = false }
      if event == "plan-change" { life!.planChanges.append(age(row)) }
      for key in ["payment_type", "product"] { if let value = row[key] { life!.last[key] = value } }
      if let end = row["contract_end_date"] { life!.contractEnd = end.whole }
    }
    return life
  }

  func link(_ id: Int64) -> Row? { links[id] }

  private func currentLink(_ id: Int64) -> Row? {
    newest(rows("facts/links", "subscription_id", id), by: { [$0["event_date"]] }, order)
      .filter { ($0["valid_to"]?.whole ?? .max) >= asOf }.max { day($0) < day($1) }
  }

  func priced(_ family: String, _ key: String, _ name: String) -> Row? {
    newest((facts[family] ?? []).filter { $0[key]?.text == name }, by: { [$0[key]] }, order).first
  }
}
