import Columns

/// A subscription's life up to a moment: since its activation, without a termination since.
struct Life: Sendable {
  var activation: Int32
  /// The places of the payment type and of the product in the texts of the events; -1 where they are not said.
  var paymentType: Int32 = -1
  var product: Int32 = -1
  var planChangeCount: Int32 = 0
  private var contractEndDay = Life.never
  private var lastPlanChangeDay = Life.never
  var isSuspended = false
  var isInNotice = false

  /// A day that no event has. One life a subscription is kept: an optional would take twice the memory.
  private static let never = Int32.min

  init(activation: Int32) { self.activation = activation }

  var contractEnd: Int32? {
    get { contractEndDay == Life.never ? nil : contractEndDay }
    set { contractEndDay = newValue ?? Life.never }
  }

  var lastPlanChange: Int32? {
    get { lastPlanChangeDay == Life.never ? nil : lastPlanChangeDay }
    set { lastPlanChangeDay = newValue ?? Life.never }
  }
}

/// What has happened to every subscription, in the order in which it counts.
///
/// Order: event date, kind, known date, delivery. The kind comes before the known date, so that a file that comes late
/// changes nothing else about its day. Two events of one kind on one day are one event, of which the newest row holds.
struct SubscriptionEvents: Sendable {
  static let columns =
    ["subscription_id"] + FactOrder.columns + ["event", "cause", "payment_type", "product", "contract_end_date"]

  /// The kinds, in the order in which they count within a day: a contract after a notice withdraws it.
  enum Kind: UInt8 {
    case activation, suspension, resumption, planChange, notice, portRequest, contract, termination, other

    init(_ text: String) {
      switch text {
      case "activation": self = .activation
      case "suspension": self = .suspension
      case "resumption": self = .resumption
      case "plan-change": self = .planChange
      case "notice": self = .notice
      case "port-request": self = .portRequest
      case "contract": self = .contract
      case "termination": self = .termination
      default: self = .other
      }
    }
  }

  /// Every subscription that has an event.
  let index: DenseIndex
  let events: RowsByRank
  let order: FactOrder
  let kinds: [Kind]
  /// Whether the cause of each event is the customer's own wish.
  let areVoluntary: [Bool]
  let paymentTypes: TextCodes
  let products: TextCodes
  private let contractEnds: TypedColumn<Int32>

  init(_ table: Table) throws(ColumnsError) {
    let ids = try table.int64("subscription_id").values
    let order = try FactOrder(table)
    let kinds = TextCodes(try table.string("event")).map(missing: .other, Kind.init)
    index = DenseIndex(ids)
    events = RowsByRank(ranks: index.ranks(of: ids), rankCount: index.count) { a, b in
      if order.eventDates[a] != order.eventDates[b] { return order.eventDates[a] < order.eventDates[b] }
      if kinds[a] != kinds[b] { return kinds[a].rawValue < kinds[b].rawValue }
      return order.learnedBefore(a, b)
    }
    self.order = order
    self.kinds = kinds
    areVoluntary = TextCodes(try table.string("cause")).map(missing: false) {
      SubscriptionEvents.voluntaryCauses.contains($0)
    }
    paymentTypes = TextCodes(try table.string("payment_type"))
    products = TextCodes(try table.string("product"))
    contractEnds = try table.date("contract_end_date")
  }

  /// The life of the subscription of a rank, or nil where it is not active at the moment.
  func life(_ rank: Int32, at moment: TwinMoment) -> Life? {
    var life: Life?
    forEachEvent(rank, moment) { apply($0, to: &life, moment) }
    return life
  }

  /// Whether a moment sees an activation of the subscription of a rank within so many days.
  func wasActivated(_ rank: Int32, within days: Int, of moment: TwinMoment) -> Bool {
    events.group(rank).contains { position in
      let row = events.row(position)
      return kinds[row] == .activation && order.isSeen(row, moment) && moment.age(order.eventDates[row]) < days
    }
  }

  /// Whether the subscription of a rank is active at the moment, as `life` says.
  func lives(_ rank: Int32, at moment: TwinMoment) -> Bool {
    var lives = false
    forEachEvent(rank, moment) { row in
      if kinds[row] == .termination { lives = false } else if kinds[row] == .activation { lives = true }
    }
    return lives
  }

  /// The newest life of the subscription of a rank, and the day of its termination, if there was one; nil where none began.
  func newestLife(_ rank: Int32, at moment: TwinMoment) -> (life: Life, end: Int32?)? {
    var life: Life?
    var newest: (life: Life, end: Int32?)?
    forEachEvent(rank, moment) { row in
      let before = life
      apply(row, to: &life, moment)
      if let life {
        newest = (life, nil)
      } else if let before {
        newest = (before, order.eventDates[row])
      }
    }
    return newest
  }

  /// Calls `body` with the row that holds of each event, in order.
  @inline(__always) func forEachEvent(_ rank: Int32, _ moment: TwinMoment, _ body: (Int) -> Void) {
    var pending: Int?
    for position in events.group(rank) {
      let row = events.row(position)
      guard order.isSeen(row, moment) else { continue }
      if let previous = pending, order.eventDates[previous] != order.eventDates[row] || kinds[previous] != kinds[row] {
        body(previous)
      }
      pending = row
    }
    if let pending { body(pending) }
  }

  /// Whether a moment sees anything of the subscription of a rank.
  func isKnown(_ rank: Int32, at moment: TwinMoment) -> Bool {
    events.group(rank).contains { order.isSeen(events.row($0), moment) }
  }

  /// The day of the last termination that a moment sees, or nil.
  func end(_ rank: Int32, at moment: TwinMoment) -> Int32? {
    var end: Int32?
    for position in events.group(rank) {
      let row = events.row(position)
      if kinds[row] == .termination, order.isSeen(row, moment) { end = max(end ?? .min, order.eventDates[row]) }
    }
    return end
  }

  private func apply(_ row: Int, to life: inout Life?, _ moment: TwinMoment) {
    if kinds[row] == .termination {
      life = nil
      return
    }
    if kinds[row] == .activation, life == nil { life = Life(activation: order.eventDates[row]) }
    guard life != nil else { return }
    switch kinds[row] {
    case .activation, .contract:
      life?.isInNotice = false
      life?.contractEnd = nil
    case .notice, .portRequest: life?.isInNotice = true
    case .suspension: life?.isSuspended = true
    case .resumption: life?.isSuspended = false
    case .planChange:
      life?.lastPlanChange = order.eventDates[row]
      if moment.age(order.eventDates[row]) < Windows.longest { life?.planChangeCount += 1 }
    case .termination, .other: break
    }
    if paymentTypes.codes[row] >= 0 { life?.paymentType = paymentTypes.codes[row] }
    if products.codes[row] >= 0 { life?.product = products.codes[row] }
    if let contractEnd = contractEnds[row] { life?.contractEnd = contractEnd }
  }
}
