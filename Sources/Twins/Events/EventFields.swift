import Calendar
import Columns

/// The fields of a family of events at one moment.
struct EventFields: Sendable {
  private let family: EventFamily
  private let table: Table
  private let held: HeldEvents
  private let scene: TwinScene
  private let completeDayCount: Int

  init(_ family: EventFamily, _ table: Table, _ held: HeldEvents, _ scene: TwinScene) {
    self.family = family
    self.table = table
    self.held = held
    self.scene = scene
    completeDayCount = family.hasCalendar ? scene.completeDays.count(family.dataset) : Windows.longest
  }

  /// Events of the last `days` days, a row each, whether they are known or not.
  func counts(days: Int) -> [Int32] {
    (0..<scene.rowCount).map { row in
      Int32(held.positions(row).count { FieldWindow.days(days).contains(age: Int(held.ages[$0])) })
    }
  }

  /// The column of a field. O(rows and events).
  func column(_ aggregate: EventAggregate) throws(ColumnsError) -> Column {
    let isCounted = try conditions(aggregate.conditions)
    let measure = try aggregate.measure.map { measure throws(ColumnsError) in try values(measure) }
    func fold<Value>(_ zero: Value, _ value: (Int) -> Value?) -> TypedColumn<Value> {
      scene.column(zero, knownIf: completeDayCount >= aggregate.window.knownDayCount, value)
    }
    /// The positions of the events that count.
    func events(_ row: Int) -> some Sequence<Int> {
      held.positions(row).lazy.filter { position in
        let fact = Int(held.facts[position])
        return aggregate.window.contains(age: Int(held.ages[position])) && (isCounted?[fact] ?? true)
          && (measure?.isValid(fact) ?? true)
      }
    }
    func value(_ position: Int) -> Int64 { measure?.values[Int(held.facts[position])] ?? 0 }
    func whole(_ column: TypedColumn<Int64>) -> Column {
      guard aggregate.type == .int32 else { return .int64(column) }
      return .int32(TypedColumn(column.values.map { Int32(clamping: $0) }, validity: column.validity))
    }
    switch aggregate.function {
    case .count: return .int32(fold(0) { row in Int32(events(row).reduce(0) { count, _ in count + 1 }) })
    case .sum: return .int64(fold(0) { row in events(row).reduce(Int64(0)) { $0 &+ value($1) } })
    case .mean:
      return whole(
        fold(0) { row in
          let (sum, count) = events(row).reduce((Int64(0), Int64(0))) { ($0.0 &+ value($1), $0.1 + 1) }
          return count == 0 ? nil : sum / count
        })
    case .spread: return .double(fold(0) { row in EventFields.spread(events(row).map { Double(value($0)) }) })
    case .min: return whole(fold(0) { row in events(row).map(value).min() })
    case .max: return whole(fold(0) { row in events(row).map(value).max() })
    case .last: return whole(fold(0) { row in newest(events(row)).map(value) })
    case .oldest: return .int32(fold(0) { row in events(row).map { held.ages[$0] }.max() })
    case .recency:
      let ages = (0..<scene.rowCount).map { row in newest(events(row)).map { Int(held.ages[$0]) } }
      guard family.hasCalendar else { return .int32(scene.column(0) { ages[$0].map(Int32.init) }) }
      return scene.recency(completeDayCount) { ages[$0] }
    case .newest:
      return whole(
        scene.column(0) { row in
          // What the newest event does not say is missing, whatever older ones say.
          let found = held.positions(row).lazy.filter { isCounted?[Int(held.facts[$0])] ?? true }
          guard let position = newest(found) else { return nil }
          let age = Int(held.ages[position])
          if family.hasCalendar { guard age < Windows.longest, age <= completeDayCount else { return nil } }
          return measure?[Int(held.facts[position])]
        })
    }
  }

  /// The newest of some events; of one day, the one of the greatest identity.
  private func newest(_ positions: some Sequence<Int>) -> Int? {
    var newest: Int?
    for position in positions where newest.map({ held.ages[position] <= held.ages[$0] }) ?? true { newest = position }
    return newest
  }

  private static func spread(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  }

  /// Whether each fact meets every condition; nil where there is none.
  private func conditions(_ conditions: [EventCondition]) throws(ColumnsError) -> [Bool]? {
    guard !conditions.isEmpty else { return nil }
    var isCounted = [Bool](repeating: true, count: table.rowCount)
    for condition in conditions {
      let wanted = Set(condition.values)
      if table.schema.index(of: condition.column).map({ table.schema.fields[$0].type }) == .bool {
        let flags = try table.bool(condition.column)
        for row in isCounted.indices {
          isCounted[row] = isCounted[row] && flags[row].map { wanted.contains("\($0)") } ?? false
        }
      } else {
        let texts = try table.string(condition.column)
        for row in isCounted.indices {
          isCounted[row] = isCounted[row] && texts[row].map { wanted.contains($0) } ?? false
        }
      }
    }
    return isCounted
  }

  /// The measure of each fact.
  private func values(_ measure: EventMeasure) throws(ColumnsError) -> TypedColumn<Int64> {
    switch measure {
    case .column(let name): return try table.int64(name)
    case .days(let from, let to):
      let (starts, ends) = (try from.map(days), try to.map(days))
      let asOf = scene.moment.asOf.rawValue
      var column = TypedColumn<Int64>()
      for row in 0..<table.rowCount {
        let start = starts == nil ? asOf : starts?[row]
        let end = ends == nil ? asOf : ends?[row]
        column.append(start.flatMap { start in end.map { Int64($0) - Int64(start) } }, placeholder: 0)
      }
      return column
    }
  }

  private func days(_ name: String) throws(ColumnsError) -> TypedColumn<Int32> { try table.date(name) }
}
