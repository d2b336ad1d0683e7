import Learning
import Testing

@Suite struct DeLongTests {
  /// Area and variance from all pairs, as the paper has them.
  static func naive(_ rows: ScoredRows, isWeighted: Bool) -> (area: Double, variance: Double) {
    func weight(_ row: Int) -> Double { isWeighted ? rows.weights[row] : 1 }
    let positives = rows.labels.indices.filter { rows.labels[$0] == 1 }
    let negatives = rows.labels.indices.filter { rows.labels[$0] == 0 }
    func kernel(_ positive: Int, _ negative: Int) -> Double {
      let (first, second) = (rows.scores[positive], rows.scores[negative])
      return first > second ? 1 : first == second ? 0.5 : 0
    }
    let positiveWeight = positives.reduce(0.0) { $0 + weight($1) }
    let negativeWeight = negatives.reduce(0.0) { $0 + weight($1) }
    let placements = positives.map { row in
      negatives.reduce(0.0) { $0 + weight($1) * kernel(row, $1) } / negativeWeight
    }
    let others = negatives.map { row in
      positives.reduce(0.0) { $0 + weight($1) * kernel($1, row) } / positiveWeight
    }
    let area = zip(positives, placements).reduce(0.0) { $0 + weight($1.0) * $1.1 } / positiveWeight
    func part(_ chosen: [Int], _ placements: [Double], _ total: Double) -> Double {
      let sum = zip(chosen, placements).reduce(0.0) {
        $0 + weight($1.0) * weight($1.0) * ($1.1 - area) * ($1.1 - area)
      }
      return sum / (total * total) * Double(chosen.count) / Double(chosen.count - 1)
    }
    return (area, part(positives, placements, positiveWeight) + part(negatives, others, negativeWeight))
  }

  @Test(arguments: 1...12) func `midranks give the area and the variance of all pairs`(seed: UInt64) throws {
    let rows = ScoredRows(150, seed: seed, levelCount: seed % 2 == 0 ? 9 : 1 << 40)
    for isWeighted in [false, true] {
      let fast = try #require(DeLong(isWeighted ? rows.weighted : rows.ranked))
      let slow = Self.naive(rows, isWeighted: isWeighted)
      #expect((fast.area - slow.area).magnitude < 1e-13)
      #expect(try (#require(fast.variance) / slow.variance - 1).magnitude < 1e-11)
    }
  }

  // NumPy: the placements of all pairs, ddof = 1.
  @Test func `the interval is that of the reference`() throws {
    let deLong = try #require(DeLong(ScoredRows.sixty.ranked))
    #expect((deLong.area - 0.681868743047831).magnitude < 1e-14)
    #expect(try (#require(deLong.standardError) - 0.0742253507103525).magnitude < 1e-14)
    #expect(try (#require(deLong.interval).lower - 0.5363897289156856).magnitude < 1e-13)
    #expect(try (#require(deLong.interval).upper - 0.8273477571799763).magnitude < 1e-13)
    // scikit-learn's roc_auc_score with sample_weight.
    #expect(try (#require(DeLong(ScoredRows.sixty.weighted)).area - 0.6665910534434262).magnitude < 1e-14)
  }

  @Test func `equal weights change nothing`() throws {
    let rows = ScoredRows(90, seed: 3, levelCount: 20)
    let threes = RankedRows(
      scores: rows.scores, labels: rows.labels, weights: [Double](repeating: 3, count: rows.scores.count))
    let (plain, weighted) = (try #require(DeLong(rows.ranked)), try #require(DeLong(threes)))
    #expect((plain.area - weighted.area).magnitude < 1e-14)
    #expect(try (#require(plain.variance) / #require(weighted.variance) - 1).magnitude < 1e-12)
  }

  @Test func `the interval holds the truth in about 95 of 100 samples`() throws {
    // The law's own area, from a sample far greater than those tested.
    let truth = try #require(RankMetrics.areaUnderCurve(ScoredRows(400_000, seed: 999).ranked.ties()))
    let hits = try (1...300).count { seed in
      let interval = try #require(DeLong(ScoredRows(300, seed: UInt64(seed)).ranked)?.interval)
      return interval.lower <= truth && truth <= interval.upper
    }
    #expect((275...295).contains(hits))
  }

  @Test func `where the variance says nothing there is no interval`() throws {
    #expect(DeLong(RankedRows(scores: [0.1, 0.2], labels: [1, 1])) == nil)
    let single = try #require(DeLong(RankedRows(scores: [1, 2, 3], labels: [0, 0, 1])))
    #expect(single.area == 1 && single.variance == nil && single.interval == nil)
    let parted = try #require(DeLong(RankedRows(scores: [1, 2, 3, 4], labels: [0, 0, 1, 1])))
    #expect(parted.area == 1 && parted.variance == 0 && parted.interval == nil)
    let equal = try #require(DeLong(RankedRows(scores: [5, 5, 5, 5], labels: [0, 1, 0, 1])))
    #expect(equal.area == 0.5 && equal.interval == nil)
  }
}
