extension TableEvaluation {
  /// What an evaluation found. Its JSON is described in <doc:EvaluatingTables>.
  public struct Report: Sendable, Encodable {
    /// The name and version of the JSON.
    static let format = "nightjar-evaluation/1"

    /// Rows that no metric counts.
    struct LeftOut: Sendable, Hashable, Encodable {
      var withoutLabel = 0
      var withoutScore = 0
      var withoutWeight = 0
      var ofWeightZero = 0

      /// Those that should not be there.
      var missingCount: Int { withoutLabel + withoutScore + withoutWeight }
    }

    /// A value of a column; nil where it is missing.
    struct Segment: Sendable, Hashable {
      var column: String
      var value: String?
    }

    /// The metrics of all rows, or of a segment.
    struct Group: Sendable {
      var segment: Segment?
      var suite: MetricSuite
    }

    let evaluation: TableEvaluation
    let digest: String
    let rowCount: Int
    let usedRowCount: Int
    let leftOut: LeftOut
    let outsideCount: Int
    let groups: [Group]

    /// What a person should know before believing a number.
    public var warnings: [String] {
      var warnings: [String] = []
      if leftOut.missingCount > 0 {
        let causes = [
          (leftOut.withoutLabel, "without a label"), (leftOut.withoutScore, "without a finite score"),
          (leftOut.withoutWeight, "without a finite weight"),
        ]
        let text = causes.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        warnings.append("\(leftOut.missingCount) of \(rowCount) rows are left out: \(text)")
      }
      if let suite = groups.first?.suite, suite.positiveCount == 0 || suite.positiveCount == suite.rowCount {
        warnings.append(
          suite.rowCount == 0
            ? "there is no row to evaluate" : "every row has label \(suite.positiveCount == 0 ? 0 : 1)")
      }
      return warnings
    }

    /// One line.
    public var summary: String {
      guard let suite = groups.first?.suite else { return "nothing evaluated" }
      let auc = suite.values[.auc]
      var text = "\(suite.rowCount) rows, \(suite.positiveCount) of label 1"
      if let area = auc?.value { text += ": AUC \(FixedPoint.text(area, digits: 4))" }
      if let lower = auc?.lower, let upper = auc?.upper {
        text += " (\(FixedPoint.text(lower, digits: 4)) to \(FixedPoint.text(upper, digits: 4)))"
      }
      if let loss = suite.values[.logLoss]?.value { text += ", log loss \(FixedPoint.text(loss, digits: 4))" }
      return text + (groups.count > 1 ? "; \(groups.count - 1) segments" : "")
    }

    /// The report as one JSON object with sorted keys.
    public var json: String {
      get throws(LearningError) { String(try ModelVersion.json(self).dropLast()) }
    }
  }
}

// The JSON. A value that does not exist is null, and a reason stands beside it.
extension TableEvaluation.Report {
  private enum Key: String, CodingKey {
    case format, input, rowCount, usedRowCount, leftOut, scores, intervals, campaign, definitions, groups, warnings
    case path, sha256, label, positive, score, weight, segments
    case areProbabilities, outsideCount, level, replicates, seed, calibrationBins
    case title, text, interval
  }

  /// Encodes the report.
  public func encode(to encoder: any Encoder) throws {
    var root = encoder.container(keyedBy: Key.self)
    try root.encode(Self.format, forKey: .format)
    var input = root.nestedContainer(keyedBy: Key.self, forKey: .input)
    try input.encode(digest, forKey: .sha256)
    try input.encode(evaluation.label, forKey: .label)
    try input.encode(evaluation.positive, forKey: .positive)
    try input.encode(evaluation.score, forKey: .score)
    try input.encode(evaluation.weight, forKey: .weight)
    try input.encode(evaluation.segments, forKey: .segments)
    try root.encode(rowCount, forKey: .rowCount)
    try root.encode(usedRowCount, forKey: .usedRowCount)
    try root.encode(leftOut, forKey: .leftOut)
    var scores = root.nestedContainer(keyedBy: Key.self, forKey: .scores)
    try scores.encode(outsideCount == 0, forKey: .areProbabilities)
    try scores.encode(outsideCount, forKey: .outsideCount)
    var intervals = root.nestedContainer(keyedBy: Key.self, forKey: .intervals)
    try intervals.encode(Confidence.level, forKey: .level)
    try intervals.encode(evaluation.replicateCount, forKey: .replicates)
    try intervals.encode(evaluation.seed, forKey: .seed)
    try root.encode(evaluation.binCount, forKey: .calibrationBins)
    try root.encode(evaluation.campaign, forKey: .campaign)
    try root.encode(warnings, forKey: .warnings)
    var definitions: [String: Definition] = [:]
    for metric in MetricDefinition.allCases {
      definitions[metric.identifier] = Definition(
        title: metric.title.drop { $0 == " " }.description, text: metric.text, interval: metric.interval.rawValue)
    }
    try root.encode(definitions, forKey: .definitions)
    try root.encode(groups, forKey: .groups)
  }

  private struct Definition: Encodable {
    var title: String
    var text: String
    var interval: String
  }
}

extension TableEvaluation.Report.Group: Encodable {
  private enum Key: String, CodingKey {
    case segment, rowCount, positiveCount, weight, baseRate, meanProbability, clippedCount, metrics
  }

  func encode(to encoder: any Encoder) throws {
    var root = encoder.container(keyedBy: Key.self)
    try root.encode(segment, forKey: .segment)
    try root.encode(suite.rowCount, forKey: .rowCount)
    try root.encode(suite.positiveCount, forKey: .positiveCount)
    try root.encode(suite.weight, forKey: .weight)
    try root.encode(suite.baseRate, forKey: .baseRate)
    try root.encode(suite.meanProbability, forKey: .meanProbability)
    try root.encode(suite.clippedCount, forKey: .clippedCount)
    var metrics: [String: Metric] = [:]
    for metric in MetricDefinition.allCases {
      var values: [Value]?
      switch metric {
      case .liftByDecile: values = suite.lifts.map { Value(estimate: $0) }
      case .gainByDecile: values = suite.gains.map { Value(estimate: $0) }
      case .calibrationTable: values = suite.bins.map { Value(estimate: $0.rate, bin: $0) }
      default: break
      }
      metrics[metric.rawValue] = Metric(
        definition: metric.identifier, estimate: suite.values[metric] ?? MetricSuite.Estimate(), values: values)
    }
    try root.encode(metrics, forKey: .metrics)
  }

  /// A metric of one value, or of several.
  private struct Metric: Encodable {
    var definition: String
    var estimate: MetricSuite.Estimate
    var values: [Value]?

    private enum Key: String, CodingKey { case definition, reason, values }

    func encode(to encoder: any Encoder) throws {
      var root = encoder.container(keyedBy: Key.self)
      try root.encode(definition, forKey: .definition)
      guard let values else {
        try Value(estimate: estimate).encode(to: encoder)
        return
      }
      try root.encode(values.isEmpty ? nil : values, forKey: .values)
      if let reason = estimate.reason { try root.encode(reason, forKey: .reason) }
    }
  }

  /// A value with its interval.
  private struct Value: Encodable {
    var estimate: MetricSuite.Estimate
    var bin: MetricSuite.Bin?

    private enum Key: String, CodingKey {
      case value, lower, upper, standardError, reason
      case rowCount, weight, least, greatest, meanProbability
    }

    func encode(to encoder: any Encoder) throws {
      var root = encoder.container(keyedBy: Key.self)
      try root.encode(estimate.value, forKey: .value)
      try root.encode(estimate.lower, forKey: .lower)
      try root.encode(estimate.upper, forKey: .upper)
      guard let bin else {
        try root.encode(estimate.standardError, forKey: .standardError)
        if let reason = estimate.reason { try root.encode(reason, forKey: .reason) }
        return
      }
      try root.encode(bin.rowCount, forKey: .rowCount)
      try root.encode(bin.weight, forKey: .weight)
      try root.encode(bin.least, forKey: .least)
      try root.encode(bin.greatest, forKey: .greatest)
      try root.encode(bin.meanProbability, forKey: .meanProbability)
    }
  }
}

extension TableEvaluation.Report.Segment: Encodable {
  private enum Key: String, CodingKey { case column, value }

  func encode(to encoder: any Encoder) throws {
    var root = encoder.container(keyedBy: Key.self)
    try root.encode(column, forKey: .column)
    try root.encode(value, forKey: .value)
  }
}
