import Columns
import Datasets

/// Trouble tickets by subscription, and the fields that come from them.
///
/// Rows of one ticket are its states; the newest holds, by event date, then progress (open, pending, resolved, closed),
/// known date and delivery. Progress comes before the known date, so that the order of arrival within a day is idle.
struct TicketHistory: Sendable {
  static let columns =
    ["subscription_id"] + FactOrder.columns + ["ticket_id", "opened_date", "status", "category"]

  private enum Status: UInt8 {
    case open, pending, resolved, closed

    init(_ text: String) {
      switch text {
      case "open": self = .open
      case "pending": self = .pending
      case "resolved": self = .resolved
      default: self = .closed
      }
    }
  }

  private enum Category {
    case network, billing, cancellation, other

    init(_ text: String) {
      switch text {
      case "network": self = .network
      case "billing": self = .billing
      case "cancellation": self = .cancellation
      default: self = .other
      }
    }
  }

  private let tickets: RowsByRank
  private let order: FactOrder
  private let ids: [Int64]
  private let openedDates: [Int32]
  private let statuses: [Status]
  private let categories: [Category]

  init(_ table: Table, _ index: DenseIndex) throws(ColumnsError) {
    let order = try FactOrder(table)
    let ids = try table.int64("ticket_id").values
    let statuses = try table.string("status").values.map(Status.init)
    tickets = RowsByRank(
      ranks: index.ranks(of: try table.int64("subscription_id").values), rankCount: index.count
    ) { a, b in
      if ids[a] != ids[b] { return ids[a] < ids[b] }
      if order.eventDates[a] != order.eventDates[b] { return order.eventDates[a] < order.eventDates[b] }
      if statuses[a] != statuses[b] { return statuses[a].rawValue < statuses[b].rawValue }
      return order.learnedBefore(a, b)
    }
    self.order = order
    self.ids = ids
    self.statuses = statuses
    openedDates = try table.date("opened_date").values
    categories = try table.string("category").values.map(Category.init)
  }

  private struct Complaints {
    var counts: [3 of Int32] = [0, 0, 0]
    var openCount: Int32 = 0
    var networkCount: Int32 = 0
    var billingCount: Int32 = 0
    var cancellationCount: Int32 = 0
    var age: Int?
  }

  /// The columns of tickets, and the number of tickets of the last 28 days a row.
  func columns(_ scene: TwinScene) -> (columns: [String: Column], monthTicketCounts: [Int64]) {
    let complaints = scene.ranks.map { self.complaints($0, at: scene.moment) }
    let completeDays = scene.completeDays.count(.tickets)
    let isKnown = completeDays >= Windows.longest
    var columns: [String: Column] = [
      "ticket_open_count": .int32(scene.column(0, knownIf: isKnown) { complaints[$0].openCount }),
      "ticket_network_count_91d": .int32(scene.column(0, knownIf: isKnown) { complaints[$0].networkCount }),
      "ticket_billing_count_91d": .int32(scene.column(0, knownIf: isKnown) { complaints[$0].billingCount }),
      "ticket_cancellation_count_91d": .int32(scene.column(0, knownIf: isKnown) { complaints[$0].cancellationCount }),
      "days_since_last_ticket": scene.recency(completeDays) { complaints[$0].age },
    ]
    for (window, days) in Windows.lengths.enumerated() {
      columns["ticket_count_\(days)d"] = .int32(
        scene.column(0, knownIf: completeDays >= days) { complaints[$0].counts[window] })
    }
    return (columns, complaints.map { Int64($0.counts[1]) })
  }

  private func complaints(_ rank: Int32, at moment: TwinMoment) -> Complaints {
    var complaints = Complaints()
    var pending: Int?
    for position in tickets.group(rank) {
      let row = tickets.row(position)
      guard order.isSeen(row, moment) else { continue }
      if let pending, ids[pending] != ids[row] { count(pending, at: moment, &complaints) }
      pending = row
    }
    if let pending { count(pending, at: moment, &complaints) }
    return complaints
  }

  private func count(_ row: Int, at moment: TwinMoment, _ complaints: inout Complaints) {
    if statuses[row] == .open || statuses[row] == .pending { complaints.openCount += 1 }
    let age = moment.age(openedDates[row])
    guard age >= 0 else { return }
    complaints.age = min(complaints.age ?? age, age)
    for (window, days) in Windows.lengths.enumerated() where age < days { complaints.counts[window] += 1 }
    guard age < Windows.longest else { return }
    switch categories[row] {
    case .network: complaints.networkCount += 1
    case .billing: complaints.billingCount += 1
    case .cancellation: complaints.cancellationCount += 1
    case .other: break
    }
  }
}
