public import Parallelism

/// Gradient boosting on histogram trees, of the losses of `Objective`.
///
/// The raw score starts at the best constant and each tree takes a Newton step of it, shrunk: a leaf's value is
/// −η·S(G)/(H + λ) with the exact gradients of its rows (integers only choose the splits), where S takes α from |G|. Friedman, Annals of
/// Statistics 29 (2001); Ke et al., LightGBM, NIPS 2017; quantised gradients: Shi et al., NeurIPS 2022.
/// The same rows give the same model for any number of threads.
public struct GradientBoosting: Sendable {
  /// A split that gains less is noise of rounding.
  static let leastGain = 1e-10
  /// A histogram word holds sums of at most this many rows.
  static let maximumRowCount = 1 << 29

  /// What was learned.
  public struct Fit: Sendable {
    /// The model, cut back to its best number of trees where a validation set was given.
    public var model: BoostedModel
    /// The mean validation loss after each tree; empty without a validation set.
    public var validationLoss: [Double]
    /// The number of trees grown before the cut.
    public var grownTreeCount: Int
    /// Seconds spent on binning and on growing, for people; never written into a product.
    public var binningSeconds: Double
    /// Seconds spent on growing.
    public var growingSeconds: Double
  }

  /// Rows with their labels, for early stopping.
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
  ///   - labels: one a row, of the objective's kind.
  ///   - weights: positive weights, one a row, or nil for 1 each.
  ///   - validation: rows of a later time, to end growth by; nil to grow every tree.
  ///   - threads: how many threads may work; the result does not depend on it.
  /// - Throws: `cannotTrain` where labels do not suit the objective, or a parameter does not suit the rows.
  /// - Complexity: O(trees · (rows · log leaves · features + leaves · features · 256)).
  public func fit(
    _ table: FeatureTable, labels: [Double], weights: [Double]? = nil, validation: Validation? = nil,
    threads: WorkerThreads
  ) throws(LearningError) -> Fit {
    precondition(labels.count == table.rowCount, "one label a row")
    precondition(weights == nil || weights!.count == labels.count, "one weight a row")
    try parameters.check(table.features)
    guard table.rowCount <= GradientBoosting.maximumRowCount else {
      throw LearningError(.cannotTrain, "more rows than \(GradientBoosting.maximumRowCount): train on a sample")
    }
    let base = try parameters.baseScore(labels, weights)
    let clock = ContinuousClock()
    let start = clock.now
    let matrix = BinnedMatrix(learning: table, threads: threads)
    let binned = clock.now
    var watcher = validation.map { ValidationWatcher($0, binnings: matrix.binnings, threads: threads) }
    let labelBuffer = FlatBuffer(labels)
    let weightBuffer = weights.map { FlatBuffer($0) }
    let scores = FlatBuffer(count: table.rowCount, initial: base)
    var gradients = QuantisedGradients(rowCount: table.rowCount)
    var grower = TreeGrower(matrix: matrix, parameters: parameters, features: table.features, threads: threads)
    var trees: [Tree] = []
    while trees.count < parameters.treeCount {
      let sample = RowSample(parameters, rowCount: table.rowCount, tree: trees.count)
      let isDrawn = FeatureSample.draw(parameters, featureCount: matrix.featureCount, tree: trees.count)
      let rounding = GradientRounding(parameters, tree: trees.count)
      update(&gradients, scores, labelBuffer, weightBuffer, sample, rounding, threads)
      grower.grow(gradients, sample: sample, isDrawn: isDrawn)
      if grower.nodes.isEmpty { break }
      var tree = grower.tree(
        gradients: gradients, features: table.features, renewed: renewal(scores, labels, weights))
      grower.addValues(of: tree, to: scores)
      if trees.isEmpty { tree.addBias(base) }
      trees.append(tree)
      guard watcher != nil else { continue }
      watcher?.add(grower.nodes, values: tree.leafValues, loss: parameters.pointLoss)
      if let watcher, watcher.hasStopped(after: parameters.earlyStoppingRounds) { break }
    }
    let grownTreeCount = trees.count
    if trees.isEmpty {
      trees = [Tree(leafValue: base, rowCount: table.rowCount)]
      watcher?.add([], values: [base], loss: parameters.pointLoss)
    }
    if let best = watcher?.bestTreeCount, best > 0 { trees.removeLast(max(0, trees.count - best)) }
    let ranges = matrix.binnings.map(\.range)
    return Fit(
      model: BoostedModel(
        features: table.features, featureRanges: ranges, trees: trees, objective: parameters.objective),
      validationLoss: watcher?.losses ?? [], grownTreeCount: grownTreeCount,
      binningSeconds: (binned - start).seconds, growingSeconds: (clock.now - binned).seconds)
  }

  /// Computes the gradients of a round; the loss is known at compile time, so that rows cost no calls.
  private func update(
    _ gradients: inout QuantisedGradients, _ scores: FlatBuffer<Double>, _ labels: FlatBuffer<Double>,
    _ weights: FlatBuffer<Double>?, _ sample: RowSample, _ rounding: GradientRounding, _ threads: WorkerThreads
  ) {
    func run(_ loss: some PointLoss) {
      gradients.update(
        loss: loss, scores: scores, labels: labels, weights: weights, sample: sample, rounding: rounding,
        threads: threads)
    }
    switch parameters.objective {
    case .logistic: run(LogisticLoss())
    case .squared: run(SquaredLoss())
    case .poisson: run(PoissonLoss())
    case .gamma: run(GammaLoss())
    case .tweedie: run(TweedieLoss(power: parameters.tweediePower))
    case .quantile: run(PinballLoss(level: parameters.quantileLevel))
    }
  }

  /// For quantiles: a leaf's value is the quantile of what its rows still lack.
  private func renewal(
    _ scores: FlatBuffer<Double>, _ labels: [Double], _ weights: [Double]?
  ) -> (@Sendable ([Int]) -> Double)? {
    guard parameters.objective == .quantile else { return nil }
    let level = parameters.quantileLevel
    return { rows in
      let residuals = rows.map { labels[$0] - scores.base[$0] }
      return WeightedQuantile.of(residuals, weights: weights.map { all in rows.map { all[$0] } }, level: level) ?? 0
    }
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
