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
    let holders = try Holders(facts.table(.links), events.index)
    let histories = try Histories(facts, events.index, holders)
    return try WorkerThreads(count: threads).map(taskCount: usage.count) { number in
      let moment = usage[number].moment
      let scene = try TwinScene(events, holders, coverage: facts.table(.coverage), at: moment)
      let prices = try PriceBook(
        products: facts.table(.products), unitCosts: facts.table(.unitCosts), at: moment)
      let use = UsageFields(usage[number], scene)
      let (billing, billCounts) = histories.billing.columns(scene)
      let (tickets, ticketCounts) = histories.tickets.columns(scene)
      let margin = MarginField(
        scene: scene, prices: prices, usage: use, billCounts: billCounts, ticketCounts: ticketCounts)
      var columns = StandingFields(scene, holders, prices).columns
      let families = [
        use.columns, billing, tickets, histories.topUps.columns(scene), histories.contacts.columns(scene, holders),
        histories.consents.columns(scene, holders), ["margin_28d_e4": margin.column()],
      ]
      for family in families { columns.merge(family) { _, new in new } }
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
