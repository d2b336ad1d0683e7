import Calendar

// How subscriptions end other than by will, and how ends are registered (points 7 to 9).
extension Town {
  private typealias Law = OperatorLaw.Endings

  /// Carries out an end that falls due today. Returns whether the subscription is gone.
  mutating func meetDueEnds(_ position: Int, _ day: Int) -> Bool {
    guard let end = subscribers[position].endDay, end <= day else { return false }
    let subscriber = subscribers[position]
    if subscriber.phase == .suspended {
      var stream = world.draws.stream(.mannerOfEnd, subscriber.id, -day - 1)
      if stream.happens(Law.suspensionCureShare) {
        // Paid at last: back on the network.
        subscribers[position].phase = .inUse
        subscribers[position].endDay = nil
        writeEvent(position, "resumption", on: day, knownOn: day)
        return false
      }
    }
    terminate(position, day, cause: subscriber.endCause, knownOn: day + registrationDelay(subscriber.id, day))
    return true
  }

  /// Days until the operator's systems learn of an end (point 8).
  private func registrationDelay(_ id: Int, _ day: Int) -> Int {
    var stream = world.draws.stream(.registration, id, day)
    switch stream.index(Law.registrationDelay) {
    case 0: return 0
    case 1: return stream.integer(1...7)
    default: return stream.integer(8...Law.longestRegistrationDelay)
    }
  }

  /// Ends a subscription on `day`; its number rests unless it goes elsewhere.
  mutating func terminate(_ position: Int, _ day: Int, cause: String, knownOn: Int) {
    writeEvent(position, "termination", on: day, knownOn: knownOn, cause: cause)
    subscribers[position].phase = .ended
    subscribers[position].endDay = day
    let person = subscribers[position].person
    persons[person].subscriptionCount -= 1
    households[persons[person].household].subscriptionCount -= 1
    if let last = assignments.lastIndex(where: { $0.subscriber == position && $0.to == nil }) {
      assignments[last].to = day
      assignments[last].endKnownOn = knownOn
    }
    if cause != "port-out", cause != "migration" {
      restingNumbers.append((subscribers[position].number, day))
    }
    let anchor = subscribers[position].cycleAnchor
    if !subscribers[position].isPrepaid, day > anchor {
      let from = anchor + (day - 1 - anchor) / OperatorLaw.Money.billCycleDays * OperatorLaw.Money.billCycleDays
      if from >= 0, from < day { issueBill(position, day, from: from, to: day - 1) }
    }
  }

  /// Suspends a subscription whose bill was not paid.
  mutating func suspend(_ position: Int, _ day: Int) {
    guard subscribers[position].phase == .inUse else { return }
    subscribers[position].phase = .suspended
    subscribers[position].endDay = day + Law.suspensionDays
    subscribers[position].endCause = "non-payment"
    writeEvent(position, "suspension", on: day, knownOn: day)
  }

  /// Draws death, fraud, withdrawal, consolidation and migration, each at the day's first hour. Returns whether one of
  /// them happened.
  mutating func befall(_ position: Int, _ day: Int) -> Bool {
    let subscriber = subscribers[position]
    let person = persons[subscriber.person]
    guard subscriber.phase == .inUse, subscriber.activationDay < day,
      households[person.household].segment == .consumer
    else { return false }
    var stream = world.draws.stream(.competingEnd, subscriber.id, day)
    let tenure = day - subscriber.activationDay
    let age = world.settings.until.civil.year - person.birthYear
    if stream.happens(Law.deathRate * (age > 70 ? 6 : age > 50 ? 1 : 0.2)) {
      // Registered late and back-dated: the end lies before the day on which anybody knew.
      terminate(position, day, cause: "death", knownOn: day + stream.integer(5...Law.longestRegistrationDelay))
      return true
    }
    if tenure < Law.fraudTenureDays, stream.happens(Law.fraudRate) {
      terminate(position, day, cause: "fraud", knownOn: day)
      return true
    }
    if tenure < Law.withdrawalDays, subscriber.activationDay >= 0, stream.happens(Law.withdrawalRate) {
      terminate(position, day, cause: "return", knownOn: day)
      return true
    }
    if person.subscriptionCount > 1, stream.happens(Law.consolidationRate),
      position != person.subscriptions.first
    {
      terminate(position, day, cause: "consolidation", knownOn: day + registrationDelay(subscriber.id, day))
      return true
    }
    if subscriber.isPrepaid, stream.happens(Law.migrationRate) {
      terminate(position, day, cause: "migration", knownOn: day)
      var terms = world.draws.stream(.subscription, subscriber.id, day)
      begin(
        person: subscriber.person, isPrepaid: false, tariff: OperatorLaw.migrationTariff,
        number: subscriber.number, activationDay: day, stream: &terms)
      subscribers[subscribers.count - 1].contacts = subscriber.contacts
      return true
    }
    return false
  }

  /// Contracts that have run out: renewed with the weeks, or idle; and the migration of the closed tariff.
  mutating func renewContract(_ position: Int, _ day: Int) {
    let subscriber = subscribers[position]
    guard subscriber.phase == .inUse, !subscriber.isPrepaid else { return }
    if day == OperatorLaw.Events.tariffMigrationDay, subscriber.tariff == OperatorLaw.closedTariff {
      subscribers[position].tariff = OperatorLaw.successorTariff
      writeEvent(position, "plan-change", on: day, knownOn: day)
      orderPlanChange(position, day)
    }
    guard let end = subscriber.contractEnd, day > end, day <= end + 40 else { return }
    guard world.draws.uniform(.contractRenewal, subscriber.id, day) < 0.02 else { return }
    let months = OperatorLaw.tariffs[subscribers[position].tariff].contractMonths
    subscribers[position].contractEnd = day + months * 30
    writeEvent(position, "contract", on: day, knownOn: day + 1)
  }

  /// Tells of an event; it carries the terms in force after it.
  mutating func writeEvent(
    _ position: Int, _ event: String, on day: Int, knownOn: Int, cause: String = "", contractEnd: Int? = nil
  ) {
    let subscriber = subscribers[position]
    let world = world
    let end = contractEnd ?? subscriber.contractEnd
    output.row(.subscriptions, knownOn: knownOn) { row in
      row.key("S", subscriber.id)
      row.field(event)
      row.comma()
      row.day(world.date(day))
      row.comma()
      row.day(world.date(knownOn))
      row.field(cause)
      row.field(subscriber.isPrepaid ? "prepaid" : "postpaid")
      row.field(OperatorLaw.tariffs[subscriber.tariff].key)
      row.comma()
      if let end { row.day(world.date(end)) }
    }
  }
}
