import Calendar
import Columns
import Parallelism

/// Which keyed hashes of numbers are those of the operator's subscriptions, at one moment.
///
/// Of the rows of one number, subscription and first day the newest holds; one that ends on its first day was taken back and says
/// nothing. Of the others, those that cover the as-of day or ended before it, the one that began last says whose the number is or
/// was.
struct OwnNumbers: Sendable {
  /// Numbers that a task looks at.
  private static let chunkRowCount = 1 << 14
  static let columns = ["subscription_id", "counterparty_hash"] + FactOrder.columns + ["valid_to"]

  private let index: DenseIndex
  private let standings: [Standing]
  /// Whether any number is known.
  let isKnown: Bool

  /// Whose a number is.
  enum Standing: UInt8, Sendable {
    case foreign
    case living
    case churned
  }

  /// Takes the numbers that a moment sees. O(n log n).
  init(_ table: Table, _ events: SubscriptionEvents, at moment: TwinMoment, _ workers: WorkerThreads) throws {
    let order = try FactOrder(table)
    let subscriptions = try table.int64("subscription_id").values
    let hashes = try table.int64("counterparty_hash").values
    let ends = try table.date("valid_to")
    index = DenseIndex(hashes)
    let rows = RowsByRank(ranks: index.ranks(of: hashes), rankCount: index.count) { a, b in
      if order.eventDates[a] != order.eventDates[b] { return order.eventDates[a] < order.eventDates[b] }
      if subscriptions[a] != subscriptions[b] { return subscriptions[a] < subscriptions[b] }
      return order.learnedBefore(a, b)
    }
    /// Whose the number of a rank is; nil where no row is seen.
    @Sendable func standing(_ rank: Int32) -> Standing? {
      var (last, newest): (Int?, Int?) = (nil, nil)
      for position in rows.group(rank) where order.isSeen(rows.row(position), moment) {
        let row = rows.row(position)
        let isSame = newest.map {
          order.eventDates[$0] == order.eventDates[row] && subscriptions[$0] == subscriptions[row]
        }
        // The row before was the newest of its assignment.
        if isSame == false, let newest, ends[newest] != order.eventDates[newest] { last = newest }
        newest = row
      }
      guard let newest else { return nil }
      if ends[newest] != order.eventDates[newest] { last = newest }
      guard let row = last else { return Standing.foreign }
      let holder = events.index.rank(of: subscriptions[row])
      guard holder >= 0 else { return Standing.foreign }
      let isHeld = ends[row].map { $0 > moment.asOf.rawValue } ?? true
      if events.lives(holder, at: moment) { return isHeld ? .living : Standing.foreign }
      guard let end = events.end(holder, at: moment), moment.age(end) < RelationAggregate.dayCount else {
        return Standing.foreign
      }
      return .churned
    }
    let chunks = try workers.mapChunks(rowCount: index.count, chunkRowCount: OwnNumbers.chunkRowCount) { ranks in
      ranks.map { standing(Int32($0)) }
    }
    standings = chunks.flatMap { $0.map { $0 ?? .foreign } }
    isKnown = chunks.contains { $0.contains { $0 != nil } }
  }

  /// Whose a number is, by its keyed hash.
  @inline(__always) func standing(of hash: Int64) -> Standing {
    let rank = index.rank(of: hash)
    return rank < 0 ? .foreign : standings[Int(rank)]
  }
}

extension RelationAggregate.Party {
  /// Whether a counterparty is one of the kind.
  @inline(__always) func counts(_ standing: OwnNumbers.Standing) -> Bool {
    switch self {
    case .onNet: standing == .living
    case .offNet: standing != .living
    case .churned: standing == .churned
    }
  }
}
