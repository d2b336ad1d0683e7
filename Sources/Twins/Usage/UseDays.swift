import Columns

/// On which of the last 91 days some subscriptions had any use: what is left of the sums of use once they are let go.
package struct UseDays: Sendable {
  private let ids: AscendingIDs
  private let bits: [UInt128]

  /// Takes the days of some sums; nil where the catalogue has nobody keep them.
  package init?(_ usage: UsageWindows) {
    let anyUse = Tally(["event_count"])
    guard usage.plan.days.contains(anyUse) else { return nil }
    ids = usage.ids
    bits = usage.days(anyUse, of: Array(0..<Int32(usage.ids.count)))
  }

  /// Puts ranges of subscriptions together, which ascend from one to the next; nil where there are none.
  init?(concatenating parts: [UseDays]) {
    guard !parts.isEmpty else { return nil }
    ids = AscendingIDs(ascending: parts.flatMap(\.ids.keys))
    bits = parts.flatMap(\.bits)
  }

  /// The days of each subscription, as bits by age.
  func bits(of ids: [Int64]) -> [UInt128] { self.ids.ranks(of: ids).map { $0 < 0 ? 0 : bits[Int($0)] } }
}
