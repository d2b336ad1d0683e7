import ElementaryFunctions
public import Parallelism

/// An ensemble of trees whose values add up to the raw score.
public struct BoostedModel: Sendable, Hashable {
  /// The features that the trees read, by position.
  public var features: [Feature]
  /// The smallest and greatest value of each feature in training; nil where unknown.
  public var featureRanges: [ClosedRange<Double>?]
  /// The trees; the first one's values hold the base score.
  public var trees: [Tree]
  /// What the raw score stands for.
  public var objective: Objective

  /// Makes a model.
  public init(
    features: [Feature], featureRanges: [ClosedRange<Double>?], trees: [Tree], objective: Objective = .logistic
  ) {
    precondition(features.count == featureRanges.count, "one range a feature")
    self.objective = objective
    self.features = features
    self.featureRanges = featureRanges
    self.trees = trees
  }

  /// The raw score of one row, by the definition: the reference of `rawScores`.
  public func rawScore(_ row: [Double]) -> Double {
    trees.reduce(0) { sum, tree in sum + tree.leafValues[tree.leaf { row[$0] }] }
  }

  /// The prediction of a raw score: a probability, a mean or a quantile.
  public func prediction(_ rawScore: Double) -> Double {
    objective == .logistic ? logistic(rawScore) : objective.hasLogLink ? exponential(rawScore) : rawScore
  }

  /// The raw scores of every row. O(rows · trees · depth).
  public func rawScores(_ table: FeatureTable, threads: WorkerThreads) -> [Double] {
    precondition(table.features.count == features.count, "one column a feature of the model")
    let scorer = TreeScorer(self)
    let scores = FlatBuffer(count: table.rowCount, initial: 0.0)
    _ = threads.collectChunks(rowCount: table.rowCount, chunkRowCount: TreeScorer.chunkRowCount) { rows in
      scorer.add(table, rows: rows, to: scores.base)
    }
    return scores.array
  }

  /// The total gain of the splits of each feature.
  public var gains: [Double] {
    var gains = [Double](repeating: 0, count: features.count)
    for tree in trees {
      for node in 0..<tree.nodeCount { gains[Int(tree.splitFeatures[node])] += tree.splitGains[node] }
    }
    return gains
  }
}
