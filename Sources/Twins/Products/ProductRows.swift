import Calendar
import Columns
import Datasets
import Parallelism

/// The products of a moment: plans and offers, ascending by key, then kind.
///
/// A plan is a key of the catalogue in force, or one that a living subscription has. An offer is a key that a contact of the
/// last 91 days made.
struct ProductRows: Sendable {
  /// The kinds of rows, ascending by name.
  private enum Kind: String { case offer, plan }

  private let keys: [String]
  private let kinds: [Kind]
  /// The row of each offer.
  private let offers: [String: Int32]
  /// The row here of each row of the subscription's twin, -1 where it has no product.
  let ofSubscriptions: [Int32]
  /// The row of the product table that is in force of each row; nil for offers and what is not in the catalogue.
  private let prices: [Int?]
  private let names: TypedColumn<String>
  private let paymentTypes: TypedColumn<String>
  private let fees: TypedColumn<Int64>
  private let contractMonths: TypedColumn<Int32>
  private let dataAllowances: TypedColumn<Int64>
  private let movements: ProductMovements
  private let base: [Int32]

  /// `facts` are those of the contacts.
  init(
    _ scene: TwinScene, _ events: SubscriptionEvents, products: Table, _ contacts: HeldContacts, _ facts: Table,
    _ workers: WorkerThreads
  ) throws {
    let inForce = PriceBook.newest(try products.string("product").values, try FactOrder(products), scene.moment)
    let made = try facts.string("offer")
    let days = try facts.date("event_date").values
    var plans = Set(inForce.keys)
    for code in Set(scene.lives.map(\.product)) {
      if let product = events.products.text(code) { plans.insert(product) }
    }
    var offers: Set<String> = []
    for fact in contacts.facts.lazy.map({ Int($0) }) where scene.moment.age(days[fact]) < Windows.longest {
      if let offer = made[fact] { offers.insert(offer) }
    }
    let rows = (plans.map { (key: $0, kind: Kind.plan) } + offers.map { (key: $0, kind: Kind.offer) })
      .sorted { ($0.key, $0.kind.rawValue) < ($1.key, $1.kind.rawValue) }
    keys = rows.map(\.key)
    kinds = rows.map(\.kind)
    func numbered(_ kind: Kind) -> [String: Int32] {
      Dictionary(uniqueKeysWithValues: rows.enumerated().filter { $1.kind == kind }.map { ($1.key, Int32($0)) })
    }
    let (planRows, offerRows) = (numbered(.plan), numbered(.offer))
    self.offers = offerRows
    prices = rows.map { $0.kind == .plan ? inForce[$0.key] : nil }
    names = try products.string("name")
    paymentTypes = try products.string("payment_type")
    fees = try products.int64("monthly_fee_e4")
    contractMonths = try products.int32("contract_months")
    dataAllowances = try products.int64("data_allowance_bytes")
    let rowsOfCodes = events.products.texts.map { planRows[$0] ?? -1 }
    ofSubscriptions = scene.lives.map { $0.product < 0 ? -1 : rowsOfCodes[Int($0.product)] }
    movements = try ProductMovements(
      events, products: events.products(ranked: planRows), productCount: rows.count, at: scene.moment, workers)
    var base = [Int32](repeating: 0, count: rows.count)
    for row in ofSubscriptions where row >= 0 { base[Int(row)] += 1 }
    self.base = base
  }

  /// The number of rows.
  var rowCount: Int { keys.count }

  /// Whether a row is one that subscriptions have.
  func isPlan(_ row: Int) -> Bool { kinds[row] == .plan }

  /// The contacts that made an offer, by row of the offer and by the plan of the subscription that they were about: a fact
  /// stands for both.
  func offers(
    _ contacts: HeldContacts, _ facts: Table, _ scene: TwinScene, _ index: DenseIndex
  ) throws -> OfferContacts {
    let made = try facts.string("offer")
    let subscriptions = try facts.int64("subscription_id")
    var planOfRank = [Int32](repeating: -1, count: index.count)
    for (rank, row) in zip(scene.ranks, ofSubscriptions) { planOfRank[Int(rank)] = row }
    return OfferContacts(
      offers: contacts.grouped(rowCount: rowCount) { fact in made[fact].flatMap { offers[$0] } ?? -1 },
      plans: contacts.grouped(rowCount: rowCount) { fact in
        guard made.isValid(fact), let subscription = subscriptions[fact] else { return -1 }
        let rank = index.rank(of: subscription)
        return rank < 0 ? -1 : planOfRank[Int(rank)]
      })
  }

  /// The columns of the rules, of every row; `scene` is that of these rows.
  func columns(_ scene: TwinScene) -> [String: Column] {
    func price<Value>(_ zero: Value, _ column: TypedColumn<Value>) -> TypedColumn<Value> {
      scene.column(zero) { row in prices[row].flatMap { column[$0] } }
    }
    let completeDayCount = scene.completeDays.count(.subscriptions)
    func moved<Value>(_ zero: Value, _ days: Int, _ value: (Int) -> Value) -> TypedColumn<Value> {
      scene.column(zero, knownIf: completeDayCount >= days) { isPlan($0) ? value($0) : nil }
    }
    var columns: [String: Column] = [
      "product_key": .string(TypedColumn(keys)),
      "kind": .string(TypedColumn(kinds.map(\.rawValue))),
      "as_of": .date(scene.column(0) { _ in scene.moment.asOf.rawValue }),
      "known_by": .date(scene.column(0) { _ in scene.moment.knownBy.rawValue }),
      "name": .string(price("", names)),
      "payment_type": .string(price("", paymentTypes)),
      "monthly_fee_e4": .int64(price(0, fees)),
      "contract_months": .int32(price(0, contractMonths)),
      "data_allowance_bytes": .int64(price(0, dataAllowances)),
      "base_28d_ago": .int32(moved(0, ProductMovements.baseAge) { movements.base[$0] }),
      "base_mean_28d": .double(
        moved(0, ProductMovements.baseAge) { Double(Int64(base[$0]) + Int64(movements.base[$0])) / 2 }),
    ]
    for kind in ProductMovements.Kind.allCases {
      for (window, days) in ProductMovements.windows.enumerated() {
        let counts = movements.counts(kind, window: window)
        columns[kind.fieldName(days)] = .int32(moved(0, days) { counts[$0] })
      }
    }
    return columns
  }
}

/// Contacts that made an offer, by offer and by plan.
struct OfferContacts: Sendable {
  fileprivate let offers: GroupedContacts
  fileprivate let plans: GroupedContacts

  /// The contacts of some rows: of a row that is an offer those that made it, of a plan those about its subscriptions.
  func held(_ rows: Range<Int>, isPlan: (Int) -> Bool) -> HeldEvents {
    var held = HeldEvents(rowCount: rows.count)
    for row in rows { (isPlan(row) ? plans : offers).append(row, to: &held) }
    return held
  }

  /// The sum over the contacts of a row of what `values` has at the place of each.
  func total(_ row: Int, isPlan: (Int) -> Bool, _ values: [Int32]) -> Int32 {
    (isPlan(row) ? plans : offers).total(row, values)
  }
}
