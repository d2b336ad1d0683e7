package import Calendar
package import Columns

/// One file of relations, or a table in its place: ascending by subscription.
package struct RelationPart: Sendable {
  /// The event date of all its rows, where that is known without reading.
  let eventDate: Day?
  private enum Source: Sendable {
    case file(String)
    case table(Table)
  }
  private let source: Source

  /// A Parquet file that ascends by subscription, as ingest writes it.
  package init(path: String, eventDate: Day?) {
    source = .file(path)
    self.eventDate = eventDate
  }

  /// A table in memory, in any order, whose rows are all of `eventDate` where one is given.
  package init(_ table: Table, eventDate: Day? = nil) throws(ColumnsError) {
    let ids = try table.int64("subscription_id").values
    source = .table(table.rows(at: ids.indices.sorted { ids[$0] != ids[$1] ? ids[$0] < ids[$1] : $0 < $1 }))
    self.eventDate = eventDate
  }

  /// Whether some row may lie in the days that are looked at.
  func bears(on moment: TwinMoment) -> Bool {
    eventDate.map { $0 <= moment.asOf && moment.age($0.rawValue) < RelationAggregate.dayCount } ?? true
  }

  /// Its rows of subscriptions of a range, from the first on.
  func cursor(_ family: RelationFamily, _ ids: ClosedRange<Int64>) throws(ColumnsError) -> RelationCursor {
    switch source {
    case .table(let table): return try RelationCursor(family, table)
    case .file(let path):
      let batches = try ParquetBatches(
        path, columns: RelationCursor.columns(family), whereMayBe: ids, in: "subscription_id")
      return try RelationCursor(family, path, batches)
    }
  }
}

/// A place in a file of relations, which only moves on: one of those that are merged.
final class RelationCursor {
  private let family: RelationFamily
  private let path: String
  private let batches: ParquetBatches?
  private var ids: [Int64] = []
  private(set) var partners: [Int64] = []
  private(set) var counts: [Int64] = []
  private(set) var dates: [Int32] = []
  private(set) var knowns: [Int32] = []
  private var position = 0
  private var last = Int64.min

  static func columns(_ family: RelationFamily) -> [String] {
    ["subscription_id", "event_date", "known_date", family.partnerColumn, "event_count"]
  }

  /// The rows of a table.
  init(_ family: RelationFamily, _ table: Table) throws(ColumnsError) {
    self.family = family
    path = "table"
    batches = nil
    try take(table)
  }

  /// The rows of a file.
  init(_ family: RelationFamily, _ path: String, _ batches: ParquetBatches) throws(ColumnsError) {
    self.family = family
    self.path = path
    self.batches = batches
    _ = try takeNext()
  }

  /// Calls `body` with the rows of a subscription, in one piece or more; ids must ascend from call to call.
  @inline(__always) func forRows(of id: Int64, _ body: (Range<Int>) -> Void) throws(ColumnsError) {
    while true {
      while position < ids.count, ids[position] < id { position += 1 }
      let start = position
      while position < ids.count, ids[position] == id { position += 1 }
      if start < position { body(start..<position) }
      guard position == ids.count, try takeNext() else { return }
    }
  }

  private func takeNext() throws(ColumnsError) -> Bool {
    guard let batch = try batches?.next() else { return false }
    try take(batch)
    return true
  }

  private func take(_ batch: Table) throws(ColumnsError) {
    ids = try batch.int64("subscription_id").values
    for id in ids {
      // Rows of one that comes too late would be left out of its twin, and nobody would know.
      guard id >= last else {
        throw ColumnsError(.damagedFile, "\(path): the rows do not ascend by subscription")
      }
      last = id
    }
    dates = try batch.date("event_date").values
    knowns = try batch.date("known_date").values
    partners = try batch.int64(family.partnerColumn).values
    counts = try batch.int64("event_count").values
    position = 0
  }
}
