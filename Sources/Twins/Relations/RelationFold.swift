import Columns

/// Puts the relations of a range of subscriptions together, one subscription after the other.
struct RelationFold {
  private let aggregates: [RelationAggregate]
  private let numbers: OwnNumbers?
  private let outages: OutageMinutes?
  private let moment: TwinMoment
  private let ringEnds: [Int]
  private var table: PartnerTable
  /// A row of each relation of the subscription that is folded.
  private var rows: [(partner: Int64, age: Int, count: Int64)] = []
  /// Its cells that were out on days with events: their ranks among outages, and these days.
  private var struck: [(rank: Int32, days: UInt32)] = []

  /// A value a subscription, of each aggregate; a share is negative where there are no events.
  private(set) var wholes: [[Int64]]
  private(set) var shares: [[Double]]

  init(_ aggregates: [RelationAggregate], _ numbers: OwnNumbers?, _ outages: OutageMinutes?, at moment: TwinMoment) {
    self.aggregates = aggregates
    self.numbers = numbers
    self.outages = aggregates.contains(where: \.function.isOfOutages) ? outages : nil
    self.moment = moment
    ringEnds = Set(aggregates.map(\.days) + [RelationAggregate.dayCount]).sorted()
    table = PartnerTable(ringEnds: ringEnds)
    wholes = aggregates.map { _ in [] }
    shares = aggregates.map { _ in [] }
  }

  /// Folds the parts over the subscriptions, which ascend.
  mutating func run(_ family: RelationFamily, _ parts: [RelationPart], _ ids: ArraySlice<Int64>) throws {
    guard let first = ids.first, let last = ids.last else { return }
    let cursors = try parts.map { try $0.cursor(family, first...last) }
    for place in aggregates.indices {
      if aggregates[place].function == .topShare {
        shares[place].reserveCapacity(ids.count)
      } else {
        wholes[place].reserveCapacity(ids.count)
      }
    }
    for id in ids {
      rows.removeAll(keepingCapacity: true)
      var isPlain = true
      for cursor in cursors {
        try cursor.forRows(of: id) { range in
          for row in range where moment.sees(cursor.dates[row], cursor.knowns[row]) {
            let age = moment.age(cursor.dates[row])
            guard age < RelationAggregate.dayCount else { continue }
            if cursor.counts[row] <= 0 { isPlain = false }
            rows.append((cursor.partners[row], age, cursor.counts[row]))
          }
        }
      }
      if !isPlain { settle() }
      table.begin(rowCount: rows.count)
      for row in rows { table.add(row.partner, age: row.age, count: row.count) }
      finish()
    }
  }

  /// Sums rows of one partner and day, and leaves those that come to nothing: a fact may take events back from a day.
  private mutating func settle() {
    rows.sort { $0.partner != $1.partner ? $0.partner < $1.partner : $0.age < $1.age }
    var kept: [(partner: Int64, age: Int, count: Int64)] = []
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
    for place in aggregates.indices {
      let aggregate = aggregates[place]
      let ringCount = (ringEnds.firstIndex(of: aggregate.days) ?? ringEnds.count - 1) + 1
      let window: UInt32 = (1 << UInt32(aggregate.days)) - 1
      if aggregate.function.isOfOutages {
        wholes[place].append(sum(aggregate.function, window))
        continue
      }
      var (partnerCount, newCount, total, greatest) = (Int64(0), Int64(0), Int64(0), Int64(0))
      for slot in table.taken {
        let slot = Int(slot)
        let days = table.days[slot]
        guard days & window != 0 else { continue }
        if let party = aggregate.party, numbers.map({ !$0.counts(table.partners[slot], party) }) ?? true { continue }
        partnerCount += 1
        if days & ~window == 0 { newCount += 1 }
        let sum = table.sum(slot, ringCount: ringCount)
        total &+= sum
        greatest = max(greatest, sum)
      }
      switch aggregate.function {
      case .distinct: wholes[place].append(partnerCount)
      case .new: wholes[place].append(newCount)
      case .events: wholes[place].append(total)
      case .topShare: shares[place].append(total > 0 ? Double(greatest) / Double(total) : -1)
      case .outageMinutes, .outageCells: break
      }
    }
  }

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
