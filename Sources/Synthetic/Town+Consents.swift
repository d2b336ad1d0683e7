import Calendar

// Consents with time and source (law: consents follow the person, not the number), and the contacts of the past.
extension Town {
  private typealias Law = OperatorLaw.Consents

  /// What a person decided on the first occasion: a row each for the marketing channels, profiling and traffic.
  ///
  /// Newcomers decide on the day on which they join; `day` is negative for those who were there before.
  mutating func giveConsents(_ person: Int, _ day: Int) {
    let id = persons[person].id
    var stream = world.draws.stream(.consent, id, -1)
    var consents: [Bool?] = []
    let asked = stream.happens(Law.askedShare)
    let earlier = -stream.integer(1...900)
    let decided = day >= 0 ? day : earlier
    let second = stream.integer(8 * 3_600...20 * 3_600)
    let source = stream.index(Law.sourceWeights)
    for share in Law.grantShares + [Law.profilingShare, Law.trafficShare] {
      let isGranted = stream.happens(share)
      consents.append(asked ? isGranted : nil)
    }
    persons[person].consents = consents
    for (purpose, isGranted) in consents.enumerated() {
      guard let isGranted else { continue }
      writeConsent(id, purpose, isGranted, on: decided, second: second, source: Law.sources[source])
    }
  }

  /// What persons decide today: changes of consent, and campaigns that reach them.
  mutating func decidePersons(_ day: Int) {
    let hasCampaigns = world.settings.campaigns != .none && staying.isEmpty
    let isCampaignDay =
      hasCampaigns && day >= OperatorLaw.Contacts.firstCampaignDay
      && world.date(day).isoWeekday == OperatorLaw.Contacts.campaignWeekday
    let isPilotDay = hasCampaigns && day == OperatorLaw.Contacts.pilotDay
    for person in persons.indices where persons[person].subscriptionCount > 0 {
      changeConsent(person, day)
      if isCampaignDay { runCampaign(person, day) }
      if isPilotDay { runPilot(person, day) }
    }
  }

  private mutating func changeConsent(_ person: Int, _ day: Int) {
    let id = persons[person].id
    guard world.draws.uniform(.consent, id, day) < Law.changeRate else { return }
    var stream = world.draws.stream(.consent, id, 10_000 + day)
    let purpose = stream.integer(0...persons[person].consents.count - 1)
    setConsent(
      person, purpose, !(persons[person].consents[purpose] ?? false), day,
      second: stream.integer(8 * 3_600...21 * 3_600), source: Law.sources[stream.index(Law.sourceWeights)])
  }

  /// Changes one consent and tells of it.
  mutating func setConsent(
    _ person: Int, _ purpose: Int, _ isGranted: Bool, _ day: Int, second: Int, source: String
  ) {
    persons[person].consents[purpose] = isGranted
    writeConsent(persons[person].id, purpose, isGranted, on: day, second: second, source: source)
  }

  private mutating func writeConsent(
    _ id: Int, _ purpose: Int, _ isGranted: Bool, on day: Int, second: Int, source: String
  ) {
    let world = world
    let channels = Law.channels
    var defect = world.draws.stream(.defect, id, purpose)
    let isBad = defect.happens(Double(OperatorLaw.Defects.badConsentDates) / 10_000)
    output.row(.consents, knownOn: day) { row in
      row.key("P", id)
      row.field(purpose < channels.count ? channels[purpose] : "any")
      row.field(purpose < channels.count ? "marketing" : purpose == channels.count ? "profiling" : "traffic")
      row.field(isGranted ? "yes" : "no")
      row.comma()
      // The shop's old till knew thirty-one days in every month.
      if isBad { row.add("2026-06-31") } else { row.day(world.date(day)) }
      row.add(" ")
      row.clock(second)
      row.field(source)
    }
  }
}
