package import Calendar
package import Columns

/// One file of relations, or a table in its place: ascending by subscription.
package struct RelationPart: Sendable {
  /// The event date of all its rows, where that is known without reading.
  let eventDate: Day?
  /// The subscriptions that it may have, where that is known without reading.
  private let ids: ClosedRange<Int64>?
  private enum Source: Sendable {
    case file(String)
    case table(Table)
  }
  private let source: Source

  /// A Parquet file that ascends by subscription, as ingest writes it.
  package init(path: String, eventDate: Day?, ids: ClosedRange<Int64>? = nil) {
    source = .file(path)
    self.eventDate = eventDate
    self.ids = ids
  }

  /// A table in memory, in any order, whose rows are all of `eventDate` where one is given.
  package init(_ table: Table, eventDate: Day? = nil) throws(ColumnsError) {
    let ids = try table.int64("subscription_id").values
    source = .table(table.rows(at: ids.indices.sorted { ids[$0] != ids[$1] ? ids[$0] < ids[$1] : $0 < $1 }))
    self.eventDate = eventDate
    self.ids = nil
  }

  /// Whether some row may lie in the days that are looked at.
  func bears(on moment: TwinMoment) -> Bool {
    eventDate.map { $0 <= moment.asOf && moment.age($0.rawValue) < RelationAggregate.dayCount } ?? true
  }

  /// Its rows of subscriptions of a range, from the first on; nil where it has none.
  func cursor(_ family: RelationFamily, _ ids: ClosedRange<Int64>) throws(ColumnsError) -> RelationCursor? {
    if let own = self.ids, !own.overlaps(ids) { return nil }
    switch source {
    case .table(let table): return try RelationCursor(family, table, from: ids.lowerBound)
    case .file(let path):
      let batches = try ParquetBatches(
        path, columns: RelationCursor.columns(family), whereMayBe: ids, in: "subscription_id")
      return try RelationCursor(family, path, batches, from: ids.lowerBound)
    }
  }
}
