import Calendar
import Glibc

// Who lives in the town on the first day, and who joins later (points 2, 3 and 12).
extension Town {
  private typealias Law = OperatorLaw.Population

  /// Fills the town with the base of the first day and with a few subscriptions that ended before it.
  mutating func settle() {
    let rest = world.settings.subscriptionCount - index * Law.townSubscriptionCount
    let quota = min(Law.townSubscriptionCount, rest)
    var arrivals = 0
    while arrivals < quota {
      let household = addHousehold()
      let size = households[household].segment == .consumer ? householdSize(household) : 1
      for member in 0..<size where arrivals < quota {
        let person = addPerson(household: household, isPayer: member == 0, day: -1)
        var stream = world.draws.stream(.person, persons[person].id, 1)
        let simCount = households[household].segment == .machine ? 2 : stream.index(Law.simCount) + 1
        for _ in 0..<simCount where arrivals < quota {
          addSubscriber(person: person, day: -1)
          arrivals += 1
        }
      }
    }
    for position in subscribers.indices {
      joinCallGraph(position, among: subscribers.count)
      billBeforeRun(position)
    }
    addFormer(count: Int((Double(quota) * Law.formerShare).rounded(.up)))
  }

  /// Lets today's newcomers in.
  mutating func welcomeArrivals(_ day: Int) {
    let base = min(
      Law.townSubscriptionCount, world.settings.subscriptionCount - index * Law.townSubscriptionCount)
    var stream = world.draws.stream(.arrivals, index, day)
    let count = stream.poisson(Double(base) * Law.arrivalRate)
    for _ in 0..<count where subscribers.count < Town.idStride - 1 {
      var person = stream.integer(0...persons.count - 1)
      let isKnown = persons[person].subscriptionCount > 0 && households[persons[person].household].segment == .consumer
      if !(stream.happens(Law.furtherSIMShare) && isKnown) {
        person = addPerson(household: addHousehold(), isPayer: true, day: day)
      }
      let position = addSubscriber(person: person, day: day)
      joinCallGraph(position, among: subscribers.count)
    }
  }

  private func householdSize(_ household: Int) -> Int {
    var stream = world.draws.stream(.household, households[household].id, 1)
    return stream.index(Law.householdSize) + 1
  }

  private mutating func addHousehold() -> Int {
    let id = idBase + households.count
    var stream = world.draws.stream(.household, id)
    let kind = stream.uniform()
    let segment: Household.Segment =
      kind < Law.machineShare ? .machine : kind < Law.machineShare + Law.businessShare ? .business : .consumer
    let region = stream.index(Law.regionWeights)
    let cell = region * Law.cellsPerRegion + stream.integer(0...Law.cellsPerRegion - 1)
    households.append(Household(id: id, segment: segment, region: region, cell: cell))
    return households.count - 1
  }

  private mutating func addPerson(household: Int, isPayer: Bool, day: Int) -> Int {
    let id = idBase + persons.count
    var stream = world.draws.stream(.person, id)
    let isOwnPayer = isPayer || stream.happens(Law.ownPayerShare)
    let age = 16 + Int(66 * pow(stream.uniform(), 1.25))
    let money = OperatorLaw.Money.self
    let habits = OperatorLaw.Use.self
    var response = world.draws.stream(.response, id)
    let payer = persons.last { $0.household == household }?.payerID
    persons.append(
      Person(
        id: id, household: household, payerID: isOwnPayer ? id : payer ?? id,
        birthYear: world.settings.until.civil.year - age, language: stream.index(Law.languageWeights),
        frailty: stream.normal(), priceSensitivity: stream.normal(), rivalOffer: stream.normal(),
        isRegularTopper: stream.happens(money.regularShare), isNightOwl: stream.happens(habits.nightOwlShare),
        internationalRate: stream.happens(habits.internationalShareOfCallers)
          ? min(0.8, habits.internationalRate * exp(habits.internationalLogSpread * stream.normal())) : 0,
        hasRoamingIncluded: stream.happens(money.roamingIncludedShare),
        premiumRate: min(0.2, money.premiumRate * exp(money.premiumLogSpread * stream.normal())),
        missShare: stream.happens(money.badPayerShare) ? money.badPayerMissShare : money.missShare,
        trip: drawTrip(id), traits: ResponseTraits(&response)))
    giveConsents(persons.count - 1, day)
    return persons.count - 1
  }

  /// The days abroad; most fall into July and August (point 9).
  private func drawTrip(_ id: Int) -> Range<Int> {
    var stream = world.draws.stream(.trip, id)
    let isTraveller = stream.happens(OperatorLaw.Use.travelShare * Double(world.dayCount) / 180)
    guard isTraveller else { return 0..<0 }
    var start = stream.integer(0...world.lastDay)
    // Two more tries to fall into the summer.
    for _ in 0..<2 where !(7...8).contains(world.date(start).civil.month) { start = stream.integer(0...world.lastDay) }
    return start..<min(world.dayCount, start + stream.integer(OperatorLaw.Use.travelDays))
  }

  /// Contacts: mostly from the own social group, which is a run of neighbouring subscriptions.
  private mutating func joinCallGraph(_ position: Int, among count: Int) {
    guard count > 1 else { return }
    var stream = world.draws.stream(.callGraph, subscribers[position].id)
    let group = position / Law.groupSubscriptionCount * Law.groupSubscriptionCount
    let groupEnd = min(count, group + Law.groupSubscriptionCount)
    var contacts: [Int] = []
    for _ in 0..<Law.contactCount {
      let isNear = stream.happens(Law.groupShare)
      let contact = isNear ? stream.integer(group...groupEnd - 1) : stream.integer(0...count - 1)
      if contact != position, !contacts.contains(contact) { contacts.append(contact) }
    }
    subscribers[position].contacts = contacts
  }

  /// Subscriptions that ended before the run: their rows are history and their numbers rest.
  private mutating func addFormer(count: Int) {
    for _ in 0..<count {
      let person = addPerson(household: addHousehold(), isPayer: true, day: -1)
      let position = addSubscriber(person: person, day: -1)
      var stream = world.draws.stream(.competingEnd, subscribers[position].id, -1)
      let end = -stream.integer(5...150)
      if subscribers[position].activationDay >= end { continue }
      terminate(position, end, cause: subscribers[position].isPrepaid ? "" : "notice", knownOn: end)
    }
    // Freed in the order of their ends, so that the queue stays sorted.
    restingNumbers.sort { ($0.freedOn, $0.number) < ($1.freedOn, $1.number) }
  }
}
