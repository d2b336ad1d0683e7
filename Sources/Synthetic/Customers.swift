/// A household, or the business or machine park that stands for one.
struct Household: Sendable {
  enum Segment: Int, Sendable {
    case consumer
    case business
    case machine

    var text: String {
      switch self {
      case .consumer: "consumer"
      case .business: "business"
      case .machine: "machine"
      }
    }
  }

  let id: Int
  let segment: Segment
  let region: Int
  let cell: Int
  /// Subscriptions on the operator's books.
  var subscriptionCount = 0
}

/// A person with what the deliveries show of it and what they never do.
package struct Person: Sendable {
  let id: Int
  /// Position of the household in the town.
  package let household: Int
  let payerID: Int
  let birthYear: Int
  let language: Int
  // Latent: standard normal numbers.
  let frailty: Double
  let priceSensitivity: Double
  let rivalOffer: Double
  // Habits.
  let isRegularTopper: Bool
  let isNightOwl: Bool
  /// Share of calls and messages that go abroad; zero for most.
  let internationalRate: Double
  let hasRoamingIncluded: Bool
  let premiumRate: Double
  let missShare: Double
  let trip: Range<Int>
  /// Latent, too: how the person answers to contacts.
  package let traits: ResponseTraits
  package var memory = ContactMemory()
  /// What of it agents' offers left, outside of campaigns.
  package var careMemory = ContactMemory()
  /// Consents for marketing by channel, for profiling and for traffic data, as they stand; nil = never asked.
  package var consents: [Bool?] = []
  /// Positions of the subscriptions in the town.
  package var subscriptions: [Int] = []
  /// Subscriptions on the operator's books.
  var subscriptionCount = 0
}

/// What a subscription is doing.
enum Phase: Int, Sendable {
  case inUse
  /// Postpaid: notice given or number asked to be ported; still in use.
  case leaving
  /// Prepaid: gone without a word.
  case silent
  case suspended
  case ended
}

/// A daily sum that the windows of the law are made of.
struct DayTotals: Sendable {
  var events: Int32 = 0
  var sessions: Int32 = 0
  var kilobytes: Int32 = 0
  var dropped: Int32 = 0
  var callsIn: Int32 = 0
  var callsOut: Int32 = 0
}

/// Sums of `DayTotals` over windows.
package struct WindowTotals: Sendable {
  var events7 = 0
  var events28 = 0
  var events91 = 0
  var sessions28 = 0
  package var kilobytes28 = 0
  var dropped28 = 0
  var callsIn28 = 0
  var callsOut28 = 0
}

/// A payment that falls due.
struct DuePayment: Sendable {
  var day: Int
  var billID: Int
  var amountE4: Int
  var attempt: Int
}

/// One subscription and its state on the day that is being simulated. Days count from the first day of the run.
package struct Subscriber: Sendable {
  let id: Int
  /// Position of the person in the town.
  let person: Int
  package let isPrepaid: Bool
  var tariff: Int
  let number: Int
  let activationDay: Int
  var contractEnd: Int?
  var phase = Phase.inUse
  /// The day on which the service ends, and why.
  var endDay: Int?
  var endCause = ""
  /// Silent subscriptions that come back.
  var returnDay: Int?
  /// The days of voluntary decisions to leave that were not taken back.
  var decisionDays: [Int] = []
  var contacts: [Int] = []
  var pull = 0.0
  // Habits: means of daily counts and of kilobytes a session.
  var callRate = 0.0
  var messageRate = 0.0
  var sessionRate = 0.0
  var sessionKilobytes = 0.0
  var incomingFactor = 1.0
  /// The mean number of messages that come in a day.
  var incomingMessageRate: Double { 0.15 + messageRate * incomingFactor * 0.8 }
  var slope = 0.0
  var weekActivity = 0.0
  // Money.
  var cycleAnchor = 0
  var balanceE4 = 0
  var bundleExpiry = -1
  var lastTopUp: Int?
  var topUpDays: [Int] = []
  var cycleChargeE4 = 0
  var cycleKilobytes = 0
  var extraGigabytes = 0
  var bills: [Int] = []
  var lastBillDay: Int?
  var duePayments: [DuePayment] = []
  var unpaidBills = 0
  var troubleDays: [Int] = []
  /// Since the first day of the run: charges of use, fees and top-ups.
  var chargeTotalE4 = 0
  var feeTotalE4 = 0
  var topUpTotalE4 = 0
  // Care.
  var networkTicketDays: [Int] = []
  var cancellationDays: [Int] = []
  var ticketCount = 0
  /// What contacts did.
  package var effects: [Effect] = []
  var openTickets: [(day: Int, row: OpenTicket)] = []
  package var windows = WindowTotals()
}

/// A ticket that waits for its end.
struct OpenTicket: Sendable {
  var id: Int
  var openedDay: Int
  var openedSecond: Int
  var category: Int
  var channel: Int
}
