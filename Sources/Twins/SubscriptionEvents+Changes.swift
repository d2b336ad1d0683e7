import Columns

extension SubscriptionEvents {
  /// What an event does to whether its subscription lives.
  enum Change {
    case start
    /// By the customer's own wish where it is by notice or port-out.
    case end(isVoluntary: Bool)
    case other
  }

  /// An event that a moment sees, in the order in which it counts.
  struct Event {
    /// The row of the table.
    let row: Int
    /// Days since it took effect.
    let age: Int
    let change: Change
  }

  private static let voluntaryCauses = ["notice", "port-out"]

  /// Calls `body` with each event of the subscription of a rank; of those of one kind and day, with the newest alone.
  func forEach(of rank: Int32, at moment: TwinMoment, _ body: (Event) -> Void) {
    var pending: Int?
    for position in events.group(rank) {
      let row = events.row(position)
      guard order.isSeen(row, moment) else { continue }
      if let previous = pending, order.eventDates[previous] != order.eventDates[row] || kinds[previous] != kinds[row] {
        body(event(previous, moment))
      }
      pending = row
    }
    if let pending { body(event(pending, moment)) }
  }

  private func event(_ row: Int, _ moment: TwinMoment) -> Event {
    let change: Change =
      switch kinds[row] {
      case .activation: .start
      case .termination:
        .end(isVoluntary: causes[row].map { SubscriptionEvents.voluntaryCauses.contains($0) } ?? false)
      default: .other
      }
    return Event(row: row, age: moment.age(order.eventDates[row]), change: change)
  }

  /// The row in `ranks` of the product that each event names: -1 where it names none, -2 where the product has no row.
  func products(ranked ranks: [String: Int32]) -> [Int32] {
    (0..<products.rowCount).map { row in products[row].map { ranks[$0] ?? -2 } ?? -1 }
  }
}
