import Calendar
public import Configuration
public import Ledger
public import Twins

/// Two versions side by side on the same held-out rows, and what the rule says of the second: the answer of
/// `nightjar-train compare`.
public struct VersionComparison: Sendable {
  /// What the rule would make of it.
  package enum Verdict: String, Sendable, Hashable, Codable {
    /// Every condition holds.
    case pass
    /// A condition beside the first fails.
    case hold
    /// A floor fails.
    case refuse
  }

  private struct Answer: Encodable {
    var champion: String
    var challenger: String
    var comparison: PairedComparison
    var conditions: [PromotionCondition]
    var heldOutDates: [String]
    var notes: [String]
    var unmatchedRowCount: Int
    var verdict: Verdict
  }

  package let champion: String
  package let challenger: String
  package let trial: VersionTrial
  package let conditions: [PromotionCondition]
  package let verdict: Verdict

  /// Compares the versions of these names; nil stands for the champion, and for the newest challenger.
  ///
  /// - Throws: `unknownVersion` where there is no such version, or both are one; `missingColumn` where a version reads a field that
  ///   the twin has no more.
  public init(
    _ home: Home, first: String?, second: String?, churn: ConfigurationDocument, registry file: ConfigurationDocument,
    catalogue: TwinCatalogue, threads: Int
  ) throws {
    let definition = try ChurnDefinition(churn)
    let rule = try RegistryDefinition(file).promotion
    let state = try CommitLog.open(home).state(.head)
    let registry = ModelRegistry(state)
    guard !registry.versions.isEmpty else {
      throw LearningError(.missingModel, "no churn model has been trained: run nightjar-train first")
    }
    let one = try registry.version(named: first ?? "champion")
    let other = try registry.version(named: second ?? "challenger")
    guard one != other else { throw LearningError(.unknownVersion, "\(one.label) cannot be compared with itself") }
    let inputs = catalogue.ofInputs
    trial = try VersionTrial(
      one, other, horizonDays: definition.horizonDays, confidence: rule.confidence, home: home, threads: threads
    ) { dates in
      try SubscriptionTwin.build(
        inputs, state: state, home: home, at: dates.map { TwinMoment(asOf: $0, knownBy: $0) }, threads: threads)
    }
    let decision = try other.decision(home: home)
    let leakage = decision?.conditions.first { $0.name == "floors.maximum-single-feature-auc" }?.value
    let pooled = trial.comparison.pooled
    let floors = rule.floors(pooled.challenger, eventCount: pooled.eventCount, singleFeatureAUC: leakage)
    let beside = rule.conditions(trial.comparison)
    conditions = floors + beside
    verdict =
      floors.contains { $0.state == .fails } ? .refuse : beside.contains { $0.state == .fails } ? .hold : .pass
    (champion, challenger) = (one.label, other.label)
  }

  /// One line for people.
  public var summary: String {
    let pooled = trial.comparison.pooled
    let auc = pooled.aucDifference.map(VersionComparison.text) ?? "unknown"
    return
      "\(challenger) beside \(champion) on \(pooled.rowCount) held-out rows, \(pooled.eventCount) leavers: AUC gained "
      + "\(auc); verdict \(verdict.rawValue)"
  }

  /// The metrics, the differences, and each condition with its number.
  public var lines: [String] {
    let dates = trial.dates.map(\.description).joined(separator: ", ")
    var lines = ["held-out rows of \(dates); differences are \(challenger) less \(champion)"]
    lines += trial.notes.map { "note: \($0)" }
    if trial.unmatchedRowCount > 0 {
      lines.append("note: \(trial.unmatchedRowCount) rows that one of the two does not know are left out")
    }
    var table = [["rows", "metric", champion, challenger, "difference"]]
    for segment in [trial.comparison.pooled] + trial.comparison.segments {
      let (a, b) = (segment.champion, segment.challenger)
      let name = "\(segment.name) (\(segment.rowCount), \(segment.eventCount) left)"
      let metrics: [(String, Double?, Double?, String?)] = [
        ("AUC", a.auc, b.auc, segment.aucDifference.map(VersionComparison.text)),
        ("average precision", a.averagePrecision, b.averagePrecision, nil),
        ("lift top decile", a.liftTopDecile, b.liftTopDecile, nil),
        ("log loss", a.logLoss, b.logLoss, segment.logLossDifference.map(VersionComparison.text)),
        ("Brier", a.brier, b.brier, segment.brierDifference.map(VersionComparison.text)),
        ("calibration slope", a.calibrationSlope, b.calibrationSlope, nil),
        (
          "calibration error", a.calibrationError, b.calibrationError,
          segment.calibrationErrorRise.map { TextTable.number($0) }
        ),
      ]
      table += metrics.map { metric in
        [name, metric.0, TextTable.number(metric.1), TextTable.number(metric.2), metric.3 ?? "-"]
      }
    }
    lines += TextTable.lines(table)
    lines += TextTable.lines(conditions.map { [$0.state.rawValue, $0.name, $0.text] })
    return lines + ["verdict: \(verdict.rawValue)"]
  }

  private static func text(_ estimate: IntervalEstimate) -> String {
    "\(TextTable.number(estimate.estimate)) (\(TextTable.number(estimate.lower)) to \(TextTable.number(estimate.upper)))"
  }

  /// Everything as one JSON object with sorted keys.
  public var json: String {
    get throws {
      let answer = Answer(
        champion: champion, challenger: challenger, comparison: trial.comparison, conditions: conditions,
        heldOutDates: trial.dates.map(\.description), notes: trial.notes, unmatchedRowCount: trial.unmatchedRowCount,
        verdict: verdict)
      return String(try ModelVersion.json(answer).dropLast())
    }
  }
}
