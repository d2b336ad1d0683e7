import Glibc

// What contacts do (points 13 to 19). A contact changes the hazard from the next day on; every draw is keyed by person and
// day, so that worlds that differ in contacts alone share all others.
extension Town {
  private typealias Law = OperatorLaw.Responses

  /// Whether customers respond to contacts at all.
  var hasResponses: Bool { world.settings.responses != .none }

  /// A contact by one of the open channels: delivered or not, answered or not, and told of by a receipt or not.
  mutating func reach(
    _ person: Int, _ position: Int, _ day: Int, campaign: String, offer: Int, channel: Int, second: Int
  ) {
    let features = featuresNoted(position, day)
    var stream = world.draws.stream(.contactOutcome, persons[person].id, campaign == "pilot" ? 10_000 + day : day)
    var outcome = "failed"
    if stream.happens(Law.deliveryShares[channel]) {
      outcome = answer(person, position, day, offer: offer, channel: channel, stream: &stream)
      feel(person, position, day, offer: offer, channel: channel)
    }
    note(position, day, features: features, offer: offer, channel: channel, outcome: outcome)
    var knownOn = day
    if outcome == "failed" || outcome == "delivered" {
      if stream.happens(Law.missingReceiptShare) { outcome = "" }
      if stream.happens(Law.lateReceiptShare) { knownOn += stream.integer(Law.lateReceiptDays) }
    }
    writeContact(
      person, position, day, knownOn: knownOn, second: second, channel: channel, campaign: campaign, offer: offer,
      outcome: outcome)
    guard outcome == "opted-out" else { return }
    setConsent(person, channel, false, day, second: min(86_399, second + 1_800), source: "opt-out")
  }

  private func answer(
    _ person: Int, _ position: Int, _ day: Int, offer: Int, channel: Int, stream: inout DrawStream
  ) -> String {
    // One draw decides: the chances are laid side by side.
    let remembered = persons[person].memory.level(on: day)
    var left = stream.uniform() - acceptance(person, position, day, offer: offer) * Law.channelFactors[channel]
    if left < 0 { return "accepted" }
    left -= Law.optOutShare + Law.optOutPerContact * remembered
    if left < 0 { return "opted-out" }
    left -= Law.refusalShare
    return left < 0 ? "refused" : "delivered"
  }

  /// The chance that a delivered offer is taken, before the channel's factor (point 16).
  func acceptance(_ person: Int, _ position: Int, _ day: Int, offer: Int) -> Double {
    let traits = persons[person].traits
    if traits.isAlwaysTaker { return Law.takerAcceptance }
    let isSuited = kind(person, position, day) == .persuadable && suits(offer, person, position)
    return (isSuited ? Law.suitedAcceptance : Law.otherAcceptance) + Law.likingAcceptance * traits.liking
  }

  /// Lets a delivered contact work on the subscription, and a little on the household; the person remembers it.
  ///
  /// - Parameter isOfCare: whether an agent makes it to somebody who asked.
  package mutating func feel(
    _ person: Int, _ position: Int, _ day: Int, offer: Int, channel: Int, isOfCare: Bool = false
  ) {
    let logit = effect(person, position, day, offer: offer, channel: channel)
    if logit != 0 {
      let isLasting = persons[person].traits.isLasting
      subscribers[position].effects.append(
        Effect(day: day + 1, logit: logit, isLasting: isLasting, isOfCare: isOfCare))
      let others = Effect(day: day + 1, logit: logit * Law.spillOver, isLasting: isLasting, isOfCare: isOfCare)
      for other in persons.indices where other != person && persons[other].household == persons[person].household {
        for spilled in persons[other].subscriptions { subscribers[spilled].effects.append(others) }
      }
    }
    persons[person].memory.remember(offer: offer, on: day)
    if isOfCare { persons[person].careMemory.remember(offer: offer, on: day) }
  }

  /// What the town would be, had what campaigns did ended: agents' offers are none of theirs, and go on working.
  package func withoutCampaignEffects() -> Town {
    var town = self
    for position in town.subscribers.indices { town.subscribers[position].effects.removeAll { !$0.isOfCare } }
    for person in town.persons.indices { town.persons[person].memory = town.persons[person].careMemory }
    return town
  }

  /// An agent offers something to somebody who asks about cancelling; no log holds it (point 19).
  mutating func careContact(_ position: Int, _ day: Int) {
    guard hasResponses else { return }
    let person = subscribers[position].person
    guard world.draws.uniform(.careContact, subscribers[position].id, day) < Law.unloggedShare else { return }
    feel(person, position, day, offer: Law.offers.count - 1, channel: 2, isOfCare: true)
  }

  func kind(_ person: Int, _ position: Int, _ day: Int) -> ResponseTraits.Kind {
    let isIdle = subscribers[position].contractEnd.map { day - $0 > 20 } ?? false
    let isWriter = subscribers[position].messageRate + subscribers[position].incomingMessageRate > Law.writerFrom
    return persons[person].traits.kind(frailty: persons[person].frailty, isIdle: isIdle, isWriter: isWriter)
  }

  /// Whether an offer is about a habit of the customer, and to their taste. The habits are no drivers of the hazard
  /// (point 15).
  func suits(_ offer: Int, _ person: Int, _ position: Int) -> Bool {
    let (owner, subscriber) = (persons[person], subscribers[position])
    guard owner.traits.tastes[offer] < Law.tasteShare else { return false }
    switch offer {
    case 0: return subscriber.sessionRate > 1.5
    case 1: return owner.priceSensitivity > -1
    case 2: return subscriber.callRate > 0.5
    case 3: return subscriber.isPrepaid && owner.isRegularTopper
    case 4: return !owner.trip.isEmpty
    case 5: return subscriber.messageRate > 0.35
    case 6: return households[owner.household].subscriptionCount > 1
    default: return subscriber.ticketCount > 0
    }
  }

  /// Returns the logits that a delivered contact adds to the hazard at first.
  ///
  /// - Parameter logOdds: of leaving within 30 days without any contact; worked out where it is not given.
  package func effect(
    _ person: Int, _ position: Int, _ day: Int, offer: Int, channel: Int, logOdds: Double? = nil
  ) -> Double {
    let factor = Law.channelFactors[channel]
    switch world.settings.responses {
    case .none, .null: return 0
    case .harm: return Law.harm * factor
    case .law: break
    }
    let (memory, terms) = (persons[person].memory, Law.offers[offer])
    switch kind(person, position, day) {
    case .indifferent: return 0
    case .sleepingDog: return Law.annoyance * terms.annoyance * factor
    case .persuadable:
      guard suits(offer, person, position) else { return 0 }
      let isRepeated = memory.offerDays[offer].map { day - $0 < Law.sameOfferDays } ?? false
      let tired = max(0, 1 - Law.fatigueLoss * memory.level(on: day))
      let keepable = Law.keepable(logOdds ?? untouchedLogOdds(position, day))
      return -terms.strength * factor * keepable * tired * (isRepeated ? Law.sameOfferFactor : 1)
    }
  }

  /// Returns what past contacts add to the log-odds of a day: the strongest save, the strongest annoyance, fatigue and expectation.
  ///
  /// - Parameters:
  ///   - further: an effect that would be added to them.
  ///   - memory: what the person would remember; the memory as it is where it is not given.
  package func responseLogit(
    _ position: Int, _ day: Int, and further: Effect? = nil, memory: ContactMemory? = nil
  ) -> Double {
    let responses = world.settings.responses
    guard responses == .law || responses == .harm else { return 0 }
    var (save, annoyance) = (0.0, 0.0)
    for effect in subscribers[position].effects {
      let logit = effect.logit * Law.remainder(effect, age: day - effect.day, in: responses)
      save = min(save, logit)
      annoyance = max(annoyance, logit)
    }
    if let further {
      let logit = further.logit * Law.remainder(further, age: day - further.day, in: responses)
      save = min(save, logit)
      annoyance = max(annoyance, logit)
    }
    let memory = memory ?? persons[subscribers[position].person].memory
    var sum = save + annoyance + Law.fatigueLogit * max(0, memory.level(on: day) - Law.patience)
    if let last = memory.discountDay, day - last > Law.expectationDays { sum += Law.expectationLogit }
    return sum
  }
}
