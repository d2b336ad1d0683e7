/// Probabilities beside what came true, by tenths of the rows, the greatest probabilities first.
///
/// A run of equal probabilities stays together, in the tenth of its middle rank, so that the order of rows does not matter; a
/// tenth may then be empty and is left out.
package struct CalibrationTenths: Sendable, Hashable, Codable {
  /// One tenth.
  package struct Tenth: Sendable, Hashable, Codable {
    /// 1 has the greatest probabilities.
    package var tenth: Int
    package var rowCount: Int
    package var eventCount: Int
    package var meanProbability: Double
    /// The share of leavers.
    package var eventShare: Double
  }

  package private(set) var tenths: [Tenth] = []

  /// Cuts the rows. O(n log n).
  package init(probabilities: [Double], labels: [Double]) {
    let order = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }
    var sums = [(rows: Int, events: Int, probability: Double)](repeating: (0, 0, 0), count: 10)
    var start = 0
    while start < order.count {
      let value = probabilities[order[start]]
      var (end, events) = (start, 0)
      while end < order.count, probabilities[order[end]] == value {
        if labels[order[end]] > 0.5 { events += 1 }
        end += 1
      }
      let tenth = min(9, 5 * (start + end - 1) / order.count)
      sums[tenth].rows += end - start
      sums[tenth].events += events
      sums[tenth].probability += value * Double(end - start)
      start = end
    }
    tenths = sums.enumerated().filter { $0.element.rows > 0 }.map { index, sum in
      Tenth(
        tenth: index + 1, rowCount: sum.rows, eventCount: sum.events,
        meanProbability: sum.probability / Double(sum.rows), eventShare: Double(sum.events) / Double(sum.rows))
    }
  }

  /// Σ rows · |mean probability − share of leavers| / Σ rows: the expected calibration error over the tenths. Nil without
  /// rows.
  package var error: Double? {
    let count = tenths.reduce(0) { $0 + $1.rowCount }
    guard count > 0 else { return nil }
    return tenths.reduce(0.0) { $0 + Double($1.rowCount) * ($1.meanProbability - $1.eventShare).magnitude }
      / Double(count)
  }
}
