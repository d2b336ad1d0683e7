import Calendar
package import Columns
import Datasets
import Parallelism

/// The twin of processes: one typed row a case that is open, or was closed within 91 days (`Twins.docc/ProcessTwin.md`).
///
/// 1. Fold the rows of each ticket and order into a case (`ProcessHistory`), and what is known of each subscription that
///    was activated within 91 days into its onboarding (`OnboardingHistory`).
/// 2. Count, by kind and category, at which ages cases closed (`ClosingCurve`), and take the risk of missing the target from
///    that (`BreachRisk`).
/// 3. Write a row a case, ascending by id, then kind.
package struct ProcessTwin: Sendable {
  /// The cases, ascending by id, then kind.
  let cases: [ProcessCase]
  private let moment: TwinMoment
  private let targets: [Int?]
  private let risks: [Double?]
  private let isCurrent: [Bool]
  private let catalogue: TwinCatalogue

  /// The columns that it needs of a family of facts.
  static func columns(_ dataset: Dataset) -> [String] {
    switch dataset {
    case .tickets: ProcessFamily.tickets.columns
    case .orders: ProcessFamily.orders.columns
    case .bills: EventHistory.columns(.bills)
    case .payments: EventHistory.columns(.payments) + ["amount_e4", "is_failed"]
    case .topUps: EventHistory.columns(.topUps) + ["amount_e4"]
    default: []
    }
  }

  /// Builds the twin at a moment; without `use` nothing is known of first use. The values do not depend on `threads`.
  package init(
    _ catalogue: TwinCatalogue, _ facts: TwinFacts, _ use: UseDays?, at moment: TwinMoment, threads: Int
  ) throws {
    try self.init(
      catalogue, SubscriptionEvents(facts.table(.subscriptions)), facts, use, at: moment, threads: threads)
  }

  /// The same, of events that are grouped already.
  init(
    _ catalogue: TwinCatalogue, _ events: SubscriptionEvents, _ facts: TwinFacts, _ use: UseDays?,
    at moment: TwinMoment, threads: Int
  ) throws {
    let completeDays = try CompleteDays(facts.table(.coverage), at: moment)
    let prices = try PriceBook(products: facts.table(.products), unitCosts: facts.table(.unitCosts), at: moment)
    let parts = try WorkerThreads(count: threads).map(taskCount: ProcessKind.allCases.count) { number in
      switch ProcessKind.allCases[number] {
      case .onboarding: try OnboardingHistory(events, facts, use, completeDays, prices, at: moment).all
      case .order: try ProcessHistory(.orders, facts.table(.orders)).cases(at: moment)
      case .ticket: try ProcessHistory(.tickets, facts.table(.tickets)).cases(at: moment)
      }
    }
    self.init(catalogue, parts.flatMap { $0 }, completeDays, at: moment)
  }

  /// The rows of some cases, whatever their order.
  init(_ catalogue: TwinCatalogue, _ found: [ProcessCase], _ completeDays: CompleteDays, at moment: TwinMoment) {
    let cases = found.sorted { a, b in a.id != b.id ? a.id < b.id : a.kind.rawValue < b.kind.rawValue }
    let table = ProcessTwin.risks(cases, catalogue.targets, at: moment)
    let complete = ProcessTwin.completeCounts(completeDays)
    var (targets, risks, isCurrent) = ([Int?](), [Double?](), [Bool]())
    for found in cases {
      let slot = Slot(found)
      let target = catalogue.targets.days(found.kind, found.category)
      // Every day after the newest change must be there for it to be the newest.
      let needed = min(moment.age(found.kind == .onboarding ? found.since : found.lastChange), Windows.longest)
      let current = complete(slot) >= needed
      let age = found.openDays(asOf: moment.asOf.rawValue)
      let risk: Double? =
        if let target {
          if found.closed != nil {
            age > target ? 1 : 0
          } else if age >= target {
            1
          } else {
            current ? table[slot]?.risk(age: age) : nil
          }
        } else { nil }
      targets.append(target)
      risks.append(risk)
      isCurrent.append(current)
    }
    self.cases = cases
    self.moment = moment
    self.targets = targets
    self.risks = risks
    self.isCurrent = isCurrent
    self.catalogue = catalogue
  }

  /// The number of rows.
  package var rowCount: Int { cases.count }
  /// The id of each row.
  package func id(_ row: Int) -> Int64 { cases[row].id }

  /// How many rows there are of which kind, for the log.
  package var counts: [String: Int64] {
    var counts = ["processes": Int64(cases.count), "openProcesses": 0, "breachedProcesses": 0]
    for (row, found) in cases.enumerated() where found.closed == nil {
      counts["openProcesses", default: 0] += 1
      if targets[row].map({ found.openDays(asOf: moment.asOf.rawValue) >= $0 }) ?? false {
        counts["breachedProcesses", default: 0] += 1
      }
    }
    return counts
  }

  /// A kind and category.
  struct Slot: Hashable {
    let kind: ProcessKind
    let category: String
    init(_ found: ProcessCase) { (kind, category) = (found.kind, found.category) }
  }

  /// The risk of breach by kind and category, from the cases of the twin itself.
  static func risks(_ cases: [ProcessCase], _ targets: TargetTimes, at moment: TwinMoment) -> [Slot: BreachRisk] {
    let asOf = moment.asOf.rawValue
    let empty = ClosingCurve(longest: targets.longest)
    var kinds = [ClosingCurve](repeating: empty, count: ProcessKind.allCases.count)
    var own: [Slot: ClosingCurve] = [:]
    for found in cases {
      let entry = max(0, Int(asOf) - (Windows.longest - 1) - Int(found.opened))
      let (exit, isClosed) = (found.openDays(asOf: asOf), found.closed != nil)
      kinds[Int(found.kind.rawValue)].add(entry: entry, exit: exit, isClosed: isClosed)
      own[Slot(found), default: empty].add(entry: entry, exit: exit, isClosed: isClosed)
    }
    var risks: [Slot: BreachRisk] = [:]
    for (slot, curve) in own {
      guard let target = targets.days(slot.kind, slot.category) else { continue }
      risks[slot] = BreachRisk(own: curve, kind: kinds[Int(slot.kind.rawValue)], target: target)
    }
    return risks
  }

  /// How many days back from the as-of day are complete in every family that a kind of case hangs on.
  private static func completeCounts(_ complete: CompleteDays) -> (Slot) -> Int {
    let (tickets, orders) = (complete.count(.tickets), complete.count(.orders))
    let begun = min(complete.count(.subscriptions), complete.count(.usage))
    let (topUps, payments) = (complete.count(.topUps), complete.count(.payments))
    return { slot in
      switch (slot.kind, slot.category) {
      case (.ticket, _): tickets
      case (.order, _): orders
      case (.onboarding, "prepaid"): min(begun, topUps)
      case (.onboarding, "postpaid"): min(begun, payments)
      case (.onboarding, _): begun
      }
    }
  }

  // MARK: The table

  /// The twin's rows of a range.
  package func table(_ rows: Range<Int>) -> Table {
    let columns = catalogue.fields.map { field -> Column? in
      if case .rule(let rule) = field.computation { column(rule.name, rows) } else { nil }
    }
    return Table(catalogue.schema, RatioFields.filled(columns, catalogue.fields))
  }

  private func column(_ name: String, _ rows: Range<Int>) -> Column? {
    let asOf = moment.asOf.rawValue
    func whole<Value>(_ zero: Value, _ value: (Int) -> Value?) -> TypedColumn<Value> {
      TypedColumn(optionals: rows.map(value), placeholder: zero)
    }
    func text(_ value: (ProcessCase) -> String?) -> Column { .string(whole("") { value(cases[$0]) }) }
    func day(_ value: (ProcessCase) -> Int32?) -> Column { .date(whole(0) { value(cases[$0]) }) }
    func count(_ value: (ProcessCase) -> Int32?) -> Column { .int32(whole(0) { value(cases[$0]) }) }
    func openDays(_ row: Int) -> Int { cases[row].openDays(asOf: asOf) }
    switch name {
    case "process_id": return .int64(whole(0) { cases[$0].id })
    case "kind": return text { $0.kind.name }
    case "subscription_id": return .int64(whole(0) { cases[$0].subscription })
    case "as_of": return day { _ in asOf }
    case "known_by": return day { _ in moment.knownBy.rawValue }
    case "category": return text(\.category)
    case "channel": return text(\.channel)
    case "state": return text(\.state)
    case "queue": return text(\.queue)
    case "opened_date": return day(\.opened)
    case "closed_date": return day(\.closed)
    case "state_since_date": return day(\.since)
    case "last_change_date": return day(\.lastChange)
    case "is_closed": return .bool(whole(false) { cases[$0].closed != nil })
    case "days_open": return .int32(whole(0) { Int32(openDays($0)) })
    case "days_in_state": return count { asOf - $0.since }
    case "hold_days": return count(\.holdDays)
    case "change_count": return count(\.changeCount)
    case "handoff_count": return count(\.handoffCount)
    case "reopen_count": return count(\.reopenCount)
    case "promised_date": return day(\.promised)
    case "days_to_promise": return count { found in found.promised.map { $0 - (found.closed ?? asOf) } }
    case "is_promise_broken":
      // The day of the twin is over: what is still open has missed a promise of it.
      return .bool(
        whole(false) { row in
          let found = cases[row]
          return found.promised.map { promised in found.closed.map { $0 > promised } ?? (asOf >= promised) }
        })
    case "target_days": return .int32(whole(0) { targets[$0].map { Int32($0) } })
    case "days_to_target": return .int32(whole(0) { row in targets[row].map { Int32($0 - openDays(row)) } })
    case "is_breached":
      return .bool(
        whole(false) { row in
          targets[row].map { cases[row].closed == nil ? openDays(row) >= $0 : openDays(row) > $0 }
        })
    case "breach_risk": return .double(whole(0) { risks[$0] })
    case "is_current": return .bool(whole(false) { isCurrent[$0] })
    default: return nil
    }
  }
}
