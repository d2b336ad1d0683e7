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
        usage: FactFile(Dataset.usage.schema, path: path(.usage, day, rowCount)),
        counterparties: FactFile(
          Dataset.counterparties.schema, path: path(.counterparties, day, rowCount),
          incompressible: ["counterparty_hash"]),
        cells: FactFile(Dataset.cells.schema, path: path(.cells, day, rowCount), incompressible: ["cell_hash"]))
    }
  }

  /// Adds the sums of a subscription and group.
  func takeUsage(
    _ day: Int, _ subscription: Int64, _ group: UsageGroups.Group, _ sums: UnsafePointer<Int64>
  ) throws {
    if keepsSubscriptions, subscriptions.last != subscription { subscriptions.append(subscription) }
    let file = days[day].usage
    try file.prepare()
    UsageSink.set(file, subscription, group)
    for measure in 0..<UsageMeasureBytes.measureCount { file.set(4 + measure, sums[measure]) }
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
      // As many as fit the file's memory; the columns do not move meanwhile.
      try file.prepare()
      let rows = FactFile.RelationRows(file)
      var row = file.heldCount
      let first = row
      while start < partners.count, row < file.capacity {
        let partner = partners[start]
        var end = start &+ 1
        while end < partners.count, partners[end] == partner { end &+= 1 }
        rows.subscriptions[row] = subscription
        rows.days[row] = group.day
        rows.knownDays[row] = group.known
        rows.deliveries[row] = group.delivery
        rows.partners[row] = partner
        rows.counts[row] = Int64(end &- start)
        row &+= 1
        start = end
      }
      file.added(row &- first)
    }
  }

  @inline(__always)
  private static func set(_ file: FactFile, _ subscription: Int64, _ group: UsageGroups.Group) {
    file.set(0, subscription)
    file.set(1, group.day)
    file.set(2, group.known)
    file.set(3, group.delivery)
  }
}
