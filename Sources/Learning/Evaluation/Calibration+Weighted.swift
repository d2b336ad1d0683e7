package import Parallelism

// Calibrations of rows that stand for others: a row of weight w counts like w rows.
extension Calibration {
  /// Fits Platt's line to weighted rows, with targets smoothed by the weights' sums. Nil where the fit does not exist, or
  /// would turn the order of the scores round.
  package static func fittingPlatt(
    scores: [Double], labels: [Double], weights: [Double], threads: WorkerThreads
  ) -> Calibration? {
    let positives = zip(labels, weights).reduce(0) { $0 + ($1.0 > 0.5 ? $1.1 : 0) }
    let negatives = weights.reduce(0, +) - positives
    guard positives > 0, negatives > 0 else { return nil }
    let (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2))
    var parameters = LogisticRegression.Parameters()
    parameters.penalty = 0
    let fit = try? LogisticRegression(parameters: parameters).fit(
      FeatureTable([Feature("score")], [scores]), labels: labels.map { $0 > 0.5 ? high : low }, weights: weights,
      threads: threads)
    guard let fit, fit.convergence.isConverged else { return nil }
    // The line's values at 0 and 1 give it away, whatever the learner's scale.
    let ends = fit.model.rawScores(FeatureTable([Feature("score")], [[0, 1]]), threads: threads)
    let slope = ends[1] - ends[0]
    return slope > 0 ? .platt(intercept: ends[0], slope: slope) : nil
  }

  /// Fits the isotonic regression of weighted rows by pooling adjacent violators, smoothed as that of equal rows. Nil where
  /// a class is missing.
  package static func fittingIsotonic(scores: [Double], labels: [Double], weights: [Double]) -> Calibration? {
    struct Block {
      var (scoreSum, labelSum, weight): (Double, Double, Double)
      var mean: Double { labelSum / weight }
    }
    let positives = labels.reduce(0, +)
    guard positives > 0, positives < Double(labels.count) else { return nil }
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    var blocks: [Block] = []
    var position = 0
    while position < order.count {
      var block = Block(scoreSum: 0, labelSum: 0, weight: 0)
      let score = scores[order[position]]
      while position < order.count, scores[order[position]] == score {
        let weight = weights[order[position]]
        block.scoreSum += weight * score
        block.labelSum += weight * labels[order[position]]
        block.weight += weight
        position += 1
      }
      while let last = blocks.last, last.mean >= block.mean {
        block.scoreSum += last.scoreSum
        block.labelSum += last.labelSum
        block.weight += last.weight
        blocks.removeLast()
      }
      blocks.append(block)
    }
    var probabilities: [Double] = []
    for block in blocks {
      probabilities.append(max(probabilities.last ?? 0, (block.labelSum + 0.5) / (block.weight + 1)))
    }
    return .isotonic(scores: blocks.map { $0.scoreSum / $0.weight }, probabilities: probabilities)
  }
}
