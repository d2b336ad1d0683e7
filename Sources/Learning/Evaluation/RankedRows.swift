/// Rows in the order of their scores, the greatest first: what every metric starts from. O(n log n), once.
///
/// Rows of equal score stand next to each other, label 1 first, the greater weight first, so that two files with the same
/// rows in another order give the same bits.
package struct RankedRows: Sendable {
  /// Scores, descending; no NaN.
  package let scores: [Double]
  /// 0 or 1, or a share between them.
  package let labels: [Double]
  /// Positive weights, or nil for 1 each.
  package let weights: [Double]?
  /// For each distinct score, the position behind its last row.
  package let tieEnds: [Int]

  /// Sorts rows; `weights`, where given, has one positive weight a row.
  package init(scores: [Double], labels: [Double], weights: [Double]? = nil) {
    precondition(scores.count == labels.count, "one label a score")
    precondition(weights == nil || weights!.count == labels.count, "one weight a score")
    struct Row {
      var score, label, weight: Double
    }
    var rows = scores.indices.map { Row(score: scores[$0], label: labels[$0], weight: weights?[$0] ?? 1) }
    rows.sort { first, second in
      if first.score != second.score { return first.score > second.score }
      return first.label != second.label ? first.label > second.label : first.weight > second.weight
    }
    self.scores = rows.map(\.score)
    self.labels = rows.map(\.label)
    self.weights = weights.map { _ in rows.map(\.weight) }
    var ends: [Int] = []
    for row in rows.indices where row + 1 == rows.count || rows[row + 1].score != rows[row].score {
      ends.append(row + 1)
    }
    tieEnds = ends
  }

  /// The number of rows.
  package var rowCount: Int { scores.count }

  /// The number of rows of label 1.
  package var positiveCount: Int { labels.count { $0 > 0.5 } }

  /// The sums of the weights of each distinct score, with the rows' own weights or with others in the same order. O(n).
  package func ties(weights others: [Double]? = nil) -> TieGroups {
    var groups = TieGroups()
    groups.positives.reserveCapacity(tieEnds.count)
    groups.negatives.reserveCapacity(tieEnds.count)
    let weights = others ?? weights
    var start = 0
    for end in tieEnds {
      var (positive, negative) = (0.0, 0.0)
      for row in start..<end {
        let weight = weights?[row] ?? 1
        positive += weight * labels[row]
        negative += weight * (1 - labels[row])
      }
      groups.append(positive: positive, negative: negative)
      start = end
    }
    return groups
  }
}

/// The positives and the negatives (sums of weights) of each distinct score, the greatest score first: all that a metric of
/// order asks for.
package struct TieGroups: Sendable {
  /// Sum of weights of the rows of label 1.
  package fileprivate(set) var positives: [Double] = []
  /// Sum of weights of the rows of label 0.
  package fileprivate(set) var negatives: [Double] = []
  /// Sum of `positives`.
  package private(set) var positiveTotal = 0.0
  /// Sum of `negatives`.
  package private(set) var negativeTotal = 0.0

  /// Sum of all weights.
  package var total: Double { positiveTotal + negativeTotal }

  fileprivate mutating func append(positive: Double, negative: Double) {
    positives.append(positive)
    negatives.append(negative)
    positiveTotal += positive
    negativeTotal += negative
  }
}
