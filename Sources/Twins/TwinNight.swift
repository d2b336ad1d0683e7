package import Columns
import Datasets
import Parallelism

/// The whole of twin building in a page.
///
/// 1. Fold subscription events into lives; every subscription gets a rank, ascending by id.
/// 2. Group the rows of each family by rank, once for all moments.
/// 3. Read use once, part by part, and add it to rings of days by moment; a night rolls those of the night before.
/// 4. For each moment: who lives, who holds them, which days are complete; then each family fills its columns.
package enum TwinNight {
  /// One twin table a moment, rows ascending by subscription id. The values do not depend on `threads`.
  package static func build(_ facts: TwinFacts, at moments: [TwinMoment], threads: Int) throws -> [Table] {
    let events = try SubscriptionEvents(facts.table(.subscriptions))
    let ids = AscendingIDs(ascending: events.index.keys)
    let usage = try UsageWindows.gather(facts.usage, ids, at: moments, threads: threads)
    return try build(facts, events, usage, threads: threads)
  }

  /// The twin table of one moment, of which the sums of use are known.
  static func build(_ facts: TwinFacts, _ usage: UsageWindows, threads: Int) throws -> Table {
    try build(facts, try SubscriptionEvents(facts.table(.subscriptions)), [usage], threads: threads)[0]
  }

  private static func build(
    _ facts: TwinFacts, _ events: SubscriptionEvents, _ usage: [UsageWindows], threads: Int
  ) throws -> [Table] {
    let workers = WorkerThreads(count: threads)
    let holders = try Holders(facts.table(.links), events.index)
    let histories = try Histories(facts, events.index, holders)
    let moments = try workers.map(taskCount: usage.count) { number in
      try Moment(facts, events, holders, usage[number])
    }
    let families = Family.allCases
    let parts = try workers.map(taskCount: usage.count * families.count) { number in
      moments[number / families.count].part(families[number % families.count], histories, holders)
    }
    return moments.indices.map { number in
      moments[number].table(parts[number * families.count..<(number + 1) * families.count])
    }
  }

  /// The families of fields, those that cost most in front.
  private enum Family: CaseIterable {
    case usage, billing, standing, topUps, tickets, contacts, consents
  }

  /// The columns of a family, and what it has for the margin.
  private struct Part: Sendable {
    var columns: [String: Column]
    var usage: UsageFields?
    var billCounts: [Int64] = []
    var ticketCounts: [Int64] = []
  }

  /// A moment whose scene is set.
  private struct Moment: Sendable {
    let scene: TwinScene
    let prices: PriceBook
    let usage: UsageWindows

    init(_ facts: TwinFacts, _ events: SubscriptionEvents, _ holders: Holders, _ usage: UsageWindows) throws {
      scene = try TwinScene(events, holders, coverage: facts.table(.coverage), at: usage.moment)
      prices = try PriceBook(
        products: facts.table(.products), unitCosts: facts.table(.unitCosts), at: usage.moment)
      self.usage = usage
    }

    func part(_ family: Family, _ histories: Histories, _ holders: Holders) -> Part {
      switch family {
      case .usage:
        let fields = UsageFields(usage, scene)
        return Part(columns: fields.columns, usage: fields)
      case .billing:
        let (columns, counts) = histories.billing.columns(scene)
        return Part(columns: columns, billCounts: counts)
      case .tickets:
        let (columns, counts) = histories.tickets.columns(scene)
        return Part(columns: columns, ticketCounts: counts)
      case .standing: return Part(columns: StandingFields(scene, holders, prices).columns)
      case .topUps: return Part(columns: histories.topUps.columns(scene))
      case .contacts: return Part(columns: histories.contacts.columns(scene, holders))
      case .consents: return Part(columns: histories.consents.columns(scene, holders))
      }
    }

    /// The twin, with the margin that needs several families.
    func table(_ parts: ArraySlice<Part>) -> Table {
      var columns: [String: Column] = [:]
      for part in parts { columns.merge(part.columns) { _, new in new } }
      if let usage = parts.lazy.compactMap(\.usage).first {
        let margin = MarginField(
          scene: scene, prices: prices, usage: usage, billCounts: parts.flatMap(\.billCounts),
          ticketCounts: parts.flatMap(\.ticketCounts))
        columns["margin_28d_e4"] = margin.column()
      }
      return Table(SubscriptionTwin.dataset.schema, SubscriptionTwin.fields.compactMap { columns[$0.name] })
    }
  }
}

/// The families that are grouped by rank once for all moments.
private struct Histories: Sendable {
  let billing: BillingHistory
  let topUps: TopUpHistory
  let tickets: TicketHistory
  let contacts: ContactHistory
  let consents: ConsentHistory

  init(_ facts: TwinFacts, _ index: DenseIndex, _ holders: Holders) throws {
    billing = try BillingHistory(bills: facts.table(.bills), payments: facts.table(.payments), index)
    topUps = try TopUpHistory(topUps: facts.table(.topUps), balances: facts.table(.balances), index)
    tickets = try TicketHistory(facts.table(.tickets), index)
    contacts = try ContactHistory(facts.table(.contacts), index, persons: holders.personIndex)
    consents = try ConsentHistory(facts.table(.consents), persons: holders.personIndex)
  }
}
