public import Calendar

/// The rules of contact: who may be approached, how often, for how much, and who is kept as control.
public struct Policy: Sendable, Hashable {
  /// States of a subscription in which nothing is sold.
  public enum Suppression: String, CaseIterable, Sendable {
    case suspended
    case inNotice = "in-notice"
    case openComplaint = "open-complaint"
  }

  /// What a purpose asks of consent to profiling. A consent never asked for is not granted and not withdrawn.
  public enum ProfilingRule: String, CaseIterable, Sendable {
    case required
    case unlessWithdrawn = "unless-withdrawn"
    case ignored
  }

  /// What a purpose needs.
  public struct Purpose: Sendable, Hashable {
    /// Whether the person must have granted the channel.
    public var needsChannelConsent: Bool
    /// What holds for profiling.
    public var profiling: ProfilingRule

    /// Makes a purpose.
    public init(needsChannelConsent: Bool, profiling: ProfilingRule) {
      self.needsChannelConsent = needsChannelConsent
      self.profiling = profiling
    }
  }

  /// At most `contactCount` contacts of a person within the last `days` days, on one channel or on all together.
  public struct ContactCap: Sendable, Hashable {
    /// The channel, or nil for all.
    public var channel: ContactChannel?
    /// The length of the window that ends with the night.
    public var days: Int
    /// The most contacts in the window, the night's own included.
    public var contactCount: Int

    /// Makes a cap.
    public init(channel: ContactChannel? = nil, days: Int, contactCount: Int) {
      self.channel = channel
      self.days = days
      self.contactCount = contactCount
    }
  }

  /// How long a person stays in the same control group.
  public enum ControlPeriod: String, CaseIterable, Sendable {
    case quarter
    case halfYear = "half-year"
    case year

    /// The name of the period of `day`: `2026-Q4`, `2026-H2`, `2026`.
    public func name(of day: Day) -> String {
      let (year, month, _) = day.civil
      switch self {
      case .quarter: return "\(year)-Q\((month - 1) / 3 + 1)"
      case .halfYear: return "\(year)-H\((month - 1) / 6 + 1)"
      case .year: return "\(year)"
      }
    }
  }

  /// Random actions, so that the log has support for other policies than this one.
  public struct Exploration: Sendable, Hashable {
    /// The share of persons with an eligible action who get a random one.
    public var share: Double
    /// The part of the budget set aside for them, in 1/10,000 of the currency unit; nil where the night has no budget.
    public var budgetE4: Int64?
    /// The contacts of each channel set aside for them, by `ContactChannel.index`; 0 where the channel is not explored.
    public var contactCounts: [Int64]

    /// Makes a rule.
    public init(
      share: Double = 0, budgetE4: Int64? = nil,
      contactCounts: [Int64] = [Int64](repeating: 0, count: ContactChannel.count)
    ) {
      self.share = share
      self.budgetE4 = budgetE4
      self.contactCounts = contactCounts
    }
  }

  /// States in which nothing is sold.
  public var suppressions: Set<Suppression> = Set(Suppression.allCases)
  /// Whether a subscription whose tickets are unknown is treated as having an open complaint.
  public var refusesUnknownComplaint = true
  /// Conditions on every offer.
  public var conditions: [Condition] = []
  /// What each purpose needs, by name.
  public var purposes: [String: Purpose] = [:]
  /// All must hold.
  public var caps: [ContactCap] = []
  /// The days within which a person is not offered the same again; 0 for no such rule.
  public var offerRestDays = 0
  /// The horizon of the scores to use; nil where scores have only one.
  public var horizonDays: Int?
  /// The least value of an action, in 1/10,000 of the currency unit.
  public var minimumValueE4: Int64 = 0
  /// The most that a night's actions may be expected to cost, in 1/10,000 of the currency unit; nil for no bound.
  public var budgetE4: Int64?
  /// The most contacts of a night by `ContactChannel.index`; nil for no bound.
  public var capacities: [Int64?] = [Int64?](repeating: nil, count: ContactChannel.count)
  /// The share of persons who are never approached.
  public var universalControlShare = 0.0
  /// How long a person stays in a control group.
  public var controlPeriod = ControlPeriod.halfYear
  /// The share of winners of a campaign who are kept back.
  public var campaignControlShare = 0.0
  /// Random actions.
  public var exploration = Exploration()

  /// Makes a policy that allows everything to everyone; set what it restricts.
  public init() {}

  /// The longest window that the contact history must cover, in days.
  var historyDays: Int { max(offerRestDays, caps.map(\.days).max() ?? 0) }
}
