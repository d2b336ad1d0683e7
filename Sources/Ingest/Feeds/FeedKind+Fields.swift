import Datasets
import Vault

// The canonical fields of each kind: Feeds.md as code.
extension FeedKind {
  /// The canonical fields, in the order of the documentation.
  var fields: [CanonicalField] {
    switch self {
    case .usage:
      owner + [
        CanonicalField("type", .enumeration(UsageType.allCases.map(\.rawValue)), isRequired: true),
        CanonicalField("started_at", .instant, isRequired: true),
        CanonicalField("direction", .enumeration(["out", "in"])),
        CanonicalField("duration_seconds", .duration), CanonicalField("down_bytes", .volume),
        CanonicalField("up_bytes", .volume), CanonicalField("charge", .money), CanonicalField("dropped", .flag),
        CanonicalField("roaming", .flag), CanonicalField("international", .flag),
        CanonicalField("counterparty", .counterparty), CanonicalField("cell", .cell),
        CanonicalField("record_key", .recordKey), CanonicalField("caller", .party), CanonicalField("called", .party),
      ]
    case .usageDaily:
      owner + [CanonicalField("date", .day, isRequired: true)] + Dataset.usageMeasures.map(measure)
    case .bills:
      owner + [
        CanonicalField("bill", .key(.bill), isRequired: true), CanonicalField("issued_date", .day, isRequired: true),
        CanonicalField("due_date", .day, isRequired: true), CanonicalField("period_start", .day, isRequired: true),
        CanonicalField("period_end", .day, isRequired: true), CanonicalField("amount", .money, isRequired: true),
      ]
    case .payments:
      owner + [
        CanonicalField("payment", .key(.payment), isRequired: true), CanonicalField("date", .day, isRequired: true),
        CanonicalField("amount", .money, isRequired: true), CanonicalField("bill", .key(.bill)),
        CanonicalField("failed", .flag),
      ]
    case .topUps:
      owner + [
        CanonicalField("top_up", .key(.topUp), isRequired: true), CanonicalField("date", .day, isRequired: true),
        CanonicalField("amount", .money, isRequired: true),
      ]
    case .balances:
      owner + [
        CanonicalField("date", .day, isRequired: true), CanonicalField("balance", .money, isRequired: true),
        CanonicalField("bundle_expiry_date", .day),
      ]
    case .tickets:
      owner + [
        CanonicalField("ticket", .key(.ticket), isRequired: true),
        CanonicalField("changed_at", .instant, isRequired: true),
        CanonicalField("opened_at", .instant, isRequired: true), CanonicalField("resolved_at", .instant),
        CanonicalField("status", .enumeration(["open", "pending", "resolved", "closed"]), isRequired: true),
        CanonicalField(
          "category", .enumeration(["network", "billing", "device", "service", "cancellation", "other"]),
          isRequired: true),
        CanonicalField("channel", .enumeration(["call", "email", "shop", "app", "other"])),
        CanonicalField("text", .textLength), CanonicalField("queue", .text),
      ]
    case .orders:
      owner + [
        CanonicalField("order", .key(.order), isRequired: true),
        CanonicalField("changed_at", .instant, isRequired: true),
        CanonicalField("placed_at", .instant, isRequired: true),
        CanonicalField(
          "status", .enumeration(["placed", "in-progress", "on-hold", "completed", "cancelled"]), isRequired: true),
        CanonicalField(
          "kind", .enumeration(["new-line", "plan-change", "device", "port-in", "other"]), isRequired: true),
        CanonicalField("queue", .text), CanonicalField("promised_date", .day),
      ]
    case .outages:
      [
        CanonicalField("cell", .cell, isRequired: true), CanonicalField("started_at", .instant, isRequired: true),
        CanonicalField("ended_at", .instant), CanonicalField("outage", .key(.outage)),
        CanonicalField("kind", .enumeration(["fault", "planned"])),
      ]
    case .subscriptions:
      [
        CanonicalField("subscription", .key(.subscription), isRequired: true),
        CanonicalField(
          "event",
          .enumeration([
            "activation", "plan-change", "contract", "notice", "port-request", "suspension", "resumption",
            "termination",
          ]), isRequired: true),
        CanonicalField("effective_date", .day, isRequired: true), CanonicalField("recorded_date", .day),
        CanonicalField(
          "cause",
          .enumeration([
            "notice", "port-out", "non-payment", "fraud", "death", "consolidation", "migration", "return",
          ])),
        CanonicalField("payment_type", .enumeration(paymentTypes)), CanonicalField("product", .text),
        CanonicalField("contract_end_date", .day),
      ]
    case .numbers:
      [
        CanonicalField("number", .phoneNumber, isRequired: true),
        CanonicalField("subscription", .key(.subscription), isRequired: true),
        CanonicalField("valid_from", .instant, isRequired: true), CanonicalField("valid_to", .instant),
      ]
    case .customers:
      [
        CanonicalField("subscription", .key(.subscription), isRequired: true),
        CanonicalField("person", .key(.person), isRequired: true), CanonicalField("payer", .key(.person)),
        CanonicalField("household", .key(.household)), CanonicalField("sim", .key(.sim)),
        CanonicalField("valid_from", .day, isRequired: true), CanonicalField("valid_to", .day),
        CanonicalField("segment", .enumeration(["consumer", "business", "machine"])),
        CanonicalField("birth_year", .smallNumber(1850...2100)), CanonicalField("region", .text),
        CanonicalField("language", .languageTag), CanonicalField("email", .text),
      ]
    case .consents:
      [
        CanonicalField("person", .key(.person), isRequired: true),
        CanonicalField("channel", .enumeration(["sms", "email", "call", "push", "any"]), isRequired: true),
        CanonicalField("purpose", .enumeration(["marketing", "profiling", "traffic", "location"]), isRequired: true),
        CanonicalField("granted", .flag, isRequired: true),
        CanonicalField("decided_at", .instant, isRequired: true), CanonicalField("source", .text),
      ]
    case .contacts:
      [
        CanonicalField("person", .key(.person), isRequired: true),
        CanonicalField("subscription", .key(.subscription)),
        CanonicalField("contacted_at", .instant, isRequired: true),
        CanonicalField("channel", .enumeration(["sms", "email", "call", "push", "letter", "shop"]), isRequired: true),
        CanonicalField("campaign", .text), CanonicalField("offer", .text),
        CanonicalField("outcome", .enumeration(["delivered", "failed", "accepted", "refused", "opted-out"])),
      ]
    case .products:
      [
        CanonicalField("product", .text, isRequired: true), CanonicalField("name", .text),
        CanonicalField("payment_type", .enumeration(paymentTypes), isRequired: true),
        CanonicalField("monthly_fee", .money, isRequired: true),
        CanonicalField("contract_months", .smallNumber(0...1200)),
        CanonicalField("data_allowance_bytes", .volume),
        CanonicalField("valid_from", .day, isRequired: true),
      ]
    case .unitCosts:
      [
        CanonicalField(
          "unit",
          .enumeration([
            "voice-second", "sms", "data-byte", "roaming-event", "bill", "ticket", "subscription-day",
          ]), isRequired: true),
        CanonicalField("cost_per_million", .money, isRequired: true),
        CanonicalField("valid_from", .day, isRequired: true),
      ]
    }
  }

  private var paymentTypes: [String] { ["prepaid", "postpaid"] }

  private var owner: [CanonicalField] {
    [CanonicalField("number", .phoneNumber), CanonicalField("subscription", .key(.subscription))]
  }

  private func measure(_ column: String) -> CanonicalField {
    if column == "charge_e4" { return CanonicalField("charge", .money) }
    if column.hasSuffix("_seconds") { return CanonicalField(column, .duration) }
    if column.hasSuffix("_bytes") { return CanonicalField(column, .volume) }
    return CanonicalField(column, .count)
  }
}

/// The types of a usage event, in the order of their codes.
enum UsageType: String, CaseIterable {
  case voice
  case sms
  case data
}
