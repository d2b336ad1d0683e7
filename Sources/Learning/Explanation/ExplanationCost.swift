/// What trees take to be explained, by their shape alone.
///
/// A model file is a stranger: a few megabytes of it can describe a chain of a million splits, which would ask for terabytes. So the
/// shape is looked at before anything is prepared.
struct ExplanationCost: Sendable {
  /// Splits on the way to a leaf, at most: a tree that is learned here has no more leaves than this.
  static let greatestDepth = 4_096
  /// Numbers that the edges of all trees may take: 4 GiB.
  static let greatestNumberCount = 1 << 29
  /// Rows that a tree may count: sums below it are exact doubles, and cannot overflow.
  static let greatestRowCount = 1 << 53

  /// The most splits on a path.
  private(set) var depth = 0
  /// The most different features on a path.
  private(set) var widestFeatureCount = 1
  private let nodeCount: Int

  /// Walks a tree whose nodes are met once each. O(nodes).
  init(_ tree: Tree) {
    enum Step { case enter(node: Int, depth: Int), leave(feature: Int32) }
    nodeCount = tree.nodeCount
    var steps: [Step] = nodeCount > 0 ? [.enter(node: 0, depth: 1)] : []
    /// How often the way to where the walk stands splits on each feature.
    var counts: [Int32: Int] = [:]
    while let step = steps.popLast() {
      switch step {
      case .leave(let feature):
        counts[feature] = counts[feature].flatMap { $0 > 1 ? $0 - 1 : nil }
      case .enter(let node, let level):
        let feature = tree.splitFeatures[node]
        counts[feature, default: 0] += 1
        depth = max(depth, level)
        widestFeatureCount = max(widestFeatureCount, counts.count)
        steps.append(.leave(feature: feature))
        for child in [tree.leftChildren[node], tree.rightChildren[node]] where child >= 0 {
          steps.append(.enter(node: Int(child), depth: level + 1))
        }
      }
    }
  }

  /// K: Gauss–Legendre points, a multiple of the kernel's group.
  static func pointCount(featureCount: Int) -> Int {
    let group = ExplainedTree.pointGroup
    return ((featureCount + 1) / 2 + group - 1) / group * group
  }

  /// Numbers of the tree's edges, at most: two edges a node.
  var numberCount: Int {
    2 * nodeCount * ExplainedTree.runCount * ExplanationCost.pointCount(featureCount: widestFeatureCount)
  }

  /// Looks at every tree.
  ///
  /// - Throws: `damagedModel`, naming the tree that is too deep, counts impossible rows, or is one too many.
  static func check(_ trees: [Tree]) throws(LearningError) {
    var total = 0
    for (index, tree) in trees.enumerated() {
      var rows = 0
      for count in tree.leafRowCounts where rows <= greatestRowCount {
        rows = count > greatestRowCount ? count : rows + count
      }
      guard rows <= greatestRowCount else {
        throw LearningError(.damagedModel, "tree \(index) of the model counts more rows than there can be: leaf_count")
      }
      let cost = ExplanationCost(tree)
      guard cost.depth <= greatestDepth else {
        throw LearningError(
          .damagedModel,
          "tree \(index) of the model has \(cost.depth) splits on the way to a leaf: reasons are told of at most "
            + "\(greatestDepth)")
      }
      total += cost.numberCount
      guard total <= greatestNumberCount else {
        throw LearningError(
          .damagedModel,
          "the model is too large for reasons: up to tree \(index) its paths take \(total) numbers, at most "
            + "\(greatestNumberCount) are kept")
      }
    }
  }
}
