/// The law of the synthetic operator: every constant that makes its customers what they are.
///
/// The files `OperatorLaw+….swift` hold one topic each; `Synthetic.docc/OperatorLaw.md` says point by point what the
/// law means and what was measured. Rates are per day unless the name says otherwise; money is in 1/10,000 of the
/// currency unit. A change here changes the world: the tests of the difficulty limits then say whether it is still fair.
public enum OperatorLaw {
  /// Who the customers are (points 2 to 4).
  enum Population {
    /// Subscriptions of one town at the start; towns are simulated independently, so this is the unit of work.
    static let townSubscriptionCount = 256
    /// Share of subscriptions that are prepaid.
    static let prepaidShare = 0.70
    /// Share of households that are a business, and share that are a machine: together 2 % of the subscriptions.
    static let businessShare = 0.017
    static let machineShare = 0.018
    /// Persons of a household: one, two, three, four, five.
    static let householdSize = [0.38, 0.32, 0.14, 0.11, 0.05]
    /// SIMs of a person: 30 % have several.
    static let simCount = [0.70, 0.23, 0.07]
    /// Share of the household's other persons who pay for themselves.
    static let ownPayerShare = 0.30
    /// New subscriptions per day, as a share of the base: about as many as leave.
    static let arrivalRate = 0.00135
    /// Share of new subscriptions that are a further SIM of a person already known.
    static let furtherSIMShare = 0.20
    /// Share of subscriptions that ended before the run and whose numbers wait for a stranger.
    static let formerShare = 0.02
    /// Share of prepaid subscriptions that had already fallen silent before the run.
    static let silentAtStartShare = 0.02
    /// Mean tenure at the start, in days, and the longest.
    static let meanTenureDays = 1_300.0
    static let longestTenureDays = 5_400
    /// Contacts of a subscription in the call graph.
    static let contactCount = 6
    /// Subscriptions of one social group: contacts come from the same group with probability `groupShare`.
    static let groupSubscriptionCount = 24
    static let groupShare = 0.8
    static let regions = ["north", "east", "south", "west", "coast", "lake", "hills", "capital"]
    static let regionWeights = [0.14, 0.12, 0.15, 0.13, 0.08, 0.08, 0.10, 0.20]
    static let cellsPerRegion = 60
    static let languages = ["de", "tr", "en", "ru", "pl"]
    static let languageWeights = [0.80, 0.07, 0.06, 0.04, 0.03]
  }

  /// What customers hide (point 4): never emitted into a delivery.
  enum Latents {
    /// Standard deviation of the frailty, in logits (point 5 asks for at least 0.7).
    static let frailtySpread = 0.72
    /// Effect of one standard deviation of price sensitivity while a price shock is fresh.
    static let priceShockWeight = 0.45
    /// Effect of one standard deviation of the rival's offer after its launch.
    static let rivalOfferWeight = 0.25
    /// How much of the frailty shows in the trend of use: logarithm of use per 90 days for one standard deviation.
    static let frailtyTrend = -0.07
    /// Spread of that trend that has nothing to do with the frailty.
    static let trendSpread = 0.16
    /// Correlation of use (and so of margin) with frailty (point 11).
    static let useFrailtyCorrelation = -0.20
  }

  /// What happens to everybody (points 9 and 10); days count from the first day of the run.
  enum Events {
    static let priceShockDay = 70
    static let priceShockFactor = 1.12
    /// Days during which the price shock is fresh.
    static let priceShockDays = 60
    static let rivalLaunchDay = 55
    /// Regions where the rival launches: east, west, lake, capital.
    static let rivalRegions: Set<Int> = [1, 3, 5, 7]
    static let tariffMigrationDay = 95
    /// Share of cell-days on which an outage begins, its longest duration and the drop rate while it lasts.
    static let outageRate = 0.0045
    static let outageLongestDays = 4
    static let outageDropRate = 0.30
    static let usualDropRate = 0.010
  }

  /// When numbers, ends and registrations happen (points 3, 7 and 8).
  enum Endings {
    static let numberRestDays = 90
    static let noticeLagDays = 30
    /// Share of voluntary postpaid ends that are a notice; the others are port requests.
    static let noticeShare = 0.68
    /// Share of voluntary prepaid ends that fall silent; the others ask to port.
    static let silenceShare = 0.90
    static let portLagDays = 3...8
    /// Share of silent subscriptions that come back, and after how many days.
    static let returnShare = 0.05
    static let returnDays = 35...70
    /// Share of silent subscriptions that are ever registered as ended, and after how many days of silence.
    static let silentRegisteredShare = 0.55
    static let silentRegisteredDays = 45...90
    /// Delay of registration: none, up to a week, up to 45 days.
    static let registrationDelay = [0.60, 0.25, 0.15]
    static let longestRegistrationDelay = 45
    static let deathRate = 0.000_018
    static let fraudRate = 0.000_3
    static let fraudTenureDays = 60
    static let withdrawalRate = 0.001_5
    static let withdrawalDays = 14
    static let consolidationRate = 0.000_12
    static let migrationRate = 0.000_13
    static let suspensionDays = 30
    static let suspensionCureShare = 0.45
  }
}
