import Calendar
import Columns

/// What an aggregate needs of the facts of its family, made once for a moment: which count, and what is measured.
struct EventSelection: Sendable {
  /// What a selection hangs on: fields that differ in function or window alone have one.
  struct Question: Sendable, Hashable {
    let family: EventFamily
    let measure: EventMeasure?
    let conditions: [EventCondition]

    init(_ aggregate: EventAggregate) {
      (family, measure, conditions) = (aggregate.family, aggregate.measure, aggregate.conditions)
    }
  }

  private(set) var aggregate: EventAggregate
  /// Whether each fact counts, by conditions and by having a measure; nil where all do.
  let isCounted: [Bool]?
  /// Whether each fact meets the conditions, with or without a measure; nil where all do.
  let isMeeting: [Bool]?
  /// The measure of each fact; empty for aggregates without one.
  let values: [Int64]
  /// Whether the facts tell what is asked.
  let isKnown: Bool

  init(
    _ aggregate: EventAggregate, _ table: Table, at moment: TwinMoment, isKnown: Bool = true
  ) throws(ColumnsError) {
    self.aggregate = aggregate
    self.isKnown = isKnown
    isMeeting = try EventSelection.conditions(aggregate.conditions, table)
    let measure = try aggregate.measure.map { measure throws(ColumnsError) in
      try EventSelection.measure(measure, table, at: moment)
    }
    values = measure?.values ?? []
    if let validity = measure?.validity {
      isCounted = isMeeting.map { zip($0, validity).map { $0 && $1 } } ?? validity
    } else {
      isCounted = isMeeting
    }
  }

  /// The same for an aggregate that asks the same.
  func shared(by other: EventAggregate) -> EventSelection {
    var shared = self
    shared.aggregate = other
    return shared
  }

  private static func conditions(_ conditions: [EventCondition], _ table: Table) throws(ColumnsError) -> [Bool]? {
    guard !conditions.isEmpty else { return nil }
    var isMeeting = [Bool](repeating: true, count: table.rowCount)
    for condition in conditions {
      let wanted = Set(condition.values)
      if table.schema.index(of: condition.column).map({ table.schema.fields[$0].type }) == .bool {
        let flags = try table.bool(condition.column)
        for row in isMeeting.indices where isMeeting[row] {
          isMeeting[row] = flags[row].map { wanted.contains("\($0)") } ?? false
        }
      } else {
        let texts = try table.string(condition.column)
        for row in isMeeting.indices where isMeeting[row] {
          isMeeting[row] = texts[row].map { wanted.contains($0) } ?? false
        }
      }
    }
    return isMeeting
  }

  private static func measure(
    _ measure: EventMeasure, _ table: Table, at moment: TwinMoment
  ) throws(ColumnsError) -> TypedColumn<Int64> {
    switch measure {
    case .column(let name): return try table.int64(name)
    case .days(let from, let to):
      let asOf = TypedColumn([Int32](repeating: moment.asOf.rawValue, count: table.rowCount))
      let starts = if let from { try table.date(from) } else { asOf }
      let ends = if let to { try table.date(to) } else { asOf }
      return TypedColumn(
        optionals: (0..<table.rowCount).map { row in
          starts[row].flatMap { start in ends[row].map { Int64($0) - Int64(start) } }
        }, placeholder: 0)
    }
  }
}

/// The fields of a family of events, of some rows at one moment.
struct EventFields {
  private let held: HeldEvents
  private let scene: TwinScene
  private let completeDayCount: Int
  private let hasCalendar: Bool

  init(_ family: EventFamily, _ held: HeldEvents, _ scene: TwinScene) {
    self.held = held
    self.scene = scene
    hasCalendar = family.hasCalendar
    completeDayCount = hasCalendar ? scene.completeDays.count(family.dataset) : Windows.longest
  }

  /// Events of the last `days` days, a row each, whether they are known or not.
  func counts(days: Int) -> [Int32] {
    (0..<scene.rowCount).map { row in
      Int32(held.positions(row).count { FieldWindow.days(days).contains(age: Int(held.ages[$0])) })
    }
  }

  /// What the events of a row come to.
  private struct Totals {
    var count: Int32 = 0
    var sum: Int64 = 0
    var least = Int64.max
    var greatest = Int64.min
    /// Of the newest event; of one day, the one of the greatest identity.
    var newestAge = Int32.max
    var last: Int64 = 0
    var newestFact: Int32 = -1
    var oldestAge = Int32.min
  }

  /// The column of a field. O(rows and events).
  func column(_ selection: EventSelection) -> Column {
    let aggregate = selection.aggregate
    guard selection.isKnown else { return Column(missing: aggregate.type, scene.rowCount) }
    // What the newest event does not say is missing, whatever older ones say.
    let totals = totals(
      selection, isCounted: aggregate.function == .newest ? selection.isMeeting : selection.isCounted)
    func fold<Value>(_ zero: Value, _ value: (Totals) -> Value?) -> TypedColumn<Value> {
      scene.column(zero, knownIf: completeDayCount >= aggregate.window.knownDayCount) { value(totals[$0]) }
    }
    func measured(_ value: (Totals) -> Int64) -> Column {
      if aggregate.type == .int32 { return .int32(fold(0) { $0.count == 0 ? nil : Int32(clamping: value($0)) }) }
      return .int64(fold(0) { $0.count == 0 ? nil : value($0) })
    }
    switch aggregate.function {
    case .count: return .int32(fold(0) { $0.count })
    case .sum: return .int64(fold(0) { $0.sum })
    case .mean: return measured { $0.sum / Int64($0.count) }
    case .min: return measured { $0.least }
    case .max: return measured { $0.greatest }
    case .last: return measured { $0.last }
    case .oldest: return .int32(fold(0) { $0.count == 0 ? nil : $0.oldestAge })
    case .spread: return .double(spread(selection, totals))
    case .recency:
      guard hasCalendar else { return .int32(fold(0) { $0.count == 0 ? nil : $0.newestAge }) }
      return scene.recency(completeDayCount) { totals[$0].count == 0 ? nil : Int(totals[$0].newestAge) }
    case .newest:
      let column = scene.column(Int64(0)) { row -> Int64? in
        let (age, fact) = (Int(totals[row].newestAge), Int(totals[row].newestFact))
        guard fact >= 0, !hasCalendar || age < Windows.longest && age <= completeDayCount else { return nil }
        return selection.isCounted.map { $0[fact] } ?? true ? totals[row].last : nil
      }
      guard aggregate.type == .int32 else { return .int64(column) }
      return .int32(TypedColumn(column.values.map { Int32(clamping: $0) }, validity: column.validity))
    }
  }

  /// The totals of each row over the events that count and lie in the window.
  private func totals(_ selection: EventSelection, isCounted: [Bool]?) -> [Totals] {
    var totals = [Totals](repeating: Totals(), count: scene.rowCount)
    let (starts, facts, ages, values) = (held.starts, held.facts, held.ages, selection.values)
    let window = selection.aggregate.window
    for row in totals.indices where starts[row] < starts[row + 1] {
      var total = Totals()
      for position in Int(starts[row])..<Int(starts[row + 1]) {
        let (fact, age) = (Int(facts[position]), ages[position])
        guard window.contains(age: Int(age)), isCounted.map({ $0[fact] }) ?? true else { continue }
        let value = values.isEmpty ? 0 : values[fact]
        total.count += 1
        // Wrapping: a sum beyond 2⁶³ needs values that no feed's limits let through, and must not stop the night.
        total.sum &+= value
        total.least = min(total.least, value)
        total.greatest = max(total.greatest, value)
        total.oldestAge = max(total.oldestAge, age)
        if age <= total.newestAge {
          total.newestAge = age
          total.last = value
          total.newestFact = facts[position]
        }
      }
      totals[row] = total
    }
    return totals
  }

  /// Standard deviation of the measure, of two events at least.
  private func spread(_ selection: EventSelection, _ totals: [Totals]) -> TypedColumn<Double> {
    let window = selection.aggregate.window
    return scene.column(0, knownIf: completeDayCount >= window.knownDayCount) { row in
      guard totals[row].count > 1 else { return nil }
      let mean = Double(totals[row].sum) / Double(totals[row].count)
      var squares = 0.0
      for position in held.positions(row) {
        let fact = Int(held.facts[position])
        guard window.contains(age: Int(held.ages[position])), selection.isCounted.map({ $0[fact] }) ?? true else {
          continue
        }
        squares += (Double(selection.values[fact]) - mean) * (Double(selection.values[fact]) - mean)
      }
      return (squares / Double(totals[row].count)).squareRoot()
    }
  }
}
