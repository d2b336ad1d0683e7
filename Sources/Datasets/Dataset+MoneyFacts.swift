import Columns

// Bills, payments, top-ups and balances. One row of this file is one column of the product: it is a contract.
extension Dataset {
  /// Bills issued, a row each.
  public static let bills = Dataset(
    "facts/bills",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "Day of issue."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("bill_id", .int64, "Pseudonym of the bill."),
      ColumnField("due_date", .date, "Day by which it is to be paid."),
      ColumnField("period_start", .date, "First day billed."),
      ColumnField("period_end", .date, "Last day billed."),
      ColumnField("amount_e4", .int64, "Amount due, in 1/10,000 of the currency unit."),
    ]))

  /// Payments and failed attempts, a row each.
  public static let payments = Dataset(
    "facts/payments",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "Day of the payment or attempt."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("payment_id", .int64, "Pseudonym of the payment."),
      ColumnField("bill_id", .int64, isNullable: true, "Pseudonym of the bill that it pays."),
      ColumnField("amount_e4", .int64, "Amount, in 1/10,000 of the currency unit."),
      ColumnField("is_failed", .bool, "Whether the attempt failed, so that nothing was paid."),
    ]))

  /// Prepaid top-ups, a row each.
  public static let topUps = Dataset(
    "facts/top-ups",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "Day of the top-up."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("top_up_id", .int64, "Pseudonym of the top-up."),
      ColumnField("amount_e4", .int64, "Amount, in 1/10,000 of the currency unit."),
    ]))

  /// Prepaid balances at the end of a day.
  public static let balances = Dataset(
    "facts/balances",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "Day at whose end the balance stood."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("balance_e4", .int64, "Balance, in 1/10,000 of the currency unit."),
      ColumnField("bundle_expiry_date", .date, isNullable: true, "Last day of the bundle in force."),
    ]))
}
