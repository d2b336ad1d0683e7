import Columns
import Datasets
import Parallelism

/// What the relations of some subscriptions come to at one moment: a value a subscription of each aggregate.
///
/// The files of 28 days ascend by subscription. They are merged, range after range of subscriptions on every thread, and each
/// subscription's partners are put together in a small table of their own. Nothing is kept from night to night, so late and
/// corrected facts need no care. O(rows of 28 days).
struct RelationSums: Sendable {
  /// Ranges of subscriptions at least, so that every thread has some; a range that does not begin with a file reads the row
  /// group in which it begins in vain.
  private static let rangeCount = 4

  /// A value a subscription, in the order of these, of each aggregate; the share is kept apart.
  private let wholes: [RelationAggregate: [Int64]]
  private let shares: [RelationAggregate: [Double]]
  private let knowsNumbers: Bool

  /// Sums the parts of each family over the subscriptions of `ids`, ascending. The values do not depend on `threads`.
  init(
    _ aggregates: [RelationAggregate], _ parts: [RelationFamily: [RelationPart]], _ numbers: OwnNumbers?,
    _ outages: OutageMinutes?, _ ids: [Int64], at moment: TwinMoment, _ workers: WorkerThreads
  ) throws {
    var wholes: [RelationAggregate: [Int64]] = [:]
    var shares: [RelationAggregate: [Double]] = [:]
    let ranges = RelationSums.ranges(ids)
    for family in RelationFamily.allCases {
      let asked = aggregates.filter { $0.family == family }
      guard !asked.isEmpty else { continue }
      let live = (parts[family] ?? []).filter { $0.bears(on: moment) }
      let values = try workers.map(taskCount: ranges.count) { number in
        var fold = RelationFold(asked, numbers, outages, at: moment)
        try fold.run(family, live, ids[ranges[number]])
        return (fold.wholes, fold.shares)
      }
      for (place, aggregate) in asked.enumerated() {
        if aggregate.function == .topShare {
          shares[aggregate] = values.flatMap { $0.1[place] }
        } else {
          wholes[aggregate] = values.flatMap { $0.0[place] }
        }
      }
    }
    self.wholes = wholes
    self.shares = shares
    knowsNumbers = numbers?.isKnown ?? false
  }

  /// The ranges of places in `ids`: cut as facts are into files, and further where these are few.
  private static func ranges(_ ids: [Int64]) -> [Range<Int>] {
    let parts = ShardRanges.parts(rowCount: ids.count) { ids[$0] }
    let pieceCount = max(1, rangeCount / parts.count)
    return parts.flatMap { part in
      (0..<pieceCount).map { piece in
        part.rows.lowerBound + part.rows.count * piece / pieceCount..<part.rows.lowerBound + part.rows.count
          * (piece + 1) / pieceCount
      }
    }
  }

  /// The column of a field, of the subscriptions of a scene; the first of them is at place `start` of those that were summed.
  func column(_ aggregate: RelationAggregate, _ scene: TwinScene, from start: Int) -> Column {
    let needed = aggregate.function == .new ? RelationAggregate.dayCount : aggregate.days
    let isKnown =
      scene.completeDays.count(aggregate.family.dataset) >= needed && (aggregate.party == nil || knowsNumbers)
      && (!aggregate.function.isOfOutages || scene.completeDays.count(.outages) >= needed)
    if let shares = shares[aggregate] {
      return .double(
        scene.column(0, knownIf: isKnown) { row in
          let share = shares[start + row]
          return share < 0 ? nil : share
        })
    }
    let wholes = wholes[aggregate] ?? []
    if aggregate.type == .int64 {
      return .int64(scene.column(0, knownIf: isKnown) { wholes[start + $0] })
    }
    return .int32(scene.column(0, knownIf: isKnown) { Int32(clamping: wholes[start + $0]) })
  }
}
