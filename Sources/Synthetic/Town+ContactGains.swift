import Glibc

// What a contact of a day is expected to gain: the law's own expectation, no draw of the future.
extension Town {
  private typealias Law = OperatorLaw.Responses

  /// A subscription as it stands: log-odds and margin are held through the periods that count.
  private struct Held {
    let logOdds: Double
    let marginE4: Double
    /// Its value without a contact.
    var valueE4 = 0.0
  }

  /// Weighs every contact of the day that consent allows.
  mutating func weighContacts(_ day: Int) {
    var held: [Int: Held] = [:]
    for position in subscribers.indices where subscribers[position].phase == .inUse {
      guard segmentShift(position) != nil else { continue }
      var own = Held(logOdds: untouchedLogOdds(position, day), marginE4: marginPer30Days(position, day))
      own.valueE4 = value(own, position, day)
      held[position] = own
    }
    for person in persons.indices where persons[person].subscriptionCount > 0 {
      guard let position = reachable(person), let own = held[position] else { continue }
      study?.personCount += 1
      guard hasOpenChannel(person) else { continue }
      let options = options(person, position, day, held)
      let risk = OperatorLaw.Hazard.probability(own.logOdds + responseLogit(position, day + 15))
      let candidate = ContactStudy.Candidate(
        features: features(position, day), marginE4: own.marginE4, risk: risk, valueE4: own.valueE4,
        gainsE4: options.gainsE4, takingChances: options.takingChances)
      study?.candidates.append(candidate)
    }
  }

  /// By option: its expected gain, nil by a closed channel, and the chance that it is taken.
  private func options(
    _ person: Int, _ position: Int, _ day: Int, _ held: [Int: Held]
  ) -> (gainsE4: [Double?], takingChances: [Double]) {
    var gains: [Double?] = []
    var chances: [Double] = []
    for offer in Law.offers.indices {
      for channel in ContactStudy.channelNames.indices {
        let chance = acceptance(person, position, day, offer: offer) * Law.channelFactors[channel]
        let delivered = Law.deliveryShares[channel]
        chances.append(chance * delivered)
        guard persons[person].consents[channel] == true else {
          gains.append(nil)
          continue
        }
        let kept = keptE4(person, position, day, offer: offer, channel: channel, held)
        let felt = kept - chance * Double(Law.offers[offer].takenCostE4)
        gains.append(delivered * felt - Double(Law.contactCostsE4[channel]))
      }
    }
    return (gains, chances)
  }

  /// What a delivered contact changes of the values of the person's subscriptions and of the household's.
  private func keptE4(
    _ person: Int, _ position: Int, _ day: Int, offer: Int, channel: Int, _ held: [Int: Held]
  ) -> Double {
    let logit = effect(person, position, day, offer: offer, channel: channel, logOdds: held[position]?.logOdds)
    let isLasting = persons[person].traits.isLasting
    var memory = persons[person].memory
    memory.remember(offer: offer, on: day)
    var sum = 0.0
    for own in persons[person].subscriptions {
      guard let state = held[own] else { continue }
      let effect = own == position && logit != 0 ? Effect(day: day + 1, logit: logit, isLasting: isLasting) : nil
      sum += value(state, own, day, and: effect, memory: memory) - state.valueE4
    }
    guard logit != 0 else { return sum }
    let spilled = Effect(day: day + 1, logit: logit * Law.spillOver, isLasting: isLasting)
    for other in persons.indices where other != person && persons[other].household == persons[person].household {
      for own in persons[other].subscriptions {
        guard let state = held[own] else { continue }
        sum += value(state, own, day, and: spilled) - state.valueE4
      }
    }
    return sum
  }

  /// Discounted margin of the periods that count, each weighted with the chance of still being there; the standing is held, what
  /// contacts do fades as the law says.
  private func value(
    _ held: Held, _ position: Int, _ day: Int, and further: Effect? = nil, memory: ContactMemory? = nil
  ) -> Double {
    var total = 0.0
    var weight = 1.0
    for period in 0..<OperatorLaw.Money.valueHorizonPeriods {
      total += weight * held.marginE4
      let middle = day + 30 * period + 15
      let logOdds = held.logOdds + responseLogit(position, middle, and: further, memory: memory)
      weight *= (1 - OperatorLaw.Hazard.probability(logOdds)) / (1 + OperatorLaw.Money.discountPer30Days)
    }
    return total
  }
}
