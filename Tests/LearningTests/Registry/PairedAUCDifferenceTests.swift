import Learning
import Randomness
import Testing

@Suite struct PairedAUCDifferenceTests {
  /// The definition: placements by comparing every positive with every negative.
  private func naive(
    _ first: [Double], _ second: [Double], _ labels: [Double], weights: [Double]? = nil
  ) -> (difference: Double, error: Double) {
    let w = weights ?? labels.map { _ in 1 }
    let positives = labels.indices.filter { labels[$0] == 1 }
    let negatives = labels.indices.filter { labels[$0] == 0 }
    func wins(_ scores: [Double], _ i: Int, _ j: Int) -> Double {
      scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
    }
    func gain(_ i: Int, _ j: Int) -> Double { wins(second, i, j) - wins(first, i, j) }
    func total(_ rows: [Int]) -> Double { rows.reduce(0.0) { $0 + w[$1] } }
    let d10 = positives.map { i in negatives.reduce(0.0) { $0 + w[$1] * gain(i, $1) } / total(negatives) }
    let d01 = negatives.map { j in positives.reduce(0.0) { $0 + w[$1] * gain($1, j) } / total(positives) }
    func mean(_ values: [Double], _ rows: [Int]) -> Double {
      zip(values, rows).reduce(0.0) { $0 + w[$1.1] * $1.0 } / total(rows)
    }
    func variance(_ values: [Double], _ rows: [Int]) -> Double {
      let middle = mean(values, rows)
      let squares = zip(values, rows).reduce(0.0) { $0 + w[$1.1] * w[$1.1] * ($1.0 - middle) * ($1.0 - middle) }
      return squares / (total(rows) * total(rows)) * Double(rows.count) / Double(rows.count - 1)
    }
    return (mean(d10, positives), (variance(d10, positives) + variance(d01, negatives)).squareRoot())
  }

  @Test(arguments: [(20, 3), (57, 8), (300, 1_000)])
  func `midranks give what comparing every pair gives, with ties and without`(count: Int, levels: Int) throws {
    let random = CounterRandom(seed: UInt64(count), stream: 9)
    let labels = (0..<count).map { random.uniform(UInt64($0), 1) < 0.3 || $0 < 2 ? 1.0 : 0 }
    func score(_ draw: UInt64) -> [Double] {
      (0..<count).map { row in
        let value = random.uniform(UInt64(row), draw) + labels[row] * 0.3
        return (value * Double(levels)).rounded(.down)
      }
    }
    let (first, second) = (score(2), score(3))
    let wanted = naive(first, second, labels)
    let found = try #require(
      PairedAUCDifference.estimate(first: first, second: second, labels: labels, confidence: 0.95))
    #expect(abs(found.estimate - wanted.difference) < 1e-12)
    #expect(abs(found.standardError - wanted.error) < 1e-12)
    #expect(abs(found.upper - found.estimate - 1.959_963_984_540_054 * found.standardError) < 1e-12)
    let aucs = [first, second].map { RankMetrics.areaUnderCurve(scores: $0, labels: labels) ?? 0 }
    #expect(abs(found.estimate - (aucs[1] - aucs[0])) < 1e-12)
  }

  @Test func `weighted rows count by their weights, and equal weights change nothing`() throws {
    let random = CounterRandom(seed: 4, stream: 9)
    let rows = 0..<120
    let labels = rows.map { random.uniform(UInt64($0), 1) < 0.3 ? 1.0 : 0 }
    let (first, second) = (
      rows.map { (8 * random.uniform(UInt64($0), 2)).rounded() },
      rows.map { (8 * random.uniform(UInt64($0), 3)).rounded() + labels[$0] }
    )
    let weights = rows.map { 0.5 + 3 * random.uniform(UInt64($0), 4) }
    let wanted = naive(first, second, labels, weights: weights)
    let found = try #require(
      PairedAUCDifference.estimate(first: first, second: second, labels: labels, weights: weights, confidence: 0.95))
    #expect(abs(found.estimate - wanted.difference) < 1e-12)
    #expect(abs(found.standardError - wanted.error) < 1e-12)
    let areas = [first, second].map {
      RankMetrics.areaUnderCurve(RankedRows(scores: $0, labels: labels, weights: weights).ties()) ?? 0
    }
    #expect(abs(found.estimate - (areas[1] - areas[0])) < 1e-12)
    let (plain, equal) = (
      PairedAUCDifference.estimate(first: first, second: second, labels: labels, confidence: 0.95),
      PairedAUCDifference.estimate(
        first: first, second: second, labels: labels, weights: rows.map { _ in 2.5 }, confidence: 0.95)
    )
    #expect(abs(try #require(plain).standardError - (try #require(equal).standardError)) < 1e-12)
  }

  @Test func `equal scores differ by nothing, and the order of rows does not matter`() throws {
    let labels: [Double] = [0, 1, 0, 1, 1, 0]
    let scores = [0.1, 0.9, 0.4, 0.35, 0.8, 0.2]
    let same = try #require(
      PairedAUCDifference.estimate(first: scores, second: scores, labels: labels, confidence: 0.95))
    #expect(same.estimate == 0 && same.standardError == 0 && same.lower == 0 && same.upper == 0)
    let other = [0.3, 0.2, 0.5, 0.9, 0.4, 0.1]
    let forwards = PairedAUCDifference.estimate(first: scores, second: other, labels: labels, confidence: 0.9)
    let backwards = PairedAUCDifference.estimate(
      first: scores.reversed(), second: other.reversed(), labels: labels.reversed(), confidence: 0.9)
    #expect(abs(try #require(forwards).standardError - (try #require(backwards).standardError)) < 1e-15)
  }

  @Test func `with one leaver there is no interval`() {
    #expect(
      PairedAUCDifference.estimate(first: [1, 2, 3], second: [3, 2, 1], labels: [1, 0, 0], confidence: 0.95) == nil)
    #expect(PairedMeanDifference.estimate(first: [1], second: [2], confidence: 0.95) == nil)
  }

  /// Values of scipy.stats.norm.ppf.
  @Test(arguments: [
    (0.975, 1.959963984540054), (0.95, 1.6448536269514722), (0.6, 0.2533471031357997), (0.999, 3.090232306167813),
    (0.9999999999, 6.361340889697422), (0.01, -2.3263478740408408), (1e-20, -9.262340089798409), (0.5, 0),
  ])
  func `quantiles are those of the normal distribution`(probability: Double, wanted: Double) {
    #expect(abs(NormalQuantile.value(probability) - wanted) <= 2e-13 * max(1, abs(wanted)))
  }

  @Test func `a paired mean has the standard error of the differences`() throws {
    let found = try #require(
      PairedMeanDifference.estimate(first: [1, 2, 3, 4], second: [2, 2, 5, 5], confidence: 0.95))
    // Differences 1, 0, 2, 1: mean 1, variance 2/3.
    #expect(found.estimate == 1)
    #expect(abs(found.standardError - (2.0 / 3 / 4).squareRoot()) < 1e-15)
    let weighted = try #require(
      PairedMeanDifference.estimate(first: [0, 0], second: [1, 4], weights: [2, 1], confidence: 0.95))
    // Mean 2; (2² · 1² + 1² · 2²) / 3² · 2/1.
    #expect(weighted.estimate == 2 && abs(weighted.standardError - (16.0 / 9).squareRoot()) < 1e-15)
  }
}
