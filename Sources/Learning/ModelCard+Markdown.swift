// The card as people read it.
extension ModelCard {
  /// The card in Markdown.
  package var markdown: String {
    """
    # Churn model \(version)

    Trained in the night of \(night). Intended use: \(intendedUse.joined(separator: " ")) Not for: \(notFor.joined(separator: " "))

    ## Promotion
    \(decisionText)

    ## Label
    An event is the \(label.event), within \(label.horizonDays) days after the as-of date. Out are subscriptions in notice
    and prepaid ones silent for \(label.dormantDays) days, as known at the as-of date. Ends by
    \(label.competingCauses.joined(separator: ", ")), and returns within \(label.returnDays) days, are no churn
    and stay in the data. Labels mature after \(label.maturityDays) days.

    ## Parts (as-of dates; twins as known at their own date)
    | part | as-of | rows | left | share |
    |---|---|---|---|---|
    \(part("train", metrics.train))
    \(part("validation", metrics.validation))\(metrics.refit.map { "\n" + part("refit", $0) } ?? "")
    \(part("test", metrics.test))
    \(part("put to use: train", metrics.deployedTrain))
    \(part("put to use: validation", metrics.deployedValidation))\(metrics.deployedRefit.map {
      "\n" + part("put to use: refit", $0) } ?? "")

    From the end of a part's label windows to the next part's as-of date lie at least \(window.embargoDays) days, among train, validation and
    test; a refit takes dates up to the validation date. \(customers)

    ## Metrics on the test date (definitions version \(metrics.definitionVersion), Learning.docc/Metrics)
    | model | base | AUC | its interval of 95 % | log loss | Brier | lift top decile | calibration slope | intercept |
    |---|---|---|---|---|---|---|---|---|
    \(rows("gradient", metrics.gradient))
    \(rows("logistic", metrics.logistic))\(untreatedRows)

    ## Lift by decile, gradient
    | base | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |
    |---|---|---|---|---|---|---|---|---|---|---|
    \(calibration.map(lift).joined(separator: "\n"))

    ## Calibration on the test date, gradient
    Tenths of the rows by probability, the greatest first. Calibration error: \(errors).

    | base | tenth | rows | left | mean probability | share that left |
    |---|---|---|---|---|---|
    \(calibration.flatMap(tenths).joined(separator: "\n"))

    \(further)## Leakage guard
    \(leakage.checkedFeatureCount) features, none with an AUC of its own above \(leakage.maximum) on the rows that were learned from. The best alone:
    \(leakage.best.map { "\($0.feature) (\(fixed($0.auc, 4)) \($0.way))" }.joined(separator: ", ")).

    ## Fit
    Gradient boosting: \(fit.treeCount) trees (\(fit.testedTreeCount) in the test), at most \(fit.leafCount) leaves, learning rate
    \(fit.learningRate), at least \(fit.minimumLeafRowCount) rows a leaf. Logistic regression: \(fit.logistic). Calibration: \(fit.calibration),
    within each payment type, on the validation date.
    \(logisticWarnings)

    ## Features
    \(featureCount) fields of the twin, no dates among them. Excluded by name: \(excludedFields.joined(separator: ", ")).
    The greatest shares of the splits' gain:

    | field | share of gain |
    |---|---|
    \(importance.map { "| \($0.feature) | \(fixed($0.gainShare, 3)) |" }.joined(separator: "\n"))

    ## Drift between the dates learned from and the newest labelled one
    | input | PSI |
    |---|---|
    \(drift.map { "| \($0.input) | \(fixed($0.psi, 3)) |" }.joined(separator: "\n"))

    Each night of scoring is compared with the training; see the dataset `score-drift`.

    ## Digests
    | of | SHA-256 |
    |---|---|
    | training (id) | \(digests.id) |
    | data, \(digests.dataFileCount) files | \(digests.data) |
    \(digests.configuration.sorted { $0.key < $1.key }.map { "| \($0.key) | \($0.value) |" }.joined(separator: "\n"))

    ## Limits
    \(limits.map { "- \($0)" }.joined(separator: "\n"))

    """
  }

  private var decisionText: String {
    let lines = decision.conditions.map { "| \($0.name) | \($0.text) | \($0.state.rawValue) |" }
    let notes = decision.notes.map { "\n\($0)." }.joined()
    return """
      \(decision.verdict.rawValue): \(decision.summary).

      | condition | found | |
      |---|---|---|
      \(lines.joined(separator: "\n"))
      \(notes)
      """
  }

  /// Warnings of the logistic fit that the card writes out.
  private static let warningCount = 10

  private var logisticWarnings: String {
    let warnings = fit.logisticWarnings
    guard !warnings.isEmpty else { return "The logistic fit has no warnings." }
    var lines = warnings.prefix(ModelCard.warningCount).map { "- \($0.kind.rawValue): \($0)" }
    if warnings.count > lines.count { lines.append("- and \(warnings.count - lines.count) more, in the card's JSON") }
    return "\nBefore the coefficients of the logistic model are read:\n\n\(lines.joined(separator: "\n"))"
  }

  private var customers: String {
    window.heldOutCustomerPercent > 0
      ? "\(window.heldOutCustomerPercent) % of the customers teach nothing and are alone validated and tested on."
      : "The parts are apart by time alone: customers may stand in several of them."
  }

  /// A table of the further horizons; empty where none is asked for.
  private var further: String {
    guard !furtherHorizons.isEmpty else { return "" }
    let rows = furtherHorizons.map { horizon in
      guard let metrics = horizon.metrics else {
        return "| \(horizon.horizonDays) | no model: \(horizon.withoutModel ?? "") | – | – | – | – | – | – | – |"
      }
      let (test, pooled) = (metrics.test, metrics.gradient.pooled)
      let cells = [pooled.logLoss, pooled.liftTopDecile, pooled.calibrationSlope].map { fixed($0, 4) }
      return "| \(horizon.horizonDays) | \(test.asOf.joined(separator: ", ")) | \(test.rows) | \(test.positives) | "
        + ([fixed(pooled.auc, 4), interval(pooled)] + cells).joined(separator: " | ") + " |"
    }
    return """
      ## Further horizons, gradient, each on its own test date
      | days | as-of | rows | left | AUC | its interval of 95 % | log loss | lift top decile | calibration slope |
      |---|---|---|---|---|---|---|---|---|
      \(rows.joined(separator: "\n"))


      """
  }

  private func part(_ name: String, _ part: ChurnMetrics.Part) -> String {
    let share = part.rows > 0 ? Double(part.positives) / Double(part.rows) : 0
    return "| \(name) | \(part.asOf.joined(separator: ", ")) | \(part.rows) | \(part.positives) | \(fixed(share, 4)) |"
  }

  private func rows(_ model: String, _ groups: ChurnMetrics.Groups) -> String {
    [("all", groups.pooled), ("prepaid", groups.prepaid), ("postpaid", groups.postpaid)].map { name, evaluation in
      let cells = [
        evaluation.logLoss, evaluation.brier, evaluation.liftTopDecile, evaluation.calibrationSlope,
        evaluation.calibrationIntercept,
      ]
      let area = [fixed(evaluation.auc, 4), interval(evaluation)]
      return "| \(model) | \(name) | \((area + cells.map { fixed($0, 4) }).joined(separator: " | ")) |"
    }.joined(separator: "\n")
  }

  /// The metrics by which the version is judged, where they are not of the rows as they came.
  private var untreatedRows: String {
    guard let gradient = metrics.gradientUntreated, let logistic = metrics.logisticUntreated else { return "" }
    return """

      \(rows("gradient, untreated", gradient))
      \(rows("logistic, untreated", logistic))

      Untreated: \(gradient.pooled.rowCount) rows to which nothing was done, weighted for the others; the rule judges by them.
      """
  }

  /// DeLong's interval of the AUC.
  private func interval(_ evaluation: Evaluation) -> String {
    guard evaluation.aucLower != nil else { return "–" }
    return "\(fixed(evaluation.aucLower, 4)) to \(fixed(evaluation.aucUpper, 4))"
  }

  private func lift(_ segment: SegmentTenths) -> String {
    let cells = segment.liftByDecile.map { $0.map { fixed($0, 2) } } ?? [String](repeating: "–", count: 10)
    return "| \(segment.segment) | \(cells.joined(separator: " | ")) |"
  }

  private func tenths(_ segment: SegmentTenths) -> [String] {
    segment.tenths.enumerated().map { index, tenth in
      "| \(segment.segment) | \(index + 1) | \(tenth.rowCount) | \(tenth.eventCount) | \(fixed(tenth.meanProbability, 4)) "
        + "| \(fixed(tenth.eventShare, 4)) |"
    }
  }

  private var errors: String {
    calibration.map { "\($0.segment) \(fixed($0.calibrationError, 4))" }.joined(separator: ", ")
  }

  private func fixed(_ value: Double?, _ digits: Int) -> String {
    guard let value, value.isFinite else { return "–" }
    return FixedPoint.text(value, digits: digits)
  }
}
