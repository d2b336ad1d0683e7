import Columns

/// Puts the relations of a range of subscriptions together, one subscription after the other.
struct RelationFold {
  /// Which partners count, and over which days: several aggregates may ask the same.
  private struct Selection: Equatable {
    let party: RelationAggregate.Party?
    let window: UInt32
    let ringCount: Int
  }

  /// What they come to.
  private struct Tally {
    var partnerCount: Int64 = 0
    var newCount: Int64 = 0
    var eventCount: Int64 = 0
    var greatestCount: Int64 = 0
  }

  private let aggregates: [RelationAggregate]
  private let numbers: OwnNumbers?
  private let outages: OutageMinutes?
  private let moment: TwinMoment
  private let selections: [Selection]
  /// The selection of each aggregate.
  private let selectionOf: [Int]
  private var tallies: [Tally]
  /// Whose the partners of the table are, in the order of those.
  private var standings: [OwnNumbers.Standing] = []
  private var table: PartnerTable
  /// A row of each relation of the subscription that is folded.
  private var rows: [RelationCursor.Row] = []
  /// Its cells that were out on days with events: their ranks among outages, and these days.
  private var struck: [(rank: Int32, days: UInt32)] = []

  /// A value a subscription, of each aggregate; a share is negative where there are no events.
  private(set) var wholes: [[Int64]]
  private(set) var shares: [[Double]]

  init(_ aggregates: [RelationAggregate], _ numbers: OwnNumbers?, _ outages: OutageMinutes?, at moment: TwinMoment) {
    self.aggregates = aggregates
    self.numbers = aggregates.contains { $0.party != nil } ? numbers : nil
    self.outages = aggregates.contains(where: \.function.isOfOutages) ? outages : nil
    self.moment = moment
    let ringEnds = Set(aggregates.map(\.days) + [RelationAggregate.dayCount]).sorted()
    let asked = aggregates.map { aggregate in
      Selection(
        party: aggregate.party, window: RelationFold.mask(aggregate.days),
        ringCount: (ringEnds.firstIndex(of: aggregate.days) ?? ringEnds.count - 1) + 1)
    }
    var selections: [Selection] = []
    for selection in asked where !selections.contains(selection) { selections.append(selection) }
    self.selections = selections
    selectionOf = asked.map { selections.firstIndex(of: $0) ?? 0 }
    tallies = selections.map { _ in Tally() }
    table = PartnerTable(ringEnds: ringEnds)
    wholes = aggregates.map { _ in [] }
    shares = aggregates.map { _ in [] }
  }

  /// Folds the parts over the subscriptions, which ascend.
  mutating func run(_ family: RelationFamily, _ parts: [RelationPart], _ ids: ArraySlice<Int64>) throws {
    guard let first = ids.first, let last = ids.last else { return }
    var cursors = try parts.compactMap { try $0.cursor(family, first...last) }
    for place in aggregates.indices {
      if aggregates[place].function == .topShare {
        shares[place].reserveCapacity(ids.count)
      } else {
        wholes[place].reserveCapacity(ids.count)
      }
    }
    for id in ids {
      rows.removeAll(keepingCapacity: true)
      for cursor in cursors.indices where cursors[cursor].nextID <= id {
        try cursors[cursor].skip(to: id)
        if cursors[cursor].nextID == id { try cursors[cursor].take(into: &rows, at: moment) }
      }
      if rows.contains(where: { $0.count <= 0 }) { settle() }
      table.begin(rowCount: rows.count)
      for row in rows { table.add(row.partner, age: row.age, count: row.count) }
      finish()
    }
  }

  /// Sums rows of one partner and day, and leaves those that come to nothing: a fact may take events back from a day.
  private mutating func settle() {
    rows.sort { $0.partner != $1.partner ? $0.partner < $1.partner : $0.age < $1.age }
    var kept: [RelationCursor.Row] = []
    for row in rows {
      if let last = kept.last, last.partner == row.partner, last.age == row.age {
        kept[kept.count - 1].count &+= row.count
      } else {
        kept.append(row)
      }
    }
    rows = kept.filter { $0.count > 0 }
  }

  /// Adds the values of the subscription that the table holds.
  private mutating func finish() {
    if let outages {
      struck.removeAll(keepingCapacity: true)
      for slot in table.taken {
        let days = table.days[Int(slot)]
        let rank = outages.rank(of: table.partners[Int(slot)], on: days)
        if rank >= 0 { struck.append((rank, days)) }
      }
    }
    if let numbers {
      standings.removeAll(keepingCapacity: true)
      for slot in table.taken { standings.append(numbers.standing(of: table.partners[Int(slot)])) }
    }
    for (number, selection) in selections.enumerated() { tallies[number] = tally(selection) }
    for place in aggregates.indices {
      let aggregate = aggregates[place]
      let tally = tallies[selectionOf[place]]
      switch aggregate.function {
      case .distinct: wholes[place].append(tally.partnerCount)
      case .new: wholes[place].append(tally.newCount)
      case .events: wholes[place].append(tally.eventCount)
      case .topShare:
        shares[place].append(tally.eventCount > 0 ? Double(tally.greatestCount) / Double(tally.eventCount) : -1)
      case .outageMinutes, .outageCells:
        wholes[place].append(sum(aggregate.function, RelationFold.mask(aggregate.days)))
      }
    }
  }

  /// What the partners of the table that a selection looks at come to.
  private func tally(_ selection: Selection) -> Tally {
    var tally = Tally()
    let window = selection.window
    for (place, slot) in table.taken.enumerated() {
      let slot = Int(slot)
      let days = table.days[slot]
      guard days & window != 0 else { continue }
      if let party = selection.party, numbers == nil || !party.counts(standings[place]) { continue }
      tally.partnerCount += 1
      if days & ~window == 0 { tally.newCount += 1 }
      let sum = table.sum(slot, firstRings: selection.ringCount)
      tally.eventCount &+= sum
      tally.greatestCount = max(tally.greatestCount, sum)
    }
    return tally
  }

  /// A bit for each age of a window.
  private static func mask(_ days: Int) -> UInt32 { (1 << UInt32(days)) - 1 }

  /// Minutes of outage on the days of a window with events, or the cells that had any.
  private func sum(_ function: RelationAggregate.Function, _ window: UInt32) -> Int64 {
    guard let outages else { return 0 }
    var (minutes, cellCount) = (Int64(0), Int64(0))
    for (rank, days) in struck {
      let own = outages.minutes(rank, days & window)
      minutes += own
      if own > 0 { cellCount += 1 }
    }
    return function == .outageCells ? cellCount : minutes
  }
}
