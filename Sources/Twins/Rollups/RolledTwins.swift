package import Columns
import Datasets
import Parallelism

/// The twins that are made from those of subscriptions, of one moment: customers and products, as far as they have a catalogue.
///
/// 1. Who the customers are, and which products there are, follows from the facts.
/// 2. Each slice of the subscription's twin is added as it is made: one slice is in memory, never the whole table.
/// 3. The rows are made: rolled-up fields from what has come together, the others from facts.
package struct RolledTwins: Sendable {
  /// One a catalogue, in the order of the catalogues.
  let twins: [RolledTwin]
  /// The customer of each row, where there are such rows: what their files are cut by.
  private let customerIDs: [Int64]

  init(_ catalogues: [TwinCatalogue], _ fields: MomentFields, _ facts: TwinFacts, _ workers: WorkerThreads) throws {
    guard !catalogues.isEmpty else {
      (twins, customerIDs) = ([], [])
      return
    }
    let table = facts.table(.contacts)
    let scene = fields.scene
    let contacts = try HeldContacts(table, at: scene.moment)
    let products = try ProductRows(
      scene, fields.events, products: facts.table(.products), contacts, table, workers)
    let customers = CustomerRows(scene, fields.holders, fields.consents, products: products.ofSubscriptions)
    customerIDs = customers.ids
    twins = try catalogues.map { catalogue in
      let rows =
        catalogue.entity == .customer
        ? try RolledTwins.rows(customers, contacts, table, fields.holders)
        : try RolledTwins.rows(products, contacts, table, fields)
      return try RolledTwin(catalogue, rows, scene, contacts: table)
    }
  }

  private static func rows(
    _ customers: CustomerRows, _ contacts: HeldContacts, _ facts: Table, _ holders: Holders
  ) throws -> RolledTwin.Rows {
    let persons = try facts.int64("person_id").values
    let grouped = contacts.grouped(rowCount: customers.ids.count) { fact in
      let rank = holders.personIndex.rank(of: persons[fact])
      return rank < 0 ? -1 : customers.ofPersons[Int(rank)]
    }
    return RolledTwin.Rows(
      count: customers.ids.count, ofSubscriptions: customers.ofSubscriptions, isRolled: { _ in true },
      contacts: { grouped.held($0) }, rules: { customers.columns($0, $1) })
  }

  private static func rows(
    _ products: ProductRows, _ contacts: HeldContacts, _ facts: Table, _ fields: MomentFields
  ) throws -> RolledTwin.Rows {
    let offers = try products.offers(contacts, facts, fields.scene, fields.events.index)
    let complaints = try OfferComplaints(contacts, facts, fields)
    return RolledTwin.Rows(
      count: products.rowCount, ofSubscriptions: products.ofSubscriptions, isRolled: { products.isPlan($0) },
      contacts: { offers.held($0, isPlan: products.isPlan) },
      rules: { _, scene in
        var columns = products.columns(scene)
        columns[OfferComplaints.name] = complaints.column(offers, scene, isPlan: products.isPlan)
        return columns
      })
  }

  /// Adds a slice of the subscription's twin, which has `range` of its rows.
  func add(_ slice: Table, _ range: Range<Int>) throws(ColumnsError) {
    for twin in twins { try twin.add(slice, range) }
  }

  /// The files that the rows of a twin are cut into: customers by shard, products into one.
  func parts(_ twin: RolledTwin) -> [ShardRanges.Part] {
    twin.catalogue.entity == .customer
      ? ShardRanges.parts(rowCount: twin.rowCount) { customerIDs[$0] } : [ShardRanges.whole(rowCount: twin.rowCount)]
  }

  /// The number of rows of each kind.
  var counts: [String: Int64] {
    Dictionary(uniqueKeysWithValues: twins.map { ("rows.\($0.catalogue.entity.name)", Int64($0.rowCount)) })
  }
}

extension RolledTwins {
  /// The tables of one moment, from facts in memory: of subscriptions, then of each of `others`.
  package static func build(
    _ catalogue: TwinCatalogue, and others: [TwinCatalogue], _ facts: TwinFacts, at moment: TwinMoment, threads: Int
  ) throws -> [Table] {
    let workers = WorkerThreads(count: threads)
    let fields = try TwinNight.fields(catalogue, facts, at: [moment], workers)[0]
    let usage = try UsageWindows.gather(
      catalogue.usePlan, facts.usage, AscendingIDs(ascending: fields.events.index.keys), at: [moment],
      threads: threads)[0]
    let rolled = try RolledTwins(others, fields, facts, workers)
    let all = 0..<fields.rowCount
    let subscriptions = try fields.table(all, fields.sums(all, usage, workers), workers) { try rolled.add($1, $0) }
    return [subscriptions] + rolled.twins.map { $0.table(0..<$0.rowCount) }
  }
}
