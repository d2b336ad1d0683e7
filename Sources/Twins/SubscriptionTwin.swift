public import Calendar
public import Columns
public import Ledger

/// The twin of a subscription: one typed row a subscription and night (`Twins.docc/SubscriptionTwin.md`).
public enum SubscriptionTwin {
  /// Builds the twin of every subscription that lives at the end of `asOf`, from facts that the night `knownBy` knew.
  ///
  /// Rows ascend by subscription id; the bytes do not depend on `threads`. Throws `ColumnsError` for a fact file that
  /// cannot be read.
  public static func build(
    state: LiveState, home: Home, asOf: Day, knownBy: Day, threads: Int
  ) throws -> Table {
    try build(state: state, home: home, at: [TwinMoment(asOf: asOf, knownBy: knownBy)], threads: threads)[0]
  }

  /// Builds the twins of several moments, one table each, in their order; each fact file is read once for all of them.
  ///
  /// Costs less than the moments one by one where their windows overlap. Memory: 45 integers a subscription and moment.
  public static func build(
    state: LiveState, home: Home, at moments: [TwinMoment], threads: Int
  ) throws -> [Table] {
    let sources = TwinSources(state, moments)
    return try TwinNight.build(try sources.read(home, threads: threads), at: moments, threads: threads)
  }
}
