import Columns
import Datasets

/// The fields of use at one moment: sums, days with events, trends, recency.
struct UsageFields {
  private(set) var columns: [String: Column] = [:]
  /// The sums of 28 days by measure, for the margin; nil where the window is unknown.
  private(set) var monthSums: [String: [Int64]]?

  private let scene: TwinScene
  private let completeDayCount: Int

  init(_ windows: UsageWindows, _ scene: TwinScene) {
    self.scene = scene
    completeDayCount = scene.completeDays.count(.usage)
    let ranks = windows.ids.ranks(of: scene.subscriptionIDs)
    var sums: [String: [[Int64]]] = [:]
    for (measure, name) in UsageWindows.measures.enumerated() {
      let ofWindows = Windows.lengths.indices.map { windows.sums(measure, window: $0, of: ranks) }
      for (days, values) in zip(Windows.lengths, ofWindows) { columns["\(name)_\(days)d"] = sum(values, days) }
      sums[name] = ofWindows
    }
    let days = windows.days(of: ranks)
    for length in Windows.lengths {
      let mask = (UInt128(1) << UInt128(length)) - 1
      columns["active_days_\(length)d"] = .int32(
        scene.column(0, knownIf: isKnown(length)) { Int32((days.active[$0] & mask).nonzeroBitCount) })
    }
    for name in ["voice_out_seconds", "data_down_bytes", "event_count"] {
      columns["\(name)_trend"] = trend(sums[name] ?? [], from: 0, over: 1)
    }
    columns["event_count_trend_91d"] = trend(sums["event_count"] ?? [], from: 1, over: 2)
    columns["days_since_last_event"] = scene.recency(completeDayCount) { newestAge(days.active[$0]) }
    columns["days_since_last_out"] = scene.recency(completeDayCount) { newestAge(days.outgoing[$0]) }
    if isKnown(Windows.lengths[1]) { monthSums = sums.mapValues { $0[1] } }
  }

  private func isKnown(_ days: Int) -> Bool { completeDayCount >= days }

  private func sum(_ values: [Int64], _ days: Int) -> Column {
    .int64(isKnown(days) ? TypedColumn(values) : scene.unknown(0))
  }

  /// The age of the lowest bit.
  private func newestAge(_ bits: UInt128) -> Int? { bits == 0 ? nil : bits.trailingZeroBitCount }

  /// Mean per day of life in one window over the same in a longer one.
  private func trend(_ sums: [[Int64]], from short: Int, over long: Int) -> Column {
    let lengths = Windows.lengths
    return .double(
      scene.column(0, knownIf: isKnown(lengths[long])) { row in
        let life = scene.moment.age(scene.lives[row].activation) + 1
        guard sums[long][row] > 0 else { return nil }
        let recent = Double(sums[short][row]) / Double(min(lengths[short], life))
        let usual = Double(sums[long][row]) / Double(min(lengths[long], life))
        return recent / usual
      })
  }
}
