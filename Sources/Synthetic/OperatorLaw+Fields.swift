// Which of the delivered columns the hazard looks at (point 6: at least 60 % are irrelevant).
extension OperatorLaw {
  /// Every column that is delivered in a history, as `file.column`.
  package static var emittedFields: [String] {
    var fields = RecordKind.allCases.flatMap { kind in
      (kind.header ?? "").split(separator: ",").map { "\(kind.fileName).\($0)" }
    }
    fields += RecordKind.usageDailyHeader.split(separator: ",").map { "usage-daily.\($0)" }
    fields += OutageReports.header.split(separator: ",").map { "outages.\($0)" }
    fields += Deliveries.productsHeader.split(separator: ",").map { "products.\($0)" }
    fields += Deliveries.unitCostsHeader.split(separator: ",").map { "unit-costs.\($0)" }
    return fields
  }

  /// The columns that the hazard depends on; the others are habits, keys and noise.
  package static let relevantFields: Set<String> = [
    "usage-daily.event_count", "usage-daily.data_count", "usage-daily.data_down_kb", "usage-daily.data_up_kb",
    "usage-daily.dropped_count", "usage-daily.voice_in_count", "usage-daily.voice_out_count", "bills.issued",
    "bills.amount", "payments.date", "payments.failed", "top-ups.date", "balances.balance", "balances.bundle_expiry",
    "tickets.opened", "tickets.category", "subscriptions.event", "subscriptions.effective_date",
    "subscriptions.payment_type", "subscriptions.product", "subscriptions.contract_end_date", "customers.person",
    "customers.household", "customers.segment", "customers.birth_year", "customers.region", "products.monthly_fee",
    "products.data_allowance_mb",
  ]
}
