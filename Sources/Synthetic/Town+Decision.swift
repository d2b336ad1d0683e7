import Calendar
import Glibc

// Whether to stay: the hazard of the day, and what comes of it (points 5 to 8 and 10).
extension Town {
  private typealias Law = OperatorLaw.Endings

  /// Last bill over the mean of the two before it, as anybody can work it out from the bills of 91 days.
  func billShock(_ position: Int, _ day: Int) -> Double? {
    let bills = subscribers[position].bills
    guard bills.count >= 2 else { return nil }
    let before = bills.dropLast().suffix(2)
    let mean = Double(before.reduce(0, +)) / Double(before.count)
    return mean > 0 ? Double(bills[bills.count - 1]) / mean : nil
  }

  /// What the deliveries show of a subscription at the end of `day`.
  package func standing(_ position: Int, _ day: Int) -> Standing {
    let subscriber = subscribers[position]
    let person = persons[subscriber.person]
    let household = households[person.household]
    let tariff = OperatorLaw.tariffs[subscriber.tariff]
    let windows = subscriber.windows
    var standing = Standing()
    standing.day = day
    standing.isPrepaid = subscriber.isPrepaid
    standing.tenureDays = day - subscriber.activationDay
    standing.contractDaysLeft = subscriber.contractEnd.map { $0 - day }
    standing.age = world.settings.until.civil.year - person.birthYear
    standing.feeE4 = tariff.feeE4(on: day)
    if tariff.allowanceMegabytes > 0 {
      let allowance = Double(tariff.allowanceMegabytes) * 1_000 * (subscriber.isPrepaid ? 1 : 28.0 / 30)
      standing.allowanceShare = Double(windows.kilobytes28) / allowance
    }
    standing.billShock = billShock(position, day)
    standing.networkTickets91 = subscriber.networkTicketDays.count { $0 > day - 91 }
    standing.cancellationTickets28 = subscriber.cancellationDays.count { $0 > day - 28 }
    standing.dropped28 = windows.dropped28
    standing.events28 = windows.events28
    let days = day + 1
    if windows.events28 > 0 {
      standing.weekTrend = ratio(windows.events7, min(7, days), windows.events28, min(28, days))
      standing.monthTrend = ratio(windows.events28, min(28, days), windows.events91, min(91, days))
      standing.dataEventShare = Double(windows.sessions28) / Double(windows.events28)
    }
    let calls = windows.callsIn28 + windows.callsOut28
    if calls > 0 { standing.incomingShare = Double(windows.callsIn28) / Double(calls) }
    standing.isRivalRegion = OperatorLaw.Events.rivalRegions.contains(household.region)
    standing.householdCount = household.subscriptionCount
    standing.personCount = person.subscriptionCount
    standing.troubledPayments91 = subscriber.troubleDays.count { $0 > day - 91 }
    standing.daysSinceTopUp = subscriber.lastTopUp.map { day - $0 }
    standing.topUps91 = subscriber.topUpDays.count { $0 > day - 91 }
    standing.balanceE4 = subscriber.balanceE4
    if subscriber.bundleExpiry >= 0 { standing.bundleDaysLeft = subscriber.bundleExpiry - day }
    return standing
  }

  private func ratio(_ a: Int, _ aDays: Int, _ b: Int, _ bDays: Int) -> Double {
    Double(a) / Double(aDays) / (Double(b) / Double(bDays))
  }

  func hiddenStanding(_ position: Int) -> HiddenStanding {
    let person = persons[subscribers[position].person]
    return HiddenStanding(
      frailty: OperatorLaw.Latents.frailtySpread * person.frailty, priceSensitivity: person.priceSensitivity,
      rivalOffer: person.rivalOffer, churnedContacts: subscribers[position].pull)
  }

  /// Machines do not decide; companies decide half as often.
  func segmentShift(_ position: Int) -> Double? {
    switch households[persons[subscribers[position].person].household].segment {
    case .consumer: 0
    case .business: -0.7
    case .machine: nil
    }
  }

  /// The log-odds of leaving within 30 days where contacts do nothing.
  func untouchedLogOdds(_ position: Int, _ day: Int) -> Double {
    let observable = OperatorLaw.Hazard.observable(standing(position, day))
    let hidden = OperatorLaw.Hazard.hidden(hiddenStanding(position), day: day)
    return observable + hidden + (segmentShift(position) ?? 0)
  }

  /// Draws whether the customer leaves today.
  mutating func decide(_ position: Int, _ day: Int) {
    guard segmentShift(position) != nil else { return }
    let logOdds = untouchedLogOdds(position, day) + responseLogit(position, day)
    let id = subscribers[position].id
    let hazard = OperatorLaw.Hazard.daily(logOdds)
    let leaves = world.draws.uniform(.voluntaryEnd, id, day) < hazard
    if staying.isEmpty {
      if leaves { leave(position, day) }
    } else if staying.indices.contains(position) {
      // What would be: the chance is taken down, friends feel it, but the customer lives on to the next day's chance.
      staying[position] *= 1 - hazard
      if leaves { leftToday.append(position) }
    }
  }

  /// The customer has decided: notice, port request, or silence (point 7).
  private mutating func leave(_ position: Int, _ day: Int) {
    let id = subscribers[position].id
    var stream = world.draws.stream(.mannerOfEnd, id, day)
    leftToday.append(position)
    subscribers[position].decisionDays.append(day)
    let isPrepaid = subscribers[position].isPrepaid
    if stream.happens(isPrepaid ? Law.silenceShare : Law.noticeShare) {
      if isPrepaid {
        fallSilent(position, day, stream: &stream)
      } else {
        subscribers[position].phase = .leaving
        writeEvent(position, "notice", on: day, knownOn: day + stream.integer(0...2))
        subscribers[position].endDay = day + Law.noticeLagDays
        subscribers[position].endCause = "notice"
      }
    } else {
      subscribers[position].phase = .leaving
      writeEvent(position, "port-request", on: day, knownOn: day + stream.integer(0...1))
      subscribers[position].endDay = day + stream.integer(Law.portLagDays)
      subscribers[position].endCause = "port-out"
    }
  }

  private mutating func fallSilent(_ position: Int, _ day: Int, stream: inout DrawStream) {
    subscribers[position].phase = .silent
    if stream.happens(Law.returnShare) {
      subscribers[position].returnDay = day + stream.integer(Law.returnDays)
    } else if stream.happens(Law.silentRegisteredShare) {
      subscribers[position].endDay = day + stream.integer(Law.silentRegisteredDays)
      subscribers[position].endCause = ""
    }
  }

  /// Somebody who had fallen silent is back: no churn after all.
  mutating func comeBack(_ position: Int, _ day: Int) {
    guard subscribers[position].phase == .silent else { return }
    subscribers[position].phase = .inUse
    subscribers[position].returnDay = nil
    subscribers[position].decisionDays.removeLast(subscribers[position].decisionDays.isEmpty ? 0 : 1)
    receive(OperatorLaw.Money.topUpAmountsE4[0], position, day)
    drawWeek(position, day)
  }
}
