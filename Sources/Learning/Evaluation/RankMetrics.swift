/// Metrics that depend on the order of the scores alone. Definitions: <doc:Metrics>.
public enum RankMetrics {
  /// P(s₊ > s₋) + ½ P(s₊ = s₋): the Mann–Whitney form, ties count half. Nil where a class is missing. O(n log n).
  public static func areaUnderCurve(scores: [Double], labels: [Double]) -> Double? {
    var wins = 0.0
    var (positives, negatives) = (0.0, 0.0)
    forEachTie(scores, labels, isDescending: false) { positive, negative in
      wins += positive * (negatives + negative / 2)
      positives += positive
      negatives += negative
    }
    guard positives > 0, negatives > 0 else { return nil }
    return wins / (positives * negatives)
  }

  /// Average precision: Σ (R_k − R_{k−1}) · P_k over the distinct scores, the greatest first (steps, no trapezoids). Nil
  /// without positives. O(n log n).
  public static func averagePrecision(scores: [Double], labels: [Double]) -> Double? {
    let total = labels.reduce(0, +)
    guard total > 0 else { return nil }
    var (positives, rows, sum) = (0.0, 0.0, 0.0)
    forEachTie(scores, labels, isDescending: true) { positive, negative in
      positives += positive
      rows += positive + negative
      sum += positive / total * positives / rows
    }
    return sum
  }

  /// The share of positives among the `share` of rows with the greatest scores, divided by the base rate.
  ///
  /// A group of equal scores that the cut goes through counts with its mean, so ties are shared and the order of rows
  /// does not matter. Nil where there is no positive or no row. O(n log n).
  public static func lift(scores: [Double], labels: [Double], share: Double) -> Double? {
    cumulativeGain(scores: scores, labels: labels, shares: [share]).map { $0[0] / share }
  }

  /// The lift of each tenth of the rows, the greatest scores first; ties shared at every cut. Nil without positives.
  public static func liftByDecile(scores: [Double], labels: [Double]) -> [Double]? {
    guard
      let gains = cumulativeGain(scores: scores, labels: labels, shares: (1...10).map { Double($0) / 10 })
    else { return nil }
    return gains.indices.map { (gains[$0] - ($0 == 0 ? 0 : gains[$0 - 1])) * 10 }
  }

  /// The share of all positives that lie within the first `shares` of the rows, the greatest scores first.
  public static func cumulativeGain(scores: [Double], labels: [Double], shares: [Double]) -> [Double]? {
    let total = labels.reduce(0, +)
    guard total > 0 else { return nil }
    let cuts = shares.map { $0 * Double(scores.count) }
    var gains = [Double](repeating: 0, count: cuts.count)
    var rows = 0.0
    forEachTie(scores, labels, isDescending: true) { positive, negative in
      let size = positive + negative
      for index in cuts.indices {
        gains[index] += positive * min(1, max(0, (cuts[index] - rows) / size))
      }
      rows += size
    }
    return gains.map { $0 / total }
  }

  /// Calls `body` with the positives and negatives of each distinct score, in order.
  private static func forEachTie(
    _ scores: [Double], _ labels: [Double], isDescending: Bool, _ body: (Double, Double) -> Void
  ) {
    precondition(scores.count == labels.count, "one label a score")
    let order = scores.indices.sorted { isDescending ? scores[$0] > scores[$1] : scores[$0] < scores[$1] }
    var start = 0
    while start < order.count {
      var (end, positive) = (start, 0.0)
      while end < order.count, scores[order[end]] == scores[order[start]] {
        positive += labels[order[end]]
        end += 1
      }
      body(positive, Double(end - start) - positive)
      start = end
    }
  }
}
