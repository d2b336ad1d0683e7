import Calendar
import Columns
import Datasets

/// The onboarding of the subscriptions that were activated within the last 91 days, as the facts tell it.
///
/// A state follows from the day alone, once the days of first use, first bill and first money are known (ProcessTwin.md has
/// the diagram). So late facts change the states of the days that they belong to, and nothing hangs on their order.
struct OnboardingHistory {
  /// Days after which a subscription without use is stalled; it needs every day of use since to be complete.
  static let stallDays: Int32 = 14
  /// Days before which nothing is settled.
  static let settleDays: Int32 = 28

  /// Days of one subscription's beginning; nil where it has not been seen.
  struct Milestones: Sendable, Hashable {
    var activation: Int32
    var firstUse: Int32?
    var firstBill: Int32?
    var firstMoney: Int32?
    var end: Int32?
    /// Whether every day of use since the activation is complete, so that its absence is known.
    var isUseComplete: Bool

    /// The state at the end of a day from the activation on.
    func state(_ day: Int32) -> State {
      func has(_ date: Int32?) -> Bool { date.map { $0 <= day } ?? false }
      if has(firstUse), has(firstMoney) {
        return day >= activation + OnboardingHistory.settleDays ? .settled : .settling
      }
      if !has(firstUse), isUseComplete, day >= activation + OnboardingHistory.stallDays { return .stalled }
      if has(firstMoney) { return .paid }
      if has(firstBill) { return .billed }
      return has(firstUse) ? .used : .activated
    }
  }

  enum State: String, CaseIterable, Sendable {
    case activated
    case used
    case billed
    case paid
    case settling
    case stalled
    case settled
    case ended
  }

  private let moment: TwinMoment
  private var cases: [ProcessCase] = []

  init(
    _ events: SubscriptionEvents, _ facts: TwinFacts, _ use: UseDays?, _ completeDays: CompleteDays,
    _ prices: PriceBook, at moment: TwinMoment
  ) throws {
    self.moment = moment
    let recent = (0..<Int32(events.index.count)).filter {
      events.wasActivated($0, within: Windows.longest, of: moment)
    }
    let index = DenseIndex(recent.map { events.index.keys[Int($0)] })
    let ranks = Array(0..<Int32(recent.count))
    let firstUses = use?.bits(of: index.keys)
    let bills = try OnboardingHistory.days(.bills, facts.table(.bills), index, ranks, moment) { _ in true }
    let payments = facts.table(.payments)
    let (failures, paid) = (try payments.bool("is_failed").values, try payments.int64("amount_e4").values)
    let topUps = facts.table(.topUps)
    let bought = try topUps.int64("amount_e4").values
    let payDays = try OnboardingHistory.days(.payments, payments, index, ranks, moment) {
      !failures[$0] && paid[$0] > 0
    }
    let topUpDays = try OnboardingHistory.days(.topUps, topUps, index, ranks, moment) { bought[$0] > 0 }
    let completeCount = completeDays.count(.usage)
    for (place, rank) in recent.enumerated() {
      guard let (life, end) = events.newestLife(rank, at: moment), moment.age(life.activation) < Windows.longest else {
        continue
      }
      let first = { (days: Range<Int>, all: [Int32]) in all[days].filter { $0 >= life.activation }.min() }
      let money = [first(payDays.range(place), payDays.days), first(topUpDays.range(place), topUpDays.days)]
      let milestones = Milestones(
        activation: life.activation, firstUse: OnboardingHistory.firstUse(firstUses?[place], life.activation, moment),
        firstBill: first(bills.range(place), bills.days), firstMoney: money.compactMap { $0 }.min(), end: end,
        isUseComplete: firstUses != nil && completeCount > moment.age(life.activation))
      cases.append(
        OnboardingHistory.walk(
          milestones, id: index.keys[place], category: StandingFields.paymentType(life, events, prices),
          asOf: moment.asOf.rawValue))
    }
  }

  /// The cases, ascending by id.
  var all: [ProcessCase] { cases }

  /// Goes through the days on which the state may change, to where the case stands.
  static func walk(_ milestones: Milestones, id: Int64, category: String, asOf: Int32) -> ProcessCase {
    let begin = milestones.activation
    let days = [
      milestones.firstUse, milestones.firstBill, milestones.firstMoney, begin + stallDays, begin + settleDays,
    ].compactMap { $0 }.filter { $0 > begin && $0 <= asOf && $0 < milestones.end ?? .max }.sorted()
    var found = ProcessCase(
      kind: .onboarding, id: id, subscription: id, category: category, state: "", opened: begin, since: begin,
      lastChange: begin)
    var state = milestones.end == begin ? .ended : milestones.state(begin)
    func enter(_ next: State, _ day: Int32) {
      if state == .stalled { found.holdDays += day - found.since }
      found.changeCount += 1
      found.since = day
      state = next
    }
    for day in days {
      let next = milestones.state(day)
      if next != state { enter(next, day) }
    }
    // What had settled by the day before the end stays so.
    if let end = milestones.end, state != .settled, state != .ended { enter(.ended, end) }
    if state == .stalled { found.holdDays += asOf - found.since }
    if state == .settled || state == .ended { found.closed = found.since }
    found.lastChange = found.since
    found.state = state.rawValue
    return found
  }
}

extension OnboardingHistory {
  /// The days of some events, subscription after subscription.
  struct EventDays {
    let days: [Int32]
    let starts: [Int32]
    func range(_ place: Int) -> Range<Int> { Int(starts[place])..<Int(starts[place + 1]) }
  }

  /// The first day with use since the activation.
  static func firstUse(_ bits: UInt128?, _ activation: Int32, _ moment: TwinMoment) -> Int32? {
    let since = (UInt128(1) << UInt128(moment.age(activation) + 1)) - 1
    guard let bits = bits.map({ $0 & since }), bits != 0 else { return nil }
    return moment.asOf.rawValue - Int32(UInt128.bitWidth - 1 - bits.leadingZeroBitCount)
  }

  /// The days of the events of a family that hold and count, of each subscription.
  static func days(
    _ family: EventFamily, _ table: Table, _ index: DenseIndex, _ ranks: [Int32], _ moment: TwinMoment,
    where counts: (Int) -> Bool
  ) throws -> EventDays {
    let held = try EventHistory(family, table, index).held(ranks, at: moment)
    let dates = try table.date(family.dayColumn).values
    var days: [Int32] = []
    var starts: [Int32] = [0]
    for place in ranks.indices {
      for position in held.positions(place) where counts(Int(held.facts[position])) {
        days.append(dates[Int(held.facts[position])])
      }
      starts.append(Int32(days.count))
    }
    return EventDays(days: days, starts: starts)
  }
}
