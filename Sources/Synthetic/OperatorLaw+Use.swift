// What customers do all day (points 6, 9 and 12): means of the logarithms of daily rates, and their spreads.
extension OperatorLaw {
  enum Use {
    static let callsLogMean = 0.35
    static let callsLogSpread = 0.75
    static let messagesLogMean = -1.1
    static let messagesLogSpread = 1.0
    static let sessionsLogMean = 1.25
    static let sessionsLogSpread = 0.75
    /// Kilobytes a session: median of the population, spread over persons, spread over days.
    static let sessionKilobytesLogMean = 9.2
    static let sessionKilobytesLogSpread = 0.9
    static let sessionKilobytesDaySpread = 0.7
    static let callMeanSeconds = 130.0
    static let uploadShare = 0.09
    /// Incoming calls per outgoing call: logarithmic mean and spread.
    static let incomingLogMean = -0.05
    static let incomingLogSpread = 0.8
    /// Activity of a further SIM, of a weekend day, of a public holiday.
    static let furtherSIMFactor = 0.45
    static let weekendFactor = 0.85
    static let holidayFactor = 0.70
    /// Spread of the weekly activity of a subscription around its trend.
    static let weeklySpread = 0.22
    static let nightShareMean = 0.06
    static let nightOwlShare = 0.15
    static let nightOwlFactor = 4.0
    static let internationalShareOfCallers = 0.12
    /// Share of their calls and messages that go abroad: median and logarithmic spread over persons.
    static let internationalRate = 0.06
    static let internationalLogSpread = 1.0
    /// Share of persons who travel during half a year, most of them in July and August.
    static let travelShare = 0.40
    static let travelDays = 4...14
    /// Activity while in notice: customers who have decided to go use less.
    static let noticeFactor = 0.75
    static let machineSessions = 6.0
    static let machineSessionKilobytes = 35.0
  }

  enum Money {
    /// Charges of use outside a bundle or allowance.
    static let callMinuteE4 = 900
    static let messageE4 = 900
    static let megabyteE4 = 100
    static let internationalMinuteE4 = 2_900
    static let roamingEventE4 = 3_900
    /// Share of postpaid persons whose plan includes roaming.
    static let roamingIncludedShare = 0.75
    /// Data beyond the allowance: this much for each further gigabyte begun (postpaid).
    static let extraGigabyteE4 = 30_000
    /// Third-party purchases: the median rate and its logarithmic spread over persons, so that margins have a heavy
    /// tail (point 11); amounts from 1.99 to 24.99.
    static let premiumRate = 0.0012
    static let premiumLogSpread = 1.5
    static let premiumAmountsE4 = [19_900, 29_900, 49_900, 99_900, 149_900, 249_900]
    static let topUpAmountsE4 = [50_000, 100_000, 150_000, 200_000, 300_000]
    /// Share of prepaid persons who top up in regular cycles (point 12), the cycle, and the share of cycles skipped.
    static let regularShare = 0.5
    static let cycleDays = 28
    static let skipShare = 0.13
    /// A random topper acts below this balance, with this daily probability; some days without need.
    static let lowBalanceE4 = 20_000
    static let lowBalanceTopUpRate = 0.12
    static let idleTopUpRate = 0.008
    static let billCycleDays = 30
    /// Bills issued before the run, so that windows of bills are whole early, and the mean charge in one.
    static let earlierBillCount = 2
    static let earlierChargeMeanE4 = 20_000.0
    static let dueDays = 14
    static let latePaymentShare = 0.04
    static let failedAttemptShare = 0.02
    /// Persons who often miss a bill, and how often; everybody else.
    static let badPayerShare = 0.02
    static let badPayerMissShare = 0.35
    static let missShare = 0.003
    /// Discount per 30 days for the value of the truth table.
    static let discountPer30Days = 0.008
    static let valueHorizonPeriods = 24
  }

  enum Care {
    /// Tickets a day by category without a cause: network, billing, device, service, cancellation, other.
    static let rates = [0.0016, 0.0009, 0.0010, 0.0013, 0.0004, 0.0008]
    static let categories = ["network", "billing", "device", "service", "cancellation", "other"]
    /// A network ticket on a day with at least two drops of an outage; a billing ticket in the days after a shock.
    static let outageTicketRate = 0.16
    static let shockTicketRate = 0.010
    /// Cancellation enquiries grow with the frailty: times exp(this × standard deviations).
    static let cancellationFrailty = 0.45
    static let resolutionMeanDays = 3.5
    static let channels = ["call", "email", "shop", "app"]
    static let channelWeights = [0.46, 0.18, 0.14, 0.22]
  }

  enum Orders {
    /// What is ordered: how often a day without an activation or change behind it, how often it is withdrawn, who works on
    /// it, and within how many days it is promised.
    struct Kind: Sendable {
      let name: String
      let rate: Double
      let withdrawalShare: Double
      let queue: String
      let promiseDays: Int
    }

    static let newLine = Kind(name: "new-line", rate: 0, withdrawalShare: 0, queue: "provisioning", promiseDays: 5)
    static let portIn = Kind(name: "port-in", rate: 0, withdrawalShare: 0, queue: "porting", promiseDays: 8)
    static let device = Kind(name: "device", rate: 0.0012, withdrawalShare: 0.08, queue: "logistics", promiseDays: 4)
    static let other = Kind(name: "other", rate: 0.0008, withdrawalShare: 0.04, queue: "provisioning", promiseDays: 3)
    static let planChange = Kind(
      name: "plan-change", rate: 0.0003, withdrawalShare: 1, queue: "provisioning", promiseDays: 3)
    /// New lines whose number comes from another operator.
    static let portInShare = 0.25
    static let startMeanDays = 0.9
    static let workMeanDays = 1.6
    static let holdShare = 0.15
    static let holdMeanDays = 4.0
    /// Orders that a subscription may have: one of its line, one of the migration of its tariff, one a day.
    static let slotCount = 1_024
  }

  enum Consents {
    static let channels = ["sms", "email", "call", "push"]
    static let grantShares = [0.62, 0.55, 0.35, 0.48]
    static let profilingShare = 0.66
    static let trafficShare = 0.40
    static let askedShare = 0.85
    static let changeRate = 0.000_25
    static let sources = ["shop", "web", "app", "call-centre", "letter"]
    static let sourceWeights = [0.34, 0.26, 0.22, 0.13, 0.05]
  }

  /// Contacts of the past (point 20): risk-targeted and so confounded, and one randomised pilot.
  package enum Contacts {
    static let firstCampaignDay = 20
    static let campaignWeekday = 2
    /// Log-odds of being picked in a week: intercept and weight of the observable part of the hazard.
    static let intercept = -4.1
    static let riskWeight = 0.9
    static let pilotDay = 112
    static let pilotPersonCount = 10_000
    static let pilotLargestShare = 0.10
    /// Persons a subscription that the pilot reckons with. There are 0.76, and 0.62 who consented to a channel, so that a pilot
    /// of 10,000 makes some 9,100 contacts.
    static let pilotPersonsPerSubscription = 0.68
    static let offers = [
      "data-5gb", "loyalty-discount", "device-upgrade", "double-top-up", "roaming-pass", "plan-s-to-m", "family-sim",
      "care-call",
    ]
    static let outcomes = ["delivered", "failed", "accepted", "refused", "opted-out"]
    static let outcomeWeights = [0.795, 0.11, 0.04, 0.05, 0.005]

    /// Returns the share of persons that the pilot draws in a world of so many subscriptions.
    package static func pilotShare(subscriptionCount: Int) -> Double {
      min(pilotLargestShare, Double(pilotPersonCount) / (Double(subscriptionCount) * pilotPersonsPerSubscription))
    }
  }

  /// What is wrong with the deliveries on purpose (point 21); raw nights count from 0.
  enum Defects {
    /// The day of the run that the history of use lacks: so early that windows of later days are whole.
    static let missingDay = 12
    /// Per 10,000 rows of consents: dates that no calendar has, or that lie in the future.
    static let badConsentDates = 12
    /// Rows of a voice night that come twice, and rows that no parser should accept.
    static let repeatedRowCount = 20
    static let malformedRowCount = 3
    /// The voice night whose sequence lacks numbers, and how many.
    static let gapNight = 1
    static let gapLength = 12
    /// The night whose file of app tickets comes a night late, and the night whose data file comes again.
    static let lateNight = 1
    static let resentNight = 1
    /// The night whose payments file has a trailer that counts one row too many.
    static let wrongTotalNight = 1
  }
}
