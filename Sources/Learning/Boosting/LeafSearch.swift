/// The search for the best split of a leaf.
struct LeafSearch: Sendable {
  let matrix: BinnedMatrix
  let rules: SplitRules
  let constraints: GrowthConstraints
  /// A flag a feature that the tree may split on.
  let isDrawn: [Bool]

  /// The best split among the features of some places; `histogram` is the leaf's, over all places.
  func best(_ leaf: TreeGrower.Leaf, _ places: Range<Int>, _ histogram: UnsafePointer<Int64>) -> Split? {
    var best: Split?
    for place in places {
      let feature = matrix.variedFeatures[place]
      guard isDrawn[feature], constraints.allows(feature, after: leaf.path) else { continue }
      let split: Split? = leaf.counted[feature] ?? split(leaf, by: place, histogram)
      if let split, best == nil || split.gain > best!.gain { best = split }
    }
    return best
  }

  /// The best split by the feature of one place; by the numbers of rows in its bins where they were counted, else by estimates of them.
  func split(
    _ leaf: TreeGrower.Leaf, by place: Int, _ histogram: UnsafePointer<Int64>, binCounts: [Int]? = nil
  ) -> Split? {
    let feature = matrix.variedFeatures[place]
    let binning = matrix.binnings[feature]
    let sums = histogram + place * GradientHistogram.binCount
    return binning.isCategorical
      ? SplitSearch.categorical(
        sums, feature: feature, binCount: binning.binCount, total: leaf.total, rowCount: leaf.range.count,
        rules: rules, bounds: leaf.bounds, binCounts: binCounts)
      : SplitSearch.numeric(
        sums, feature: feature, binCount: binning.binCount, total: leaf.total, rowCount: leaf.range.count,
        rules: rules, direction: constraints.directions[feature], bounds: leaf.bounds, binCounts: binCounts)
  }
}

/// What the user asks of a model's shape: directions, and which features may meet.
struct GrowthConstraints: Sendable {
  /// 1, −1 or 0 a feature.
  let directions: [Double]
  /// For each feature those that it may meet; empty where every one may.
  private let companions: [Set<Int>]
  private let sets: [Set<Int>]

  init(_ parameters: GradientBoosting.Parameters, features: [Feature]) {
    directions = features.map { Double(parameters.monotone[$0.name]?.rawValue ?? 0) }
    let places = Dictionary(features.enumerated().map { ($1.name, $0) }) { first, _ in first }
    sets = parameters.interactions.map { Set($0.compactMap { places[$0] }) }
    let sets = sets
    companions =
      sets.isEmpty
      ? []
      : features.indices.map { feature in
        sets.filter { $0.contains(feature) }.reduce([feature]) { $0.union($1) }
      }
  }

  /// Whether features are kept apart.
  var hasInteractions: Bool { !sets.isEmpty }

  /// Whether a path with the features `path` may go on with `feature`: one set holds them all.
  func allows(_ feature: Int, after path: Set<Int>) -> Bool {
    guard hasInteractions, !path.isEmpty, path != [feature] else { return true }
    return path.allSatisfy { companions[feature].contains($0) }
      && sets.contains { $0.contains(feature) && path.isSubset(of: $0) }
  }

  /// The bounds of both children. A split on a monotone feature parts the values half-way: everything below it on one side
  /// stays on that side.
  func bounds(
    of split: Split, _ rightWord: Int64, _ bounds: ValueBounds, _ rules: SplitRules
  ) -> (left: ValueBounds, right: ValueBounds) {
    let direction = directions[split.feature]
    guard direction != 0 else { return (bounds, bounds) }
    let middle = (rules.value(split.leftWord, bounds) + rules.value(rightWord, bounds)) / 2
    var (left, right) = (bounds, bounds)
    if direction > 0 {
      (left.upper, right.lower) = (middle, middle)
    } else {
      (left.lower, right.upper) = (middle, middle)
    }
    return (left, right)
  }
}
