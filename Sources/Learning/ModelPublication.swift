import Calendar
import Columns
import Ledger

/// Puts a version of the churn model into the data home: one commit, one file a role.
struct ModelPublication {
  let transaction: Transaction
  let number: Int
  let night: Day
  let definition: ChurnDefinition
  let fit: ChurnTrainer.Fit
  let metrics: ChurnMetrics
  let reference: InputReference
  let card: ModelCard
  /// The further horizons.
  let further: [HorizonTraining.Outcome]

  private var decision: PromotionDecision { card.decision }

  /// One line: the test metrics.
  var summary: String {
    func text(_ value: Double?) -> String { value.map { FixedPoint.text($0, digits: 4) } ?? "unknown" }
    return "churn/\(ModelVersion.name(number)): test AUC gradient \(text(metrics.gradient.pooled.auc)) (prepaid "
      + "\(text(metrics.gradient.prepaid.auc)), postpaid \(text(metrics.gradient.postpaid.auc))), logistic "
      + "\(text(metrics.logistic.pooled.auc)), calibration slope \(text(metrics.gradient.pooled.calibrationSlope)), "
      + "lift top decile \(text(metrics.gradient.pooled.liftTopDecile))\(missing); \(decision.summary)"
  }

  /// The further horizons without a model yet.
  private var missing: String {
    let days = further.compactMap(\.skippedDays)
    return days.isEmpty
      ? "" : "; too little history for a horizon of \(days.map(String.init).joined(separator: ", ")) days"
  }

  /// What a person should know before trusting the model.
  var warnings: [String] {
    var warnings: [String] = []
    if !fit.convergence.isConverged {
      warnings.append(
        "the logistic model did not converge (\(fit.convergence.reason.rawValue)): its coefficients are not the optimum"
      )
    }
    // Under a penalty collinear terms do no harm to scores: the card names them, and the counts say how many there are.
    warnings += fit.warnings.filter { $0.kind == .completeSeparation || $0.kind == .quasiSeparation }
      .map { "the logistic model: \($0)" }
    let calibration = fit.models.calibration
    for (name, book) in [("gradient", calibration.gradient), ("logistic", calibration.logistic)]
    where book.pooled.isFlat {
      warnings.append(
        "the \(name) model's scores do not rise with the label on the validation date: its probabilities are the base rate"
      )
    }
    for (type, count) in (metrics.deployedTrain.endsWithoutLeavers ?? [:]).sorted(by: { $0.key < $1.key }) {
      warnings.append(
        "\(count) \(type) rows learned from ended by a cause that is no competing one, and no \(type) row counts as left: look at "
          + "the events and causes of the subscriptions feed")
    }
    // Scores are of doing nothing: rows that were contacted say nothing against them.
    let judged = (metrics.gradientUntreated ?? metrics.gradient).pooled
    if let auc = judged.auc, auc <= 0.5 {
      warnings.append("the gradient model does not beat chance on the test date")
    }
    if let slope = judged.calibrationSlope, !(0.8...1.2).contains(slope) {
      warnings.append("the gradient model's calibration slope on the test date lies outside 0.8 to 1.2")
    }
    return warnings + decision.warnings
  }

  /// Stages every file and commits.
  func commit(predictions: Table) throws -> LogEntry {
    let model = fit.models.gradient
    try add(text(model), role: "model", ext: "txt")
    try add(ModelVersion.json(fit.models.logistic), role: "logistic", ext: "json")
    try add(ModelVersion.json(fit.models.calibration), role: "calibration", ext: "json")
    try add(ModelVersion.json(metrics), role: "metrics", ext: "json")
    try add(ModelVersion.json(reference), role: "reference", ext: "json")
    try add(ModelVersion.json(decision), role: "decision", ext: "json")
    try add(ModelVersion.json(card), role: "card", ext: "json")
    try add(card.markdown, role: "card", ext: "md")
    for case .trained(let model, let metrics) in further {
      let role = HorizonModel.role(model.horizonDays)
      try add(text(model.gradient), role: "\(role)-model", ext: "txt")
      try add(ModelVersion.json(model.calibration), role: "\(role)-calibration", ext: "json")
      try add(ModelVersion.json(metrics), role: "\(role)-metrics", ext: "json")
    }
    let path = transaction.stagingPath("predictions.parquet")
    try ParquetFile.write(predictions, to: path)
    try transaction.add(
      stagedPath: path, folder: folder, fileName: .role("predictions", ext: "parquet"),
      rowCount: Int64(predictions.rowCount))
    return try transaction.commit(
      counts: [
        "trainRows": Int64(metrics.train.rows), "trainPositives": Int64(metrics.train.positives),
        "validationRows": Int64(metrics.validation.rows), "validationPositives": Int64(metrics.validation.positives),
        "refitRows": Int64(metrics.refit?.rows ?? 0), "refitPositives": Int64(metrics.refit?.positives ?? 0),
        "testRows": Int64(metrics.test.rows), "testPositives": Int64(metrics.test.positives),
        "trees": Int64(metrics.deployedTreeCount), "version": Int64(number), "promoted": decision.isPromoted ? 1 : 0,
        "conditionsFailed": Int64(decision.failures.count), "logisticWarnings": Int64(fit.warnings.count),
        "furtherHorizons": Int64(further.count { $0.skippedDays == nil }),
      ], warnings: warnings)
  }

  /// A gradient model in LightGBM's text format.
  private func text(_ model: BoostedModel) throws -> String {
    try model.lightGBMText(parameters: definition.gradient.lightGBMLines(model.features))
  }

  private var folder: String { "\(ModelVersion.folder)/\(ModelVersion.name(number))" }

  private func add(_ text: String, role: String, ext: String) throws {
    let path = transaction.stagingPath("\(role).\(ext)")
    try ModelVersion.write(text, to: path)
    try transaction.add(stagedPath: path, folder: folder, fileName: .role(role, ext: ext))
  }
}

/// The predictions for the test date, so that anybody can compute any metric.
enum Predictions {
  static let schema = Schema([
    ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
    ColumnField("as_of", .date, "The test date."),
    ColumnField("payment_type", .string, "prepaid or postpaid."),
    ColumnField("label", .int32, "1 where the subscription left by will within the horizon."),
    ColumnField("gradient_probability", .double, "Calibrated probability of the gradient model."),
    ColumnField("logistic_probability", .double, "Calibrated probability of the logistic model."),
    ColumnField("is_treated", .bool, "Whether a contact may have changed what came of the row."),
    ColumnField("weight", .double, "How much the row counts when the version is judged; 0 where it does not."),
  ])

  /// - Parameter weights: `judgingWeights` of the rows.
  static func table(_ rows: LabelledRows, gradient: [Double], logistic: [Double], weights: [Double]?) -> Table {
    Table(
      schema,
      [
        .int64(TypedColumn(rows.subscriptions)), .date(TypedColumn(rows.asOf.map(\.rawValue))),
        .string(TypedColumn(rows.paymentTypes)), .int32(TypedColumn(rows.labels.map { Int32($0) })),
        .double(TypedColumn(gradient)), .double(TypedColumn(logistic)),
        .bool(TypedColumn(rows.treatments.map { !$0.isUntreated })),
        .double(TypedColumn(weights ?? rows.labels.map { _ in 1 })),
      ])
  }
}
