package import Columns
import Datasets
import Parallelism

/// The whole of twin building in a page.
///
/// 1. Fold subscription events into lives; every subscription gets a rank, ascending by id.
/// 2. Group the rows of each family by rank, once for all moments.
/// 3. Read use once, part by part, and add it to rings of days by moment; a night rolls those of the night before.
/// 4. For each moment: who lives, who holds them, which days are complete, which events hold.
/// 5. For each moment and field of the catalogue: its column.
package enum TwinNight {
  /// One twin table a moment, rows ascending by subscription id. The values do not depend on `threads`.
  package static func build(
    _ catalogue: TwinCatalogue, _ facts: TwinFacts, at moments: [TwinMoment], threads: Int
  ) throws -> [Table] {
    let events = try SubscriptionEvents(facts.table(.subscriptions))
    let ids = AscendingIDs(ascending: events.index.keys)
    let usage = try UsageWindows.gather(catalogue.usePlan, facts.usage, ids, at: moments, threads: threads)
    return try build(catalogue, facts, events, usage, threads: threads)
  }

  /// The twin table of one moment, of which the sums of use are known.
  static func build(
    _ catalogue: TwinCatalogue, _ facts: TwinFacts, _ usage: UsageWindows, threads: Int
  ) throws -> Table {
    try build(catalogue, facts, try SubscriptionEvents(facts.table(.subscriptions)), [usage], threads: threads)[0]
  }

  private static func build(
    _ catalogue: TwinCatalogue, _ facts: TwinFacts, _ events: SubscriptionEvents, _ usage: [UsageWindows], threads: Int
  ) throws -> [Table] {
    let workers = WorkerThreads(count: threads)
    let holders = try Holders(facts.table(.links), events.index)
    let histories = try TwinHistories(facts, events.index, holders)
    let scenes = try workers.map(taskCount: usage.count) { number in
      try TwinScene(events, holders, coverage: facts.table(.coverage), at: usage[number].moment)
    }
    let families = EventFamily.allCases
    let held = try workers.map(taskCount: scenes.count * families.count) { number in
      histories.held(families[number % families.count], scenes[number / families.count], holders)
    }
    let moments = try workers.map(taskCount: scenes.count) { number in
      let heldThere = held[number * families.count..<(number + 1) * families.count]
      return try MomentFields(
        facts, scenes[number], usage[number], Dictionary(uniqueKeysWithValues: zip(families, heldThere)), histories,
        holders)
    }
    let fields = catalogue.fields
    let columns = try workers.map(taskCount: moments.count * fields.count) { number in
      try moments[number / fields.count].column(fields[number % fields.count].computation)
    }
    return scenes.indices.map { number in
      let there = Array(columns[number * fields.count..<(number + 1) * fields.count])
      return Table(catalogue.schema, RatioFields.filled(there, fields))
    }
  }
}

/// The facts that are grouped by rank once for all moments.
struct TwinHistories: Sendable {
  private let events: [EventFamily: EventHistory]
  private let contacts: ContactHistory
  let consents: ConsentHistory
  let billing: BillingRules

  init(_ facts: TwinFacts, _ index: DenseIndex, _ holders: Holders) throws {
    var events: [EventFamily: EventHistory] = [:]
    for family in EventFamily.allCases where family != .contacts {
      events[family] = try EventHistory(family, facts.table(family.dataset), index)
    }
    self.events = events
    contacts = try ContactHistory(facts.table(.contacts), index, persons: holders.personIndex)
    consents = try ConsentHistory(facts.table(.consents), persons: holders.personIndex)
    billing = try BillingRules(bills: facts.table(.bills), payments: facts.table(.payments))
  }

  /// The events of a family that hold in a scene.
  func held(_ family: EventFamily, _ scene: TwinScene, _ holders: Holders) -> HeldEvents {
    events[family]?.held(scene) ?? contacts.held(scene, holders)
  }
}

/// Everything from which the fields of one moment follow.
private struct MomentFields: Sendable {
  private let scene: TwinScene
  private let usage: UsageFields
  private let events: [EventFamily: EventFields]
  private let prices: PriceBook
  /// The columns of rules, by name.
  private let rules: [String: Column]

  init(
    _ facts: TwinFacts, _ scene: TwinScene, _ windows: UsageWindows, _ held: [EventFamily: HeldEvents],
    _ histories: TwinHistories, _ holders: Holders
  ) throws {
    self.scene = scene
    usage = UsageFields(windows, scene)
    events = Dictionary(
      uniqueKeysWithValues: held.map { family, held in
        (family, EventFields(family, facts.table(family.dataset), held, scene))
      })
    prices = try PriceBook(
      products: facts.table(.products), unitCosts: facts.table(.unitCosts), at: scene.moment)
    let none = HeldEvents(rowCount: 0)
    rules = StandingFields(scene, holders, prices).columns
      .merging(histories.consents.columns(scene, holders)) { $1 }
      .merging(
        histories.billing.columns(scene, bills: held[.bills] ?? none, payments: held[.payments] ?? none)
      ) { $1 }
  }

  /// The column of a field; nil for one that follows from columns.
  func column(_ computation: FieldComputation) throws -> Column? {
    switch computation {
    case .use(let aggregate): return usage.column(aggregate)
    case .events(let aggregate): return try events[aggregate.family]?.column(aggregate)
    case .ratio: return nil
    case .rule(let rule) where rule.name == MarginField.name:
      return MarginField(
        scene: scene, prices: prices, usage: usage, billCounts: counts(.bills), ticketCounts: counts(.tickets)
      ).column()
    case .rule(let rule): return rules[rule.name]
    }
  }

  private func counts(_ family: EventFamily) -> [Int32] { events[family]?.counts(days: MarginField.days) ?? [] }
}
