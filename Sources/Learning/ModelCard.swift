import Calendar
import Ledger

/// The model card: what a model is, what it was tested on, how well it did and what it must not be used for.
struct ModelCard {
  let version: String
  let night: Day
  let definition: ChurnDefinition
  let metrics: ChurnMetrics
  let features: [Feature]
  /// Features by total gain, the greatest first.
  let ranking: [(feature: String, share: Double)]
  let further: [HorizonTraining.Outcome]

  /// The card in Markdown.
  var markdown: String {
    """
    # Churn model \(version)

    Trained in the night of \(night). Intended use: ranking the active base by the probability of leaving by will within
    \(definition.horizonDays) days, for offers under policy. Not for credit, pricing or any decision about one person alone.

    ## Label
    An event is the first notice or port request, or for prepaid the begin of a silence of \(definition.silenceDays) days
    without any activity, within \(definition.horizonDays) days after the as-of date. Out are subscriptions in notice and
    prepaid ones silent for \(definition.dormantDays) days, as known at the as-of date. Ends by
    \(definition.competingCauses.joined(separator: ", ")), and returns within \(definition.returnDays) days, are no churn
    and stay in the data. Labels mature after \(definition.maturityDays) days.

    ## Parts (as-of dates; twins as known at their own date)
    | part | as-of | rows | left | share |
    |---|---|---|---|---|
    \(part("train", metrics.train))
    \(part("validation", metrics.validation))
    \(part("test", metrics.test))
    \(part("put to use: train", metrics.deployedTrain))
    \(part("put to use: validation", metrics.deployedValidation))

    From the end of a part's label windows to the next part's as-of date lie at least \(metrics.embargoDays) days. \(customers)

    The metrics are those of the procedure on the test date, from which nothing was learned. The model that is put to use
    comes from the same procedure one step later and has no test of its own.

    ## Metrics on the test date (definitions version \(metrics.definitionVersion), Learning.docc/Metrics)
    | model | base | AUC | log loss | Brier | lift top decile | calibration slope | intercept |
    |---|---|---|---|---|---|---|---|
    \(rows("gradient", metrics.gradient))
    \(rows("logistic", metrics.logistic))

    ## Lift by decile, gradient
    | decile | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |
    |---|---|---|---|---|---|---|---|---|---|---|
    \(deciles("pooled", metrics.gradient.pooled))
    \(deciles("prepaid", metrics.gradient.prepaid))
    \(deciles("postpaid", metrics.gradient.postpaid))

    \(furtherHorizons)## Fit
    Gradient boosting: \(metrics.deployedTreeCount) trees (\(metrics.treeCount) in the test), at most \
    \(definition.gradient.leafCount) leaves, learning rate \(definition.gradient.learningRate), at least \
    \(definition.gradient.minimumLeafRowCount) rows a leaf. Logistic regression: \
    \(metrics.deployedLogisticConvergence.reason.rawValue) after \(metrics.deployedLogisticConvergence.stepCount) steps, \
    greatest mean gradient \(metrics.deployedLogisticConvergence.gradientNorm). Calibration: \(definition.calibration), \
    within each payment type, on the validation date.

    ## Features
    \(features.count) fields of the twin. Identifiers, dates, notice, and fields about past contacts are excluded: a model
    that knew of contacts would believe its own retention work. No single feature has an AUC above
    \(definition.maximumSingleFeatureAUC) (leakage guard). The greatest shares of the splits' gain:

    | field | share of gain |
    |---|---|
    \(ranking.prefix(15).map { "| \($0.feature) | \(fixed($0.share, 3)) |" }.joined(separator: "\n"))

    ## Limits
    \(treatment) Events registered later than
    \(definition.reportingLagDays) days are counted as stays.

    """
  }

  private var treatment: String {
    let (train, validation) = (metrics.deployedTrainTreatment, metrics.deployedValidationTreatment)
    let counts =
      "\(train.treated) of \(train.rows) training rows and \(validation.treated) of \(validation.rows) validation rows may owe "
      + "their outcome to a contact."
    guard train.treated + validation.treated > 0 else { return "No row's outcome owes anything to a known contact." }
    switch definition.treatment.method {
    case .ignored:
      return "\(counts) They teach like all others: scores are under what was done, not under doing nothing."
    case .covariate: return "\(counts) They teach with that as a feature; scores are taken without."
    case .excluded: return "\(counts) They are left out, and the others are not reweighted."
    case .weighted:
      return "\(counts) They are left out; the others are weighted by 1 / P(untreated), at most "
        + "\(fixed(definition.treatment.greatestWeight, 1)), which makes them worth \(fixed(train.effectiveRows, 0)) and "
        + "\(fixed(validation.effectiveRows, 0)) equal rows (\(train.cappedWeights + validation.cappedWeights) weights were cut). "
        + "What nobody untreated shows cannot be learned. Metrics are of all rows as they came."
    }
  }

  private var customers: String {
    definition.heldOutCustomerPercent > 0
      ? "\(definition.heldOutCustomerPercent) % of the customers teach nothing and are alone validated and tested on."
      : "The parts are apart by time alone: customers may stand in several of them."
  }

  /// A table of the further horizons; empty where none is asked for.
  private var furtherHorizons: String {
    guard !further.isEmpty else { return "" }
    let rows = further.map { outcome in
      switch outcome {
      case .trained(let model, let metrics):
        let (test, pooled) = (metrics.test, metrics.gradient.pooled)
        return "| \(model.horizonDays) | \(test.asOf.joined(separator: ", ")) | \(test.rows) | \(test.positives) | "
          + [pooled.auc, pooled.logLoss, pooled.liftTopDecile, pooled.calibrationSlope]
          .map { fixed($0, 4) }.joined(separator: " | ") + " |"
      case .skipped(let days, let reason): return "| \(days) | no model: \(reason) | – | – | – | – | – | – |"
      }
    }
    return """
      ## Further horizons, gradient, each on its own test date
      | days | as-of | rows | left | AUC | log loss | lift top decile | calibration slope |
      |---|---|---|---|---|---|---|---|
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
        evaluation.auc, evaluation.logLoss, evaluation.brier, evaluation.liftTopDecile, evaluation.calibrationSlope,
        evaluation.calibrationIntercept,
      ]
      return "| \(model) | \(name) | \(cells.map { fixed($0, 4) }.joined(separator: " | ")) |"
    }.joined(separator: "\n")
  }

  private func deciles(_ name: String, _ evaluation: Evaluation) -> String {
    let cells = evaluation.liftByDecile.map { $0.map { fixed($0, 2) } } ?? [String](repeating: "–", count: 10)
    return "| \(name) | \(cells.joined(separator: " | ")) |"
  }

  private func fixed(_ value: Double?, _ digits: Int) -> String {
    guard let value, value.isFinite else { return "–" }
    return FixedPoint.text(value, digits: digits)
  }
}

/// Decimal text with a fixed number of digits, the same on every machine.
enum FixedPoint {
  /// `value` rounded half away from zero to `digits` places.
  static func text(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    let rounded = (value.magnitude * scale).rounded()
    guard rounded < 1e15 else { return "\(value)" }
    let whole = Int(rounded)
    let fraction = String(whole % Int(scale))
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    return "\(sign)\(whole / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
