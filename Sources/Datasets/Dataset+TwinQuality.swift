import Columns

// What the twin stage says of its own night. One row of this file is one column of the product: it is a contract.
extension Dataset {
  /// How the values of every field of a subscription's twin were distributed on a night; bins are the same in every night.
  public static let twinProfiles = Dataset(
    "twin-profiles/subscription",
    Schema([
      ColumnField("as_of", .date, "The night."),
      ColumnField("field", .string, "Name of the field."),
      ColumnField("kind", .string, "integer, real or text: what the bins of the field count."),
      ColumnField("part", .string, "bin, text, other (texts beyond the 64 most frequent) or missing."),
      ColumnField("bin", .int32, isNullable: true, "Number of the bin; ascends with the values."),
      ColumnField("bin_edge", .double, isNullable: true, "The value of the bin that is nearest to zero."),
      ColumnField("text", .string, isNullable: true, "The text."),
      ColumnField("row_count", .int64, "Rows of the twin in this bin."),
    ]))

  /// What was found of each field of a subscription's twin on a night: contract and drift.
  public static let twinQuality = Dataset(
    "twin-quality/subscription",
    Schema([
      ColumnField("as_of", .date, "The night."),
      ColumnField("field", .string, "Name of the field."),
      ColumnField("row_count", .int64, "Rows of the twin."),
      ColumnField("missing_count", .int64, "Rows without a value."),
      ColumnField("least", .double, isNullable: true, "Least value; missing for texts, and for identifiers."),
      ColumnField("greatest", .double, isNullable: true, "Greatest value; missing for texts, and for identifiers."),
      ColumnField("below_count", .int64, "Rows below the least value that the contract allows."),
      ColumnField("above_count", .int64, "Rows above the greatest value that the contract allows."),
      ColumnField("repeated_count", .int64, "Rows that repeat a value which must be unique."),
      ColumnField("breach", .string, isNullable: true, "What breaks the contract, in one line."),
      ColumnField("drift_state", .string, "measured, off, incomplete, too-few-nights or too-few-rows."),
      ColumnField("psi", .double, isNullable: true, "Population stability index against the reference."),
      ColumnField("warn_above", .double, isNullable: true, "The index from which on the night warns."),
      ColumnField("reference_nights", .int32, "Nights of the 28 before that the reference has."),
      ColumnField("reference_row_count", .int64, "Rows of those nights."),
    ]))

  /// Which of the last 91 days are complete, by family of facts, and how many deliveries cover them, by feed.
  public static let twinCompleteness = Dataset(
    "twin-completeness",
    Schema([
      ColumnField("as_of", .date, "The night."),
      ColumnField("event_date", .date, "The day in question."),
      ColumnField("family", .string, isNullable: true, "Fact family; missing in rows of a feed."),
      ColumnField("feed", .string, isNullable: true, "Feed; missing in rows of a family."),
      ColumnField(
        "state", .string,
        "Of a family: complete, missing (an expected delivery has not come) or before-history. Of a feed: delivered or none."
      ),
      ColumnField("delivery_count", .int64, isNullable: true, "Live deliveries of the feed that cover the day."),
    ]))
}
