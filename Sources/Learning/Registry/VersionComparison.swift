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
    _ home: Home, first: String?, second: String?, registry file: ConfigurationDocument, catalogue: TwinCatalogue,
    threads: Int
  ) throws {
    let rule = try RegistryDefinition(file).promotion
    let state = ModelRegistry.stateOfNewestNight(try CommitLog.open(home))
    let registry = ModelRegistry(state)
    guard !registry.versions.isEmpty else {
      throw LearningError(.missingModel, "no churn model has been trained: run nightjar-train first")
    }
    let one = try registry.version(named: first ?? "champion")
    let other = try registry.version(named: second ?? "challenger")
    guard one != other else { throw LearningError(.unknownVersion, "\(one.label) cannot be compared with itself") }
    let inputs = catalogue.ofInputs
    trial = try VersionTrial(
      one, other, confidence: rule.confidence, home: home, threads: threads
    ) { dates in
      try SubscriptionTwin.build(
        inputs, state: state, home: home, at: dates.map { TwinMoment(asOf: $0, knownBy: $0) }, threads: threads)
    }
    let decision = try other.decision(home: home)
    let leakage = decision?.conditions.first { $0.name == "floors.maximum-single-feature-auc" }?.value
    let pooled = trial.comparison.pooled
    let floors = rule.floors(pooled.challenger, eventCount: pooled.eventCount, singleFeatureAUC: leakage)
    let beside = rule.conditions(trial.comparison, ofOrderAlone: trial.labelDifference != nil)
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
    lines += notes.map { "note: \($0)" }
    if trial.unmatchedRowCount > 0 {
      lines.append("note: \(trial.unmatchedRowCount) rows that one of the two does not know are left out")
    }
    var table = [["rows", "metric", champion, challenger, "difference"]]
    for segment in [trial.comparison.pooled] + trial.comparison.segments {
      table += VersionComparison.cells(
        "\(segment.name) (\(segment.rowCount), \(segment.eventCount) left)", segment.champion, segment.challenger,
        [
          "AUC": segment.aucDifference.map(VersionComparison.text),
          "log loss": segment.logLossDifference.map(VersionComparison.text),
          "Brier": segment.brierDifference.map(VersionComparison.text),
          "calibration error": segment.calibrationErrorRise.map { TextTable.number($0) },
        ])
      if let came = segment.asCame {
        table += VersionComparison.cells(
          "\(segment.name) as they came (\(came.rowCount), \(came.eventCount) left)", came.champion, came.challenger,
          [:])
      }
    }
    lines += TextTable.lines(table)
    lines += TextTable.lines(conditions.map { [$0.state.rawValue, $0.name, $0.text] })
    return lines + ["verdict: \(verdict.rawValue)"]
  }

  /// That rows may be weighted, and that labels differ, before what limits the comparison.
  private var notes: [String] {
    let untreated = trial.comparison.pooled.asCame.map {
      "\($0.rowCount - trial.comparison.pooled.rowCount) rows that a contact may have changed do not count, and the others are weighted"
    }
    return [trial.labelDifference, untreated].compactMap(\.self) + trial.notes
  }

  private static func cells(
    _ name: String, _ champion: PairedComparison.Side, _ challenger: PairedComparison.Side,
    _ differences: [String: String?]
  ) -> [[String]] {
    let metrics: [(String, KeyPath<PairedComparison.Side, Double?>)] = [
      ("AUC", \.auc), ("average precision", \.averagePrecision), ("lift top decile", \.liftTopDecile),
      ("log loss", \.logLoss), ("Brier", \.brier), ("calibration slope", \.calibrationSlope),
      ("calibration error", \.calibrationError),
    ]
    return metrics.map { metric, value in
      [
        name, metric, TextTable.number(champion[keyPath: value]), TextTable.number(challenger[keyPath: value]),
        (differences[metric] ?? nil) ?? "-",
      ]
    }
  }

  private static func text(_ estimate: IntervalEstimate) -> String {
    "\(TextTable.number(estimate.estimate)) (\(TextTable.number(estimate.lower)) to \(TextTable.number(estimate.upper)))"
  }

  /// Everything as one JSON object with sorted keys.
  public var json: String {
    get throws {
      let answer = Answer(
        champion: champion, challenger: challenger, comparison: trial.comparison, conditions: conditions,
        heldOutDates: trial.dates.map(\.description), notes: notes, unmatchedRowCount: trial.unmatchedRowCount,
        verdict: verdict)
      return String(try ModelVersion.json(answer).dropLast())
    }
  }
}
