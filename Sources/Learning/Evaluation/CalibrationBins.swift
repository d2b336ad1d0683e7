/// Bins of probabilities with equal numbers of rows, ties not parted, and what calibration says within them.
///
/// Rows are ranked by probability. A group of equal probabilities lies whole in the bin that its middle falls into: with the weight
/// c below it and its own weight g, of W in all, in bin ⌊B·(c + g/2)/W⌋ of B. So the order of rows does not matter, and bins that no
/// middle falls into are absent.
package struct CalibrationBins: Sendable {
  /// The rows of each bin, as positions in the ranked rows, the greatest probabilities first.
  package let ranges: [Range<Int>]

  /// Cuts ranked rows into at most `count` bins.
  package init(_ rows: RankedRows, _ ties: TieGroups, count: Int) {
    var ranges: [Range<Int>] = []
    var (last, start, above) = (-1, 0, 0.0)
    for (group, end) in rows.tieEnds.enumerated() {
      let size = ties.positives[group] + ties.negatives[group]
      let below = ties.total - above - size
      let bin = min(count - 1, max(0, Int((Double(count) * (below + size / 2) / ties.total).rounded(.down))))
      if bin == last, let range = ranges.popLast() {
        ranges.append(range.lowerBound..<end)
      } else {
        ranges.append(start..<end)
      }
      (last, start, above) = (bin, end, above + size)
    }
    self.ranges = ranges
  }

  /// What one bin holds.
  package struct Bin: Sendable {
    package var weight = 0.0
    /// Mean probability and share of label 1.
    package var (probability, rate) = (0.0, 0.0)
    /// Variance of the probability, and its covariance with the label.
    package var (variance, covariance) = (0.0, 0.0)
  }

  /// What the bins hold with the rows' own weights, or with others in their order; a bin without weight is 0. O(n).
  package func bins(_ rows: RankedRows, weights others: [Double]? = nil) -> [Bin] {
    let weights = others ?? rows.weights
    return ranges.map { range in
      var bin = Bin()
      for row in range {
        let weight = weights?[row] ?? 1
        bin.weight += weight
        bin.probability += weight * rows.scores[row]
        bin.rate += weight * rows.labels[row]
      }
      guard bin.weight > 0 else { return Bin() }
      bin.probability /= bin.weight
      bin.rate /= bin.weight
      for row in range {
        let weight = weights?[row] ?? 1
        let distance = rows.scores[row] - bin.probability
        bin.variance += weight * distance * distance
        bin.covariance += weight * distance * (rows.labels[row] - bin.rate)
      }
      bin.variance /= bin.weight
      bin.covariance /= bin.weight
      return bin
    }
  }
}

/// The Brier score by bins: reliability − resolution + uncertainty (Murphy, Journal of Applied Meteorology 12, 1973) and the two
/// terms within bins of Stephenson, Coelho and Jolliffe (Weather and Forecasting 23, 2008): + variance − covariance. They add up to
/// the score whatever the bins.
package struct BrierDecomposition: Sendable {
  /// Σ n_k (p̄_k − ȳ_k)² / n.
  package var reliability = 0.0
  /// Σ n_k (ȳ_k − ȳ)² / n.
  package var resolution = 0.0
  /// ȳ (1 − ȳ).
  package var uncertainty = 0.0
  /// Σ n_k var_k(p) / n.
  package var variance = 0.0
  /// 2 Σ n_k cov_k(p, y) / n.
  package var covariance = 0.0
  /// Σ n_k |p̄_k − ȳ_k| / n: the expected calibration error.
  package var calibrationError = 0.0

  /// Nil where the bins have no weight.
  package init?(_ bins: [CalibrationBins.Bin]) {
    let total = bins.reduce(0.0) { $0 + $1.weight }
    guard total > 0 else { return nil }
    let rate = bins.reduce(0.0) { $0 + $1.weight * $1.rate } / total
    uncertainty = rate * (1 - rate)
    for bin in bins {
      let (share, miss) = (bin.weight / total, bin.probability - bin.rate)
      reliability += share * miss * miss
      resolution += share * (bin.rate - rate) * (bin.rate - rate)
      variance += share * bin.variance
      covariance += share * 2 * bin.covariance
      calibrationError += share * miss.magnitude
    }
  }
}
