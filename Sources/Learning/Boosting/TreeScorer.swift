/// Trees laid out for scoring: one flat array of nodes, rows copied side by side.
struct TreeScorer: Sendable {
  /// Rows a task.
  static let chunkRowCount = 4_096
  /// Rows copied at a time: their values stay in the first- or second-level cache while every tree passes.
  static let blockRowCount = 64

  /// A node, or a leaf: then `feature` is −1 and `threshold` its value.
  private struct Node: Sendable {
    var threshold: Double
    var feature: Int32
    var left: Int32
    var right: Int32
    /// LightGBM's decision type; for a categorical node the set's number is the threshold.
    var type: UInt8
  }

  private let trees: [Tree]
  private let nodes: [Node]
  /// The first node of each tree.
  private let roots: [Int32]

  init(trees: [Tree]) {
    var nodes: [Node] = []
    var roots: [Int32] = []
    for tree in trees {
      let first = Int32(nodes.count)
      let leafStart = first + Int32(tree.nodeCount)
      roots.append(first)
      for index in 0..<tree.nodeCount {
        let (left, right) = (tree.leftChildren[index], tree.rightChildren[index])
        nodes.append(
          Node(
            threshold: tree.thresholds[index], feature: tree.splitFeatures[index],
            left: left >= 0 ? first + left : leafStart + ~left,
            right: right >= 0 ? first + right : leafStart + ~right, type: tree.decisionTypes[index]))
      }
      for value in tree.leafValues { nodes.append(Node(threshold: value, feature: -1, left: 0, right: 0, type: 0)) }
    }
    self.trees = trees
    self.nodes = nodes
    self.roots = roots
  }

  /// Adds the trees' values for `rows` to `scores[rows]`, tree after tree.
  func add(_ table: FeatureTable, rows: Range<Int>, to scores: UnsafeMutablePointer<Double>) {
    let width = table.columns.count
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, width * TreeScorer.blockRowCount)) { block in
      var start = rows.lowerBound
      while start < rows.upperBound {
        let end = min(start + TreeScorer.blockRowCount, rows.upperBound)
        for (index, column) in table.columns.enumerated() {
          column.withUnsafeBufferPointer { values in
            for row in start..<end {
              // An infinite number counts as missing, as in training.
              let value = values[row]
              block[(row - start) * width + index] = value.isFinite ? value : .nan
            }
          }
        }
        guard let base = block.baseAddress else { return }
        for tree in roots.indices {
          for row in start..<end { scores[row] += value(of: tree, UnsafePointer(base + (row - start) * width)) }
        }
        start = end
      }
    }
  }

  @inline(__always) private func value(of tree: Int, _ row: UnsafePointer<Double>) -> Double {
    nodes.withUnsafeBufferPointer { nodes in
      var node = nodes[Int(roots[tree])]
      while node.feature >= 0 {
        let value = row[Int(node.feature)]
        let isLeft: Bool
        if node.type & 0b1101 == Tree.missingIsNaN {
          // The common node: numeric, NaN missing.
          isLeft = value <= node.threshold || (value.isNaN && node.type & Tree.missingLeftBit != 0)
        } else {
          isLeft = goesLeft(value, node, tree)
        }
        node = nodes[Int(isLeft ? node.left : node.right)]
      }
      return node.threshold
    }
  }

  /// Categorical nodes, and the older ways of missing values that LightGBM's files may hold.
  private func goesLeft(_ value: Double, _ node: Node, _ tree: Int) -> Bool {
    if node.type & Tree.categoricalBit != 0 {
      return value >= 0 && value < Double(Int32.max) && trees[tree].contains(Int(value), set: Int(node.threshold))
    }
    let value = value.isNaN ? 0 : value
    if node.type >> 2 & 3 == 1, value.magnitude <= Tree.zeroThreshold { return node.type & Tree.missingLeftBit != 0 }
    return value <= node.threshold
  }
}
