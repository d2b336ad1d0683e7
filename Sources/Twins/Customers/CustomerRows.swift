import Calendar
import Columns

/// The customers of a moment: the persons who use a living subscription by the link that holds, ascending by id.
///
/// What links say of a person is taken from the one that began last; of those that began on one day, from the one learned
/// last, then from that of the greatest subscription.
struct CustomerRows: Sendable {
  /// The person of each row.
  let ids: [Int64]
  /// The person's rank among those of all links.
  let persons: [Int32]
  /// The row here of each row of the subscription's twin, -1 where nobody holds it.
  let ofSubscriptions: [Int32]
  /// The row here of each person of a link, by rank; -1 for those who use nothing.
  let ofPersons: [Int32]
  /// The link row that speaks of each customer.
  private let links: [Int]
  private let productCounts: [Int32]
  private let paidCounts: [Int32]
  private let holders: Holders
  private let consents: NewestConsents

  /// `products` are the ranks of the products of the scene's rows, -1 where there is none.
  init(_ scene: TwinScene, _ holders: Holders, _ consents: NewestConsents, products: [Int32]) {
    let index = holders.personIndex
    let ranks = (0..<scene.rowCount).map { row in
      scene.link(row).map { index.rank(of: holders.persons.values[$0]) } ?? -1
    }
    var newest = [Int](repeating: -1, count: index.count)
    for (row, rank) in ranks.enumerated() where rank >= 0 {
      guard let link = scene.link(row) else { continue }
      let found = newest[Int(rank)]
      if found < 0 || !holders.order.precedes(link, found) { newest[Int(rank)] = link }
    }
    var rows = [Int32](repeating: -1, count: index.count)
    var persons: [Int32] = []
    for rank in newest.indices where newest[rank] >= 0 {
      rows[rank] = Int32(persons.count)
      persons.append(Int32(rank))
    }
    self.persons = persons
    ids = persons.map { index.keys[Int($0)] }
    links = persons.map { newest[Int($0)] }
    ofPersons = rows
    ofSubscriptions = ranks.map { $0 < 0 ? -1 : rows[Int($0)] }
    productCounts = CustomerRows.distinctCounts(products, ofSubscriptions, rowCount: persons.count)
    var paid = [Int32](repeating: 0, count: persons.count)
    for row in 0..<scene.rowCount {
      guard let payer = scene.link(row).flatMap({ holders.payers[$0] }) else { continue }
      let rank = index.rank(of: payer)
      if rank >= 0, rows[Int(rank)] >= 0 { paid[Int(rows[Int(rank)])] += 1 }
    }
    paidCounts = paid
    self.holders = holders
    self.consents = consents
  }

  private static func distinctCounts(_ products: [Int32], _ customers: [Int32], rowCount: Int) -> [Int32] {
    let known = zip(products, customers).map { $0 < 0 ? -1 : $1 }
    let groups = RowsByRank(ranks: known, rankCount: rowCount) { products[$0] < products[$1] }
    return (0..<Int32(rowCount)).map { row in
      var count: Int32 = 0
      var last: Int32 = -1
      for position in groups.group(row) where products[groups.row(position)] != last {
        last = products[groups.row(position)]
        count += 1
      }
      return count
    }
  }

  /// The columns of the rules, of some rows; `scene` is that of these rows.
  func columns(_ rows: Range<Int>, _ scene: TwinScene) -> [String: Column] {
    let first = rows.lowerBound
    func link<Value>(_ zero: Value, _ column: TypedColumn<Value>) -> TypedColumn<Value> {
      scene.column(zero) { column[links[first + $0]] }
    }
    func linked(_ texts: TextCodes) -> TypedColumn<String> { scene.column("") { texts[links[first + $0]] } }
    var columns: [String: Column] = [
      "customer_id": .int64(TypedColumn(Array(ids[rows]))),
      "as_of": .date(scene.column(0) { _ in scene.moment.asOf.rawValue }),
      "known_by": .date(scene.column(0) { _ in scene.moment.knownBy.rawValue }),
      "payer_id": .int64(link(0, holders.payers)),
      "household_id": .int64(link(0, holders.households)),
      "segment": .string(linked(holders.segments)),
      "region": .string(linked(holders.regions)),
      "language": .string(linked(holders.languages)),
      "birth_year": .int32(link(0, holders.birthYears)),
      "product_count": .int32(TypedColumn(Array(productCounts[rows]))),
      "paid_subscription_count": .int32(TypedColumn(Array(paidCounts[rows]))),
    ]
    let count = ConsentHistory.names.count
    for (field, name) in ConsentHistory.names.enumerated() {
      columns["consent_\(name)"] = .bool(
        scene.column(false) { consents.decisions[Int(persons[first + $0]) * count + field] })
    }
    return columns
  }
}
