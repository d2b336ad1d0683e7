/// When a challenger takes the champion's place: floors of its own, and conditions on the same held-out rows.
public struct PromotionRule: Sendable, Hashable {
  /// Who promotes a challenger that passes.
  public enum Mode: String, Sendable, Hashable, CaseIterable, Codable {
    /// The night that trained it.
    case automatic
    /// A person, by `nightjar-train promote`.
    case manual
  }

  /// What is asked of the difference of the AUC, challenger less champion.
  public enum AUCTest: String, Sendable, Hashable, CaseIterable, Codable {
    /// The difference is at least the margin.
    case gain
    /// The whole interval lies above the margin.
    case superior
    /// The whole interval lies above minus the margin.
    case nonInferior = "non-inferior"
  }

  /// Who promotes.
  public var mode = Mode.automatic
  /// The confidence of every interval.
  public var confidence = 0.95
  /// Leavers among the held-out rows, at least.
  public var minimumEventCount = 20
  /// AUC on the held-out rows, at least.
  public var minimumAUC = 0.55
  /// Calibration error on the held-out rows, at most.
  public var maximumCalibrationError = 0.05
  /// The AUC that the best single feature may have on the training rows.
  public var maximumSingleFeatureAUC = 0.90
  /// Leavers among the rows on which two versions are compared, at least.
  public var comparedEventCount = 30
  /// What is asked of the difference of the AUC.
  public var aucTest = AUCTest.nonInferior
  /// The margin of that.
  public var aucMargin = 0.01
  /// Log loss above the champion's, at most.
  public var maximumLogLossRise = 0.002
  /// Calibration error above the champion's, at most.
  public var maximumCalibrationErrorRise = 0.01
  /// Leavers that a segment must have to be judged.
  public var segmentEventCount = 30
  /// AUC below the champion's within a segment, at most.
  public var maximumSegmentAUCLoss = 0.03

  /// Makes the default rule.
  public init() {}
}

/// One condition of the rule with what was found.
public struct PromotionCondition: Sendable, Hashable, Codable {
  /// Whether it holds.
  public enum State: String, Sendable, Hashable, Codable {
    case holds, fails
    /// There is too little to judge it by; that does not stop a promotion.
    case notJudged = "not-judged"
  }

  /// The keys of the YAML, joined by points; of a segment with its name.
  public var name: String
  /// Whether it holds.
  public var state: State
  /// The number found; nil where it does not exist, which fails.
  public var value: Double?
  /// The number of the YAML.
  public var bound: Double
  /// The sentence for people.
  public var text: String

  /// The condition that `value` is at least `bound`.
  static func atLeast(
    _ name: String, _ what: String, _ value: Double?, _ bound: Double, digits: Int = 4
  ) -> PromotionCondition {
    PromotionCondition(
      name: name, state: value.map { $0 >= bound } ?? false ? .holds : .fails, value: value, bound: bound,
      text: "\(what) \(number(value, digits)), at least \(number(bound, digits))")
  }

  /// The condition that `value` is at most `bound`.
  static func atMost(
    _ name: String, _ what: String, _ value: Double?, _ bound: Double, digits: Int = 4
  ) -> PromotionCondition {
    PromotionCondition(
      name: name, state: value.map { $0 <= bound } ?? false ? .holds : .fails, value: value, bound: bound,
      text: "\(what) \(number(value, digits)), at most \(number(bound, digits))")
  }

  /// The condition without a judgement, for the reason of `text`.
  func notJudged(_ text: String) -> PromotionCondition {
    var condition = self
    (condition.state, condition.text) = (.notJudged, text)
    return condition
  }

  private static func number(_ value: Double?, _ digits: Int) -> String {
    value.map { FixedPoint.text($0, digits: digits) } ?? "unknown"
  }
}

extension PromotionRule {
  /// The floors of a version: its own held-out rows, and the best single feature of its training rows.
  package func floors(_ side: PairedComparison.Side, eventCount: Int, singleFeatureAUC: Double?) -> [PromotionCondition]
  {
    [
      .atLeast("floors.minimum-events", "leavers held out", Double(eventCount), Double(minimumEventCount), digits: 0),
      .atLeast("floors.minimum-auc", "AUC", side.auc, minimumAUC),
      .atMost("floors.maximum-calibration-error", "calibration error", side.calibrationError, maximumCalibrationError),
      .atMost(
        "floors.maximum-single-feature-auc", "AUC of the best single feature", singleFeatureAUC,
        maximumSingleFeatureAUC),
    ]
  }

  /// The conditions on the difference, challenger less champion.
  ///
  /// - Parameter ofOrderAlone: whether the two mean different things by a probability.
  package func conditions(_ comparison: PairedComparison, ofOrderAlone: Bool = false) -> [PromotionCondition] {
    let name = "against-champion."
    let pooled = comparison.pooled
    var found: [PromotionCondition] = [
      .atLeast(
        name + "minimum-events", "leavers compared", Double(pooled.eventCount), Double(comparedEventCount), digits: 0)
    ]
    switch aucTest {
    case .gain:
      found.append(.atLeast(name + "auc", "AUC gained", pooled.aucDifference?.estimate, aucMargin))
    case .superior:
      found.append(.atLeast(name + "auc", "lower bound of AUC gained", pooled.aucDifference?.lower, aucMargin))
    case .nonInferior:
      found.append(.atLeast(name + "auc", "lower bound of AUC gained", pooled.aucDifference?.lower, -aucMargin))
    }
    let ofProbabilities: [PromotionCondition] = [
      .atMost(
        name + "maximum-log-loss-rise", "log loss risen by", pooled.logLossDifference?.estimate, maximumLogLossRise),
      .atMost(
        name + "maximum-calibration-error-rise", "calibration error risen by", pooled.calibrationErrorRise,
        maximumCalibrationErrorRise),
    ]
    found +=
      ofOrderAlone
      ? ofProbabilities.map { $0.notJudged("probabilities of different labels are not compared") } : ofProbabilities
    for segment in comparison.segments {
      var condition = PromotionCondition.atLeast(
        name + "segments.\(segment.name)", "AUC gained within \(segment.name)", segment.aucDifference?.estimate,
        -maximumSegmentAUCLoss)
      if segment.eventCount < segmentEventCount {
        condition = condition.notJudged("\(segment.name): \(segment.eventCount) leavers are too few to judge by")
      }
      found.append(condition)
    }
    return found
  }
}
