import Calendar
package import Columns
import Datasets

/// For how many minutes of each day cells were out, at one moment.
///
/// Of the rows of one outage of a cell the newest holds: so an end closes what was open, and a correction replaces what was
/// said before. An outage without an end lasts to the end of the as-of day. Outages of one cell are united, so that a minute
/// counts once. They are cut at the bounds of days by the local clock.
package struct OutageMinutes: Sendable {
  static let columns = ["cell_hash"] + FactOrder.columns + ["outage_id", "start_minute", "end_date", "end_minute"]
  /// An outage counts for so long from the day of its beginning: whoever never tells its end, or tears a cell down, has no
  /// customers there any more, and no night has to read older facts.
  static let longestDays = 91
  private static let dayMinutes: Int64 = 1_440

  private let index: DenseIndex
  /// Bit `a` is set where the cell of a rank was out at age `a`.
  private var days: [UInt32]
  /// Minutes by rank and age.
  private var minutes: [Int16]

  /// An outage of a cell: the row that tells it, and the minutes from the first on up to the last, which is not one of them.
  struct Span: Sendable {
    let row: Int
    let cell: Int64
    let start: Int64
    let end: Int64
  }

  /// The minute after the as-of day, and the first of the 28 days; both count from 1970-01-01.
  private static func bounds(_ moment: TwinMoment) -> (first: Int64, end: Int64) {
    let end = (Int64(moment.asOf.rawValue) + 1) * dayMinutes
    return (end - Int64(RelationAggregate.dayCount) * dayMinutes, end)
  }

  /// What lies in the 28 days of the outages that a moment sees, by cell and beginning. O(n log n).
  static func spans(_ table: Table, at moment: TwinMoment) throws(ColumnsError) -> [Span] {
    let order = try FactOrder(table)
    let cells = try table.int64("cell_hash").values
    let ids = try table.int64("outage_id")
    let startMinutes = try table.int32("start_minute").values
    let (endDates, endMinutes) = (try table.date("end_date"), try table.int32("end_minute"))
    func start(_ row: Int) -> Int64 { Int64(order.eventDates[row]) * dayMinutes + Int64(startMinutes[row]) }
    /// What says, beside the cell, which outage a row is of.
    func identity(_ row: Int) -> (Int, Int64) { ids[row].map { (1, $0) } ?? (0, start(row)) }
    let seen = cells.indices.filter { order.isSeen($0, moment) }.sorted { a, b in
      if cells[a] != cells[b] { return cells[a] < cells[b] }
      if identity(a) != identity(b) { return identity(a) < identity(b) }
      if order.learnedBefore(a, b) != order.learnedBefore(b, a) { return order.learnedBefore(a, b) }
      return a < b
    }
    let bounds = bounds(moment)
    var spans: [Span] = []
    for (place, row) in seen.enumerated() {
      if place + 1 < seen.count, cells[seen[place + 1]] == cells[row], identity(seen[place + 1]) == identity(row) {
        continue
      }
      let told = endDates[row].map { Int64($0) * dayMinutes + Int64(endMinutes[row] ?? 0) } ?? bounds.end
      let longest = (Int64(order.eventDates[row]) + Int64(longestDays)) * dayMinutes
      let span = Span(
        row: row, cell: cells[row], start: max(start(row), bounds.first), end: min(told, longest, bounds.end))
      if span.start < span.end { spans.append(span) }
    }
    return spans.sorted { ($0.cell, $0.start, $0.end) < ($1.cell, $1.start, $1.end) }
  }

  /// Takes the outages that a moment sees. O(n log n).
  package init(_ table: Table, at moment: TwinMoment) throws(ColumnsError) {
    let spans = try OutageMinutes.spans(table, at: moment)
    let (first, end) = OutageMinutes.bounds(moment)
    index = DenseIndex(spans.map(\.cell))
    days = [UInt32](repeating: 0, count: index.count)
    minutes = [Int16](repeating: 0, count: index.count * RelationAggregate.dayCount)
    var (cell, done) = (Int64.min, Int64.min)
    for span in spans {
      if span.cell != cell { (cell, done) = (span.cell, first) }
      var minute = max(span.start, done)
      let rank = Int(index.rank(of: cell))
      while minute < span.end {
        let age = Int((end - 1 - minute) / OutageMinutes.dayMinutes)
        let next = min(span.end, end - Int64(age) * OutageMinutes.dayMinutes)
        days[rank] |= 1 << UInt32(age)
        minutes[rank * RelationAggregate.dayCount + age] += Int16(next - minute)
        minute = next
      }
      done = max(done, span.end)
    }
  }

  /// The rank of a cell that was out on one of some days, or -1.
  @inline(__always) func rank(of cell: Int64, on used: UInt32) -> Int32 {
    let rank = index.rank(of: cell)
    return rank >= 0 && days[Int(rank)] & used != 0 ? rank : -1
  }

  /// The minutes that a cell was out on some days: bit `a` of them stands for age `a`.
  func minutes(_ rank: Int32, _ used: UInt32) -> Int64 {
    var sum: Int64 = 0
    var left = days[Int(rank)] & used
    while left != 0 {
      sum += Int64(minutes[Int(rank) * RelationAggregate.dayCount + left.trailingZeroBitCount])
      left &= left - 1
    }
    return sum
  }

  /// The minutes of a cell on one day of the 28, by its age.
  package func minutes(of cell: Int64, age: Int) -> Int64 {
    let rank = rank(of: cell, on: 1 << UInt32(age))
    return rank < 0 ? 0 : minutes(rank, 1 << UInt32(age))
  }
}
