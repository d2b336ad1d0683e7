import Calendar
import Glibc

// How a subscription begins: its tariff, contract, number and habits.
extension Town {
  /// Adds a subscription of `person` that begins on `day`, or long before it where `day` is negative.
  @discardableResult
  mutating func addSubscriber(person: Int, day: Int) -> Int {
    let id = idBase + subscribers.count
    var stream = world.draws.stream(.subscription, id)
    let household = persons[person].household
    let segment = households[household].segment
    let prepaidShare = segment == .consumer ? OperatorLaw.Population.prepaidShare + 0.01 : 0.10
    let isPrepaid = stream.happens(prepaidShare)
    let tariff = drawTariff(&stream, isPrepaid: isPrepaid)
    let tenure =
      day >= 0
      ? 0
      : min(
        OperatorLaw.Population.longestTenureDays,
        1 + Int(stream.exponential(mean: OperatorLaw.Population.meanTenureDays)))
    let activation = day >= 0 ? day : -tenure
    return begin(
      person: person, isPrepaid: isPrepaid, tariff: tariff, number: nil, activationDay: activation, stream: &stream)
  }

  /// Starts the subscription whose terms are known; `number` is given where it comes along.
  @discardableResult
  mutating func begin(
    person: Int, isPrepaid: Bool, tariff: Int, number: Int?, activationDay: Int, stream: inout DrawStream
  ) -> Int {
    let position = subscribers.count
    let ownNumber = number ?? takeNumber(activationDay)
    var new = Subscriber(
      id: idBase + position, person: person, isPrepaid: isPrepaid, tariff: tariff, number: ownNumber,
      activationDay: activationDay)
    let firstEnd = firstContractEnd(tariff, activationDay)
    new.contractEnd = firstEnd
    var renewedOn: Int?
    if let end = firstEnd, end < 0 { renewedOn = renewBeforeRun(&new, firstEnd: end, stream: &stream) }
    drawHabits(&new, person: person, stream: &stream)
    startMoney(&new, person: person, stream: &stream)
    if activationDay < 0, isPrepaid, stream.happens(OperatorLaw.Population.silentAtStartShare) {
      new.phase = .silent
    }
    subscribers.append(new)
    totals.append(contentsOf: repeatElement(DayTotals(), count: world.dayCount))
    persons[person].subscriptions.append(position)
    persons[person].subscriptionCount += 1
    households[persons[person].household].subscriptionCount += 1
    assignments.append(NumberAssignment(subscriber: position, number: ownNumber, from: activationDay))
    writeEvent(position, "activation", on: activationDay, knownOn: activationDay, contractEnd: firstEnd)
    if activationDay >= 0 { orderLine(position, activationDay, isMove: number != nil) }
    if let day = renewedOn {
      writeEvent(position, "contract", on: day, knownOn: day, contractEnd: subscribers[position].contractEnd)
    }
    return position
  }

  private func drawTariff(_ stream: inout DrawStream, isPrepaid: Bool) -> Int {
    let weights = OperatorLaw.tariffs.map { $0.isPrepaid == isPrepaid ? $0.share : 0 }
    return stream.index(weights)
  }

  func firstContractEnd(_ tariff: Int, _ day: Int) -> Int? {
    let months = OperatorLaw.tariffs[tariff].contractMonths
    return months == 0 ? nil : day + months * 30
  }

  /// Contracts that ran out before the run: most were renewed, some lie idle. Returns the day of the last renewal.
  private func renewBeforeRun(_ new: inout Subscriber, firstEnd: Int, stream: inout DrawStream) -> Int? {
    let term = OperatorLaw.tariffs[new.tariff].contractMonths * 30
    var end = firstEnd
    var renewed: Int?
    while end < 0, stream.happens(0.72) {
      let on = min(-1, end + stream.integer(0...30))
      renewed = on
      end = on + term
    }
    new.contractEnd = end
    return renewed
  }

  private func drawHabits(_ new: inout Subscriber, person: Int, stream: inout DrawStream) {
    let law = OperatorLaw.Use.self
    let owner = persons[person]
    let segment = households[owner.household].segment
    let correlation = OperatorLaw.Latents.useFrailtyCorrelation
    let engagement = correlation * owner.frailty + (1 - correlation * correlation).squareRoot() * stream.normal()
    func rate(_ mean: Double, _ spread: Double) -> Double {
      exp(mean + spread * (0.7 * engagement + 0.714 * stream.normal()))
    }
    new.callRate = rate(law.callsLogMean, law.callsLogSpread)
    new.messageRate = rate(law.messagesLogMean, law.messagesLogSpread)
    new.sessionRate = rate(law.sessionsLogMean, law.sessionsLogSpread)
    new.sessionKilobytes = rate(law.sessionKilobytesLogMean, law.sessionKilobytesLogSpread)
    new.incomingFactor = exp(law.incomingLogMean + law.incomingLogSpread * stream.normal())
    let tariff = OperatorLaw.tariffs[new.tariff]
    let allowance = tariff.allowanceMegabytes == 0 ? 150 : tariff.allowanceMegabytes
    new.sessionKilobytes *= pow(Double(allowance) / 4_000, 0.65)
    if !persons[person].subscriptions.isEmpty {
      new.callRate *= law.furtherSIMFactor
      new.messageRate *= law.furtherSIMFactor
      new.sessionRate *= law.furtherSIMFactor
    }
    if segment == .machine {
      new.callRate = 0
      new.messageRate = 0.05
      new.sessionRate = law.machineSessions
      new.sessionKilobytes = law.machineSessionKilobytes
    }
    new.slope =
      OperatorLaw.Latents.frailtyTrend * owner.frailty + OperatorLaw.Latents.trendSpread * stream.normal()
  }

  private func startMoney(_ new: inout Subscriber, person: Int, stream: inout DrawStream) {
    let law = OperatorLaw.Money.self
    let cycle = new.isPrepaid ? law.cycleDays : law.billCycleDays
    new.cycleAnchor = new.activationDay < 0 ? stream.integer(0...cycle - 1) : new.activationDay
    guard new.isPrepaid else { return }
    let amount = law.topUpAmountsE4[stream.integer(0...2)]
    new.balanceE4 = Int(Double(amount) * stream.uniform() * 1.2) / 100 * 100
    if new.activationDay >= 0 {
      new.balanceE4 = OperatorLaw.tariffs[new.tariff].feeE4 + amount
      return
    }
    if new.cycleAnchor > 0 { new.bundleExpiry = new.cycleAnchor - 1 }
    new.lastTopUp = -stream.integer(1...(persons[person].isRegularTopper ? 27 : 40))
  }

  /// A number that has rested long enough, else a fresh one (point 3).
  private mutating func takeNumber(_ day: Int) -> Int {
    if day >= 0, nextResting < restingNumbers.count,
      restingNumbers[nextResting].freedOn + OperatorLaw.Endings.numberRestDays <= day
    {
      nextResting += 1
      return restingNumbers[nextResting - 1].number
    }
    let ordinal = idBase + freshNumberCount
    freshNumberCount += 1
    // A bijection of eight digits: the factor has no common divisor with 10^8.
    return 15_100_000_000 + (ordinal * 48_271 + 12_345_677) % 100_000_000
  }
}
