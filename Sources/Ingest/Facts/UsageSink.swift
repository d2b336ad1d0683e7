import Calendar
import Datasets

/// Takes the facts of a range of shards, in ascending order, into a file a dataset and day.
///
/// Days with many rows have a file for each range; the rows of other days wait until all ranges are done and then go into
/// one file, in the order of the ranges.
final class UsageSink {
  /// The facts of one day.
  struct DayFiles {
    let usage: FactFile
    let counterparties: FactFile
    let cells: FactFile

    var all: [(dataset: Dataset, file: FactFile)] {
      [(.usage, usage), (.counterparties, counterparties), (.cells, cells)]
    }
  }

  /// Subscription, event day, known day, delivery, measures.
  private static let usageForms: [FactFile.Form] =
    [.numbers, .runs, .runs, .runs] + Array(repeating: .numbers, count: UsageMeasureBytes.measureCount)
  /// Subscription, event day, known day, delivery, partner, events.
  private static let relationForms: [FactFile.Form] = [.runs, .runs, .runs, .runs, .hashes, .runs]

  let days: [DayFiles]
  /// The subscriptions met, ascending, where somebody wants to know.
  private(set) var subscriptions: [Int64] = []
  private let keepsSubscriptions: Bool

  /// Makes a file for each day; `path` names it, or is nil where the rows wait.
  init(
    _ groups: UsageGroups, keepsSubscriptions: Bool,
    path: (_ dataset: Dataset, _ day: Int32, _ rowCount: Int) -> String?
  ) {
    self.keepsSubscriptions = keepsSubscriptions
    days = groups.days.map { day, rowCount in
      DayFiles(
        usage: FactFile(
          Dataset.usage.schema, UsageSink.usageForms, path: path(.usage, day, rowCount),
          rowLimit: rowCount),
        counterparties: FactFile(
          Dataset.counterparties.schema, UsageSink.relationForms, path: path(.counterparties, day, rowCount),
          rowLimit: rowCount),
        cells: FactFile(
          Dataset.cells.schema, UsageSink.relationForms, path: path(.cells, day, rowCount),
          rowLimit: rowCount))
    }
  }

  /// Adds the sums of a subscription and group.
  func takeUsage(
    _ day: Int, _ subscription: Int64, _ group: UsageGroups.Group, _ sums: UnsafePointer<Int64>
  ) throws {
    if keepsSubscriptions, subscriptions.last != subscription { subscriptions.append(subscription) }
    let file = days[day].usage
    try file.prepare()
    let row = file.heldCount
    file.values[0][row] = subscription
    UsageSink.append(group, 1, to: file)
    for measure in 0..<UsageMeasureBytes.measureCount { file.values[4 + measure][row] = sums[measure] }
    file.added()
  }

  /// Adds the counterparties of a subscription and group, sorted.
  func takeCounterparties(
    _ day: Int, _ subscription: Int64, _ group: UsageGroups.Group, _ partners: UnsafeMutableBufferPointer<Int64>
  ) throws { try UsageSink.take(days[day].counterparties, subscription, group, partners) }

  /// Adds the cells of a subscription and group, sorted.
  func takeCells(
    _ day: Int, _ subscription: Int64, _ group: UsageGroups.Group, _ partners: UnsafeMutableBufferPointer<Int64>
  ) throws { try UsageSink.take(days[day].cells, subscription, group, partners) }

  private static func take(
    _ file: FactFile, _ subscription: Int64, _ group: UsageGroups.Group, _ partners: UnsafeMutableBufferPointer<Int64>
  ) throws {
    var start = 0
    while start < partners.count {
      // As many as fit the file's memory.
      try file.prepare()
      let target = file.values[4] + file.heldCount
      let end = min(partners.count, start + file.capacity - file.heldCount)
      let row = UsageSink.copyOnce(partners, &start, end, to: target, file)
      file.append(0, subscription, count: row)
      append(group, row, to: file)
      file.added(row)
    }
  }

  /// Copies each of some partners once, from `start` to `end` and to the last that is the same, and appends how often they
  /// come to the counts; returns how many there are.
  @inline(__always)
  private static func copyOnce(
    _ partners: UnsafeMutableBufferPointer<Int64>, _ start: inout Int, _ end: Int,
    to target: UnsafeMutablePointer<Int64>, _ file: FactFile
  ) -> Int {
    var row = 0
    while start < end {
      // Most come once.
      let first = row
      var next = start &+ 1
      while start < end, next == partners.count || partners[next] != partners[start] {
        target[row] = partners[start]
        row &+= 1
        start = next
        next &+= 1
      }
      if row > first { file.append(5, 1, count: row &- first) }
      guard start < end else { break }
      while next < partners.count, partners[next] == partners[start] { next &+= 1 }
      target[row] = partners[start]
      row &+= 1
      file.append(5, Int64(next &- start))
      start = next
    }
    return row
  }

  /// Appends event day, known day and delivery.
  @inline(__always)
  private static func append(_ group: UsageGroups.Group, _ count: Int, to file: FactFile) {
    file.append(1, Int64(group.day), count: count)
    file.append(2, Int64(group.known), count: count)
    file.append(3, group.delivery, count: count)
  }
}
