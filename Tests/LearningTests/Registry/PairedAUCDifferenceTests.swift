import Learning
import Randomness
import Testing

@Suite struct PairedAUCDifferenceTests {
  /// The definition: placements by comparing every positive with every negative.
  private func naive(_ first: [Double], _ second: [Double], _ labels: [Double]) -> (difference: Double, error: Double) {
    let positives = labels.indices.filter { labels[$0] == 1 }
    let negatives = labels.indices.filter { labels[$0] == 0 }
    func wins(_ scores: [Double], _ i: Int, _ j: Int) -> Double {
      scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
    }
    func gain(_ i: Int, _ j: Int) -> Double { wins(second, i, j) - wins(first, i, j) }
    let d10 = positives.map { i in negatives.reduce(0) { $0 + gain(i, $1) } / Double(negatives.count) }
    let d01 = negatives.map { j in positives.reduce(0) { $0 + gain($1, j) } / Double(positives.count) }
    func variance(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }
    let total = variance(d10) / Double(d10.count) + variance(d01) / Double(d01.count)
    return (d10.reduce(0, +) / Double(d10.count), total.squareRoot())
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
  }
}
