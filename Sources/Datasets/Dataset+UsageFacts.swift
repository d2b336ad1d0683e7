import Columns

// Daily use of a subscription. One row of this file is one column of the product: it is a contract.
extension Dataset {
  /// Daily use: one row a subscription, day and delivery; every measure is a sum.
  public static let usage = Dataset(
    "facts/usage",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "Local civil day on which the events began."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("voice_out_count", .int64, "Calls made and answered."),
      ColumnField("voice_out_seconds", .int64, "Seconds of calls made."),
      ColumnField("voice_in_count", .int64, "Calls received and answered."),
      ColumnField("voice_in_seconds", .int64, "Seconds of calls received."),
      ColumnField("sms_out_count", .int64, "Messages sent."),
      ColumnField("sms_in_count", .int64, "Messages received."),
      ColumnField("data_count", .int64, "Data sessions."),
      ColumnField("data_down_bytes", .int64, "Bytes received by data sessions."),
      ColumnField("data_up_bytes", .int64, "Bytes sent by data sessions."),
      ColumnField("charge_e4", .int64, "Amount charged for use, in 1/10,000 of the currency unit."),
      ColumnField("dropped_count", .int64, "Calls that ended by a network failure."),
      ColumnField("night_count", .int64, "Events that began from 22:00 to 05:59 local time."),
      ColumnField("roaming_count", .int64, "Events in a foreign network."),
      ColumnField("international_count", .int64, "Calls and messages to foreign numbers."),
      ColumnField("event_count", .int64, "Events of every type."),
    ]))

  /// Whom a subscription had to do with on a day: distinct contacts are counted from these rows.
  public static let counterparties = Dataset(
    "facts/counterparties",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "Local civil day on which the events began."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("counterparty_hash", .int64, "Keyed hash of the other party; means nothing outside of this home."),
      ColumnField("event_count", .int64, "Events with that party."),
    ]))

  /// Which keyed hashes are the subscriptions' own numbers, with validity: so a counterparty is known to be a customer.
  public static let numbers = Dataset(
    "facts/numbers",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "UTC day on which it got the number."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("valid_to", .date, isNullable: true, "UTC day on which it lost it; missing while it holds."),
      ColumnField("counterparty_hash", .int64, "Keyed hash of the number, as in `facts/counterparties`."),
    ]))

  /// In which cells a subscription was on a day: distinct cells are counted from these rows.
  public static let cells = Dataset(
    "facts/cells",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("event_date", .date, "Local civil day on which the events began."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField("cell_hash", .int64, "Keyed hash of the cell; means nothing outside of this home."),
      ColumnField("event_count", .int64, "Events in that cell."),
    ]))

  /// When cells were out: a row each time an outage is told, or told anew. Minutes are those of the local clock.
  public static let outages = Dataset(
    "facts/outages",
    Schema([
      ColumnField("cell_hash", .int64, "Keyed hash of the cell, as in `facts/cells`."),
      ColumnField("event_date", .date, "Local civil day on which it began."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
      ColumnField(
        "outage_id", .int64, isNullable: true,
        "Pseudonym of the outage; without one, the cell and the beginning say which it is."),
      ColumnField("start_minute", .int32, "Minute of the day in which it began, from 0."),
      ColumnField("end_date", .date, isNullable: true, "Local civil day of its end; missing while it lasts."),
      ColumnField("end_minute", .int32, isNullable: true, "Minute of that day before which it was over, from 0."),
      ColumnField("kind", .string, isNullable: true, "fault or planned."),
    ]))
}
