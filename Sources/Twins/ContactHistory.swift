import Columns

/// Contacts by subscription and by person, and the fields that come from them.
///
/// A contact is one person, subscription, instant and channel; further rows of it, such as its outcome, do not count
/// again. Contacts have no calendar of deliveries: what is known is what counts.
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

  private struct Contacts {
    var counts: [3 of Int32] = [0, 0, 0]
    var age: Int?
  }

  /// The columns of contacts.
  func columns(_ scene: TwinScene, _ holders: Holders) -> [String: Column] {
    let contacts = (0..<scene.rowCount).map { row in
      var contacts = Contacts()
      count(bySubscription, scene.ranks[row], at: scene.moment, &contacts)
      if let person = scene.links[row].map({ personIndex.rank(of: holders.persons.values[$0]) }) {
        count(byPerson, person, at: scene.moment, &contacts)
      }
      return contacts
    }
    var columns: [String: Column] = [
      "days_since_last_contact": .int32(scene.column(0) { contacts[$0].age.map(Int32.init) })
    ]
    for (window, days) in Windows.lengths.enumerated() {
      columns["contact_count_\(days)d"] = .int32(scene.column(0) { contacts[$0].counts[window] })
    }
    return columns
  }

  private func count(_ rows: RowsByRank, _ rank: Int32, at moment: TwinMoment, _ contacts: inout Contacts) {
    var previous: Int?
    for position in rows.group(rank) {
      let row = rows.row(position)
      guard order.isSeen(row, moment) else { continue }
      defer { previous = row }
      if let previous, persons[previous] == persons[row], instants[previous] == instants[row],
        channels[previous] == channels[row]
      {
        continue
      }
      let age = moment.age(order.eventDates[row])
      contacts.age = min(contacts.age ?? age, age)
      for (window, days) in Windows.lengths.enumerated() where age < days { contacts.counts[window] += 1 }
    }
  }

  /// Numbers texts in the order in which they first come.
  private static func numbered(_ texts: [String]) -> [Int32] {
    var numbers: [String: Int32] = [:]
    return texts.map { text in
      if let number = numbers[text] { return number }
      let number = Int32(numbers.count)
      numbers[text] = number
      return number
    }
  }
}
