// What a person reads.
extension TableEvaluation.Report {
  /// The report as lines: all rows, deciles, calibration, segments, definitions.
  public var lines: [String] {
    guard let whole = groups.first?.suite else { return [] }
    var lines = ["label \(evaluation.label), score \(evaluation.score)" + weightText]
    lines.append("\(rowCount) rows read, \(usedRowCount) used, \(whole.positiveCount) of label 1")
    if leftOut.ofWeightZero > 0 { lines.append("\(leftOut.ofWeightZero) rows of weight 0 are left out") }
    if outsideCount > 0 {
      lines.append("\(outsideCount) scores lie outside 0 and 1: metrics of probabilities are left out")
    }
    if whole.clippedCount > 0 {
      lines.append("\(whole.clippedCount) probabilities are exactly 0 or 1: their logarithms are clipped")
    }
    lines += ["", "All rows"] + Self.aligned(metricRows(whole))
    if !whole.lifts.isEmpty { lines += ["", "Deciles"] + Self.aligned(decileRows(whole)) }
    if !whole.bins.isEmpty { lines += ["", "Calibration"] + Self.aligned(binRows(whole)) }
    if groups.count > 1 { lines += ["", "Segments (all metrics of each: --json)"] + Self.aligned(segmentRows) }
    lines += ["", "Definitions"] + MetricDefinition.allCases.map { "\($0.identifier): \($0.text)" }
    return lines
  }

  private var weightText: String { evaluation.weight.map { ", weight \($0)" } ?? "" }

  private func metricRows(_ suite: MetricSuite) -> [[String]] {
    var rows = [["metric", "value", "95 % interval", "from", "definition"]]
    for metric in MetricDefinition.allCases {
      switch metric {
      case .liftByDecile, .gainByDecile, .calibrationTable: continue
      default: break
      }
      guard let estimate = suite.values[metric] else { continue }
      let source =
        estimate.lower == nil
        ? estimate.reason ?? "" : metric.interval == .bootstrap ? "bootstrap" : metric.interval.rawValue
      rows.append([
        metric.title, Self.text(estimate.value), Self.interval(estimate), source, metric.identifier,
      ])
    }
    return rows
  }

  private func decileRows(_ suite: MetricSuite) -> [[String]] {
    [["tenth", "lift", "95 % interval", "gain", "95 % interval"]]
      + zip(suite.lifts, suite.gains).enumerated().map { index, pair in
        [
          "\(index + 1)", Self.text(pair.0.value), Self.interval(pair.0), Self.text(pair.1.value),
          Self.interval(pair.1),
        ]
      }
  }

  private func binRows(_ suite: MetricSuite) -> [[String]] {
    [["from", "to", "rows", "mean p", "label 1", "95 % interval"]]
      + suite.bins.map { bin in
        [
          Self.text(bin.least), Self.text(bin.greatest), "\(bin.rowCount)", Self.text(bin.meanProbability),
          Self.text(bin.rate.value), Self.interval(bin.rate),
        ]
      }
  }

  private var segmentRows: [[String]] {
    [["column", "value", "rows", "label 1", "AUC", "95 % interval", "lift", "log loss", "Brier", "slope", "EMP"]]
      + groups.compactMap { group in
        guard let segment = group.segment else { return nil }
        let suite = group.suite
        func text(_ metric: MetricDefinition) -> String { Self.text(suite.values[metric]?.value) }
        return [
          segment.column, segment.value ?? "(missing)", "\(suite.rowCount)", "\(suite.positiveCount)", text(.auc),
          Self.interval(suite.values[.auc]), Self.text(suite.lifts.first?.value), text(.logLoss), text(.brier),
          text(.calibrationSlope), text(.expectedMaximumProfit),
        ]
      }
  }

  /// Columns as wide as their widest cell.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      var line = "  " + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// Four digits behind the point, seven where there would be nothing but zeros.
  private static func text(_ value: Double?) -> String {
    guard let value else { return "–" }
    return FixedPoint.text(value, digits: value == 0 || value.magnitude >= 0.00995 ? 4 : 7)
  }

  private static func interval(_ estimate: MetricSuite.Estimate?) -> String {
    guard let lower = estimate?.lower, let upper = estimate?.upper else { return "–" }
    return "\(text(lower)) … \(text(upper))"
  }
}
