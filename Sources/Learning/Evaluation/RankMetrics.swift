/// Metrics that depend on the order of the scores alone. Definitions: <doc:Metrics>.
public enum RankMetrics {
  /// P(s₊ > s₋) + ½ P(s₊ = s₋): the Mann–Whitney form, ties count half. Nil where a class is missing. O(n log n).
  public static func areaUnderCurve(scores: [Double], labels: [Double]) -> Double? {
    areaUnderCurve(RankedRows(scores: scores, labels: labels).ties())
  }

  /// As `areaUnderCurve(scores:labels:)`, of weighted groups. O(groups).
  package static func areaUnderCurve(_ ties: TieGroups) -> Double? {
    guard ties.positiveTotal > 0, ties.negativeTotal > 0 else { return nil }
    var (wins, below) = (0.0, ties.negativeTotal)
    for group in ties.positives.indices {
      below -= ties.negatives[group]
      wins += ties.positives[group] * (below + ties.negatives[group] / 2)
    }
    return wins / (ties.positiveTotal * ties.negativeTotal)
  }

  /// Average precision: Σ (R_k − R_{k−1}) · P_k over the distinct scores, the greatest first (steps, no trapezoids). Nil
  /// without positives. O(n log n).
  public static func averagePrecision(scores: [Double], labels: [Double]) -> Double? {
    averagePrecision(RankedRows(scores: scores, labels: labels).ties())
  }

  /// As `averagePrecision(scores:labels:)`, of weighted groups. O(groups).
  package static func averagePrecision(_ ties: TieGroups) -> Double? {
    guard ties.positiveTotal > 0 else { return nil }
    var (positives, rows, sum) = (0.0, 0.0, 0.0)
    for group in ties.positives.indices {
      positives += ties.positives[group]
      rows += ties.positives[group] + ties.negatives[group]
      if ties.positives[group] > 0 { sum += ties.positives[group] / ties.positiveTotal * positives / rows }
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
    gainByDecile(RankedRows(scores: scores, labels: labels).ties()).map(liftByDecile)
  }

  /// The lift of each tenth, from the share of all positives in the first k tenths.
  package static func liftByDecile(gains: [Double]) -> [Double] {
    gains.indices.map { (gains[$0] - ($0 == 0 ? 0 : gains[$0 - 1])) * 10 }
  }

  /// The share of all positives in the first k tenths of the rows, k from 1 to 10. Nil without positives. O(groups).
  package static func gainByDecile(_ ties: TieGroups) -> [Double]? {
    cumulativeGain(ties, shares: (1...10).map { Double($0) / 10 })
  }

  /// The share of all positives that lie within the first `shares` (ascending) of the rows, the greatest scores first.
  public static func cumulativeGain(scores: [Double], labels: [Double], shares: [Double]) -> [Double]? {
    cumulativeGain(RankedRows(scores: scores, labels: labels).ties(), shares: shares)
  }

  /// As `cumulativeGain(scores:labels:shares:)`, of weighted groups; `shares` ascending. O(groups + shares).
  package static func cumulativeGain(_ ties: TieGroups, shares: [Double]) -> [Double]? {
    guard ties.positiveTotal > 0 else { return nil }
    var gains = [Double](repeating: 0, count: shares.count)
    var (positives, rows, group) = (0.0, 0.0, 0)
    for (index, share) in shares.enumerated() {
      let cut = share * ties.total
      while group < ties.positives.count {
        let size = ties.positives[group] + ties.negatives[group]
        guard rows + size <= cut else { break }
        positives += ties.positives[group]
        rows += size
        group += 1
      }
      let isParted = group < ties.positives.count && cut > rows
      let part = isParted ? (cut - rows) / (ties.positives[group] + ties.negatives[group]) : 0
      gains[index] = (positives + (isParted ? ties.positives[group] * part : 0)) / ties.positiveTotal
    }
    return gains
  }
}
