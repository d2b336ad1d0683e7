import Columns

// What a night concludes. One row of this file is one column of the product: it is a contract.
extension Dataset {
  /// What the models say of a subscription.
  public static let scores = Dataset(
    "scores",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("person_id", .int64, isNullable: true, "Pseudonym of the person."),
      ColumnField("as_of", .date, "Day at whose end the score was taken."),
      ColumnField("horizon_days", .int32, "Days ahead that the probability covers."),
      ColumnField(
        "churn_probability", .double,
        "Calibrated probability of voluntary churn within the horizon, if nothing is done."),
      ColumnField("churn_raw", .double, "Raw score (log-odds) of the model before calibration."),
      ColumnField("logistic_probability", .double, isNullable: true, "The same by the logistic model, for comparison."),
      ColumnField(
        "margin_e4", .int64, isNullable: true, "Expected margin per 30 days, in 1/10,000 of the currency unit."),
      ColumnField(
        "clv_e4", .int64, isNullable: true,
        "Customer lifetime value: discounted expected margin, in 1/10,000 of the currency unit."),
      ColumnField("reason_1", .string, isNullable: true, "Field that raised the score most."),
      ColumnField("reason_1_contribution", .double, isNullable: true, "Its contribution to the raw score."),
      ColumnField("reason_2", .string, isNullable: true, "Second field."),
      ColumnField("reason_2_contribution", .double, isNullable: true, "Its contribution."),
      ColumnField("reason_3", .string, isNullable: true, "Third field."),
      ColumnField("reason_3_contribution", .double, isNullable: true, "Its contribution."),
      ColumnField("model", .string, "Version of the model, as churn/v0001."),
    ]))

  /// Every action considered for every subscription, with the winner and the reason of each refusal.
  public static let decisions = Dataset(
    "decisions",
    Schema([
      ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
      ColumnField("person_id", .int64, isNullable: true, "Pseudonym of the person."),
      ColumnField("as_of", .date, "The night's day."),
      ColumnField("offer", .string, "Key of the offer considered."),
      ColumnField(
        "channel", .string, "Channel considered; any where the refusal holds for every channel of the offer."),
      ColumnField("is_eligible", .bool, "Whether policy and consent allow it."),
      ColumnField("is_winner", .bool, "Whether it is the action to be done; false for whatever a control withholds."),
      ColumnField("reason", .string, "winner, explored, or the code of the refusal."),
      ColumnField(
        "value_e4", .int64, isNullable: true,
        "Expected value of doing it rather than nothing, in 1/10,000 of the currency unit."),
      ColumnField("cost_e4", .int64, isNullable: true, "Cost charged to the budget, in 1/10,000 of the currency unit."),
      ColumnField(
        "priced_value_e4", .int64, isNullable: true,
        "Value less the shadow prices of the budget and capacity that it would use, in 1/10,000 of the currency unit."),
    ]))

  /// Control groups, exploration and withheld actions, with the probabilities of selection: a row each person.
  public static let assignments = Dataset(
    "assignments",
    Schema([
      ColumnField("person_id", .int64, "Pseudonym of the person."),
      ColumnField("subscription_id", .int64, isNullable: true, "Pseudonym of the subscription of the action."),
      ColumnField("as_of", .date, "The night's day."),
      ColumnField("arm", .string, "universal-control, campaign-control, explored, treated or none."),
      ColumnField("offer", .string, isNullable: true, "Offer made or withheld."),
      ColumnField("channel", .string, isNullable: true, "Channel used or withheld."),
      ColumnField("campaign", .string, isNullable: true, "Key of the campaign."),
      ColumnField("is_withheld", .bool, "Whether the action was chosen but kept back for control."),
      ColumnField("selection_probability", .double, "Probability that this arm was drawn, given eligibility."),
      ColumnField(
        "action_probability", .double,
        "Probability, over all draws, of what is done to the person: the action sent, or nothing."),
      ColumnField("period", .string, "Period of the universal control, as 2026-H2."),
    ]))

  /// What a night learned of days that earlier snapshots of twins had seen: a row a snapshot, family, reason and delivery.
  public static let twinRevisions = Dataset(
    "twin-revisions",
    Schema([
      ColumnField("night", .date, "The night that learned it."),
      ColumnField("snapshot", .date, "The night of the twins that are superseded by it."),
      ColumnField("dataset", .string, "The family of the facts, such as facts/payments."),
      ColumnField(
        "reason", .string,
        "late, re-sent, superseded, late-assignment, repaired, derived-again, withdrawn or completeness."),
      ColumnField(
        "delivery_id", .int64, isNullable: true,
        "First 63 bits of the SHA-256 of the delivery whose facts came or went; missing where none brought them."),
      ColumnField("feed", .string, isNullable: true, "Feed name of the delivery."),
      ColumnField("file", .string, isNullable: true, "File name of the delivery."),
      ColumnField("sha256", .string, isNullable: true, "SHA-256 of the delivery, hexadecimal."),
      ColumnField(
        "first_event_date", .date, isNullable: true,
        "First day, not after the snapshot's, of whose facts some came or went; missing where that cannot be told."),
      ColumnField("last_event_date", .date, isNullable: true, "Last such day."),
      ColumnField(
        "facts_before", .int64, "Facts of the delivery on days that changed, in the files that are live no more."),
      ColumnField("facts_after", .int64, "Facts of the delivery on these days, in the files that came instead."),
      ColumnField("run", .string, "Key of the run that made the snapshot: `key` of its log entry, hexadecimal."),
    ]))
}
