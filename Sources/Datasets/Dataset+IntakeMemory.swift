import Columns

// What ingest remembers of earlier nights beside record keys. One row of this file is one column of the product: it is a
// contract.
extension Dataset {
  /// Parts of sessions, by which later nights merge more parts of them.
  public static let sessionParts = Dataset(
    "session-parts",
    Schema([
      ColumnField("session", .int64, "Keyed hash of what names the session."),
      ColumnField("position", .int64, "The part's number, or the microseconds of its time."),
      ColumnField("event_date", .date, "Local day of the part."),
      ColumnField("known_date", .date, "Day on which the part was known."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery."),
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField(
        "marks", .int32,
        "Bit i: count i of facts/usage is one; bit 15: incoming; bits 16 to 19: seconds, bytes down, bytes up and charge are present."
      ),
      ColumnField("seconds", .int64, "Seconds as delivered: of the part, or the counter's reading."),
      ColumnField("down_bytes", .int64, "Bytes down, likewise."),
      ColumnField("up_bytes", .int64, "Bytes up, likewise."),
      ColumnField("charge_e4", .int64, "Charge in 1/10,000, likewise."),
    ]))

  /// Runs of consecutive numbers that deliveries brought.
  public static let sequences = Dataset(
    "sequences",
    Schema([
      ColumnField("source", .string, "Name of the counter; empty where the feed has one."),
      ColumnField("first", .int64, "First number of the run."), ColumnField("last", .int64, "Last number of the run."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery."),
    ]))

  /// Numbers that lack or were repeated, as of a night; the file of the newest night holds.
  public static let gaps = Dataset(
    "gaps",
    Schema([
      ColumnField("night", .date, "The night that looked."), ColumnField("feed", .string, "Feed name."),
      ColumnField("source", .string, "Name of the counter; empty where the feed has one."),
      ColumnField("kind", .string, "missing or repeated."),
      ColumnField("first", .int64, "First number of the run."), ColumnField("last", .int64, "Last number of the run."),
    ]))
}
