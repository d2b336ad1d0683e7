package import Calendar
import Columns
import Parallelism
import Synchronization
package import Twins

/// The rows of the as-of dates of one split, read once and put together part by part.
///
/// No twin is kept: each slice becomes narrow columns of features as soon as it is made (`FeatureColumn`), so that the rows of
/// ten dates take little more room than the twin of one. A part is a copy: callers let it go as soon as it has taught.
package struct DatedRows: Sendable {
  /// Whose rows a part shows.
  package enum Customers: Sendable {
    /// Those who teach: everybody but the customers held out.
    case learned
    /// Those who judge: the customers held out, or everybody where none is.
    case judged
  }

  private let labelled: [Day: LabelledRows]
  private let groups: CustomerGroups

  /// Reads twins and outcomes of the dates. Levels are learned from every date's rows: which levels exist is no secret
  /// of the future that a label could leak through, and one list serves every part of the split.
  package init(
    _ history: ChurnHistory, _ catalogue: TwinCatalogue, dates: [Day], excluded: Set<String>, threads: Int
  ) throws {
    groups = CustomerGroups(heldOutPercent: history.definition.heldOutCustomerPercent)
    let fields = catalogue.schema.fields.filter {
      !excluded.contains($0.name) && $0.type != .date && $0.type != .timestamp
    }
    let standing = try Table(empty: catalogue.schema).selecting(TwinSlice.standingColumns).schema
    let slices = try SubscriptionTwin.map(
      catalogue, state: history.state, home: history.home, at: dates.map { TwinMoment(asOf: $0, knownBy: $0) },
      threads: threads
    ) { _, table in try TwinSlice(table, fields) }
    let standings = try slices.map { slices throws(ColumnsError) in
      try Table.concatenating(slices.map(\.standing), schema: standing)
    }
    let fates = try history.fates(of: standings, at: dates)
    let bases = fates.map { fates in fates.indices.filter { fates[$0].outcome.isOnBase } }
    // The slices of a field are let go as its columns are put together.
    let parts = Mutex(fields.indices.map { field in slices.map { $0.map { $0.columns[field] } } })
    let found = WorkerThreads(count: threads).collect(taskCount: fields.count) { field -> DatedColumn? in
      let own = parts.withLock { parts in
        defer { parts[field] = [] }
        return parts[field]
      }
      return DatedColumn(fields[field], own, rows: bases)
    }
    let columns = found.compactMap { $0 }
    labelled = Dictionary(
      uniqueKeysWithValues: try dates.indices.map { date in
        let table = FeatureTable(
          columns.map(\.feature), keeping: columns.map { $0.columns[date] }, rowCount: bases[date].count)
        return (
          dates[date],
          try LabelledRows(
            table, standings[date].rows(at: bases[date]), bases[date].map { fates[date][$0] }, history,
            asOf: dates[date])
        )
      })
    FreedMemory.giveBack()
  }

  /// The rows that teach first.
  func train(_ split: TimeSplit) -> LabelledRows { rows(split.train, .learned) }

  /// The rows that end growth and calibrate.
  func validation(_ split: TimeSplit) -> LabelledRows { rows([split.validation], .judged) }

  /// The rows that judge; none where the split has no test.
  func test(_ split: TimeSplit) -> LabelledRows { rows(split.test.map { [$0] } ?? [], .judged) }

  /// The rows that models are fitted to once more; nil where they are not.
  func refit(_ split: TimeSplit) -> LabelledRows? { split.refit.isEmpty ? nil : rows(split.refit, .learned) }

  /// The rows of the active base at the dates, of those customers.
  package func rows(_ dates: [Day], _ customers: Customers) -> LabelledRows {
    let rows = LabelledRows(concatenating: dates.compactMap { labelled[$0] })
    guard groups.heldOutPercent > 0 else { return rows }
    let isWanted = customers == .judged
    return rows.rows(at: rows.persons.indices.filter { groups.isHeldOut(rows.persons[$0]) == isWanted })
  }
}

/// What is kept of a slice of a twin.
private struct TwinSlice: Sendable {
  /// What outcomes are told by, and who a row is.
  static let standingColumns = ["subscription_id", "person_id", "payment_type", "is_in_notice", "tenure_days"]

  /// The values of a field; of texts, codes of the levels of this slice.
  struct Values: Sendable {
    var column: FeatureColumn
    var levels: [String]
  }

  let standing: Table
  /// One a field.
  let columns: [Values]

  init(_ table: Table, _ fields: [ColumnField]) throws(ColumnsError) {
    standing = try table.selecting(TwinSlice.standingColumns)
    columns = try table.selecting(fields.map(\.name)).columns.map { column in
      guard case .string(let texts) = column else {
        return Values(column: FeatureColumn(narrowing: FeatureTable.values(column, of: Feature(""))), levels: [])
      }
      var found: Set<String> = []
      for row in 0..<texts.rowCount where texts.isValid(row) { found.insert(texts.values[row]) }
      let levels = found.sorted()
      return Values(
        column: FeatureColumn(narrowing: FeatureTable.values(column, of: Feature("", levels: levels))), levels: levels)
    }
  }
}

/// A feature at every date.
private struct DatedColumn: Sendable {
  let feature: Feature
  /// One a date.
  let columns: [FeatureColumn]

  /// Puts the slices of a field together, with only some rows of each date; nil where it has more levels than a feature may.
  init?(_ field: ColumnField, _ slices: [[TwinSlice.Values]], rows: [[Int]], maximumLevelCount: Int = 1_000) {
    guard field.type == .string else {
      feature = Feature(field.name)
      columns = zip(slices, rows).map { FeatureColumn.concatenating($0.map(\.column)).rows(at: $1) }
      return
    }
    var dates: [TwinSlice.Values] = []
    var known: Set<String> = []
    for (slices, rows) in zip(slices, rows) {
      var (parts, levels): ([FeatureColumn], [String]) = ([], [])
      for slice in slices {
        parts.append(slice.column.recoded(slice.levels.indices.map { levels.count + $0 }))
        levels += slice.levels
      }
      let column = FeatureColumn.concatenating(parts).rows(at: rows)
      for code in Set(column.values.filter(\.isFinite)) { known.insert(levels[Int(code)]) }
      dates.append(.init(column: column, levels: levels))
    }
    guard known.count <= maximumLevelCount else { return nil }
    let levels = known.sorted()
    let codes = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($0.element, $0.offset) })
    feature = Feature(field.name, levels: levels)
    columns = dates.map { date in date.column.recoded(date.levels.map { codes[$0] ?? 0 }) }
  }
}
