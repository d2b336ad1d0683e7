/// A tree of so few nodes that all it adds is tabled for every pattern of their decisions: a row costs one look-up a feature.
struct TabledTree: Sendable {
  /// The most nodes of such a tree.
  static let maximumNodeCount = 8

  let nodeCount: Int
  /// Its features, in the order in which they are met.
  let features: [Int]
  /// The contribution of each feature for each of 2^nodes patterns, feature by feature; bit i of a pattern is set where node i goes
  /// left.
  let contributions: FlatBuffer<Double>

  /// Tables a checked tree; nil where it has no node or too many, or its table more than `limit` numbers. O(2^nodes · nodes · K).
  init?(_ tree: Tree, _ paths: TreePaths, limit: Int) {
    guard 1...TabledTree.maximumNodeCount ~= tree.nodeCount else { return nil }
    let features = paths.features(of: paths.edges(of: 0))
    guard features.count << tree.nodeCount <= limit else { return nil }
    let pointCount = ExplanationCost.pointCount(featureCount: paths.widestFeatureCount)
    let rule = EdgeFactors(GaussLegendre(count: pointCount))
    let numbers = PatternTable(paths: paths, rule: rule, leafValues: tree.leafValues).numbers(of: 0, features: features)
    let width = (1 + features.count) * pointCount
    contributions = FlatBuffer(uninitializedCount: features.count << tree.nodeCount)
    for index in 0..<contributions.count {
      let (feature, pattern) = index.quotientAndRemainder(dividingBy: 1 << tree.nodeCount)
      let start = pattern * width + (1 + feature) * pointCount
      contributions.base[index] = numbers[start..<start + pointCount].reduce(0, +)
    }
    (nodeCount, self.features) = (tree.nodeCount, features)
  }
}
