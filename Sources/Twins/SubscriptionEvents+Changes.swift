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

  static let voluntaryCauses = ["notice", "port-out"]

  /// Calls `body` with each event of the subscription of a rank; of those of one kind and day, with the newest alone.
  func forEach(of rank: Int32, at moment: TwinMoment, _ body: (Event) -> Void) {
    forEachEvent(rank, moment) { body(event($0, moment)) }
  }

  private func event(_ row: Int, _ moment: TwinMoment) -> Event {
    let change: Change =
      switch kinds[row] {
      case .activation: .start
      case .termination:
        .end(isVoluntary: areVoluntary[row])
      default: .other
      }
    return Event(row: row, age: moment.age(order.eventDates[row]), change: change)
  }

  /// The row in `ranks` of the product that each event names: -1 where it names none, -2 where the product has no row.
  func products(ranked ranks: [String: Int32]) -> [Int32] {
    products.map(missing: -1) { ranks[$0] ?? -2 }
  }
}
