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

    /// `weights`, where given, has one positive weight a row.
    package init(probabilities: [Double], labels: [Double], weights: [Double]? = nil) {
      let ties = RankedRows(scores: probabilities, labels: labels, weights: weights).ties()
      auc = RankMetrics.areaUnderCurve(ties)
      averagePrecision = RankMetrics.averagePrecision(ties)
      logLoss = ProbabilityMetrics.logLoss(probabilities: probabilities, labels: labels, weights: weights)
      brier = ProbabilityMetrics.brierScore(probabilities: probabilities, labels: labels, weights: weights)
      liftTopDecile = RankMetrics.cumulativeGain(ties, shares: [0.1]).map { $0[0] / 0.1 }
      calibrationSlope =
        ProbabilityMetrics.calibrationLine(probabilities: probabilities, labels: labels, weights: weights)?.slope
      calibrationError = CalibrationTenths(probabilities: probabilities, labels: labels, weights: weights).error
    }
  }

  /// The metrics of all rows as they came, those too that a contact may have changed.
  package struct AsCame: Sendable, Hashable, Codable {
    package var rowCount: Int
    package var eventCount: Int
    package var champion: Side
    package var challenger: Side
  }

  /// The rows of all, or of one payment type.
  package struct Segment: Sendable, Hashable, Codable {
    package var name: String
    /// Rows that count.
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
    /// nil where every row counts alike.
    package var asCame: AsCame?
  }

  /// The confidence of every interval.
  package var confidence: Double
  /// All rows.
  package var pooled: Segment
  /// prepaid and postpaid.
  package var segments: [Segment]

  /// Compares probabilities of the same rows. O(n log n).
  ///
  /// - Parameter weights: one a row, 0 where it does not count; nil where all count alike.
  package init(
    champion: [Double], challenger: [Double], labels: [Double], paymentTypes: [String], weights: [Double]? = nil,
    confidence: Double
  ) {
    self.confidence = confidence
    func segment(_ name: String, _ rows: [Int]) -> Segment {
      func chosen(_ values: [Double], _ rows: [Int]) -> [Double] { rows.map { values[$0] } }
      guard let weights else {
        return PairedComparison.segment(
          name, chosen(champion, rows), chosen(challenger, rows), chosen(labels, rows), nil, confidence)
      }
      let counted = rows.filter { weights[$0] > 0 }
      var segment = PairedComparison.segment(
        name, chosen(champion, counted), chosen(challenger, counted), chosen(labels, counted), chosen(weights, counted),
        confidence)
      let came = chosen(labels, rows)
      segment.asCame = AsCame(
        rowCount: rows.count, eventCount: came.count { $0 > 0.5 },
        champion: Side(probabilities: chosen(champion, rows), labels: came),
        challenger: Side(probabilities: chosen(challenger, rows), labels: came))
      return segment
    }
    pooled = segment("all", Array(labels.indices))
    segments = ["prepaid", "postpaid"].map { type in
      segment(type, labels.indices.filter { paymentTypes[$0] == type })
    }
  }

  private static func segment(
    _ name: String, _ champion: [Double], _ challenger: [Double], _ labels: [Double], _ weights: [Double]?,
    _ confidence: Double
  ) -> Segment {
    let sides = [champion, challenger].map { Side(probabilities: $0, labels: labels, weights: weights) }
    func difference(_ loss: (Double, Double) -> Double) -> IntervalEstimate? {
      PairedMeanDifference.estimate(
        first: zip(champion, labels).map { loss($0, $1) }, second: zip(challenger, labels).map { loss($0, $1) },
        weights: weights, confidence: confidence)
    }
    var rise: Double?
    if let before = sides[0].calibrationError, let after = sides[1].calibrationError { rise = after - before }
    return Segment(
      name: name, rowCount: labels.count, eventCount: labels.count { $0 > 0.5 }, champion: sides[0],
      challenger: sides[1],
      aucDifference: PairedAUCDifference.estimate(
        first: champion, second: challenger, labels: labels, weights: weights, confidence: confidence),
      logLossDifference: difference(rowLogLoss), brierDifference: difference { ($0 - $1) * ($0 - $1) },
      calibrationErrorRise: rise)
  }

  /// The log loss of one row, clipped as the metric is.
  private static func rowLogLoss(_ probability: Double, _ label: Double) -> Double {
    let p = min(max(probability, ProbabilityMetrics.clip), 1 - ProbabilityMetrics.clip)
    return -(label > 0.5 ? naturalLogarithm(p) : naturalLogarithm(1 - p))
  }
}
