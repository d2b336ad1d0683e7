import Calendar
import Columns
import Ledger

/// The sums of use of a night, made for one range of subscriptions after the other: those of an earlier night rolled, or every
/// fact of use added up.
struct NightUsage: Sendable {
  private enum Way: Sendable {
    case rolled(KeptUsage, Home)
    case rebuilt([UsagePart])
  }

  private let plan: UsagePlan
  private let moment: TwinMoment
  private let way: Way

  /// Rolls what is kept, after every file that is read has been held against the log; throws as `UsageRoll.check` does.
  init(rolling kept: KeptUsage, _ home: Home, _ plan: UsagePlan, at moment: TwinMoment, threads: Int) throws {
    try UsageState.check(kept.files, home, plan, threads: threads)
    try kept.roll.check(threads: threads)
    self.plan = plan
    self.moment = moment
    way = .rolled(kept, home)
  }

  /// Adds up all parts.
  init(of parts: [UsagePart], _ plan: UsagePlan, at moment: TwinMoment) {
    self.plan = plan
    self.moment = moment
    way = .rebuilt(parts)
  }

  /// The sums of the subscriptions of a range; throws as `UsageRoll.windows` does.
  func windows(of range: ClosedRange<Int64>, threads: Int) throws -> UsageWindows {
    switch way {
    case .rolled(let kept, let home):
      try kept.roll.windows(of: range, threads: threads) {
        try UsageState.read(kept.files, of: range, home, threads: threads)
      }
    case .rebuilt(let parts):
      try UsageWindows.rebuild(plan, parts, of: range, at: moment, threads: threads)
    }
  }
}
