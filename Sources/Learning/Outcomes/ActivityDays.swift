package import Calendar
package import Columns

/// On which days prepaid subscriptions were in use, and since which night that is known.
///
/// Activity is any event of use, made or received, or a top-up: a card that has been put away neither answers calls nor
/// takes delivery of messages, while many who keep theirs let weeks pass without a call of their own. Days without complete deliveries are *unknown*: they neither break a silence nor count towards it.
package struct ActivityDays: Sendable {
  /// The mark of a day without activity.
  package static let never = Int32.max

  /// The subscriptions, ascending.
  package let subscriptions: [Int64]
  /// The first day.
  package let start: Day
  /// The first night that knew of activity: day by day, one number a subscription, `never` for none.
  private let firstKnown: [[Int32]]
  /// Whether the deliveries of a day were complete.
  private let isComplete: [Bool]

  /// Gathers activity.
  ///
  /// - Parameters:
  ///   - subscriptions: whom to watch, ascending.
  ///   - start: the first day.
  ///   - days: for each day from `start` on, tables with `subscription_id`, `known_date` and, for use, the counts of
  ///     `ActivityDays.measures`.
  ///   - isComplete: whether each day is complete.
  package init(subscriptions: [Int64], start: Day, firstKnown: [[Int32]], isComplete: [Bool]) {
    precondition(firstKnown.count == isComplete.count, "one flag a day")
    self.subscriptions = subscriptions
    self.start = start
    self.firstKnown = firstKnown
    self.isComplete = isComplete
  }

  /// The measures of use that are activity.
  package static let measures = ["event_count"]

  /// The first night that knew of activity on one day, one number a subscription of `positions`.
  ///
  /// - Parameters:
  ///   - tables: rows of one day; a table without measures (top-ups) holds activity in every row.
  ///   - positions: position of each subscription.
  package static func firstKnown(
    _ tables: [Table], positions: [Int64: Int32]
  ) throws(ColumnsError) -> [Int32] {
    var nights = [Int32](repeating: never, count: positions.count)
    for table in tables {
      let ids = try table.int64("subscription_id").values
      let known = try table.date("known_date").values
      var counts: [[Int64]] = []
      for measure in measures where table[measure] != nil { counts.append(try table.int64(measure).values) }
      for row in ids.indices where counts.isEmpty || counts.contains(where: { $0[row] > 0 }) {
        guard let position = positions[ids[row]] else { continue }
        nights[Int(position)] = min(nights[Int(position)], known[row])
      }
    }
    return nights
  }

  /// The number of days watched.
  package var dayCount: Int { firstKnown.count }

  /// Whether a subscription (by position) was without activity on the last `count` complete days up to `day`, as the night
  /// `knownBy` saw it; false where fewer of the last `dayCount` days are complete.
  package func isSilent(
    _ position: Int, endingAt day: Day, count: Int, within dayCount: Int, knownBy: Day
  ) -> Bool {
    var completeDayCount = 0
    for offset in stride(from: day - start, to: day - start - dayCount, by: -1)
    where firstKnown.indices.contains(offset) && isComplete[offset] {
      if firstKnown[offset][position] <= knownBy.rawValue { return false }
      completeDayCount += 1
      if completeDayCount == count { return true }
    }
    return false
  }

  /// The first day of a silence of `count` complete days that begins within `window`, or nil.
  ///
  /// A silence begins on a complete day without activity that follows a day with activity (a complete one, or the day
  /// before the window where nothing is known of it); a run that began before the window is not one of the window's.
  package func silence(_ position: Int, within window: ClosedRange<Day>, count: Int, knownBy: Day) -> Day? {
    var begin: Day?
    var length = 0
    var wasActive = true
    let first = window.lowerBound - start
    // What stood on the last complete day before the window.
    var before = first - 1
    while before >= 0, !isComplete[before] { before -= 1 }
    if before >= 0 { wasActive = firstKnown[before][position] <= knownBy.rawValue }
    for offset in max(0, first)..<firstKnown.count where isComplete[offset] {
      if firstKnown[offset][position] <= knownBy.rawValue {
        (begin, length, wasActive) = (nil, 0, true)
        if start + offset > window.upperBound { return nil }
        continue
      }
      if wasActive {
        begin = start + offset
        if start + offset > window.upperBound { return nil }
        length = 0
        wasActive = false
      }
      guard let begin else { continue }
      length += 1
      if length >= count { return begin }
    }
    return nil
  }
}
