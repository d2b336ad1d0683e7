import Calendar
import Columns
import Datasets
import Parallelism

// The facts that count for fields of daily use and of events.
extension SubscriptionFacts {
  /// The facts of a field of daily use.
  func source(_ field: TwinField, _ aggregate: UseAggregate) throws -> FieldFacts.Source {
    let tally: Tally
    let isInside: (Int) -> Bool
    let asOf = moment.asOf.rawValue
    switch aggregate {
    case .sum(let own, let window), .days(let own, let window): (tally, isInside) = (own, window.contains)
    case .recency(let own): (tally, isInside) = (own, FieldWindow.days(Windows.longest).contains)
    case .trend(let own, _, let usual): (tally, isInside) = (own, FieldWindow.days(usual).contains)
    case .slope(let own), .volatility(let own):
      let first = UsageWeeks.firstWhole(asOf: asOf)
      tally = own
      isInside = { age in
        UsageWeeks.place(asOf - Int32(age), asOf: asOf).map { ($0 >= first && $0 < first + UsageWeeks.spanCount) }
          ?? false
      }
    }
    var source = try use(field, tally, field.window, isInside)
    if case .recency = aggregate { source = try source.ofNewestDay() }
    if case .sum = aggregate { return source }
    return source.measuring(addsUp: false)
  }

  /// Facts of use with any of a tally, on days of some ages.
  func use(
    _ field: TwinField, _ tally: Tally, _ window: String, _ isInside: (Int) -> Bool
  ) throws -> FieldFacts.Source {
    let table = try rows(.usage, ages: isInside)
    let days = try table.date("event_date").values
    let measures = try tally.measures.map { name throws(ColumnsError) in try table.int64(name).values }
    let amounts = days.indices.map { row in measures.reduce(Int64(0)) { $0 &+ $1[row] } }
    let kept = days.indices.filter { row in
      tally.weekdays.contains(days[row]) && measures.contains { $0[row] != 0 }
    }
    return try FieldFacts.Source(
      field, .usage, window, condition: tally.weekdays == .all ? "" : "\(tally.weekdays.rawValue) days",
      measures: tally.measures, table, kept, kept.map { amounts[$0] }, addsUp: true)
  }

  /// The facts of a field of counterparties or cells.
  func source(_ field: TwinField, _ aggregate: RelationAggregate) throws -> FieldFacts.Source {
    let days = aggregate.function == .new ? RelationAggregate.dayCount : aggregate.days
    let table = try rows(aggregate.family.dataset, ages: FieldWindow.days(days).contains)
    var kept = Array(0..<table.rowCount)
    if let party = aggregate.party {
      let events = try SubscriptionEvents(rows(ofEverybody: .subscriptions))
      let numbers = try OwnNumbers(rows(ofEverybody: .numbers), events, at: moment, WorkerThreads(count: 1))
      let partners = try table.int64(aggregate.family.partnerColumn).values
      kept = kept.filter { party.counts(numbers.standing(of: partners[$0])) }
    }
    let counts = try table.int64("event_count").values
    return try FieldFacts.Source(
      field, aggregate.family.dataset, field.window,
      condition: aggregate.party.map { "the number is \($0.rawValue)" } ?? "", measures: ["event_count"], table, kept,
      kept.map { counts[$0] }, addsUp: aggregate.function == .events)
  }

  /// The facts of a field of outages: the days in cells that were out, each cell and day once, and the outages.
  func sources(ofOutages field: TwinField, _ aggregate: RelationAggregate) throws -> [FieldFacts.Source] {
    let table = try rows(.cells, ages: FieldWindow.days(aggregate.days).contains)
    let outages = try rows(ofEverybody: .outages)
    let minutes = try OutageMinutes(outages, at: moment)
    let (cells, counts) = (try table.int64("cell_hash").values, try table.int64("event_count").values)
    let ages = try table.date("event_date").values.map { moment.age($0) }
    let groups = Dictionary(grouping: cells.indices) { [cells[$0], Int64(ages[$0])] }
    var worth: [(row: Int, minutes: Int64)] = []
    for rows in groups.values where rows.reduce(0, { $0 + counts[$1] }) > 0 {
      let own = minutes.minutes(of: cells[rows[0]], age: ages[rows[0]])
      // Several deliveries may tell of one day: it counts once.
      if own > 0 { worth += rows.enumerated().map { ($1, $0 == 0 ? own : 0) } }
    }
    let worths = Dictionary(uniqueKeysWithValues: worth.map { ($0.row, $0.minutes) })
    let kept = worths.keys.sorted()
    let struck = Set(kept.map { cells[$0] })
    let told = try OutageMinutes.spans(outages, at: moment).filter { span in struck.contains(span.cell) }.map(\.row)
    return [
      try FieldFacts.Source(
        field, .cells, field.window, condition: "the cell was out on the day; worth its minutes", table, kept,
        kept.map { worths[$0] ?? 0 }, addsUp: aggregate.function == .outageMinutes),
      try FieldFacts.Source(field, .outages, field.window, condition: "of these cells", outages, told),
    ]
  }

  /// The facts of a field of events.
  func source(_ field: TwinField, _ aggregate: EventAggregate) throws -> FieldFacts.Source {
    let (table, held) = try held(aggregate.family)
    let signs = aggregate.family == .tickets ? try signs(aggregate, table) : nil
    let selection = try EventSelection(
      aggregate, signs?.table ?? table, at: moment, isKnown: signs?.isKnown(aggregate) ?? true)
    let isCounted = aggregate.function == .newest ? selection.isMeeting : selection.isCounted
    var positions = selection.isKnown ? Array(held.positions(0)) : []
    positions = positions.filter { position in
      aggregate.window.contains(age: Int(held.ages[position]))
        && isCounted.map { $0[Int(held.facts[position])] } ?? true
    }
    func value(_ position: Int) -> Int64 { selection.values[Int(held.facts[position])] }
    switch aggregate.function {
    case .count, .sum, .mean, .spread: break
    case .min, .max:
      let values = positions.map(value)
      let wanted = aggregate.function == .min ? values.min() : values.max()
      positions = positions.filter { value($0) == wanted }
    case .oldest:
      let age = positions.map { held.ages[$0] }.max()
      positions = positions.filter { held.ages[$0] == age }
    case .last, .newest, .recency:
      // Of one day, the last identity.
      let age = positions.map { held.ages[$0] }.min()
      positions = positions.last { held.ages[$0] == age }.map { [$0] } ?? []
    }
    let facts = positions.map { Int(held.facts[$0]) }
    let values: [Int64]? =
      aggregate.function == .count ? facts.map { _ in 1 } : selection.values.isEmpty ? nil : positions.map(value)
    return try FieldFacts.Source(
      field, aggregate.family.dataset, field.window, condition: aggregate.conditionText,
      measures: aggregate.measure?.columns ?? [], table, facts, values,
      addsUp: aggregate.function == .count || aggregate.function == .sum)
  }
}

extension EventAggregate {
  /// The conditions, for a person.
  fileprivate var conditionText: String {
    conditions.map { "\($0.column) is \($0.values.joined(separator: " or "))" }.joined(separator: " and ")
  }
}

extension FieldFacts.Source {
  /// Takes some rows of a table, in the order of their days.
  init(
    _ field: TwinField, _ dataset: Dataset, _ window: String, condition: String = "", measures: [String] = [],
    _ table: Table, _ rows: [Int], _ contributions: [Int64]? = nil, addsUp: Bool = false
  ) throws(ColumnsError) {
    let days = try table.date("event_date").values
    let order = rows.indices.sorted { (days[rows[$0]], $0) < (days[rows[$1]], $1) }
    self.init(
      fieldName: field.name, dataset: dataset, window: window, condition: condition, measures: measures,
      facts: table.rows(at: order.map { rows[$0] }), contributions: contributions.map { all in order.map { all[$0] } },
      addsUp: addsUp)
  }

  /// The same facts, whose contributions are no sum, or are one.
  func measuring(addsUp: Bool) -> FieldFacts.Source {
    FieldFacts.Source(
      fieldName: fieldName, dataset: dataset, window: window, condition: condition, measures: measures, facts: facts,
      contributions: contributions, addsUp: addsUp)
  }

  /// The same facts, without what each is worth.
  var withoutAmounts: FieldFacts.Source {
    FieldFacts.Source(
      fieldName: fieldName, dataset: dataset, window: window, condition: condition, measures: measures, facts: facts,
      contributions: nil, addsUp: false)
  }

  /// The facts of the newest day that adds up to more than nothing.
  func ofNewestDay() throws -> FieldFacts.Source {
    let days = try facts.date("event_date").values
    var sums: [Int32: Int64] = [:]
    for (day, value) in zip(days, contributions ?? []) { sums[day, default: 0] &+= value }
    let newest = sums.filter { $0.value > 0 }.keys.max()
    let kept = days.indices.filter { days[$0] == newest }
    return FieldFacts.Source(
      fieldName: fieldName, dataset: dataset, window: window, condition: condition, measures: measures,
      facts: facts.rows(at: kept), contributions: contributions.map { all in kept.map { all[$0] } }, addsUp: false)
  }
}
