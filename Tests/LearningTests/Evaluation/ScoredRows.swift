import ElementaryFunctions
import Learning
import Randomness

/// Labels and probabilities with a known law, for the tests of the metrics.
struct ScoredRows {
  var scores: [Double] = []
  var labels: [Double] = []
  var weights: [Double] = []

  /// Random rows; `levelCount` is the number of distinct scores, so few of them make many ties.
  init(_ rowCount: Int, seed: UInt64, levelCount: Int = 1 << 40) {
    let random = CounterRandom(seed: seed, stream: 77)
    for row in 0..<rowCount {
      let level = random.integer(below: UInt64(levelCount), UInt64(row), 0)
      let score = (Double(level) + 0.5) / Double(levelCount)
      scores.append(score)
      labels.append(random.uniform(UInt64(row), 1) < 0.15 + 0.6 * score ? 1 : 0)
      weights.append(Double(1 + random.integer(below: 5, UInt64(row), 2)))
    }
  }

  /// Sixty rows by arithmetic, with ties, of which scikit-learn, NumPy and SciPy computed the figures in the tests:
  /// s = (37 i mod 23)/23 · 0.9 + 0.05, weights 1 + (i mod 4)/2.
  static let sixty: ScoredRows = {
    var rows = ScoredRows(0, seed: 0)
    let labels = "100111001101010011000111001101011010100110001110011010100110"
    for (index, label) in labels.enumerated() {
      rows.scores.append(Double(index * 37 % 23) / 23 * 0.9 + 0.05)
      rows.labels.append(label == "1" ? 1 : 0)
      rows.weights.append(1 + Double(index % 4) / 2)
    }
    return rows
  }()

  /// The rows ranked, each counting once.
  var ranked: RankedRows { RankedRows(scores: scores, labels: labels) }

  /// The rows ranked with their weights.
  var weighted: RankedRows { RankedRows(scores: scores, labels: labels, weights: weights) }

  /// Each row as often as `counts` says.
  func repeated(_ counts: [Double]) -> ScoredRows {
    var rows = ScoredRows(0, seed: 0)
    for row in scores.indices {
      for _ in 0..<Int(counts[row]) {
        rows.scores.append(scores[row])
        rows.labels.append(labels[row])
        rows.weights.append(1)
      }
    }
    return rows
  }
}
