import ElementaryFunctions
public import Parallelism

/// Gradient boosting of the logistic loss on histogram trees.
///
/// The raw score starts at the log-odds of the base rate and each tree takes a Newton step of it, shrunk: a leaf's value
/// is −η·G/(H + λ) with the exact gradients of its rows (integers only choose the splits). Friedman, Annals of
/// Statistics 29 (2001); Ke et al., LightGBM, NIPS 2017; quantised gradients: Shi et al., NeurIPS 2022.
/// The same rows give the same model for any number of threads.
public struct GradientBoosting: Sendable {
  /// A split that gains less is noise of rounding.
  static let leastGain = 1e-10
  /// A histogram word holds sums of at most this many rows.
  static let maximumRowCount = 1 << 29

  /// What is tuned.
  public struct Parameters: Sendable, Hashable, Codable {
    /// The most trees.
    public var treeCount = 300
    /// The most leaves of a tree.
    public var leafCount = 31
    /// η: how much of a Newton step a tree takes.
    public var learningRate = 0.05
    /// Rows that a leaf must have.
    public var minimumLeafRowCount = 100
    /// Sum of hessians that a leaf must have.
    public var minimumLeafHessian = 1e-3
    /// λ: added to each leaf's sum of hessians.
    public var l2 = 1.0
    /// What a split must gain.
    public var minimumGain = 0.0
    /// The most splits on the way to a leaf; 0 for any number.
    public var maximumDepth = 0
    /// Trees without a better validation log loss before growth ends; 0 to grow them all.
    public var earlyStoppingRounds = 30

    /// Makes the default parameters.
    public init() {}
  }

  /// What was learned.
  public struct Fit: Sendable {
    /// The model, cut back to its best number of trees where a validation set was given.
    public var model: BoostedModel
    /// The validation log loss after each tree; empty without a validation set.
    public var validationLogLoss: [Double]
    /// The number of trees grown before the cut.
    public var grownTreeCount: Int
    /// Seconds spent on binning and on growing, for people; never written into a product.
    public var binningSeconds: Double
    /// Seconds spent on growing.
    public var growingSeconds: Double
  }

  /// Rows with their labels (0 or 1), for early stopping.
  public struct Validation: Sendable {
    /// The features.
    public var table: FeatureTable
    /// The labels.
    public var labels: [Double]
    /// Makes a validation set.
    public init(table: FeatureTable, labels: [Double]) {
      self.table = table
      self.labels = labels
    }
  }

  /// The parameters.
  public var parameters: Parameters

  /// Makes a learner.
  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// Learns from `table`.
  ///
  /// - Parameters:
  ///   - table: the features.
  ///   - labels: 0 or 1, one a row.
  ///   - weights: positive weights, one a row, or nil for 1 each.
  ///   - validation: rows of a later time, to end growth by; nil to grow every tree.
  ///   - threads: how many threads may work; the result does not depend on it.
  /// - Throws: `cannotTrain` where a class is missing.
  /// - Complexity: O(trees · (rows · log leaves · features + leaves · features · 256)).
  public func fit(
    _ table: FeatureTable, labels: [Double], weights: [Double]? = nil, validation: Validation? = nil,
    threads: WorkerThreads
  ) throws(LearningError) -> Fit {
    precondition(labels.count == table.rowCount, "one label a row")
    precondition(weights == nil || weights!.count == labels.count, "one weight a row")
    precondition(parameters.leafCount >= 1 && parameters.treeCount >= 0, "a tree has a leaf")
    guard table.rowCount <= GradientBoosting.maximumRowCount else {
      throw LearningError(.cannotTrain, "more rows than \(GradientBoosting.maximumRowCount): train on a sample")
    }
    let base = try baseScore(labels, weights)
    let clock = ContinuousClock()
    let start = clock.now
    let matrix = BinnedMatrix(learning: table, threads: threads)
    let binned = clock.now
    var watcher = validation.map { ValidationWatcher($0, binnings: matrix.binnings, threads: threads) }
    let labelBuffer = FlatBuffer(labels)
    let weightBuffer = weights.map { FlatBuffer($0) }
    let scores = FlatBuffer(count: table.rowCount, initial: base)
    var gradients = QuantisedGradients(rowCount: table.rowCount)
    var grower = TreeGrower(matrix: matrix, parameters: parameters, threads: threads)
    var trees: [Tree] = []
    while trees.count < parameters.treeCount {
      gradients.update(scores: scores, labels: labelBuffer, weights: weightBuffer, threads: threads)
      grower.grow(gradients)
      if grower.nodes.isEmpty { break }
      var tree = grower.tree(gradients: gradients, features: table.features)
      grower.addValues(of: tree, to: scores)
      if trees.isEmpty { tree.addBias(base) }
      trees.append(tree)
      guard watcher != nil else { continue }
      watcher?.add(grower.nodes, values: tree.leafValues)
      if let watcher, watcher.hasStopped(after: parameters.earlyStoppingRounds) { break }
    }
    let grownTreeCount = trees.count
    if trees.isEmpty { trees = [Tree(leafValue: base, rowCount: table.rowCount)] }
    if let best = watcher?.bestTreeCount, best > 0 { trees.removeLast(max(0, trees.count - best)) }
    let ranges = matrix.binnings.map(\.range)
    return Fit(
      model: BoostedModel(features: table.features, featureRanges: ranges, trees: trees),
      validationLogLoss: watcher?.logLosses ?? [], grownTreeCount: grownTreeCount,
      binningSeconds: (binned - start).seconds, growingSeconds: (clock.now - binned).seconds)
  }

  /// The log-odds of the (weighted) share of ones.
  private func baseScore(_ labels: [Double], _ weights: [Double]?) throws(LearningError) -> Double {
    var positive = 0.0
    var total = 0.0
    for index in labels.indices {
      let weight = weights?[index] ?? 1
      positive += weight * labels[index]
      total += weight
    }
    guard positive > 0, positive < total else {
      throw LearningError(
        .cannotTrain, "cannot train: the training rows hold one class only (\(labels.count) rows); add history")
    }
    return logit(positive / total)
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
