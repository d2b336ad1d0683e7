import Columns

// What customers are, say and do. One row of this file is one column of the product: it is a contract.
extension Dataset {
  /// Trouble tickets: a row each time a ticket is opened or changes.
  public static let tickets = Dataset(
    "facts/tickets",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "Day of the change."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("ticket_id", .int64, "Pseudonym of the ticket."),
      ColumnField("opened_date", .date, "Day on which the ticket was opened."),
      ColumnField("resolved_date", .date, isNullable: true, "Day on which it was resolved."),
      ColumnField("status", .string, "open, pending, resolved or closed."),
      ColumnField("category", .string, "network, billing, device, service, cancellation or other."),
      ColumnField("channel", .string, isNullable: true, "call, email, shop, app or other."),
      ColumnField(
        "text_bytes", .int64, isNullable: true, "Length of the customer's text; the text itself is not kept."),
      ColumnField(
        "queue", .string, isNullable: true,
        "Team or queue that holds it after the change; files of before it was kept lack the column."),
      ColumnField(
        "text_words", .string, isNullable: true,
        "Buckets of the words of the text and of pairs of them, by a keyed hash: two characters each, ascending."),
      ColumnField(
        "has_complaint_words", .bool, isNullable: true, "Whether the text has words that the feed lists for complaints."
      ),
      ColumnField(
        "has_cancel_words", .bool, isNullable: true, "Whether the text has words that the feed lists for leaving."),
    ]))

  /// Orders: a row each time an order is placed or changes.
  public static let orders = Dataset(
    "facts/orders",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "Day of the change."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("order_id", .int64, "Pseudonym of the order."),
      ColumnField("placed_date", .date, "Day on which the order was placed."),
      ColumnField("status", .string, "placed, in-progress, on-hold, completed or cancelled."),
      ColumnField("kind", .string, "new-line, plan-change, device, port-in or other."),
      ColumnField("queue", .string, isNullable: true, "Team or queue that holds it after the change."),
      ColumnField("promised_date", .date, isNullable: true, "Day by which it was promised to be completed."),
    ]))

  /// What happened to a subscription's status, plan or contract: a row each event.
  public static let subscriptions = Dataset(
    "facts/subscriptions",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "Day on which it took effect."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField(
        "event", .string,
        "activation, plan-change, contract, notice, port-request, suspension, resumption or termination."),
      ColumnField(
        "cause", .string, isNullable: true,
        "For termination: notice, port-out, non-payment, fraud, death, consolidation, migration or return."),
      ColumnField("payment_type", .string, isNullable: true, "prepaid or postpaid, in force after the event."),
      ColumnField("product", .string, isNullable: true, "Key of the product in force after the event."),
      ColumnField(
        "contract_end_date", .date, isNullable: true, "Last day of the minimum term in force after the event."),
    ]))

  /// Who holds a subscription: person, payer, household and SIM, with validity.
  public static let links = Dataset(
    "facts/links",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "First day of validity."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("valid_to", .date, isNullable: true, "Last day of validity; missing while it holds."),
      ColumnField("person_id", .int64, "Pseudonym of the person who uses it."),
      ColumnField("payer_id", .int64, isNullable: true, "Pseudonym of the person who pays."),
      ColumnField("household_id", .int64, isNullable: true, "Pseudonym of the household."),
      ColumnField("sim_id", .int64, isNullable: true, "Pseudonym of the SIM."),
      ColumnField("segment", .string, isNullable: true, "consumer, business or machine."),
      ColumnField("birth_year", .int32, isNullable: true, "Year of birth of the person."),
      ColumnField("region", .string, isNullable: true, "Operator's region of the address."),
      ColumnField("language", .string, isNullable: true, "ISO 639-1 code."),
    ]))

  /// Consents given and withdrawn, a row each.
  public static let consents = Dataset(
    "facts/consents",
    Schema([
      ColumnField("person_id", .int64, "Pseudonym of the person."),
      ColumnField("event_date", .date, "Day of the decision."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("decided_at", .timestamp, "Instant of the decision."),
      ColumnField("channel", .string, "sms, email, call, push or any."),
      ColumnField("purpose", .string, "marketing, profiling, traffic or location."),
      ColumnField("is_granted", .bool, "Whether consent was given rather than withdrawn."),
      ColumnField("source", .string, isNullable: true, "Where the decision was taken down."),
    ]))

  /// Contacts made by campaigns and other tools.
  public static let contacts = Dataset(
    "facts/contacts",
    Schema([
      ColumnField("person_id", .int64, "Pseudonym of the person."),
      ColumnField("event_date", .date, "Day of the contact."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("subscription_id", .int64, isNullable: true, "Pseudonym of the subscription that it was about."),
      ColumnField("contacted_at", .timestamp, "Instant of the contact."),
      ColumnField("channel", .string, "sms, email, call, push, letter or shop."),
      ColumnField("campaign", .string, isNullable: true, "Key of the campaign."),
      ColumnField("offer", .string, isNullable: true, "Key of the offer made."),
      ColumnField("outcome", .string, isNullable: true, "delivered, failed, accepted, refused or opted-out."),
    ]))
}
