/// Probabilities beside what came true, by tenths of the rows, the greatest probabilities first: ``CalibrationBins`` of ten, so that
/// equal probabilities stay together and the order of rows does not matter.
package struct CalibrationTenths: Sendable, Hashable, Codable {
  /// One tenth, its means and shares weighted as the rows are; where equal probabilities leave one empty there are fewer.
  package struct Tenth: Sendable, Hashable, Codable {
    package var rowCount: Int
    package var eventCount: Int
    package var meanProbability: Double
    /// The share of leavers.
    package var eventShare: Double
  }

  /// Tenths of the rows.
  private static let count = 10

  package let tenths: [Tenth]
  /// The expected calibration error over the tenths (<doc:Metrics>); nil without rows.
  package let error: Double?

  /// Cuts the rows; `weights`, where given, has one positive weight a row. O(n log n).
  package init(probabilities: [Double], labels: [Double], weights: [Double]? = nil) {
    let rows = RankedRows(scores: probabilities, labels: labels, weights: weights)
    let cut = CalibrationBins(rows, rows.ties(), count: CalibrationTenths.count)
    let bins = cut.bins(rows)
    tenths = zip(cut.ranges, bins).map { range, bin in
      Tenth(
        rowCount: range.count, eventCount: rows.labels[range].count { $0 > 0.5 }, meanProbability: bin.probability,
        eventShare: bin.rate)
    }
    error = BrierDecomposition(bins)?.calibrationError
  }
}
