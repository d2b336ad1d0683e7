import Columns

/// Contacts by subscription and by person.
///
/// A contact is one person, subscription, instant and channel; of its rows, such as one with its outcome, the newest holds.
/// Contacts have no calendar of deliveries: what is known is what counts.
struct ContactHistory: Sendable {
  static let columns =
    ["person_id"] + FactOrder.columns + ["subscription_id", "contacted_at", "channel"]

  private let bySubscription: RowsByRank
  private let byPerson: RowsByRank
  private let personIndex: DenseIndex
  private let order: FactOrder
  private let persons: [Int64]
  private let instants: [Int64]
  private let channels: [Int32]

  init(_ table: Table, _ index: DenseIndex, persons personIndex: DenseIndex) throws(ColumnsError) {
    let subscriptions = try table.int64("subscription_id")
    let persons = try table.int64("person_id").values
    let instants = try table.timestamp("contacted_at").values
    let channels = ContactHistory.numbered(try table.string("channel").values)
    let order = try FactOrder(table)
    let precedes = { (a: Int, b: Int) -> Bool in
      if persons[a] != persons[b] { return persons[a] < persons[b] }
      if instants[a] != instants[b] { return instants[a] < instants[b] }
      if channels[a] != channels[b] { return channels[a] < channels[b] }
      return order.precedes(a, b)
    }
    bySubscription = RowsByRank(
      ranks: (0..<table.rowCount).map { subscriptions[$0].map { index.rank(of: $0) } ?? -1 },
      rankCount: index.count, precedes: precedes)
    byPerson = RowsByRank(
      ranks: (0..<table.rowCount).map { subscriptions.isValid($0) ? -1 : personIndex.rank(of: persons[$0]) },
      rankCount: personIndex.count, precedes: precedes)
    self.personIndex = personIndex
    self.order = order
    self.persons = persons
    self.instants = instants
    self.channels = channels
  }

  /// The contacts that hold at the scene's moment: about the subscription, then to its person about none.
  func held(_ scene: TwinScene, _ holders: Holders) -> HeldEvents {
    var held = HeldEvents(rowCount: scene.rowCount)
    for row in 0..<scene.rowCount {
      append(bySubscription, scene.ranks[row], at: scene.moment, to: &held)
      if let link = scene.link(row) {
        append(byPerson, personIndex.rank(of: holders.persons.values[link]), at: scene.moment, to: &held)
      }
      held.endRow()
    }
    return held
  }

  private func append(_ rows: RowsByRank, _ rank: Int32, at moment: TwinMoment, to held: inout HeldEvents) {
    var pending: Int?
    for position in rows.group(rank) {
      let row = rows.row(position)
      guard order.isSeen(row, moment) else { continue }
      if let pending, !isSame(pending, row) { held.append(fact: pending, age: moment.age(order.eventDates[pending])) }
      pending = row
    }
    if let pending { held.append(fact: pending, age: moment.age(order.eventDates[pending])) }
  }

  private func isSame(_ a: Int, _ b: Int) -> Bool {
    persons[a] == persons[b] && instants[a] == instants[b] && channels[a] == channels[b]
  }

  /// Numbers texts in the order in which they first come.
  static func numbered(_ texts: [String]) -> [Int32] {
    var numbers: [String: Int32] = [:]
    return texts.map { text in
      if let number = numbers[text] { return number }
      let number = Int32(numbers.count)
      numbers[text] = number
      return number
    }
  }
}
