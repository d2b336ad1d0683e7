import Columns
import Datasets

/// The margin of 28 days: (fee · days / 30) + charges − Σ units · cost / 1,000,000, each part rounded towards zero.
///
/// Days are days of life in the window. Prices are those in force on the as-of day. Sums are 128-bit, so that bytes
/// times their cost do not overflow.
struct MarginField {
  /// The days that a monthly fee pays for.
  private static let feeDays: Int128 = 30
  private static let million: Int128 = 1_000_000
  /// The days of the window.
  static let days = 28
  /// The name of the rule.
  static let name = "margin_28d_e4"
  /// The measures of use that bear on it: what each costs, and what was charged.
  static let measures = useCosts.flatMap(\.measures) + ["charge_e4"]
  private static let useCosts: [(measures: [String], unit: String)] = [
    (["voice_out_seconds", "voice_in_seconds"], "voice-second"), (["sms_out_count", "sms_in_count"], "sms"),
    (["data_down_bytes", "data_up_bytes"], "data-byte"), (["roaming_count"], "roaming-event"),
  ]

  let scene: TwinScene
  let events: SubscriptionEvents
  let prices: PriceBook
  let usage: UsageFields
  let billCounts: [Int32]
  let ticketCounts: [Int32]

  /// The column.
  func column() -> Column {
    let billCost = Int128(prices.costPerMillion("bill"))
    let ticketCost = Int128(prices.costPerMillion("ticket"))
    let dayCost = Int128(prices.costPerMillion("subscription-day"))
    let isKnown =
      (billCost == 0 || scene.completeDays.count(.bills) >= MarginField.days)
      && (ticketCost == 0 || scene.completeDays.count(.tickets) >= MarginField.days)
    guard isKnown, scene.completeDays.count(.usage) >= MarginField.days else { return .int64(scene.unknown(0)) }
    func sums(_ measure: String) -> [Int64] { usage.sums(Tally([measure]), .days(MarginField.days)) }
    let useCosts = MarginField.useCosts.flatMap { measures, unit in
      measures.map { (sums($0), Int128(prices.costPerMillion(unit))) }
    }
    let charges = sums("charge_e4")
    return .int64(
      scene.column(0) { row in
        guard let fee = prices.monthlyFee(events.products.text(scene.lives[row].product)) else { return nil }
        let days = Int128(min(MarginField.days, scene.moment.age(scene.lives[row].activation) + 1))
        var cost = Int128(billCounts[row]) * billCost + Int128(ticketCounts[row]) * ticketCost + days * dayCost
        for (units, price) in useCosts { cost += Int128(units[row]) * price }
        let margin = Int128(fee) * days / MarginField.feeDays + Int128(charges[row]) - cost / MarginField.million
        return Int64(clamping: margin)
      })
  }
}
