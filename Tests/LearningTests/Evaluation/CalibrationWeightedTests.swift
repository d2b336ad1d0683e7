import Learning
import Testing

@Suite struct CalibrationWeightedTests {
  /// Scores, labels and whole weights, with the same rows repeated as often as their weights say.
  private var rows: (scores: [Double], labels: [Double], weights: [Double], repeated: [Int]) {
    let rows = TrainingRows(600)
    let weights = (0..<600).map { Double(1 + $0 % 3) }
    let repeated = (0..<600).flatMap { [Int](repeating: $0, count: 1 + $0 % 3) }
    return (rows.table.columns[3], rows.labels, weights, repeated)
  }

  @Test func `a row of weight two is two rows to Platt's line`() throws {
    let (scores, labels, weights, repeated) = rows
    let weighted = try #require(
      Calibration.fittingPlatt(scores: scores, labels: labels, weights: weights))
    let plain = try #require(
      Calibration.fittingPlatt(scores: repeated.map { scores[$0] }, labels: repeated.map { labels[$0] }))
    for score in [-5.0, -1, 0, 2, 7] {
      #expect(abs(weighted.probability(score) - plain.probability(score)) < 1e-8)
    }
    let falling = Calibration.fittingPlatt(
      scores: scores.map { -$0 }, labels: labels, weights: weights)
    #expect(falling == nil)
    #expect(Calibration.fittingPlatt(scores: [1, 1], labels: [0, 1], weights: [1, 2]) == nil)
    #expect(Calibration.fittingPlatt(scores: [1, 2], labels: [0, 0], weights: [1, 2]) == nil)
  }

  @Test func `a row of weight two is two rows to the isotonic map`() throws {
    let (scores, labels, weights, repeated) = rows
    let weighted = try #require(Calibration.fittingIsotonic(scores: scores, labels: labels, weights: weights))
    let plain = try #require(
      Calibration.fittingIsotonic(scores: repeated.map { scores[$0] }, labels: repeated.map { labels[$0] }))
    for step in -40...40 {
      let score = Double(step) / 8
      #expect(abs(weighted.probability(score) - plain.probability(score)) < 1e-9)
    }
    #expect(Calibration.fittingIsotonic(scores: [1, 2], labels: [1, 1], weights: [1, 2]) == nil)
  }
}
