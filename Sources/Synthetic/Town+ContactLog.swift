// The log that a learner reads: who was contacted or left alone, what was known of them then, and who left.
extension Town {
  /// What the deliveries show of a subscription on a day, in the order of `ContactStudy.featureNames`.
  func features(_ position: Int, _ day: Int) -> [Double] {
    let seen = standing(position, day)
    let subscriber = subscribers[position]
    let windows = subscriber.windows
    let trip = persons[subscriber.person].trip
    let contacts = study?.contactDays[subscriber.person] ?? []
    func optional(_ value: Int?) -> Double { value.map(Double.init) ?? .nan }
    let messages = windows.events28 - windows.sessions28 - windows.callsIn28 - windows.callsOut28
    return [
      seen.isPrepaid ? 1 : 0, Double(seen.tenureDays), optional(seen.contractDaysLeft), Double(seen.age),
      Double(seen.feeE4), seen.allowanceShare ?? .nan, seen.billShock ?? .nan, Double(seen.networkTickets91),
      Double(seen.cancellationTickets28), Double(seen.dropped28), Double(seen.events28), seen.weekTrend,
      seen.monthTrend, seen.dataEventShare, seen.incomingShare, seen.isRivalRegion ? 1 : 0,
      Double(seen.householdCount), Double(seen.personCount), Double(seen.troubledPayments91),
      optional(seen.daysSinceTopUp), Double(seen.topUps91), Double(seen.balanceE4), optional(seen.bundleDaysLeft),
      Double(windows.sessions28), Double(windows.callsOut28), Double(messages), Double(subscriber.ticketCount),
      !trip.isEmpty && trip.lowerBound <= day ? 1 : 0, marginPer30Days(position, day),
      Double(contacts.count { $0 > day - 91 }), optional(contacts.last.map { day - $0 }),
      OperatorLaw.Hazard.observable(seen),
    ]
  }

  /// The features of somebody who is about to be contacted; nil where nobody studies contacts.
  func featuresNoted(_ position: Int, _ day: Int) -> [Double]? { study == nil ? nil : features(position, day) }

  /// Logs a contact.
  mutating func note(_ position: Int, _ day: Int, features: [Double]?, offer: Int, channel: Int, outcome: String) {
    guard let features else { return }
    let option = offer * ContactStudy.channelNames.count + channel
    study?.occasions.append(
      ContactStudy.Occasion(
        position: position, day: day, features: features, option: option, isTaken: outcome == "accepted"))
    study?.contactDays[subscribers[position].person, default: []].append(day)
  }

  /// Logs a sample of those whom a campaign could have contacted and left alone.
  mutating func noteUntouched(_ person: Int, _ position: Int, _ day: Int) {
    guard let study, day + ContactStudy.outcomeDays <= study.day, hasOpenChannel(person) else { return }
    let draw = world.draws.uniform(.contactStudy, persons[person].id, day)
    guard draw * ContactStudy.untouchedSampling < 1 else { return }
    let features = features(position, day)
    self.study?.occasions.append(
      ContactStudy.Occasion(position: position, day: day, features: features, option: nil, isTaken: false))
  }

  func hasOpenChannel(_ person: Int) -> Bool {
    ContactStudy.channelNames.indices.contains { persons[person].consents[$0] == true }
  }

  /// Keeps the occasions whose outcome is known on the day of the study, and fills it in.
  mutating func resolveStudy() {
    guard var study else { return }
    study.occasions.removeAll { $0.day + ContactStudy.outcomeDays > study.day }
    for index in study.occasions.indices {
      let (position, day) = (study.occasions[index].position, study.occasions[index].day)
      study.occasions[index].hasLeft = subscribers[position].decisionDays.contains {
        $0 > day && $0 <= day + ContactStudy.outcomeDays
      }
    }
    self.study = study
  }
}
