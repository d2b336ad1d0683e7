import Glibc

/// What the law sees of a subscription on a day: quantities that anybody can work out from the deliveries.
///
/// Windows count the day itself as their last. A trend is the daily mean of the shorter window over that of the longer.
package struct Standing: Sendable {
  package var isPrepaid = false
  package var tenureDays = 0
  /// Days to the end of the minimum term, negative after it; nil without one.
  package var contractDaysLeft: Int?
  package var age = 40
  package var feeE4 = 0
  /// Data of 28 days over the allowance of 28 days; nil where data is paid by the megabyte.
  package var allowanceShare: Double?
  /// Last bill over the mean of the two before.
  package var billShock: Double?
  package var networkTickets91 = 0
  package var cancellationTickets28 = 0
  package var dropped28 = 0
  package var events28 = 0
  package var weekTrend = 1.0
  package var monthTrend = 1.0
  package var dataEventShare = 0.5
  package var incomingShare = 0.5
  package var isRivalRegion = false
  package var householdCount = 1
  package var personCount = 1
  package var troubledPayments91 = 0
  package var daysSinceTopUp: Int?
  package var topUps91 = 0
  package var balanceE4 = 0
  package var bundleDaysLeft: Int?
  package var day = 0
}

extension Standing {
  /// What is left to look at where nobody agreed to the use of traffic data: numbers of events, but not of what kind they are.
  package var withoutTraffic: Standing {
    let unknown = Standing()
    var seen = self
    seen.allowanceShare = unknown.allowanceShare
    seen.dropped28 = unknown.dropped28
    seen.dataEventShare = unknown.dataEventShare
    seen.incomingShare = unknown.incomingShare
    return seen
  }
}

/// What the law knows beside it, in logits: frailty, hidden offers and the pull of friends who left.
struct HiddenStanding: Sendable {
  var frailty = 0.0
  var priceSensitivity = 0.0
  var rivalOffer = 0.0
  var churnedContacts = 0.0
}

// The hazard of a voluntary end (points 5, 6, 9 and 10), as log-odds per 30 days.
extension OperatorLaw {
  enum Hazard {
    /// Log-odds of leaving within 30 days where every effect below is nil.
    static let postpaidBase = -5.05
    static let prepaidBase = -4.05
    /// Effect of one friend's leaving, which fades by half in three weeks, and the most it can do.
    static let contagion = 0.35
    static let contagionFading = 0.967
    static let contagionLimit = 2.0
    static let winterSeason = 0.10

    /// The observable part of the log-odds.
    static func observable(_ s: Standing) -> Double {
      var eta = shared(s)
      eta += s.isPrepaid ? prepaid(s) : postpaid(s)
      return eta
    }

    /// The part that no delivery shows.
    static func hidden(_ h: HiddenStanding, day: Int) -> Double {
      var eta = h.frailty + contagion * min(contagionLimit, h.churnedContacts)
      if (Events.priceShockDay..<Events.priceShockDay + Events.priceShockDays).contains(day) {
        eta += Latents.priceShockWeight * h.priceSensitivity
      }
      if day >= Events.rivalLaunchDay { eta += Latents.rivalOfferWeight * h.rivalOffer }
      return eta
    }

    private static func shared(_ s: Standing) -> Double {
      var eta = 0.0
      // Ticket × outage: either alone is nothing.
      if s.networkTickets91 > 0 { eta += s.dropped28 >= 3 ? 2.0 : -0.2 }
      // Fee × age: the young leave dear plans, the old leave cheap ones; neither alone says anything.
      let isYoung = s.age < 36
      let isDear = s.feeE4 >= (s.isPrepaid ? 80_000 : 190_000)
      eta += isYoung == isDear ? 0.55 : -0.55
      // The rival sells data in its regions.
      if s.isRivalRegion, s.day >= Events.rivalLaunchDay { eta += s.dataEventShare > 0.5 ? 0.7 : -0.5 }
      // Use: a fall below a threshold, or a sudden rise.
      if s.weekTrend < 0.6 { eta += 0.5 }
      if s.monthTrend < 0.78 { eta += 0.6 } else if s.monthTrend > 1.3 { eta += 0.4 }
      if s.cancellationTickets28 > 0 { eta += 0.9 }
      // Winter sells.
      if s.day >= 158 { eta += winterSeason }
      return eta
    }

    private static func postpaid(_ s: Standing) -> Double {
      var eta = postpaidBase
      if let left = s.contractDaysLeft {
        // The spike around the end; bound before it, idle after it.
        if left > 45 { eta -= 0.7 } else if left >= -20 { eta += 1.7 } else { eta += 0.0 }
      } else {
        eta += 0.1
      }
      eta += tenure(s.tenureDays, young: 0.7, middle: -0.5, old: 0.8)
      if let shock = s.billShock {
        if shock >= 1.3 { eta += 1.2 } else if shock < 0.8 { eta += 0.5 } else { eta -= 0.15 }
      }
      if let share = s.allowanceShare { eta += misfit(share) }
      eta += s.householdCount == 1 ? 0.2 : s.householdCount >= 4 ? -0.3 : 0
      if s.troubledPayments91 > 0 { eta += 0.3 }
      return eta
    }

    private static func prepaid(_ s: Standing) -> Double {
      var eta = prepaidBase
      eta += tenure(s.tenureDays, young: 0.8, middle: -0.5, old: 0.6)
      if let since = s.daysSinceTopUp {
        if s.topUps91 >= 3 {
          // Somebody who tops up often and is overdue.
          eta += since > 31 ? 1.3 : since > 20 ? 0.1 : -0.3
        } else {
          eta += since > 60 ? -0.1 : since < 10 ? 0.3 : 0
        }
      }
      // Money left: nothing to lose, or parked and forgotten.
      if s.balanceE4 < 10_000 { eta += 0.35 } else if s.balanceE4 > 350_000 { eta += 0.45 } else { eta -= 0.25 }
      if let share = s.allowanceShare { eta += misfit(share) }
      if let left = s.bundleDaysLeft, left < -3 { eta += 0.4 }
      // A further SIM that is hardly used, or one that is used for everything.
      if s.personCount > 1 { eta += s.events28 < 60 ? 0.5 : -0.3 }
      // Reached but not reaching out.
      if s.incomingShare > 0.62 { eta += 0.35 } else if s.incomingShare < 0.25 { eta += 0.35 } else { eta -= 0.15 }
      return eta
    }

    /// The U of tenure: newcomers try, the middle stays, the oldest are poached.
    private static func tenure(_ days: Int, young: Double, middle: Double, old: Double) -> Double {
      switch days {
      case ..<150: young
      case ..<500: 0.1
      case ..<2_000: middle
      case ..<3_000: 0
      default: old
      }
    }

    /// Paying for what is not used, or running out of what is paid.
    private static func misfit(_ share: Double) -> Double { share < 0.2 ? 0.45 : share > 0.9 ? 0.6 : -0.4 }

    /// The probability of an event of those log-odds per 30 days.
    @inline(__always)
    static func probability(_ logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }

    /// The daily hazard of an event of those log-odds per 30 days: 1 − (1 − p)^(1/30).
    @inline(__always)
    static func daily(_ logOdds: Double) -> Double {
      // log(1 − p) of a logistic p is −log(1 + e^η).
      1 - exp(-log1p(exp(logOdds)) / 30)
    }
  }
}
