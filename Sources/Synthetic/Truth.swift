import Glibc

/// What is true of a subscription at the end of a day, and what the best observer could say: never part of a delivery.
package struct TruthRow: Sendable {
  package var subscriptionID: Int
  package var day: Int
  package var isPrepaid: Bool
  package var probability: Double
  package var bestObservable: Double
  package var valueE4: Int
  package var position: Int
  /// The probability with what past contacts still do, and without any of today on; the same where contacts do nothing.
  package var probabilityNow: Double
  /// The probability of leaving within 30 days where campaigns stop with the day, nothing that they did works any more, and everything
  /// else goes its way, what agents offered to those who asked included; nil where customers do not respond, and for the last 30 days of the run.
  package var probabilityUntreated: Double?
  /// How the customer would answer to a contact of today; nil where customers do not respond.
  package var response: Response?

  /// The answer to a contact by sms.
  package struct Response: Sendable {
    /// persuadable, sleeping-dog or indifferent.
    package var kind: String
    /// What it would change of `probabilityNow`, by offer.
    package var effects: [Double]
    /// The chance that the offer would be taken.
    package var acceptances: [Double]
  }
  /// The day of the next voluntary decision within the run.
  package var decisionDay: Int?
}

// The truth of an as-of day (law, points 5 and 22).
extension Town {
  /// Days between the points at which the hazard of the coming 30 days is taken.
  private static let stepDays = 5

  /// Tells the truth of everybody who is on the active base: in use, neither leaving nor silent, no machine.
  mutating func tellTruth(_ day: Int) {
    let untreated = untreatedProbabilities(after: day)
    for position in subscribers.indices where subscribers[position].phase == .inUse {
      guard let shift = segmentShift(position) else { continue }
      let now = standing(position, day)
      let hidden = hiddenStanding(position)
      var observable: [Double] = []
      var latent: [Double] = []
      var winterShift: [Double] = []
      var days: [Int] = []
      for ahead in stride(from: 1, through: 30, by: Town.stepDays) {
        // The calendar moves on; what the customer does is held.
        var later = now
        later.day += ahead
        later.tenureDays += ahead
        later.contractDaysLeft = now.contractDaysLeft.map { $0 - ahead }
        observable.append(OperatorLaw.Hazard.observable(later) + shift)
        latent.append(OperatorLaw.Hazard.hidden(hidden, day: day + ahead))
        winterShift.append(spread(day + ahead))
        days.append(day + ahead)
      }
      let base = zip(observable, latent).map { $0 + $1 }
      let probability = leaving(base)
      let probabilityNow = leaving(zip(base, days).map { $0 + responseLogit(position, $1) })
      if keepsStandings { standings.append(now) }
      truth.append(
        TruthRow(
          subscriptionID: subscribers[position].id, day: day, isPrepaid: now.isPrepaid, probability: probability,
          bestObservable: expectation(observable, spreads: winterShift, evidence: now),
          valueE4: value(position, day, probability: probability), position: position, probabilityNow: probabilityNow,
          probabilityUntreated: untreated.map { $0[position] },
          response: hasResponses ? response(position, day, base, days, now: probabilityNow) : nil))
    }
  }

  /// The probability of each subscriber of leaving within 30 days, if the campaigns and whatever they did ended today: a copy of
  /// the town lives on without them, with the draws that the town itself will have. Nil where that is not asked for or beyond the run.
  private func untreatedProbabilities(after day: Int) -> [Double]? {
    guard hasResponses, day + 30 <= world.lastDay else { return nil }
    var other = withoutCampaignEffects()
    other.output = output.emptied
    other.staying = [Double](repeating: 1, count: subscribers.count)
    for ahead in 1...30 { other.pass(day + ahead) }
    return other.staying.map { 1 - $0 }
  }

  /// What a contact of today would change, offer by offer; worlds with and without it share every draw.
  private func response(
    _ position: Int, _ day: Int, _ base: [Double], _ days: [Int], now: Double
  ) -> TruthRow.Response {
    let person = subscribers[position].person
    let effects = OperatorLaw.Responses.offers.indices.map { offer -> Double in
      let further = Effect(
        day: day + 1, logit: effect(person, position, day, offer: offer, channel: 0, logOdds: base.first),
        isLasting: persons[person].traits.isLasting)
      guard further.logit != 0 else { return 0 }
      return leaving(zip(base, days).map { $0 + responseLogit(position, $1, and: further) }) - now
    }
    let acceptances = effects.indices.map { acceptance(person, position, day, offer: $0) }
    return TruthRow.Response(
      kind: kind(person, position, day).rawValue, effects: effects, acceptances: acceptances)
  }

  /// The probability of leaving within the steps of those log-odds.
  private func leaving(_ logOdds: [Double]) -> Double {
    var logStay = 0.0
    for eta in logOdds { logStay -= log1p(exp(eta)) / 30 * Double(Town.stepDays) }
    return 1 - exp(logStay)
  }

  /// Standard deviation of the hidden log-odds on a day.
  private func spread(_ day: Int) -> Double {
    let events = OperatorLaw.Events.self
    let latents = OperatorLaw.Latents.self
    var variance = latents.frailtySpread * latents.frailtySpread * (1 - Evidence.explainedShare)
    if (events.priceShockDay..<events.priceShockDay + events.priceShockDays).contains(day) {
      variance += latents.priceShockWeight * latents.priceShockWeight
    }
    if day >= events.rivalLaunchDay { variance += latents.rivalOfferWeight * latents.rivalOfferWeight }
    return variance.squareRoot()
  }

  /// The expectation of the law over the latents, given simple evidence of the frailty: seven points of Gauss–Hermite.
  private func expectation(_ observable: [Double], spreads: [Double], evidence: Standing) -> Double {
    let mean = OperatorLaw.Latents.frailtySpread * Evidence.frailty(evidence)
    var total = 0.0
    for (node, weight) in zip(Evidence.nodes, Evidence.weights) {
      total += weight * leaving(zip(observable, spreads).map { $0 + mean + $1 * node })
    }
    return total
  }

  /// Discounted margin of the coming periods of 30 days, each weighted with the chance of still being there.
  private func value(_ position: Int, _ day: Int, probability: Double) -> Int {
    let margin = marginPer30Days(position, day)
    let kept = (1 - probability) / (1 + OperatorLaw.Money.discountPer30Days)
    var total = 0.0
    var weight = 1.0
    for _ in 0..<OperatorLaw.Money.valueHorizonPeriods {
      total += weight * margin
      weight *= kept
    }
    return Int(total.rounded())
  }

  /// Fees and charges less the cost of use, over the run so far, per 30 days.
  func marginPer30Days(_ position: Int, _ day: Int) -> Double {
    let subscriber = subscribers[position]
    let days = min(day + 1, max(1, day - subscriber.activationDay + 1))
    func cost(_ unit: Int, _ count: Int) -> Double {
      Double(OperatorLaw.unitCosts[unit].costE4PerMillion) * Double(count) / 1e6
    }
    let windows = subscriber.windows
    let windowDays = Double(min(28, days))
    let perWindow =
      cost(0, Int(Double(windows.callsOut28) * OperatorLaw.Use.callMeanSeconds)) + cost(2, windows.kilobytes28 * 1_000)
    let perRun =
      cost(4, subscriber.bills.count) + cost(5, subscriber.ticketCount) + cost(6, days)
    let income = Double(subscriber.chargeTotalE4 + subscriber.feeTotalE4)
    return 30 * ((income - perRun) / Double(days) - perWindow / windowDays)
  }

  /// Fills in what came of it, when the run is over.
  mutating func resolveTruth() {
    for index in truth.indices {
      let row = truth[index]
      truth[index].decisionDay = subscribers[row.position].decisionDays.first { $0 > row.day }
    }
  }
}

/// What an observer learns of the frailty from the deliveries, as a linear rule.
private enum Evidence {
  /// Standard deviations of frailty per unit of the logarithm of the month's trend, and per cancellation enquiry.
  static let perLogTrend = -1.5
  static let perCancellation = 0.45
  static let explainedShare = 0.04
  /// Gauss–Hermite for the standard normal, seven points.
  static let nodes = [
    -3.750_439_717_725_742, -2.366_759_410_734_541, -1.154_405_394_739_968, 0, 1.154_405_394_739_968,
    2.366_759_410_734_541, 3.750_439_717_725_742,
  ]
  static let weights = [
    0.000_548_268_855_972, 0.030_757_123_967_586, 0.240_123_178_605_013, 0.457_142_857_142_857, 0.240_123_178_605_013,
    0.030_757_123_967_586, 0.000_548_268_855_972,
  ]

  static func frailty(_ s: Standing) -> Double {
    perLogTrend * log(min(2, max(0.5, s.monthTrend))) + perCancellation * Double(min(2, s.cancellationTickets28))
  }
}
