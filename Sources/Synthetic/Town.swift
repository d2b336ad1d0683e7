import Calendar
import Glibc

/// A town: households, their SIMs, the calls between them, simulated day by day.
///
/// Towns do not touch each other, so they are simulated in parallel and written in their order. Whatever spreads,
/// spreads within a town. This file is the sketch: who is there, and what a day is; the extensions hold one matter each.
package struct Town: Sendable {
  let index: Int
  let world: World
  var households: [Household] = []
  package var persons: [Person] = []
  package var subscribers: [Subscriber] = []
  /// Daily sums of each subscription: `subscriber × dayCount + day`.
  var totals: [DayTotals] = []
  /// Numbers that rest, in the order in which they were freed, and the first one not yet given away again.
  var restingNumbers: [(number: Int, freedOn: Int)] = []
  var nextResting = 0
  var freshNumberCount = 0
  /// Number assignments: position of the subscriber, number, validity and the days on which each end became known.
  var assignments: [NumberAssignment] = []
  /// Positions of subscriptions that were left of the owner's own will today: their friends will feel it tomorrow.
  var leftToday: [Int] = []
  var output: TownOutput
  var truth: [TruthRow] = []
  /// What the deliveries show for each row of the truth, where a test wants it.
  var keepsStandings = false
  var standings: [Standing] = []
  /// In a world of what would be (`untreatedProbabilities`): the chance of each subscriber of not having left; else empty.
  var staying: [Double] = []
  /// The log of contacts and the gains of a day, where policies are compared.
  var study: ContactStudy?

  /// Ids of a town: subscriptions, persons, households and numbers each count from `index × idStride`.
  static let idStride = 2_048
  var idBase: Int { index * Town.idStride }

  /// Settles the base of the first day; no day has passed.
  package init(index: Int, world: World) {
    self.index = index
    self.world = world
    let first = world.firstDay.civil
    let last = world.settings.until.civil
    let monthCount = (last.year - first.year) * 12 + last.month - first.month + 1
    output = TownOutput(monthCount: monthCount, firstRawDay: world.firstRawDay, lastDay: world.lastDay)
    settle()
  }

  /// Lives through all days and leaves the rows in `output`.
  mutating func run() {
    for day in 0..<world.dayCount {
      pass(day)
      if study == nil, isAsOf(day) { tellTruth(day) }
      if study?.day == day { weighContacts(day) }
    }
    writeAssignments()
    resolveTruth()
    resolveStudy()
  }

  /// A day of the town.
  mutating func pass(_ day: Int) {
    welcomeArrivals(day)
    for position in subscribers.indices where subscribers[position].phase != .ended {
      live(position, day)
    }
    decidePersons(day)
    spreadLeaving()
  }

  /// A subscription's day: ends that fall due, use, money, tickets, and whether to stay.
  private mutating func live(_ position: Int, _ day: Int) {
    if meetDueEnds(position, day) || befall(position, day) { return }
    if subscribers[position].returnDay == day { comeBack(position, day) }
    if day % 7 == 0 || day == subscribers[position].activationDay { drawWeek(position, day) }
    // A bill holds whole days, so it is issued before the day's use; prepaid money moves after it.
    if !subscribers[position].isPrepaid { bill(position, day) }
    use(position, day)
    if subscribers[position].isPrepaid { prepay(position, day) }
    care(position, day)
    order(position, day)
    renewContract(position, day)
    if subscribers[position].phase == .inUse { decide(position, day) }
  }

  /// Friends of those who left feel it from tomorrow on; what they felt before fades (point 10).
  private mutating func spreadLeaving() {
    for position in subscribers.indices { subscribers[position].pull *= OperatorLaw.Hazard.contagionFading }
    for position in leftToday {
      for contact in subscribers[position].contacts { subscribers[contact].pull += 1 }
    }
    leftToday.removeAll(keepingCapacity: true)
  }

  /// Whether the truth is told for a day: where none is named, every 14 days back from the last.
  func isAsOf(_ day: Int) -> Bool {
    world.settings.truthDays.isEmpty
      ? day >= 28 && (world.lastDay - day) % 14 == 0 : world.settings.truthDays.contains(world.date(day))
  }

  func isUsing(_ position: Int) -> Bool {
    subscribers[position].phase == .inUse || subscribers[position].phase == .leaving
  }
}

/// A number in the hands of a subscription. Days count from the first day of the run and may be negative.
struct NumberAssignment: Sendable {
  var subscriber: Int
  var number: Int
  var from: Int
  /// The first day that it holds no more, and the day on which the operator's systems learned it.
  var to: Int?
  var endKnownOn: Int?
}
