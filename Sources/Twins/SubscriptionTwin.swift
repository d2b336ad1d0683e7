public import Calendar
public import Columns
public import Datasets
public import Ledger

/// The twin of a subscription: one typed row a subscription and night (`Twins.docc/SubscriptionTwin.md`).
public enum SubscriptionTwin {
  /// The dataset `twins/subscription`, as a catalogue lays it out.
  public static func dataset(_ catalogue: TwinCatalogue) -> Dataset { catalogue.dataset }

  /// The rows of a row group of twins and states: few enough that one subscription is found without reading a file.
  static let rowGroupRowCount = 1 << 15

  /// The dataset's name.
  public static let name = TwinEntity.subscription.datasetName

  /// Builds the twin of every subscription that lives at the end of `asOf`, from facts that the night `knownBy` knew.
  ///
  /// Rows ascend by subscription id; the bytes do not depend on `threads`. Throws `ColumnsError` for a fact file that
  /// cannot be read.
  public static func build(
    _ catalogue: TwinCatalogue, state: LiveState, home: Home, asOf: Day, knownBy: Day, threads: Int
  ) throws -> Table {
    try build(
      catalogue, state: state, home: home, at: [TwinMoment(asOf: asOf, knownBy: knownBy)], threads: threads)[0]
  }

  /// Builds the twins of several moments, one table each, in their order; each fact file is read once for all of them.
  ///
  /// Costs less than the moments one by one where their windows overlap. Memory: what the catalogue keeps of use (`UsagePlan`), a subscription
  /// and moment.
  public static func build(
    _ catalogue: TwinCatalogue, state: LiveState, home: Home, at moments: [TwinMoment], threads: Int
  ) throws -> [Table] {
    let sources = TwinSources(state, catalogue, moments)
    return try TwinNight.build(catalogue, try sources.read(home, threads: threads), at: moments, threads: threads)
  }

  /// Builds the twins of several moments slice by slice and keeps of each slice what `body` makes of it: a list a moment, in the
  /// order of rows.
  ///
  /// For whoever wants twins of many dates and not all of their columns as they are: the sums of use are of one range of
  /// subscriptions at a time, and a slice is let go when `body` returns, on whose thread it runs. Each fact file of use is read once a
  /// range. Neither slices nor results depend on `threads`.
  public static func map<Result: Sendable>(
    _ catalogue: TwinCatalogue, state: LiveState, home: Home, at moments: [TwinMoment], threads: Int,
    _ body: @Sendable (TwinMoment, Table) throws -> Result
  ) throws -> [[Result]] {
    let sources = TwinSources(state, catalogue, moments)
    return try TwinNight.map(
      catalogue, try sources.read(home, threads: threads), at: moments, threads: threads, body)
  }
}
