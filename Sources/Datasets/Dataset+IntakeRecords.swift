import Columns

// What ingest says of the deliveries themselves. One row of this file is one column of the product: it is a contract.
extension Dataset {
  /// Which days of a fact family are complete; the row with the newest known_date holds.
  public static let coverage = Dataset(
    "coverage",
    Schema([
      ColumnField("event_date", .date, "The day in question."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("family", .string, "Fact family: usage, bills, payments, and so on."),
      ColumnField("is_complete", .bool, "Whether every delivery that the calendar expects for the day has come."),
    ]))

  /// Rows that could not be accepted, masked.
  public static let rejects = Dataset(
    "rejects",
    Schema([
      ColumnField("night", .date, "The night that read the row."),
      ColumnField("feed", .string, "Feed name."),
      ColumnField("file", .string, "File name of the delivery."),
      ColumnField("sha256", .string, "SHA-256 of the delivery, hexadecimal."),
      ColumnField("member", .string, isNullable: true, "Archive member."),
      ColumnField("line", .int64, "Physical line of the record's start, from 1."),
      ColumnField("record_byte", .int64, "Byte offset of the record's start within the member, from 0."),
      ColumnField("error_byte", .int64, "Byte offset of the defect within the member, from 0."),
      ColumnField("column_index", .int32, isNullable: true, "Position of the field, from 1."),
      ColumnField("column", .string, isNullable: true, "Name of the field."),
      ColumnField("code", .string, "Stable code of the defect."),
      ColumnField("expected", .string, isNullable: true, "What would have been right."),
      ColumnField("masked", .string, "The record with letters as x and digits as 9, cut at 200 bytes."),
      ColumnField("message", .string, "One sentence."),
      ColumnField("run", .string, "Key of the run that read the row: `key` of its log entry, hexadecimal."),
    ]))

  /// Which days each delivery covers: what completeness is computed from.
  public static let deliveredDays = Dataset(
    "delivered-days",
    Schema([
      ColumnField("event_date", .date, "A day that the delivery covers."),
      ColumnField("known_date", .date, "The night that learned it."),
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery."),
      ColumnField("feed", .string, "Feed name."),
    ]))

  /// Deliveries that were refused as a whole, and why.
  public static let refusals = Dataset(
    "refusals",
    Schema([
      ColumnField("night", .date, "The night that refused the file."),
      ColumnField("feed", .string, isNullable: true, "Feed name, where one claimed the file."),
      ColumnField("file", .string, "File name of the delivery."),
      ColumnField("sha256", .string, isNullable: true, "SHA-256 of the delivery, where it could be read."),
      ColumnField("code", .string, "Stable code of the reason."),
      ColumnField("message", .string, "One sentence."),
      ColumnField("config_sha256", .string, "Digest of the feeds in force: under other feeds the file is tried again."),
    ]))

  /// Keyed hashes of record keys, by which later nights know a duplicate.
  public static let recordKeys = Dataset(
    "keys",
    Schema([
      ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it, ascending."),
      ColumnField("key", .int64, "Keyed hash of the record key, in the order in which the delivery is read."),
    ]))
}
