import Columns

/// The fields of a customer that code of their own makes.
enum CustomerRules {
  /// The rules that a catalogue has a field of.
  static let needed = [
    TwinRule(name: "customer_id", type: .int64, source: links),
    TwinRule(name: "as_of", type: .date, source: "night"),
    TwinRule(name: "known_by", type: .date, source: "night"),
  ]

  /// Every rule of a customer's twin.
  static let all = needed + holder + counts + consents

  private static let links = "facts/links"
  private static let subscriptions = "facts/subscriptions"

  private static let holder = [
    TwinRule(name: "payer_id", type: .int64, source: links, nullMeaning: "not said"),
    TwinRule(name: "household_id", type: .int64, source: links, nullMeaning: "not said"),
    TwinRule(name: "segment", type: .string, source: links, nullMeaning: "not said"),
    TwinRule(name: "region", type: .string, source: links, nullMeaning: "not said"),
    TwinRule(name: "language", type: .string, source: links, nullMeaning: "not said"),
    TwinRule(name: "birth_year", type: .int32, source: links, nullMeaning: "not said"),
  ]

  private static let counts = [
    TwinRule(name: "product_count", type: .int32, source: subscriptions),
    TwinRule(name: "paid_subscription_count", type: .int32, source: "\(links), \(subscriptions)"),
  ]

  private static let consents = ConsentHistory.names.map { name in
    TwinRule(name: "consent_\(name)", type: .bool, source: "facts/consents", nullMeaning: "never asked")
  }
}
