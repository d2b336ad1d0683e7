import Columns

/// Products and unit costs in force at a moment: of the rows of one key, the newest that began by the as-of day.
struct PriceBook: Sendable {
  static let productColumns =
    FactOrder.columns + [
      "product", "name", "payment_type", "monthly_fee_e4", "contract_months", "data_allowance_bytes",
    ]
  static let unitCostColumns = FactOrder.columns + ["unit", "cost_e4_per_million"]

  private let fees: [String: Int64]
  private let dataAllowances: [String: Int64]
  private let paymentTypes: [String: String]
  private let costs: [String: Int64]

  init(products: Table, unitCosts: Table, at moment: TwinMoment) throws(ColumnsError) {
    let fees = try products.int64("monthly_fee_e4").values
    let dataAllowances = try products.int64("data_allowance_bytes")
    let paymentTypes = try products.string("payment_type").values
    let rows = PriceBook.newest(
      try products.string("product").values, try FactOrder(products), moment)
    self.fees = rows.mapValues { fees[$0] }
    self.dataAllowances = rows.compactMapValues { dataAllowances[$0] }
    self.paymentTypes = rows.mapValues { paymentTypes[$0] }
    let costs = try unitCosts.int64("cost_e4_per_million").values
    self.costs = PriceBook.newest(try unitCosts.string("unit").values, try FactOrder(unitCosts), moment)
      .mapValues { costs[$0] }
  }

  /// The row that is in force of each key.
  static func newest(_ keys: [String], _ order: FactOrder, _ moment: TwinMoment) -> [String: Int] {
    var newest: [String: Int] = [:]
    for row in keys.indices where order.isSeen(row, moment) {
      if let found = newest[keys[row]], order.precedes(row, found) { continue }
      newest[keys[row]] = row
    }
    return newest
  }

  /// The fee per 30 days of a product, in 1/10,000 of the currency unit.
  func monthlyFee(_ product: String?) -> Int64? { product.flatMap { fees[$0] } }

  /// The bytes that the fee of a product includes per 30 days.
  func dataAllowance(_ product: String?) -> Int64? { product.flatMap { dataAllowances[$0] } }

  /// prepaid or postpaid, as the catalogue says.
  func paymentType(_ product: String?) -> String? { product.flatMap { paymentTypes[$0] } }

  /// The cost of a million units, in 1/10,000 of the currency unit; a unit without a price costs nothing.
  func costPerMillion(_ unit: String) -> Int64 { costs[unit] ?? 0 }
}
