import Glibc

// Contacts of the past (point 20): campaigns that went after risk, and one randomised pilot.
extension Town {
  private typealias Law = OperatorLaw.Contacts

  /// The weekly campaign picks persons by the observable risk of their first subscription: confounded by design.
  mutating func runCampaign(_ person: Int, _ day: Int) {
    guard let position = reachable(person) else { return }
    let isHeavy = world.settings.campaigns == .heavy
    let risk = riskPursued(person, position, day)
    let base = subscribers[position].isPrepaid ? OperatorLaw.Hazard.prepaidBase : OperatorLaw.Hazard.postpaidBase
    let intercept = isHeavy ? OperatorLaw.Responses.heavyIntercept : Law.intercept
    let weight = isHeavy ? OperatorLaw.Responses.heavyRiskWeight : Law.riskWeight
    let logOdds = intercept + weight * (risk - base)
    guard world.draws.uniform(.campaign, persons[person].id, day) < 1 / (1 + exp(-logOdds)) else {
      noteUntouched(person, position, day)
      return
    }
    var stream = world.draws.stream(.campaign, persons[person].id, 10_000 + day)
    let campaign = "save-\(day / 28 + 1)"
    contact(person, position, day, campaign: campaign, offer: stream.integer(0...3), stream: &stream)
  }

  /// The pilot draws persons without looking at them; offer and channel are drawn too.
  mutating func runPilot(_ person: Int, _ day: Int) {
    guard let position = reachable(person) else { return }
    let share = Law.pilotShare(subscriptionCount: world.settings.subscriptionCount)
    var stream = world.draws.stream(.pilot, persons[person].id, day)
    guard stream.happens(share) else { return }
    contact(person, position, day, campaign: "pilot", offer: stream.integer(0...Law.offers.count - 1), stream: &stream)
  }

  /// The log-odds of leaving that campaigns go after: the observable part.
  ///
  /// Heavy ones look at kinds of use only where the person agrees to that: what contacts achieve can be told from the risk that they
  /// went after only by who sees that risk.
  package func riskPursued(_ person: Int, _ position: Int, _ day: Int) -> Double {
    let seen = standing(position, day)
    let isHidden = world.settings.campaigns == .heavy && persons[person].consents.last != true
    return OperatorLaw.Hazard.observable(isHidden ? seen.withoutTraffic : seen)
  }

  /// The first subscription in use of a person who is no machine.
  func reachable(_ person: Int) -> Int? {
    guard households[persons[person].household].segment != .machine else { return nil }
    return persons[person].subscriptions.first { subscribers[$0].phase == .inUse }
  }

  private mutating func contact(
    _ person: Int, _ position: Int, _ day: Int, campaign: String, offer: Int, stream: inout DrawStream
  ) {
    // Only channels that are consented to; without any the person is left alone.
    let channels = OperatorLaw.Consents.channels
    let open = channels.indices.filter { persons[person].consents[$0] == true }
    guard !open.isEmpty else { return }
    let channel = open[stream.integer(0...open.count - 1)]
    let outcome = stream.index(Law.outcomeWeights)
    let second = stream.integer(9 * 3_600...19 * 3_600)
    if hasResponses {
      reach(person, position, day, campaign: campaign, offer: offer, channel: channel, second: second)
      return
    }
    writeContact(
      person, position, day, knownOn: day, second: second, channel: channel, campaign: campaign, offer: offer,
      outcome: Law.outcomes[outcome])
    guard Law.outcomes[outcome] == "opted-out" else { return }
    setConsent(person, channel, false, day, second: min(86_399, second + 1_800), source: "opt-out")
  }

  /// Tells of a contact; an empty outcome is a receipt that never came.
  mutating func writeContact(
    _ person: Int, _ position: Int, _ day: Int, knownOn: Int, second: Int, channel: Int, campaign: String, offer: Int,
    outcome: String
  ) {
    let personID = persons[person].id
    let subscriberID = subscribers[position].id
    let (world, channels) = (world, OperatorLaw.Consents.channels)
    output.row(.contacts, knownOn: knownOn) { row in
      row.key("P", personID)
      row.comma()
      row.key("S", subscriberID)
      row.comma()
      row.day(world.date(day))
      row.add(" ")
      row.clock(second)
      row.field(channels[channel])
      row.field(campaign)
      row.field(Law.offers[offer])
      row.field(outcome)
    }
  }
}
