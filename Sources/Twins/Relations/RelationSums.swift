import Columns
import Datasets
import Parallelism

/// What the relations of some subscriptions come to at one moment: a value a subscription of each aggregate.
///
/// The files of 28 days ascend by subscription. They are merged, range after range of subscriptions on every thread, and each
/// subscription's partners are put together in a small table of their own. Nothing is kept from night to night, so late and
/// corrected facts need no care. O(rows of 28 days).
struct RelationSums: Sendable {
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
    // One a thread, as each reads the row group in which it begins from its first row on; a subscription's values hang on no cut.
    let ranges = (0..<workers.count).map {
      ids.count * $0 / workers.count..<ids.count * ($0 + 1) / workers.count
    }
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
