import Calendar
import Columns
import Datasets
import Parallelism

/// Who a subscription is: its holder, plan, contract, household.
struct StandingFields {
  let columns: [String: Column]

  /// What the events say, or else the product in force.
  static func paymentType(_ life: Life, _ events: SubscriptionEvents, _ prices: PriceBook) -> String {
    events.paymentTypes.text(life.paymentType) ?? prices.paymentType(events.products.text(life.product)) ?? "unknown"
  }

  init(
    _ scene: TwinScene, _ events: SubscriptionEvents, _ holders: Holders, _ prices: PriceBook, _ companions: Companions
  ) {
    let moment = scene.moment
    func life<Value>(_ zero: Value, _ value: (Life) -> Value?) -> TypedColumn<Value> {
      scene.column(zero) { value(scene.lives[$0]) }
    }
    func link<Value>(_ zero: Value, _ column: TypedColumn<Value>) -> TypedColumn<Value> {
      scene.column(zero) { scene.link($0).flatMap { column[$0] } }
    }
    func linked(_ texts: TextCodes) -> TypedColumn<String> {
      scene.column("") { scene.link($0).flatMap { texts[$0] } }
    }
    let persons = link(0, holders.persons)
    let households = link(0, holders.households)
    columns = [
      "subscription_id": .int64(scene.column(0) { scene.subscriptionIDs[$0] }),
      "person_id": .int64(persons),
      "payer_id": .int64(link(0, holders.payers)),
      "household_id": .int64(households),
      "as_of": .date(scene.column(0) { _ in moment.asOf.rawValue }),
      "known_by": .date(scene.column(0) { _ in moment.knownBy.rawValue }),
      "payment_type": .string(life("") { StandingFields.paymentType($0, events, prices) }),
      "product": .string(life("") { events.products.text($0.product) }),
      "segment": .string(linked(holders.segments)),
      "region": .string(linked(holders.regions)),
      "language": .string(linked(holders.languages)),
      "birth_year": .int32(link(0, holders.birthYears)),
      "tenure_days": .int32(life(0) { Int32(moment.age($0.activation)) }),
      "status": .string(life("") { $0.isSuspended ? "suspended" : "active" }),
      "is_in_notice": .bool(life(false) { $0.isInNotice }),
      "contract_days_left": .int32(life(0) { $0.contractEnd.map { Int32(-moment.age($0)) } }),
      "monthly_fee_e4": .int64(life(0) { prices.monthlyFee(events.products.text($0.product)) }),
      "data_allowance_bytes": .int64(life(0) { prices.dataAllowance(events.products.text($0.product)) }),
      "plan_change_count_91d": .int32(
        scene.column(0, knownIf: scene.completeDays.count(.subscriptions) >= Windows.longest) {
          scene.lives[$0].planChangeCount
        }),
      "days_since_plan_change": .int32(life(0) { $0.lastPlanChange.map { Int32(moment.age($0)) } }),
      "household_subscription_count": .int32(companions.counts(households: households)),
      "person_subscription_count": .int32(companions.counts(persons: persons)),
    ]
  }
}

/// How many living subscriptions each household and each person has.
struct Companions: Sendable {
  /// Rows that a task looks at.
  private static let chunkRowCount = 1 << 16

  private let households: [Int64: Int32]
  /// By the rank of the person.
  private let persons: [Int32]
  private let personIndex: DenseIndex

  init(_ scene: TwinScene, _ holders: Holders, _ workers: WorkerThreads) throws {
    personIndex = holders.personIndex
    let ranks = try workers.mapChunks(rowCount: scene.rowCount, chunkRowCount: Companions.chunkRowCount) { rows in
      rows.map { row in
        scene.link(row).flatMap { holders.persons[$0] }.map { holders.personIndex.rank(of: $0) } ?? -1
      }
    }
    var persons = [Int32](repeating: 0, count: personIndex.count)
    for rank in ranks.joined() where rank >= 0 { persons[Int(rank)] += 1 }
    self.persons = persons
    var households: [Int64: Int32] = [:]
    for row in 0..<scene.rowCount {
      if let household = scene.link(row).flatMap({ holders.households[$0] }) { households[household, default: 0] += 1 }
    }
    self.households = households
  }

  /// How many there are of each row's household; 1 where it is missing.
  func counts(households column: TypedColumn<Int64>) -> TypedColumn<Int32> {
    TypedColumn((0..<column.rowCount).map { row in column[row].flatMap { households[$0] } ?? 1 })
  }

  /// How many there are of each row's person; 1 where it is missing.
  func counts(persons column: TypedColumn<Int64>) -> TypedColumn<Int32> {
    TypedColumn(
      (0..<column.rowCount).map { row in
        let rank = column[row].map { personIndex.rank(of: $0) } ?? -1
        return rank < 0 ? 1 : max(1, persons[Int(rank)])
      })
  }
}
