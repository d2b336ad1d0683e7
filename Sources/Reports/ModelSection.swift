/// How good the model in use is, and what it says of the base.
struct ModelSection {
  private let facts: ReportFacts

  init(_ facts: ReportFacts) { self.facts = facts }

  var section: Markup? {
    let children = quality + scores + drift
    guard !children.isEmpty else { return nil }
    let model = facts.scores.map { $0.model.isEmpty ? "" : "Scores by \($0.model). " } ?? ""
    return Page.section(
      "Churn model",
      model
        + "Metrics are of rows that are later than everything the tested model learned from. AUC: chance that a leaver "
        + "ranks above a stayer. Lift: leavers among the top tenth, against the average. Slope: 1 where probabilities are "
        + "neither too bold nor too timid.", children)
  }

  private var quality: [Markup] {
    guard let metrics = facts.metrics else { return [] }
    var rows: [[Markup]] = []
    for (name, groups) in [("gradient boosting", metrics.gradient), ("logistic regression", metrics.logistic)] {
      for (base, evaluation) in [
        ("all", groups?.pooled), ("prepaid", groups?.prepaid), ("postpaid", groups?.postpaid),
      ] {
        guard let evaluation else { continue }
        rows.append([
          .text(base == "all" ? name : ""), .text(base), .text(count(evaluation.rowCount)),
          .text(count(evaluation.positiveCount)), .text(Figure.fixed(evaluation.auc, places: 3)),
          .text(Figure.fixed(evaluation.averagePrecision, places: 3)),
          .text(Figure.fixed(evaluation.logLoss, places: 4)),
          .text(Figure.fixed(evaluation.brier, places: 4)), .text(Figure.fixed(evaluation.liftTopDecile, places: 2)),
          .text(Figure.fixed(evaluation.calibrationSlope, places: 2)),
        ])
      }
    }
    guard !rows.isEmpty else { return [] }
    let dates = (metrics.test?.asOf ?? []).joined(separator: ", ")
    var children = [
      element("h3", [:], .text("On the test date\(dates.isEmpty ? "" : " \(dates)")")),
      Page.table(
        [
          .words("model"), .words("base"), .number("rows"), .number("left"), .number("AUC"), .number("PR-AUC"),
          .number("log loss"), .number("Brier"), .number("lift"), .number("slope"),
        ], rows),
    ]
    if let lift = metrics.gradient?.pooled?.liftByDecile, lift.count > 1 {
      let columns = lift.enumerated().map { index, value in
        (label: "\(index + 1)", value: value, caption: Figure.fixed(value, places: 2))
      }
      children += [
        element("h3", [:], "Lift by tenth of the score, the likeliest to leave first; the line is the average"),
        Chart.columns(columns, mark: 1, title: "lift by tenth"),
      ]
    }
    return children
  }

  private var scores: [Markup] {
    guard let scores = facts.scores, !scores.meanByTenth.isEmpty else { return [] }
    let columns = scores.meanByTenth.enumerated().map { index, mean in
      (label: "\(index + 1)", value: mean, caption: Figure.fixed(mean * 100, places: 1) + " %")
    }
    let reasons = scores.firstReasons.map { reason in
      Chart.Bar(
        label: reason.field, value: Double(reason.count),
        caption: "\(Figure.count(reason.count)) · \(Figure.percent(reason.count, of: scores.rowCount))")
    }
    return [
      element("h3", [:], "Tonight's mean probability of leaving, by tenth of the base"),
      Chart.columns(columns, mark: nil, title: "mean probability by tenth"),
      element("h3", [:], "What raises a score most, by number of subscriptions"),
      Chart.bars(reasons, title: "first reasons"),
    ]
  }

  private var drift: [Markup] {
    guard !facts.drift.isEmpty else { return [] }
    let rows = facts.drift.map { drift -> [Markup] in
      [
        .text(drift.input), .text(Figure.fixed(drift.psi, places: 2)),
        .text(Figure.percent(drift.missingCount, of: drift.rowCount)),
        .text(Figure.percent(drift.usualMissingCount, of: drift.usualRowCount)),
        .text(Figure.percent(drift.unseenCount, of: drift.rowCount)),
      ]
    }
    return [
      element("h3", [:], "Moved since the training: inputs of the model, and its scores as churn_probability"),
      Page.table(
        [
          .words("input"), .number("PSI"), .number("missing"), .number("missing then"), .number("unseen texts"),
        ], rows),
    ]
  }

  private func count(_ value: Int?) -> String { value.map { Figure.count(Int64($0)) } ?? "–" }
}
