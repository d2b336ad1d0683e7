package import Parallelism

/// Every metric of labels and scores, each with its interval, or with the reason why there is none.
///
/// Rows are ranked once. A metric is a function of ranked rows and weights, and a replicate of the bootstrap is the same function of
/// other weights; so there is one implementation of each.
package struct MetricSuite: Sendable {
  /// What is asked for.
  package struct Settings: Sendable {
    /// Whether the scores are probabilities; where not, the metrics that ask for such are left out.
    package var areProbabilities = true
    /// Bins of the calibration table, at most.
    package var binCount = 10
    /// The campaign of the profit.
    package var campaign = CampaignProfit()
    /// The replicates of the intervals.
    package var bootstrap = PoissonBootstrap(replicateCount: 200, seed: 1)

    package init() {}
  }

  /// A value with its interval; what does not exist is nil, and a reason says why.
  package struct Estimate: Sendable, Hashable {
    package var value: Double?
    package var lower: Double?
    package var upper: Double?
    package var standardError: Double?
    /// Why there is no value, or no interval.
    package var reason: String?

    package init(
      value: Double? = nil, lower: Double? = nil, upper: Double? = nil, standardError: Double? = nil,
      reason: String? = nil
    ) {
      (self.value, self.lower, self.upper) = (value, lower, upper)
      (self.standardError, self.reason) = (standardError, reason)
    }
  }

  /// A bin of the calibration table, the least probabilities first.
  package struct Bin: Sendable, Hashable {
    package var rowCount: Int
    package var weight: Double
    package var least: Double
    package var greatest: Double
    package var meanProbability: Double
    /// The share of label 1, with Wilson's interval.
    package var rate: Estimate
  }

  /// The number of rows.
  package let rowCount: Int
  /// The number of rows of label 1.
  package let positiveCount: Int
  /// The sum of the weights; the number of rows where there are none.
  package let weight: Double
  /// The share of label 1; nil without rows.
  package let baseRate: Double?
  /// The mean score; nil without rows, or where the scores are no probabilities.
  package let meanProbability: Double?
  /// The number of probabilities of exactly 0 or 1 (or within 10⁻¹⁵ of it), which are clipped before a logarithm is taken.
  package let clippedCount: Int
  /// Why there is no such metric for the rows at all.
  package let absent: [MetricDefinition: String]
  /// The metrics of one value.
  package private(set) var values: [MetricDefinition: Estimate] = [:]
  /// The lift of each tenth; one reason instead where there is none.
  package private(set) var lifts: [Estimate] = []
  /// The gain of the first k tenths.
  package private(set) var gains: [Estimate] = []
  /// The calibration table; empty where the scores are no probabilities.
  package private(set) var bins: [Bin] = []

  /// Evaluates ranked rows. O(n log n) once, O(n) a replicate.
  package init(_ rows: RankedRows, settings: Settings, threads: WorkerThreads) {
    let statistics = Statistics(rows, settings)
    rowCount = rows.rowCount
    positiveCount = rows.positiveCount
    weight = statistics.ties.total
    baseRate = weight > 0 ? statistics.ties.positiveTotal / weight : nil
    let isUsable = settings.areProbabilities && weight > 0
    meanProbability = isUsable ? ProbabilityMetrics.mean(rows.scores, weights: rows.weights) : nil
    let clip = ProbabilityMetrics.clip
    clippedCount = isUsable ? rows.scores.count { $0 < clip || $0 > 1 - clip } : 0

    absent = MetricSuite.absent(statistics.ties, settings)
    let estimates = statistics.estimates(threads)
    for (metric, estimate) in zip(Statistics.scalars, estimates) { values[metric] = estimate }
    if absent[.liftByDecile] == nil {
      let deciles = Array(estimates.dropFirst(Statistics.scalars.count))
      (lifts, gains) = (Array(deciles.prefix(10)), Array(deciles.dropFirst(10)))
    }
    values[.auc] = MetricSuite.area(rows)
    if absent[.calibrationSlope] == nil {
      for (metric, estimate) in MetricSuite.lines(rows) { values[metric] = estimate }
    }
    if absent[.calibrationTable] == nil { bins = statistics.table }
    for (metric, reason) in absent { values[metric] = Estimate(reason: reason) }
  }

  /// The metrics that do not exist, with the reason.
  private static func absent(_ ties: TieGroups, _ settings: Settings) -> [MetricDefinition: String] {
    let (hasPositives, hasNegatives) = (ties.positiveTotal > 0, ties.negativeTotal > 0)
    func reason(_ metric: MetricDefinition) -> String? {
      if metric.asksForProbabilities, !settings.areProbabilities {
        return "scores lie outside 0 and 1: no probabilities"
      }
      if !hasPositives, !hasNegatives { return "no rows" }
      switch metric.labelNeed {
      case .any: return nil
      case .positives: return hasPositives ? nil : "no row has label 1"
      case .both: return hasPositives ? hasNegatives ? nil : "no row has label 0" : "no row has label 1"
      }
    }
    var absent: [MetricDefinition: String] = [:]
    for metric in MetricDefinition.allCases { absent[metric] = reason(metric) }
    return absent
  }

  private static func area(_ rows: RankedRows) -> Estimate {
    guard let deLong = DeLong(rows) else { return Estimate() }
    let interval = deLong.interval
    return Estimate(
      value: deLong.area, lower: interval?.lower, upper: interval?.upper, standardError: deLong.standardError,
      reason: interval != nil
        ? nil
        : deLong.variance == nil
          ? "no interval: it asks for two rows of each label"
          : "no interval: the variance is 0, since the scores are all equal or part the labels")
  }

  /// The calibration lines with Wald intervals.
  private static func lines(_ rows: RankedRows) -> [MetricDefinition: Estimate] {
    func estimate(_ value: Double?, _ error: Double?) -> Estimate {
      guard let value, let error, value.isFinite, error.isFinite else {
        return Estimate(reason: "no fit exists: the probabilities are all equal, or part the labels")
      }
      let half = Confidence.normalQuantile * error
      return Estimate(value: value, lower: value - half, upper: value + half, standardError: error)
    }
    let logits = ProbabilityMetrics.logits(rows.scores)
    let line = LogisticLine.fit(scores: logits, targets: rows.labels, weights: rows.weights)
    let intercept = LogisticLine.intercept(offsets: logits, targets: rows.labels, weights: rows.weights)
    return [
      .calibrationInTheLarge: estimate(intercept?.value, intercept?.error),
      .calibrationIntercept: estimate(line?.intercept, line?.interceptError),
      .calibrationSlope: estimate(line?.slope, line?.slopeError),
    ]
  }
}
