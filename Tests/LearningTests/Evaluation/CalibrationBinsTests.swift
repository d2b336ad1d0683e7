import Learning
import Testing

@Suite struct CalibrationBinsTests {
  @Test func `distinct probabilities give bins of equally many rows`() {
    let rows = ScoredRows(200, seed: 1).ranked
    let bins = CalibrationBins(rows, rows.ties(), count: 10)
    #expect(bins.ranges.map(\.count) == [Int](repeating: 20, count: 10))
    #expect(bins.ranges.first?.lowerBound == 0 && bins.ranges.last?.upperBound == 200)
  }

  @Test(arguments: 1...6) func `equal probabilities are never parted`(seed: UInt64) {
    let rows = ScoredRows(300, seed: seed, levelCount: 4 + 3 * Int(seed)).weighted
    let ranges = CalibrationBins(rows, rows.ties(), count: 10).ranges
    #expect(ranges.count > 2 && ranges.count <= 10)
    var next = 0
    for range in ranges {
      #expect(range.lowerBound == next)
      next = range.upperBound
      if next < rows.rowCount { #expect(rows.scores[next - 1] > rows.scores[next]) }
    }
    #expect(next == rows.rowCount)
  }

  @Test func `a tie lies in the bin of its middle`() {
    // Of ten rows the six of 0.5 have their middle at 3 + 3 = 6 of 10: in the fourth of five bins, 6 to 8.
    let rows = RankedRows(
      scores: [0.1, 0.2, 0.3, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.9], labels: [0, 0, 0, 1, 0, 1, 0, 1, 0, 1])
    let bins = CalibrationBins(rows, rows.ties(), count: 5)
    #expect(bins.ranges == [0..<1, 1..<7, 7..<8, 8..<10])
    let held = bins.bins(rows)
    #expect(held.map(\.weight) == [1, 6, 1, 2])
    #expect(held.map(\.rate) == [1, 0.5, 0, 0])
  }

  @Test(arguments: 1...8) func `the parts add up to the Brier score`(seed: UInt64) throws {
    let rows = ScoredRows(257, seed: seed, levelCount: seed % 2 == 0 ? 11 : 1 << 40).weighted
    let brier = try #require(
      ProbabilityMetrics.brierScore(probabilities: rows.scores, labels: rows.labels, weights: rows.weights))
    for count in [1, 5, 10, 300] {
      let bins = CalibrationBins(rows, rows.ties(), count: count).bins(rows)
      let parts = try #require(BrierDecomposition(bins))
      let sum = parts.reliability - parts.resolution + parts.uncertainty + parts.variance - parts.covariance
      #expect((sum - brier).magnitude < 1e-13)
      #expect(parts.reliability >= 0 && parts.resolution >= 0 && parts.variance >= 0)
    }
  }

  @Test func `a bin of one probability each has no terms within bins`() throws {
    let rows = ScoredRows(500, seed: 9, levelCount: 5).ranked
    let parts = try #require(BrierDecomposition(CalibrationBins(rows, rows.ties(), count: 500).bins(rows)))
    #expect(parts.variance < 1e-30 && parts.covariance.magnitude < 1e-15)
  }
}
