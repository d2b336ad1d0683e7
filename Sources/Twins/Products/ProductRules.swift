import Columns

/// The fields of a product that code of their own makes.
enum ProductRules {
  /// The rules that a catalogue has a field of.
  static let needed = [
    TwinRule(name: "product_key", type: .string, source: "facts/products, facts/subscriptions, facts/contacts"),
    TwinRule(name: "kind", type: .string, source: "facts/products, facts/subscriptions, facts/contacts"),
    TwinRule(name: "as_of", type: .date, source: "night"),
    TwinRule(name: "known_by", type: .date, source: "night"),
  ]

  /// Every rule of a product's twin.
  static let all = needed + prices + movements + base + complaints

  private static let products = "facts/products"
  private static let subscriptions = "facts/subscriptions"
  private static let notListed = "the row is an offer, or the product is not in the catalogue"

  private static let prices = [
    TwinRule(name: "name", type: .string, source: products, nullMeaning: "\(notListed), or not said"),
    TwinRule(name: "payment_type", type: .string, source: products, nullMeaning: notListed),
    TwinRule(name: "monthly_fee_e4", type: .int64, source: products, nullMeaning: notListed),
    TwinRule(name: "contract_months", type: .int32, source: products, nullMeaning: "\(notListed), or no minimum term"),
    TwinRule(
      name: "data_allowance_bytes", type: .int64, source: products,
      nullMeaning: "\(notListed), or it names no amount: unlimited, paid by use, or not told"),
  ]

  private static let unknown = "the row is an offer, or \(NullMeaning.incomplete)"

  private static let movements = ProductMovements.Kind.allCases.flatMap { kind in
    ProductMovements.windows.map { days in
      TwinRule(
        name: kind.fieldName(days), type: .int32, source: subscriptions, window: "\(days) days", nullMeaning: unknown)
    }
  }

  private static let complaints = [
    TwinRule(
      name: OfferComplaints.name, type: .int32, source: "facts/contacts, facts/tickets", window: "28 days",
      nullMeaning: NullMeaning.incomplete)
  ]

  private static let base = [
    TwinRule(name: "base_28d_ago", type: .int32, source: subscriptions, window: "28 days", nullMeaning: unknown),
    TwinRule(name: "base_mean_28d", type: .double, source: subscriptions, window: "28 days", nullMeaning: unknown),
  ]
}
