import Columns
public import Datasets

// The catalogue of the fields of a subscription twin, in the order of the columns. `Twins.docc/SubscriptionTwin.md`
// shows the same list to readers; a test keeps them equal.

extension SubscriptionTwin {
  /// The dataset: `twins/subscription`.
  public static let dataset = Dataset("twins/subscription", Schema(fields.map(\.column)))

  /// Every field, in the order of the columns.
  public static let fields: [TwinField] =
    standing + Windows.lengths.flatMap(usage) + trends + money + topUps + tickets + planChanges + contacts + value

  private static let unknown = "a day of the window is not complete"
  private static let links = "facts/links"
  private static let subscriptions = "facts/subscriptions"

  private static let standing: [TwinField] = [
    TwinField("subscription_id", .int64, "Pseudonym of the subscription.", unit: "id", source: subscriptions),
    TwinField("person_id", .int64, "Pseudonym of its user.", unit: "id", source: links, null: "no link holds"),
    TwinField(
      "payer_id", .int64, "Pseudonym of who pays.", unit: "id", source: links, null: "no link holds, or no payer"),
    TwinField(
      "household_id", .int64, "Pseudonym of the household.", unit: "id", source: links,
      null: "no link holds, or no household"),
    TwinField("as_of", .date, "Day at whose end the twin is taken.", unit: "day", source: "night"),
    TwinField("known_by", .date, "Night whose knowledge it has.", unit: "day", source: "night"),
    TwinField(
      "payment_type", .string, "prepaid, postpaid, or unknown where neither an event nor the product says.",
      unit: "text", source: "\(subscriptions), facts/products"),
    TwinField(
      "product", .string, "Key of the product in force.", unit: "text", source: subscriptions,
      null: "no event named one"),
    TwinField("segment", .string, "consumer, business or machine.", unit: "text", source: links, null: "not said"),
    TwinField("region", .string, "Operator's region.", unit: "text", source: links, null: "not said"),
    TwinField("language", .string, "ISO 639-1 code.", unit: "text", source: links, null: "not said"),
    TwinField("birth_year", .int32, "Year of birth of the person.", unit: "year", source: links, null: "not said"),
    TwinField("tenure_days", .int32, "Days since activation.", unit: "days", window: "life", source: subscriptions),
    TwinField("status", .string, "active or suspended.", unit: "text", source: subscriptions),
    TwinField(
      "is_in_notice", .bool, "Whether notice or a port request stands, with no contract or activation after it.",
      unit: "flag", source: subscriptions),
    TwinField(
      "contract_days_left", .int32, "Days to the end of the minimum term; negative after it.", unit: "days",
      source: subscriptions, null: "no minimum term"),
    TwinField(
      "monthly_fee_e4", .int64, "Fee per 30 days of the product in force.", unit: "1/10,000 currency",
      source: "facts/products", null: "no product, or not in the catalogue"),
  ]

  private static func usage(_ days: Int) -> [TwinField] {
    Datasets.Dataset.usage.schema.fields.dropFirst(4).map { field in
      TwinField(
        "\(field.name)_\(days)d", .int64, "Sum of `\(field.name)`: \(field.meaning)", unit: unit(of: field.name),
        window: "\(days) days", source: "facts/usage", null: unknown)
    } + [
      TwinField(
        "active_days_\(days)d", .int32, "Days with an event.", unit: "days", window: "\(days) days",
        source: "facts/usage", null: unknown)
    ]
  }

  private static func unit(of measure: String) -> String {
    if measure.hasSuffix("_seconds") { return "seconds" }
    if measure.hasSuffix("_bytes") { return "bytes" }
    if measure.hasSuffix("_e4") { return "1/10,000 currency" }
    return "count"
  }

  private static let trends: [TwinField] =
    ["voice_out_seconds", "data_down_bytes", "event_count"].map { measure in
      TwinField(
        "\(measure)_trend", .double,
        "Mean of `\(measure)` per day of life in 7 days over the same in 28 days.", unit: "ratio", window: "28 days",
        source: "facts/usage", null: "\(unknown), or nothing in 28 days")
    } + [
      TwinField(
        "event_count_trend_91d", .double,
        "Mean of `event_count` per day of life in 28 days over the same in 91 days.", unit: "ratio",
        window: "91 days", source: "facts/usage", null: "\(unknown), or nothing in 91 days"),
      recency("days_since_last_event", "last day with an event", source: "facts/usage"),
      recency("days_since_last_out", "last day with a call made or a message sent", source: "facts/usage"),
    ]

  private static func recency(_ name: String, _ what: String, source: String) -> TwinField {
    TwinField(
      name, .int32, "Days since the \(what).", unit: "days", window: "91 days", source: source,
      null: "none in 91 days, or a day since then is not complete")
  }

  private static func count(_ name: String, _ meaning: String, days: Int = 91, source: String) -> TwinField {
    TwinField(name, .int32, meaning, unit: "count", window: "\(days) days", source: source, null: unknown)
  }

  private static let money: [TwinField] = [
    count("bill_count_91d", "Bills issued.", source: "facts/bills"),
    TwinField(
      "bill_last_e4", .int64, "Amount of the newest bill.", unit: "1/10,000 currency", window: "91 days",
      source: "facts/bills", null: "\(unknown), or no bill"),
    TwinField(
      "bill_mean_91d_e4", .int64, "Mean amount of the bills, rounded towards zero.", unit: "1/10,000 currency",
      window: "91 days", source: "facts/bills", null: "\(unknown), or no bill"),
    TwinField(
      "bill_shock", .double, "Newest bill over the mean of the ones before it.", unit: "ratio", window: "91 days",
      source: "facts/bills", null: "\(unknown), fewer than two bills, or the mean is not positive"),
    TwinField(
      "arrears_e4", .int64, "Unpaid part of the bills of the window that were due before `as_of`.",
      unit: "1/10,000 currency", window: "91 days", source: "facts/bills, facts/payments", null: unknown),
    count(
      "late_payment_count_91d", "Bills of the window, due before `as_of`, that were not paid in full by their due day.",
      source: "facts/bills, facts/payments"),
    count("failed_payment_count_91d", "Payment attempts that failed.", source: "facts/payments"),
    recency("days_since_last_payment", "last payment that did not fail", source: "facts/payments"),
  ]

  private static let topUps: [TwinField] =
    Windows.lengths.map { count("topup_count_\($0)d", "Top-ups.", days: $0, source: "facts/top-ups") }
    + Windows.lengths.map { days in
      TwinField(
        "topup_e4_\(days)d", .int64, "Sum of the top-ups.", unit: "1/10,000 currency", window: "\(days) days",
        source: "facts/top-ups", null: unknown)
    } + [
      recency("days_since_last_topup", "last top-up", source: "facts/top-ups"),
      TwinField(
        "balance_e4", .int64, "Newest balance.", unit: "1/10,000 currency", window: "91 days",
        source: "facts/balances", null: "none in 91 days, or a day since then is not complete"),
      TwinField(
        "bundle_days_left", .int32, "Days to the end of the bundle that the newest balance names; negative after it.",
        unit: "days", window: "91 days", source: "facts/balances", null: "as `balance_e4`, or no bundle"),
    ]

  private static let tickets: [TwinField] =
    Windows.lengths.map { count("ticket_count_\($0)d", "Tickets opened.", days: $0, source: "facts/tickets") } + [
      TwinField(
        "ticket_open_count", .int32, "Tickets whose newest state is open or pending.", unit: "count", window: "life",
        source: "facts/tickets", null: "a day of the last 91 is not complete"),
      count("ticket_network_count_91d", "Tickets opened about the network.", source: "facts/tickets"),
      count("ticket_billing_count_91d", "Tickets opened about bills.", source: "facts/tickets"),
      count("ticket_cancellation_count_91d", "Tickets opened about leaving.", source: "facts/tickets"),
      recency("days_since_last_ticket", "opening of the last ticket", source: "facts/tickets"),
    ]

  private static let planChanges: [TwinField] = [
    count("plan_change_count_91d", "Changes of plan.", source: subscriptions),
    TwinField(
      "days_since_plan_change", .int32, "Days since the last change of plan.", unit: "days", window: "life",
      source: subscriptions, null: "never since activation"),
  ]

  private static let contacts: [TwinField] =
    Windows.lengths.map { days in
      TwinField(
        "contact_count_\(days)d", .int32, "Contacts about this subscription, or to its person about none.",
        unit: "count", window: "\(days) days", source: "facts/contacts")
    } + [
      TwinField(
        "days_since_last_contact", .int32, "Days since the last such contact.", unit: "days", window: "life",
        source: "facts/contacts", null: "never")
    ]
    + ["sms", "email", "call", "push"].map { channel in
      TwinField(
        "consent_\(channel)", .bool, "Newest decision on marketing by \(channel) or by any channel.", unit: "flag",
        source: "facts/consents", null: "never asked, or no person")
    } + [
      TwinField(
        "consent_profiling", .bool, "Newest decision on profiling.", unit: "flag", source: "facts/consents",
        null: "never asked, or no person")
    ]

  private static let value: [TwinField] = [
    TwinField(
      "household_subscription_count", .int32, "Living subscriptions of the household, this one included.",
      unit: "count", source: "\(links), \(subscriptions)"),
    TwinField(
      "person_subscription_count", .int32, "Living subscriptions of the person, this one included.", unit: "count",
      source: "\(links), \(subscriptions)"),
    TwinField(
      "margin_28d_e4", .int64,
      "Share of the monthly fee plus charges less unit costs of use, bills, tickets and days.",
      unit: "1/10,000 currency", window: "28 days",
      source: "facts/products, facts/usage, facts/bills, facts/tickets, facts/unit-costs",
      null: "no fee known, or a day of the window is not complete"),
  ]
}
