import Columns

/// The contacts that hold at a moment, whomever they were made to: of the rows of one contact, the newest.
///
/// A contact is one person, subscription, instant and channel, as for the fields of subscriptions (`ContactHistory`).
struct HeldContacts: Sendable {
  /// The row of the fact table that holds of each contact, ascending by person, subscription, instant and channel.
  let facts: [Int32]
  /// Days since each.
  let ages: [Int32]

  init(_ table: Table, at moment: TwinMoment) throws(ColumnsError) {
    let persons = try table.int64("person_id").values
    let subscriptions = try table.int64("subscription_id")
    let instants = try table.timestamp("contacted_at").values
    let channels = ContactHistory.numbered(try table.string("channel").values)
    let order = try FactOrder(table)
    func isSame(_ a: Int, _ b: Int) -> Bool {
      persons[a] == persons[b] && subscriptions[a] == subscriptions[b] && instants[a] == instants[b]
        && channels[a] == channels[b]
    }
    let index = DenseIndex(persons)
    let rows = RowsByRank(ranks: index.ranks(of: persons), rankCount: index.count) { a, b in
      // Ids are not negative, so contacts about no subscription come first.
      let (first, second) = (subscriptions[a] ?? -1, subscriptions[b] ?? -1)
      if first != second { return first < second }
      if instants[a] != instants[b] { return instants[a] < instants[b] }
      if channels[a] != channels[b] { return channels[a] < channels[b] }
      return order.precedes(a, b)
    }
    var facts: [Int32] = []
    for row in rows.rows where order.isSeen(Int(row), moment) {
      if let last = facts.last, isSame(Int(last), Int(row)) { facts.removeLast() }
      facts.append(row)
    }
    self.facts = facts
    ages = facts.map { Int32(moment.age(order.eventDates[Int($0)])) }
  }

  /// The contacts by the row of a twin that `row` gives for a fact, -1 for none.
  func grouped(rowCount: Int, by row: (Int) -> Int32) -> GroupedContacts {
    GroupedContacts(
      facts: facts, ages: ages,
      groups: RowsByRank(ranks: facts.map { row(Int($0)) }, rankCount: rowCount) { _, _ in false })
  }
}

/// Contacts by the rows of a twin.
struct GroupedContacts: Sendable {
  fileprivate let facts: [Int32]
  fileprivate let ages: [Int32]
  fileprivate let groups: RowsByRank

  /// The contacts of some rows.
  func held(_ rows: Range<Int>) -> HeldEvents {
    var held = HeldEvents(rowCount: rows.count)
    for row in rows { append(row, to: &held) }
    return held
  }

  /// The sum over the contacts of a row of what `values` has at the place of each.
  func total(_ row: Int, _ values: [Int32]) -> Int32 {
    groups.group(Int32(row)).reduce(0) { $0 + values[groups.row($1)] }
  }

  /// Adds the contacts of a row as the next one.
  func append(_ row: Int, to held: inout HeldEvents) {
    for position in groups.group(Int32(row)) {
      let contact = groups.row(position)
      held.append(fact: Int(facts[contact]), age: Int(ages[contact]))
    }
    held.endRow()
  }
}
