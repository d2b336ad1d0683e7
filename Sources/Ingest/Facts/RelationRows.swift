import Calendar
import Columns
import Datasets

/// Daily relations on their way to the facts: a subscription met a counterparty, or was in a cell.
struct RelationRows: Sendable {
  /// One meeting.
  struct Row: Sendable, Hashable {
    var subscription: Int64
    var partner: Int64
    var known: Int32
  }

  /// The rows of each event day.
  private(set) var days: [Int32: [Row]] = [:]

  mutating func append(day: Int32, known: Int32, subscription: Int64, partner: Int64) {
    days[day, default: []].append(Row(subscription: subscription, partner: partner, known: known))
  }

  /// The facts of one day in `dataset`: meetings counted by subscription, delivery, known day and partner, in that order.
  static func table(_ dataset: Dataset, day: Int32, _ parts: [(delivery: Int64, rows: [Row])]) -> Table {
    var subscriptions: [Int64] = []
    var knowns: [Int32] = []
    var deliveries: [Int64] = []
    var partners: [Int64] = []
    var counts: [Int64] = []
    let entries = parts.flatMap { part in part.rows.map { (row: $0, delivery: part.delivery) } }.sorted { a, b in
      (a.row.subscription, a.delivery, a.row.known, a.row.partner)
        < (b.row.subscription, b.delivery, b.row.known, b.row.partner)
    }
    var previous: (row: Row, delivery: Int64)?
    for entry in entries {
      if let previous, previous == entry {
        counts[counts.count - 1] += 1
        continue
      }
      previous = entry
      subscriptions.append(entry.row.subscription)
      knowns.append(entry.row.known)
      deliveries.append(entry.delivery)
      partners.append(entry.row.partner)
      counts.append(1)
    }
    return Table(
      dataset.schema,
      [
        .int64(TypedColumn(subscriptions)), .date(TypedColumn(Array(repeating: day, count: subscriptions.count))),
        .date(TypedColumn(knowns)), .int64(TypedColumn(deliveries)), .int64(TypedColumn(partners)),
        .int64(TypedColumn(counts)),
      ])
  }
}
