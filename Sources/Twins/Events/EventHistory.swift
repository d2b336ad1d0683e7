import Columns
import Datasets

/// The events of a family by subscription.
///
/// Rows of one identity speak of the same event, and the newest holds: by event date, then progress (tickets: open, pending,
/// resolved, closed), known date and delivery. Progress comes before the known date, so that the order of arrival within a
/// day is idle.
struct EventHistory: Sendable {
  private let events: RowsByRank
  private let order: FactOrder
  /// What says which event a row is of; empty where all rows of a subscription are of the same.
  private let identities: [Int64]
  private let days: [Int32]
  /// How far each row of a ticket has come; empty for other families.
  private let progress: [UInt8]

  /// The columns that it reads.
  static func columns(_ family: EventFamily) -> [String] {
    var columns = ["subscription_id"] + FactOrder.columns
    for column in [family.identityColumn, family.dayColumn].compactMap({ $0 }) where !columns.contains(column) {
      columns.append(column)
    }
    return columns
  }

  init(_ family: EventFamily, _ table: Table, _ index: DenseIndex) throws(ColumnsError) {
    let order = try FactOrder(table)
    let identities =
      try family.identityColumn.map { column throws(ColumnsError) in try table.int64(column).values } ?? []
    let ranks = index.ranks(of: try table.int64("subscription_id").values)
    if family == .tickets {
      let progress = try table.string("status").values.map(ProcessFamily.tickets.progress)
      self.progress = progress
      events = RowsByRank(ranks: ranks, rankCount: index.count) { a, b in
        if identities[a] != identities[b] { return identities[a] < identities[b] }
        if order.eventDates[a] != order.eventDates[b] { return order.eventDates[a] < order.eventDates[b] }
        if progress[a] != progress[b] { return progress[a] < progress[b] }
        return order.learnedBefore(a, b)
      }
    } else {
      progress = []
      events = RowsByRank(ranks: ranks, rankCount: index.count) { a, b in
        if !identities.isEmpty, identities[a] != identities[b] { return identities[a] < identities[b] }
        return order.precedes(a, b)
      }
    }
    self.order = order
    self.identities = identities
    days = try table.date(family.dayColumn).values
  }

  /// The events that hold at the scene's moment.
  func held(_ scene: TwinScene) -> HeldEvents { held(scene.ranks, at: scene.moment) }

  /// The events of some ranks that hold at a moment.
  func held(_ ranks: [Int32], at moment: TwinMoment) -> HeldEvents {
    var held = HeldEvents(rowCount: ranks.count)
    for rank in ranks {
      var pending: Int?
      for position in events.group(rank) {
        let row = events.row(position)
        guard order.isSeen(row, moment) else { continue }
        if let pending, !identities.isEmpty, identities[pending] != identities[row] {
          held.append(fact: pending, age: moment.age(days[pending]))
        }
        pending = row
      }
      if let pending { held.append(fact: pending, age: moment.age(days[pending])) }
      held.endRow()
    }
    return held
  }

  /// Calls `body` with each ticket of a rank that a moment sees: its rows in the order in which they count, of which the last
  /// holds, and whether it was closed and opened again.
  func forEachTicket(_ rank: Int32, at moment: TwinMoment, _ body: (_ rows: [Int], _ isReopened: Bool) -> Void) {
    var rows: [Int] = []
    var isReopened = false
    for position in events.group(rank) {
      let row = events.row(position)
      guard order.isSeen(row, moment) else { continue }
      if let last = rows.last {
        if identities[last] != identities[row] {
          body(rows, isReopened)
          rows.removeAll(keepingCapacity: true)
          isReopened = false
        } else if ProcessFamily.tickets.isReopening(from: progress[last], to: progress[row]) {
          isReopened = true
        }
      }
      rows.append(row)
    }
    if !rows.isEmpty { body(rows, isReopened) }
  }
}
