import Columns

// How far a night lies from what its model learned. One row of this file is one column of the product: it is a contract.
extension Dataset {
  /// Of each input of the model that scored a night, and of the scores: how they are distributed against the training.
  public static let scoreDrift = Dataset(
    "score-drift",
    Schema([
      ColumnField("as_of", .date, "The night."),
      ColumnField("model", .string, "Version of the model, as churn/v0001."),
      ColumnField("input", .string, "Name of the input; churn_probability for the scores."),
      ColumnField("kind", .string, "number, text or score."),
      ColumnField("row_count", .int64, "Rows that were scored."),
      ColumnField("missing_count", .int64, "Rows without a value."),
      ColumnField(
        "unseen_count", .int64, "Rows with a text that the training had not seen; the model takes them for missing."),
      ColumnField("unseen_texts", .string, isNullable: true, "The most frequent of these, ten at most."),
      ColumnField("reference_row_count", .int64, "Rows of the training; of the scores, rows of the calibration."),
      ColumnField("reference_missing_count", .int64, "Rows of these without a value."),
      ColumnField(
        "state", .string, "measured, off (the catalogue says that the field moves by its nature) or too-few-rows."),
      ColumnField("psi", .double, isNullable: true, "Population stability index against the reference."),
      ColumnField("warn_above", .double, isNullable: true, "The index from which on the night warns."),
      ColumnField("gain_share", .double, isNullable: true, "The input's share of the gain of the model's splits."),
      ColumnField("moved", .string, "What has passed a threshold: psi, missing, unseen; empty where nothing has."),
    ]))
}
