import Columns

/// What the lists say of a subscription's score: its decile among all scored, and the reasons.
struct ScoreBook: Sendable {
  struct Line: Sendable {
    /// 1 holds the tenth most likely to leave.
    var decile: Int
    /// Up to three fields that raised the score most.
    var reasons: [String]
  }

  private var lines: [Int64: Line] = [:]

  /// Reads `scores` at one horizon: the given one, else the shortest there is. Ties rank by subscription.
  init(_ table: Table, horizonDays: Int?) throws {
    let subscriptions = try table.int64("subscription_id").values
    let horizons = try table.int32("horizon_days").values
    let probabilities = try table.double("churn_probability").values
    let reasons = try ["reason_1", "reason_2", "reason_3"].map { try table.string($0) }
    guard let wanted = horizonDays.map(Int32.init) ?? horizons.min() else { return }
    let rows = horizons.indices.filter { horizons[$0] == wanted }.sorted { a, b in
      (probabilities[b], subscriptions[a]) < (probabilities[a], subscriptions[b])
    }
    lines.reserveCapacity(rows.count)
    for (rank, row) in rows.enumerated() {
      lines[subscriptions[row]] = Line(decile: rank * 10 / rows.count + 1, reasons: reasons.compactMap { $0[row] })
    }
  }

  subscript(subscription: Int64) -> Line? { lines[subscription] }
}
