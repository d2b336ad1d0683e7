package import Calendar
package import Columns
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

  private let labelled: [Day: LabelledTwin]
  private let features: [Feature]
  private let groups: CustomerGroups
  private let threads: Int

  /// Reads twins and outcomes of the dates. Levels are learned from every date's rows: which levels exist is no secret
  /// of the future that a label could leak through, and one list serves every part.
  package init(
    _ history: ChurnHistory, _ catalogue: TwinCatalogue, dates: [Day], excluded: Set<String>, threads: Int
  ) throws {
    let found = try history.labelled(dates, catalogue)
    labelled = Dictionary(uniqueKeysWithValues: found.map { ($0.asOf, $0) })
    let samples = try LabelledRows(found, features: nil, excluded: excluded, threads: threads)
    features = samples.table.features
    groups = CustomerGroups(heldOutPercent: history.definition.heldOutCustomerPercent)
    self.threads = threads
  }

  /// The twins of dates, whole.
  package func twins(_ dates: [Day]) -> [Table] { dates.compactMap { labelled[$0]?.twin } }

  /// The rows of the active base at the dates, of those customers.
  package func rows(_ dates: [Day], _ customers: Customers) throws -> LabelledRows {
    let rows = try LabelledRows(dates.compactMap { labelled[$0] }, features: features, excluded: [], threads: threads)
    guard groups.heldOutPercent > 0 else { return rows }
    let isWanted = customers == .judged
    return rows.rows(at: rows.persons.indices.filter { groups.isHeldOut(rows.persons[$0]) == isWanted })
  }
}
