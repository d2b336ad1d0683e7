import ElementaryFunctions

/// A monotone map from raw scores to probabilities, learned on rows of a later time than the model's.
public enum Calibration: Sendable, Hashable, Codable {
  /// 1/(1 + e^−(intercept + slope·s)).
  case platt(intercept: Double, slope: Double)
  /// Straight lines between the points (scores ascending), constant beyond the ends.
  case isotonic(scores: [Double], probabilities: [Double])

  /// The calibrated probability of a raw score. O(log points).
  public func probability(_ score: Double) -> Double {
    switch self {
    case .platt(let intercept, let slope):
      return logistic(intercept + slope * score)
    case .isotonic(let scores, let probabilities):
      guard let first = scores.first, let last = scores.last else { return logistic(score) }
      if !(score > first) { return probabilities[0] }
      if score >= last { return probabilities[probabilities.count - 1] }
      var (low, high) = (0, scores.count - 1)
      while high - low > 1 {
        let middle = (low + high) / 2
        if scores[middle] <= score { low = middle } else { high = middle }
      }
      let share = (score - scores[low]) / (scores[high] - scores[low])
      return probabilities[low] + share * (probabilities[high] - probabilities[low])
    }
  }

  /// The base rate for every score, smoothed: what is left where scores do not rise with the label.
  public static func baseRate(labels: [Double]) -> Calibration {
    .platt(intercept: logit((labels.reduce(0, +) + 0.5) / (Double(labels.count) + 1)), slope: 0)
  }

  /// Whether every score has the same probability.
  public var isFlat: Bool {
    switch self {
    case .platt(_, let slope): slope == 0
    case .isotonic(_, let probabilities): probabilities.first == probabilities.last
    }
  }

  /// The same map for scores of a spread that is smaller by `factor`, a positive number.
  package func stretched(by factor: Double) -> Calibration {
    switch self {
    case .platt(let intercept, let slope): .platt(intercept: intercept, slope: slope * factor)
    case .isotonic(let points, let probabilities):
      .isotonic(scores: points.map { $0 / factor }, probabilities: probabilities)
    }
  }

  /// The standard deviation of scores; a row of weight w counts like w rows. 0 without rows.
  package static func spread(_ scores: [Double], weights: [Double]? = nil) -> Double {
    guard let mean = ProbabilityMetrics.mean(scores, weights: weights) else { return 0 }
    let variance = ProbabilityMetrics.mean(scores.map { ($0 - mean) * ($0 - mean) }, weights: weights)
    return (variance ?? 0).squareRoot()
  }

  /// The same map for scores of another model, moved by as much as makes the mean probability the share of the labels. A row of weight w
  /// counts like w rows. Where no move does so, it is the map as it was. O(60 · rows · log points).
  public func levelled(scores: [Double], labels: [Double], weights: [Double]? = nil) -> Calibration {
    func excess(_ move: Double) -> Double {
      scores.indices.reduce(0.0) { $0 + (weights?[$1] ?? 1) * (probability(scores[$1] + move) - labels[$1]) }
    }
    // The mean rises with the move: halved until nothing of a double is left between the ends.
    var (low, high) = (-32.0, 32.0)
    guard !isFlat, excess(low) < 0, excess(high) > 0 else { return self }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if excess(middle) < 0 { low = middle } else { high = middle }
    }
    let move = (low + high) / 2
    switch self {
    case .platt(let intercept, let slope): return .platt(intercept: intercept + slope * move, slope: slope)
    case .isotonic(let points, let probabilities):
      return .isotonic(scores: points.map { $0 - move }, probabilities: probabilities)
    }
  }

  /// Fits Platt's line (1999), with his smoothed targets (n₊ + 1)/(n₊ + 2) and 1/(n₋ + 2). Nil where the fit does not
  /// exist, or would turn the order of the scores round. A row of weight w counts like w rows.
  public static func fittingPlatt(scores: [Double], labels: [Double], weights: [Double]? = nil) -> Calibration? {
    func weight(_ row: Int) -> Double { weights?[row] ?? 1 }
    let positives = labels.indices.reduce(0.0) { $0 + weight($1) * labels[$1] }
    let negatives = labels.indices.reduce(0.0) { $0 + weight($1) } - positives
    guard positives > 0, negatives > 0 else { return nil }
    let (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2))
    let targets = labels.map { $0 > 0.5 ? high : low }
    guard let line = LogisticLine.fit(scores: scores, targets: targets, weights: weights), line.slope > 0
    else { return nil }
    return .platt(intercept: line.intercept, slope: line.slope)
  }

  /// Fits the isotonic regression of the labels on the scores by pooling adjacent violators. Nil where a class is
  /// missing.
  ///
  /// Each block gives a point at its mean score; a block's probability is smoothed to (n₊ + ½)/(n + 1), so that none is
  /// 0 or 1. A row of weight w counts like w rows. O(n log n).
  public static func fittingIsotonic(scores: [Double], labels: [Double], weights: [Double]? = nil) -> Calibration? {
    let positives = labels.reduce(0, +)
    guard positives > 0, positives < Double(labels.count) else { return nil }
    struct Block {
      var (scoreSum, labelSum, weight): (Double, Double, Double)
      var mean: Double { labelSum / weight }
    }
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    var blocks: [Block] = []
    var position = 0
    while position < order.count {
      // Equal scores are one block from the start: they can have but one probability.
      var block = Block(scoreSum: 0, labelSum: 0, weight: 0)
      let score = scores[order[position]]
      while position < order.count, scores[order[position]] == score {
        let weight = weights?[order[position]] ?? 1
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
      // Smoothing may turn two neighbours of different size round by a hair; the map must not fall.
      probabilities.append(max(probabilities.last ?? 0, (block.labelSum + 0.5) / (block.weight + 1)))
    }
    return .isotonic(scores: blocks.map { $0.scoreSum / $0.weight }, probabilities: probabilities)
  }
}
