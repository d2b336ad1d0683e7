import Columns
import Datasets
import Parallelism

/// The facts that are grouped by rank once for all moments.
struct TwinHistories: Sendable {
  private let events: [EventFamily: EventHistory]
  private let contacts: ContactHistory
  let billing: BillingRules

  init(_ facts: TwinFacts, _ index: DenseIndex, _ holders: Holders, _ workers: WorkerThreads) throws {
    let families = EventFamily.allCases.filter { $0 != .contacts }
    let histories = try workers.map(taskCount: families.count) { number in
      try EventHistory(families[number], facts.table(families[number].dataset), index)
    }
    events = Dictionary(uniqueKeysWithValues: zip(families, histories))
    contacts = try ContactHistory(facts.table(.contacts), index, persons: holders.personIndex)
    billing = try BillingRules(bills: facts.table(.bills), payments: facts.table(.payments))
  }

  /// What the catalogue asks of tickets beyond their columns, at a moment.
  func signs(
    _ catalogue: TwinCatalogue, _ tickets: Table, _ subscriptions: SubscriptionEvents, at moment: TwinMoment,
    _ workers: WorkerThreads
  ) throws -> TicketSigns? {
    try events[.tickets].map {
      try TicketSigns(
        catalogue.namedColumns(of: .tickets), tickets, $0, subscriptions, at: moment, workers,
        readDayCount: catalogue.textDayCount)
    }
  }

  /// The events of a family that hold in a scene.
  func held(_ family: EventFamily, _ scene: TwinScene, _ holders: Holders) -> HeldEvents {
    events[family]?.held(scene) ?? contacts.held(scene, holders)
  }
}

/// What is summed for a range of rows of the twin: kept only as long as these are made.
struct RangeSums: Sendable {
  /// The rows.
  let rows: Range<Int>
  let usage: UsageWindows
  let relations: RelationSums
}

/// Everything from which the fields of one moment follow, for any rows of it, but the sums of use and of relations.
final class MomentFields: Sendable {
  /// Families that nothing else asks for once the fields of a moment are known.
  static let datasetsOfItsOwn: [Dataset] = [
    .subscriptions, .links, .consents, .numbers, .outages, .balances, .scores,
  ]
  /// The words of tickets, which nothing else asks for either.
  static let textColumn = "text_words"

  let catalogue: TwinCatalogue
  let scene: TwinScene
  let events: SubscriptionEvents
  let holders: Holders
  let histories: TwinHistories
  private let relationParts: [RelationFamily: [RelationPart]]
  private let numbers: OwnNumbers?
  private let outages: OutageMinutes?
  private let prices: PriceBook
  private let companions: Companions
  private let lastScores: LastScores
  let consents: NewestConsents
  /// What the field of each place needs of events; nil for those of other kinds.
  private let selections: [EventSelection?]

  /// `consents` are not kept: what holds of them is known then.
  init(
    _ catalogue: TwinCatalogue, _ facts: TwinFacts, _ events: SubscriptionEvents, _ holders: Holders,
    _ consents: ConsentHistory, _ histories: TwinHistories, at moment: TwinMoment, _ workers: WorkerThreads
  ) throws {
    self.catalogue = catalogue
    self.events = events
    self.holders = holders
    self.histories = histories
    let aggregates = catalogue.relationAggregates
    relationParts = facts.relations
    numbers =
      try aggregates.contains { $0.party != nil } ? OwnNumbers(facts.table(.numbers), events, at: moment, workers) : nil
    outages =
      try aggregates.contains(where: \.function.isOfOutages) ? OutageMinutes(facts.table(.outages), at: moment) : nil
    scene = try TwinScene(events, holders, coverage: facts.table(.coverage), at: moment, workers)
    prices = try PriceBook(products: facts.table(.products), unitCosts: facts.table(.unitCosts), at: moment)
    companions = try Companions(scene, holders, workers)
    lastScores = try LastScores(facts.table(.scores), events.index, at: moment)
    self.consents = consents.newest(at: moment)
    let signs = try histories.signs(catalogue, facts.table(.tickets), events, at: moment, workers)
    selections = try MomentFields.selections(catalogue, workers) { aggregate in
      if aggregate.family == .tickets, let signs {
        return try EventSelection(aggregate, signs.table, at: moment, isKnown: signs.isKnown(aggregate))
      }
      return try EventSelection(aggregate, facts.table(aggregate.family.dataset), at: moment)
    }
  }

  /// The selection of the field of each place; fields that ask the same share it.
  private static func selections(
    _ catalogue: TwinCatalogue, _ workers: WorkerThreads, _ make: @Sendable (EventAggregate) throws -> EventSelection
  ) throws -> [EventSelection?] {
    var firsts: [EventSelection.Question: Int] = [:]
    var asked: [EventAggregate] = []
    for aggregate in catalogue.eventAggregates where firsts[EventSelection.Question(aggregate)] == nil {
      firsts[EventSelection.Question(aggregate)] = asked.count
      asked.append(aggregate)
    }
    let made = try workers.map(taskCount: asked.count) { [asked] in try make(asked[$0]) }
    return catalogue.fields.map { field in
      guard case .events(let aggregate) = field.computation else { return nil }
      return firsts[EventSelection.Question(aggregate)].map { made[$0].shared(by: aggregate) }
    }
  }

  /// The sums of some rows, of which those of use are known.
  func sums(_ rows: Range<Int>, _ usage: UsageWindows, _ workers: WorkerThreads) throws -> RangeSums {
    RangeSums(
      rows: rows, usage: usage,
      relations: try RelationSums(
        catalogue.relationAggregates, relationParts, numbers, outages, Array(scene.subscriptionIDs[rows]),
        at: scene.moment, workers))
  }

  /// The number of rows of the twin.
  var rowCount: Int { scene.rowCount }
  /// The subscription of each row.
  var subscriptionIDs: [Int64] { scene.subscriptionIDs }
  /// Which days are complete.
  var completeDays: CompleteDays { scene.completeDays }

  /// How many rows there are of which kind.
  var counts: [String: Int64] {
    var counts: [String: Int64] = ["rows": Int64(rowCount), "inNotice": 0, "suspended": 0, "prepaid": 0, "postpaid": 0]
    for life in scene.lives {
      if life.isInNotice { counts["inNotice", default: 0] += 1 }
      if life.isSuspended { counts["suspended", default: 0] += 1 }
      let paymentType = StandingFields.paymentType(life, events, prices)
      if counts[paymentType] != nil { counts[paymentType, default: 0] += 1 }
    }
    return counts
  }

  /// The twin's rows of a range, which lies in that of the sums.
  func table(_ rows: Range<Int>, _ sums: RangeSums) throws -> Table {
    let scene = scene.slice(rows)
    let usage = UsageFields(sums.usage, scene)
    let held = Dictionary(
      uniqueKeysWithValues: EventFamily.allCases.map { ($0, histories.held($0, scene, holders)) })
    let events = Dictionary(
      uniqueKeysWithValues: held.map { family, held in (family, EventFields(family, held, scene)) })
    let none = HeldEvents(rowCount: 0)
    let rules = StandingFields(scene, self.events, holders, prices, companions).columns
      .merging(consents.columns(scene, holders)) { $1 }
      .merging(lastScores.columns(scene)) { $1 }
      .merging(
        histories.billing.columns(scene, bills: held[.bills] ?? none, payments: held[.payments] ?? none)
      ) { $1 }
    let gate = ConsentGate(consents, scene, holders, for: catalogue.fields)
    func column(_ field: TwinField, _ selection: EventSelection?) -> Column? {
      switch field.computation {
      case .use(let aggregate): return usage.column(aggregate)
      case .relation(let aggregate):
        return sums.relations.column(aggregate, scene, from: rows.lowerBound - sums.rows.lowerBound)
      case .events(let aggregate): return selection.flatMap { events[aggregate.family]?.column($0) }
      case .ratio, .rollup: return nil
      case .rule(let rule) where rule.name == MarginField.name:
        func counts(_ family: EventFamily) -> [Int32] { events[family]?.counts(days: MarginField.days) ?? [] }
        return MarginField(
          scene: scene, events: self.events, prices: prices, usage: usage, billCounts: counts(.bills),
          ticketCounts: counts(.tickets)
        ).column()
      case .rule(let rule): return rules[rule.name]
      }
    }
    let columns = zip(catalogue.fields, selections).map { field, selection in
      column(field, selection).map { gate.passed($0, field) }
    }
    return Table(catalogue.schema, RatioFields.filled(columns, catalogue.fields))
  }
}
