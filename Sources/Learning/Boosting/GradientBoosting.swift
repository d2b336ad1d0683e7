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
  /// Histograms that are kept at most, 16 GiB: one a leaf and feature, those that turn out to be constant counted, too.
  static let maximumHistogramCount = 1 << 23

  /// What was learned.
  public struct Fit: Sendable {
    /// The model, cut back to its best number of trees where a validation set was given.
    public var model: BoostedModel
    /// The mean validation loss after each tree; empty without a validation set.
    public var validationLoss: [Double]
    /// The number of trees grown before the cut.
    public var grownTreeCount: Int
    /// Whether growth ended because its time was spent: then the model depends on the machine.
    public var isCut = false
    /// Seconds spent on binning, for people; never written into a product.
    public var binningSeconds: Double
    /// Seconds spent on growing, likewise.
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

    /// The rows by the bins of a training set.
    func binned(_ binnings: [FeatureBinning], threads: WorkerThreads) -> BinnedRows {
      let matrix = BinnedMatrix(table.features, rowCount: table.rowCount, binnings: binnings, threads: threads) {
        Array(table.columns[$0])
      }
      return BinnedRows(features: table.features, matrix: matrix, labels: FlatBuffer(labels), weights: nil)
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
    try check(table.features, rowCount: table.rowCount)
    let clock = ContinuousClock()
    let start = clock.now
    let matrix = BinnedMatrix(learning: table, threads: threads)
    let binned = clock.now
    let rows = BinnedRows(
      features: table.features, matrix: matrix, labels: FlatBuffer(labels), weights: weights.map { FlatBuffer($0) })
    var fit = try fit(rows, validation: validation?.binned(matrix.binnings, threads: threads), threads: threads)
    fit.binningSeconds = (binned - start).seconds
    return fit
  }

  /// Learns from rows in bins; `validation` has the bins of `rows`. The seconds of binning are not counted. `isSpent` is asked
  /// before each tree but the first; once it is true growth ends. Throws as the other `fit` does.
  package func fit(
    _ rows: BinnedRows, validation: BinnedRows? = nil, isSpent: () -> Bool = { false }, threads: WorkerThreads
  ) throws(LearningError) -> Fit {
    try check(rows.features, rowCount: rows.matrix.rowCount)
    switch parameters.objective {
    case .logistic: return try grow(rows, LogisticLoss(), validation, isSpent, threads)
    case .squared: return try grow(rows, SquaredLoss(), validation, isSpent, threads)
    case .poisson: return try grow(rows, PoissonLoss(), validation, isSpent, threads)
    case .gamma: return try grow(rows, GammaLoss(), validation, isSpent, threads)
    case .tweedie: return try grow(rows, TweedieLoss(power: parameters.tweediePower), validation, isSpent, threads)
    case .quantile: return try grow(rows, PinballLoss(level: parameters.quantileLevel), validation, isSpent, threads)
    }
  }

  /// Checks the parameters and the number of rows; throws `cannotTrain`.
  package func check(_ features: [Feature], rowCount: Int) throws(LearningError) {
    try parameters.check(features)
    guard rowCount <= GradientBoosting.maximumRowCount else {
      throw LearningError(.cannotTrain, "more rows than \(GradientBoosting.maximumRowCount): train on a sample")
    }
    let leafCount = parameters.mostLeaves(ofRows: rowCount)
    guard leafCount * features.count <= GradientBoosting.maximumHistogramCount else {
      throw LearningError(
        .cannotTrain,
        "cannot train: \(leafCount) leaves × \(features.count) features ask for more than "
          + "\(GradientBoosting.maximumHistogramCount) histograms: allow fewer leaves, or more rows in each")
    }
  }

  /// Grows the trees; the loss is known at compile time, so that rows cost no calls.
  private func grow(
    _ rows: BinnedRows, _ loss: some PointLoss, _ validation: BinnedRows?, _ isSpent: () -> Bool,
    _ threads: WorkerThreads
  ) throws(LearningError) -> Fit {
    let base = try parameters.baseScore(rows)
    let clock = ContinuousClock()
    let start = clock.now
    let (matrix, features) = (rows.matrix, rows.features)
    var watcher = try validation.map { rows throws(LearningError) in
      try ValidationWatcher(rows, parameters: parameters, threads: threads)
    }
    let scores = FlatBuffer(count: matrix.rowCount, initial: base)
    let whole = RowDerivatives(loss: loss, scores: scores, labels: rows.labels, weights: rows.weights)
    var gradients = QuantisedGradients(rowCount: matrix.rowCount)
    var grower = TreeGrower(matrix: matrix, parameters: parameters, features: features, threads: threads)
    var trees: [Tree] = []
    var isCut = false
    while trees.count < parameters.treeCount {
      isCut = !trees.isEmpty && isSpent()
      if isCut { break }
      let isDrawn = FeatureSample.draw(parameters, featureCount: matrix.featureCount, tree: trees.count)
      var drawn = whole
      drawn.sample = RowSample(parameters, tree: trees.count, of: whole, threads: threads)
      let sums = gradients.update(
        drawn, rounding: GradientRounding(parameters, tree: trees.count), threads: threads)
      try parameters.demandBounded(sums, tree: trees.count)
      grower.grow(gradients, sample: drawn.sample, isDrawn: isDrawn)
      if grower.nodes.isEmpty { break }
      grower.findLeaves()
      var tree = grower.tree(drawn, features: features, renewed: renewal(scores, rows, drawn.sample))
      grower.addValues(of: tree, to: scores)
      if trees.isEmpty { tree.addBias(base) }
      try parameters.demandFinite(tree, number: trees.count)
      trees.append(tree)
      guard watcher != nil else { continue }
      try watcher?.add(grower.nodes, values: tree.leafValues, loss: loss)
      if let watcher, watcher.hasStopped(after: parameters.earlyStoppingRounds) { break }
    }
    let grownTreeCount = trees.count
    if trees.isEmpty {
      trees = [Tree(leafValue: base, rowCount: matrix.rowCount)]
      try watcher?.add([], values: [base], loss: loss)
    }
    if let best = watcher?.bestTreeCount, best > 0 { trees.removeLast(max(0, trees.count - best)) }
    let ranges = matrix.binnings.map(\.range)
    return Fit(
      model: BoostedModel(
        features: features, featureRanges: ranges, trees: trees, objective: parameters.objective),
      validationLoss: watcher?.losses ?? [], grownTreeCount: grownTreeCount, isCut: isCut, binningSeconds: 0,
      growingSeconds: (clock.now - start).seconds)
  }

  /// For quantiles: a leaf's value is the quantile of what its rows still lack, each of which counts as often as it stands for
  /// others of the sample.
  private func renewal(
    _ scores: FlatBuffer<Double>, _ rows: BinnedRows, _ sample: RowSample
  ) -> (@Sendable ([Int]) -> Double)? {
    guard parameters.objective == .quantile else { return nil }
    let (labels, weights, level) = (rows.labels, rows.weights, parameters.quantileLevel)
    let isEven = weights == nil && sample.isWhole
    return { rows in
      let residuals = rows.map { labels.base[$0] - scores.base[$0] }
      let counts = isEven ? nil : rows.map { (weights?.base[$0] ?? 1) * sample.factor($0) }
      return WeightedQuantile.of(residuals, weights: counts, level: level) ?? 0
    }
  }
}
