import Columns
import Datasets

/// A field that code of its own makes. The catalogue says its unit, meaning and purpose; type and source are given here.
package struct TwinRule: Sendable, Hashable {
  package let name: String
  let type: ColumnType
  let source: String
  var window = "state"
  /// What a missing value means; empty where none is.
  var nullMeaning = ""

  /// Every rule of a subscription's twin.
  static let ofSubscriptions: [TwinRule] = identity + standing + billing + consent + others + LastScores.rules

  /// The rules that later stages need: a catalogue has a field of each, of the rule's name.
  static let neededOfSubscriptions =
    identity
    + standing.filter { ["payment_type", "product", "tenure_days", "status", "is_in_notice"].contains($0.name) }

  private static let links = "facts/links"
  private static let subscriptions = "facts/subscriptions"

  private static let identity = [
    TwinRule(name: "subscription_id", type: .int64, source: subscriptions),
    TwinRule(name: "person_id", type: .int64, source: links, nullMeaning: "no link holds"),
    TwinRule(name: "payer_id", type: .int64, source: links, nullMeaning: "no link holds, or no payer"),
    TwinRule(name: "household_id", type: .int64, source: links, nullMeaning: "no link holds, or no household"),
    TwinRule(name: "as_of", type: .date, source: "night"),
    TwinRule(name: "known_by", type: .date, source: "night"),
  ]

  private static let standing = [
    TwinRule(name: "payment_type", type: .string, source: "\(subscriptions), facts/products"),
    TwinRule(name: "product", type: .string, source: subscriptions, nullMeaning: "no event named one"),
    TwinRule(name: "segment", type: .string, source: links, nullMeaning: "not said"),
    TwinRule(name: "region", type: .string, source: links, nullMeaning: "not said"),
    TwinRule(name: "language", type: .string, source: links, nullMeaning: "not said"),
    TwinRule(name: "birth_year", type: .int32, source: links, nullMeaning: "not said"),
    TwinRule(name: "tenure_days", type: .int32, source: subscriptions, window: "life"),
    TwinRule(name: "status", type: .string, source: subscriptions),
    TwinRule(name: "is_in_notice", type: .bool, source: subscriptions),
    TwinRule(name: "contract_days_left", type: .int32, source: subscriptions, nullMeaning: "no minimum term"),
    TwinRule(
      name: "monthly_fee_e4", type: .int64, source: "facts/products", nullMeaning: "no product, or not in the catalogue"
    ),
    TwinRule(
      name: "data_allowance_bytes", type: .int64, source: "facts/products",
      nullMeaning: "no product, or the catalogue names no amount: unlimited, paid by use, or not told"),
    TwinRule(
      name: "plan_change_count_91d", type: .int32, source: subscriptions, window: "91 days",
      nullMeaning: NullMeaning.incomplete),
    TwinRule(
      name: "days_since_plan_change", type: .int32, source: subscriptions, window: "life",
      nullMeaning: "never since activation"),
    TwinRule(name: "household_subscription_count", type: .int32, source: "\(links), \(subscriptions)"),
    TwinRule(name: "person_subscription_count", type: .int32, source: "\(links), \(subscriptions)"),
  ]

  private static let billing = [
    TwinRule(
      name: "bill_shock", type: .double, source: "facts/bills", window: "91 days",
      nullMeaning: "\(NullMeaning.incomplete), fewer than two bills, or the mean is not positive"),
    TwinRule(
      name: "arrears_e4", type: .int64, source: "facts/bills, facts/payments", window: "91 days",
      nullMeaning: NullMeaning.incomplete),
    TwinRule(
      name: "late_payment_count_91d", type: .int32, source: "facts/bills, facts/payments", window: "91 days",
      nullMeaning: NullMeaning.incomplete),
  ]

  private static let consent = ConsentHistory.names.map { name in
    TwinRule(
      name: "consent_\(name)", type: .bool, source: "facts/consents", nullMeaning: "never asked, or no person")
  }

  private static let others = [
    TwinRule(
      name: MarginField.name, type: .int64,
      source: "facts/products, facts/usage, facts/bills, facts/tickets, facts/unit-costs", window: "28 days",
      nullMeaning: "no fee known, or \(NullMeaning.incomplete)")
  ]
}
