import Columns

// The operator's catalogue and costs. One row of this file is one column of the product: it is a contract.
extension Dataset {
  /// The product catalogue, with validity.
  public static let products = Dataset(
    "facts/products",
    Schema([
      ColumnField("event_date", .date, "First day of validity."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("product", .string, "Key of the product."),
      ColumnField("name", .string, isNullable: true, "Name as customers see it."),
      ColumnField("payment_type", .string, "prepaid or postpaid."),
      ColumnField("monthly_fee_e4", .int64, "Fee per 30 days, in 1/10,000 of the currency unit."),
      ColumnField("contract_months", .int32, isNullable: true, "Minimum term in months."),
      ColumnField("data_allowance_bytes", .int64, isNullable: true, "Data that the fee includes, per 30 days."),
    ]))

  /// What a unit of use costs the operator, with validity.
  public static let unitCosts = Dataset(
    "facts/unit-costs",
    Schema([
      ColumnField("event_date", .date, "First day of validity."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("unit", .string, "voice-second, sms, data-byte, roaming-event, bill, ticket or subscription-day."),
      ColumnField("cost_e4_per_million", .int64, "Cost of a million units, in 1/10,000 of the currency unit."),
    ]))
}
