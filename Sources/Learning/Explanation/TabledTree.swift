/// A tree of so few nodes that all it adds is tabled for every pattern of their decisions: a row costs one look-up a feature.
struct TabledTree: Sendable {
  /// The most nodes of such a tree.
  static let maximumNodeCount = 8

  let nodeCount: Int
  /// Its features, in the order in which they are met.
  let features: [Int]
  /// The contribution of each feature for each pattern, feature by feature; bit i of a pattern is set where node i goes left.
  let contributions: [Double]

  /// Tables a tree whose cost was checked; nil where it has too many nodes, or its table more than `limit` numbers.
  /// O(2^nodes · nodes · K).
  init?(_ tree: Tree, _ paths: TreePaths, limit: Int) {
    guard 1...TabledTree.maximumNodeCount ~= tree.nodeCount else { return nil }
    let features = paths.features(of: paths.edges(of: 0))
    guard features.count << tree.nodeCount <= limit else { return nil }
    let pointCount = ExplanationCost.pointCount(featureCount: paths.widestFeatureCount)
    let rule = EdgeFactors(GaussLegendre(count: pointCount))
    let numbers = PatternTable(paths: paths, rule: rule, leafValues: tree.leafValues).numbers(of: 0, features: features)
    let width = (1 + features.count) * pointCount
    contributions = features.indices.flatMap { feature in
      (0..<1 << tree.nodeCount).map { pattern in
        let start = pattern * width + (1 + feature) * pointCount
        return numbers[start..<start + pointCount].reduce(0, +)
      }
    }
    (nodeCount, self.features) = (tree.nodeCount, features)
  }
}
