import ElementaryFunctions

/// Two versions on the same held-out rows: metrics side by side, and their differences with intervals.
///
/// The first plays the champion, the second the challenger; a difference is challenger less champion.
package struct PairedComparison: Sendable, Hashable, Codable {
  /// The metrics of one version; nil where one does not exist for the rows.
  package struct Side: Sendable, Hashable, Codable {
    package var auc: Double?
    package var averagePrecision: Double?
    package var logLoss: Double?
    package var brier: Double?
    package var liftTopDecile: Double?
    package var calibrationSlope: Double?
    package var calibrationError: Double?

    package init(probabilities: [Double], labels: [Double]) {
      auc = RankMetrics.areaUnderCurve(scores: probabilities, labels: labels)
      averagePrecision = RankMetrics.averagePrecision(scores: probabilities, labels: labels)
      logLoss = ProbabilityMetrics.logLoss(probabilities: probabilities, labels: labels)
      brier = ProbabilityMetrics.brierScore(probabilities: probabilities, labels: labels)
      liftTopDecile = RankMetrics.lift(scores: probabilities, labels: labels, share: 0.1)
      calibrationSlope = ProbabilityMetrics.calibrationLine(probabilities: probabilities, labels: labels)?.slope
      calibrationError = CalibrationTenths(probabilities: probabilities, labels: labels).error
    }
  }

  /// The rows of all, or of one payment type.
  package struct Segment: Sendable, Hashable, Codable {
    package var name: String
    package var rowCount: Int
    package var eventCount: Int
    package var champion: Side
    package var challenger: Side
    /// Paired DeLong interval.
    package var aucDifference: IntervalEstimate?
    /// Of the rows' own losses, paired.
    package var logLossDifference: IntervalEstimate?
    package var brierDifference: IntervalEstimate?
    package var calibrationErrorRise: Double?
  }

  /// The confidence of every interval.
  package var confidence: Double
  /// All rows.
  package var pooled: Segment
  /// prepaid and postpaid.
  package var segments: [Segment]

  /// Compares probabilities of the same rows. O(n log n).
  package init(
    champion: [Double], challenger: [Double], labels: [Double], paymentTypes: [String], confidence: Double
  ) {
    func segment(_ name: String, _ rows: [Int]) -> Segment {
      PairedComparison.segment(
        name, rows.map { champion[$0] }, rows.map { challenger[$0] }, rows.map { labels[$0] }, confidence)
    }
    self.confidence = confidence
    pooled = segment("all", Array(labels.indices))
    segments = ["prepaid", "postpaid"].map { type in
      segment(type, labels.indices.filter { paymentTypes[$0] == type })
    }
  }

  private static func segment(
    _ name: String, _ champion: [Double], _ challenger: [Double], _ labels: [Double], _ confidence: Double
  ) -> Segment {
    let sides = [champion, challenger].map { Side(probabilities: $0, labels: labels) }
    func difference(_ loss: (Double, Double) -> Double) -> IntervalEstimate? {
      PairedMeanDifference.estimate(
        first: zip(champion, labels).map { loss($0, $1) }, second: zip(challenger, labels).map { loss($0, $1) },
        confidence: confidence)
    }
    var rise: Double?
    if let before = sides[0].calibrationError, let after = sides[1].calibrationError { rise = after - before }
    return Segment(
      name: name, rowCount: labels.count, eventCount: labels.count { $0 > 0.5 }, champion: sides[0],
      challenger: sides[1],
      aucDifference: PairedAUCDifference.estimate(
        first: champion, second: challenger, labels: labels, confidence: confidence),
      logLossDifference: difference(rowLogLoss), brierDifference: difference { ($0 - $1) * ($0 - $1) },
      calibrationErrorRise: rise)
  }

  /// The log loss of one row, clipped as the metric is.
  private static func rowLogLoss(_ probability: Double, _ label: Double) -> Double {
    let p = min(max(probability, ProbabilityMetrics.clip), 1 - ProbabilityMetrics.clip)
    return -(label > 0.5 ? naturalLogarithm(p) : naturalLogarithm(1 - p))
  }
}
