extension GradientBoosting {
  /// Which leaf is parted next.
  public enum Growth: String, Sendable, Hashable, Codable, CaseIterable {
    /// The leaf whose split gains most.
    case leafWise = "leaf-wise"
    /// Every leaf of a depth before any that is deeper; within a depth the one whose split gains most.
    case depthWise = "depth-wise"
  }

  /// Which way a prediction may move with a feature, others alike.
  public enum Direction: Int, Sendable, Hashable, Codable {
    /// Never up.
    case decreasing = -1
    /// Never down.
    case increasing = 1
  }

  /// Gradient-based one-side sampling: rows of large gradients are all kept, of the others a part that stands for them.
  public struct OneSideSampling: Sendable, Hashable, Codable {
    /// The share of rows with the largest |g·h| that is kept.
    public var topFraction: Double
    /// The share of all rows that is drawn from the others.
    public var otherFraction: Double

    /// Makes a sampling.
    public init(topFraction: Double, otherFraction: Double) {
      self.topFraction = topFraction
      self.otherFraction = otherFraction
    }
  }

  /// What is tuned.
  public struct Parameters: Sendable, Hashable, Codable {
    /// What the model predicts.
    public var objective = Objective.logistic
    /// ρ of the Tweedie objective, between 1 and 2.
    public var tweediePower = 1.5
    /// The level of the quantile objective, between 0 and 1.
    public var quantileLevel = 0.5
    /// The most trees.
    public var treeCount = 300
    /// The most leaves of a tree.
    public var leafCount = 31
    /// Which leaf is parted next.
    public var growth = Growth.leafWise
    /// η: how much of a Newton step a tree takes.
    public var learningRate = 0.05
    /// Rows that a leaf must have.
    public var minimumLeafRowCount = 100
    /// Sum of hessians that a leaf must have.
    public var minimumLeafHessian = 1e-3
    /// α: what is taken from the absolute value of each leaf's sum of gradients.
    public var l1 = 0.0
    /// λ: added to each leaf's sum of hessians.
    public var l2 = 1.0
    /// What a split must gain.
    public var minimumGain = 0.0
    /// The most splits on the way to a leaf; 0 for any number.
    public var maximumDepth = 0
    /// The share of rows that each tree learns from, drawn anew for each.
    public var rowFraction = 1.0
    /// Sampling by gradients; nil for none. Not together with `rowFraction`.
    public var oneSideSampling: OneSideSampling?
    /// The share of features that each tree may split on, drawn anew for each.
    public var featureFraction = 1.0
    /// κ: how noisily gradients are rounded where splits are chosen, as a variance over their mean square; 0 for exactly. A
    /// noise of 1 chooses as half the rows would, while values stay exact: splits on chance become rarer.
    public var roundingNoise = 0.0
    /// Seeds what is drawn.
    public var seed: UInt64 = 1
    /// Features, by name, with which the prediction moves in one direction only; numeric ones.
    public var monotone: [String: Direction] = [:]
    /// Sets of features, by name, that may meet on the way to a leaf; empty for no constraint. A feature that no set names
    /// meets no other.
    public var interactions: [[String]] = []
    /// Trees without a better validation loss before growth ends; 0 to grow them all.
    public var earlyStoppingRounds = 30

    /// Makes the default parameters.
    public init() {}
  }
}

extension GradientBoosting.Parameters {
  /// Reads parameters; one that is absent has its default, so that records of older versions still read.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
      if let found = try values.decodeIfPresent(Value.self, forKey: key) { value = found }
    }
    try read(.objective, &objective)
    try read(.tweediePower, &tweediePower)
    try read(.quantileLevel, &quantileLevel)
    try read(.treeCount, &treeCount)
    try read(.leafCount, &leafCount)
    try read(.growth, &growth)
    try read(.learningRate, &learningRate)
    try read(.minimumLeafRowCount, &minimumLeafRowCount)
    try read(.minimumLeafHessian, &minimumLeafHessian)
    try read(.l1, &l1)
    try read(.l2, &l2)
    try read(.minimumGain, &minimumGain)
    try read(.maximumDepth, &maximumDepth)
    try read(.rowFraction, &rowFraction)
    oneSideSampling = try values.decodeIfPresent(GradientBoosting.OneSideSampling.self, forKey: .oneSideSampling)
    try read(.featureFraction, &featureFraction)
    try read(.roundingNoise, &roundingNoise)
    try read(.seed, &seed)
    try read(.monotone, &monotone)
    try read(.interactions, &interactions)
    try read(.earlyStoppingRounds, &earlyStoppingRounds)
  }

  /// The most leaves that a tree of so many rows can have: each keeps the least number of rows.
  func mostLeaves(ofRows rowCount: Int) -> Int { min(leafCount, max(1, rowCount / max(1, minimumLeafRowCount))) }

  /// Checks that what splits are judged by stays finite: G²·(H + λ) and (H + λ)² of any of the rows.
  ///
  /// - Parameter sums: of |g|, of h and of g² over all rows.
  /// - Throws: `cannotTrain`, naming the tree.
  func demandBounded(_ sums: SIMD4<Double>, tree: Int) throws(LearningError) {
    let hessian = sums.y + l2 + SplitSearch.categoryL2
    guard (sums.x * sums.x * hessian).isFinite, (hessian * hessian).isFinite, sums.z.isFinite else {
      throw LearningError(
        .cannotTrain, "cannot train: labels, weights or penalties are too large: sums of tree \(tree) are infinite")
    }
  }

  /// Checks that a tree's values can be written.
  ///
  /// - Throws: `cannotTrain`, naming the tree.
  func demandFinite(_ tree: Tree, number: Int) throws(LearningError) {
    guard tree.leafValues.allSatisfy(\.isFinite) else {
      throw LearningError(.cannotTrain, "cannot train: labels are too large: a value of tree \(number) is infinite")
    }
  }

  /// Checks what types cannot say.
  ///
  /// - Throws: `cannotTrain`, naming the parameter.
  func check(_ features: [Feature]) throws(LearningError) {
    func demand(_ holds: Bool, _ what: String) throws(LearningError) {
      if !holds { throw LearningError(.cannotTrain, "cannot train: \(what)") }
    }
    try demand(leafCount >= 1 && treeCount >= 0, "a tree has at least one leaf")
    try demand(learningRate > 0 && learningRate <= 1, "the learning rate lies above 0 and up to 1")
    try demand(
      l1 >= 0 && l2 >= 0 && minimumGain >= 0 && minimumLeafHessian >= 0,
      "penalties, the least gain and the least hessian are not negative")
    try demand(tweediePower > 1 && tweediePower < 2, "the Tweedie power lies between 1 and 2")
    try demand(quantileLevel > 0 && quantileLevel < 1, "the level of a quantile lies between 0 and 1")
    try demand(rowFraction > 0 && rowFraction <= 1, "the share of rows lies above 0 and up to 1")
    try demand(roundingNoise >= 0 && roundingNoise <= 100, "the noise of rounding lies between 0 and 100")
    try demand(featureFraction > 0 && featureFraction <= 1, "the share of features lies above 0 and up to 1")
    if let sampling = oneSideSampling {
      try demand(rowFraction == 1, "rows are sampled by gradients or by chance, not both")
      try demand(
        sampling.topFraction > 0 && sampling.otherFraction > 0 && sampling.topFraction + sampling.otherFraction <= 1,
        "the two shares of one-side sampling are positive and add up to 1 at most")
    }
    let places = Dictionary(features.enumerated().map { ($1.name, $0) }) { first, _ in first }
    for name in monotone.keys.sorted() {
      try demand(places[name] != nil, "there is no feature \(name) to be monotone in")
      try demand(features[places[name] ?? 0].levels == nil, "\(name) is categorical and has no direction")
    }
    try demand(objective != .quantile || monotone.isEmpty, "a quantile cannot be monotone")
    for name in interactions.joined() where places[name] == nil {
      try demand(false, "there is no feature \(name) to interact")
    }
  }
}
