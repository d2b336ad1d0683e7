package import Calendar
import Columns
package import Twins

/// The rows of several as-of dates, read once and put together part by part.
package struct DatedRows: Sendable {
  /// Whose rows a part shows.
  package enum Customers: Sendable {
    /// Those who teach: everybody but the customers held out.
    case learned
    /// Those who judge: the customers held out, or everybody where none is.
    case judged
  }

  private let labelled: [Day: (twin: Table, outcomes: [ChurnOutcomes.Outcome])]
  private let features: [Feature]
  private let groups: CustomerGroups
  private let threads: Int

  /// Reads twins and outcomes of the dates. Levels are learned from every date's rows: which levels exist is no secret
  /// of the future that a label could leak through, and one list serves every part.
  package init(
    _ history: ChurnHistory, _ catalogue: TwinCatalogue, dates: [Day], excluded: Set<String>, threads: Int
  ) throws {
    let found = try history.labelled(dates, catalogue)
    labelled = Dictionary(uniqueKeysWithValues: zip(dates, found).map { ($0, $1) })
    let samples = try LabelledRows(
      zip(dates, found).map { ($1.twin, $1.outcomes, $0) }, features: nil, excluded: excluded, threads: threads)
    features = samples.table.features
    groups = CustomerGroups(heldOutPercent: history.definition.heldOutCustomerPercent)
    self.threads = threads
  }

  /// The rows of the active base at the dates, of those customers.
  package func rows(_ dates: [Day], _ customers: Customers) throws -> LabelledRows {
    let parts = dates.compactMap { date in labelled[date].map { ($0.twin, $0.outcomes, date) } }
    let rows = try LabelledRows(parts, features: features, excluded: [], threads: threads)
    guard groups.heldOutPercent > 0 else { return rows }
    let isWanted = customers == .judged
    return rows.rows(at: rows.persons.indices.filter { groups.isHeldOut(rows.persons[$0]) == isWanted })
  }
}
