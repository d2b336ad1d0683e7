import CTrees

/// The trees of a model in the form of the kernels: nodes in preorder, tree after tree.
struct TreeLayout: Sendable {
  /// Rows of a block.
  static let blockRowCount = NIGHTJAR_BLOCK_ROWS

  /// The nodes; children are places within their tree.
  let nodes: FlatBuffer<nightjar_node>
  /// The values of the leaves, in each tree's own order.
  let leafValues: FlatBuffer<Double>
  /// Sets of categories, 32 codes a word.
  let categories: FlatBuffer<UInt32>
  /// The first node of each tree, and the number of all nodes.
  let nodeStarts: [Int]
  /// The first leaf of each tree, and the number of all leaves.
  let leafStarts: [Int]
  /// The most nodes of a tree.
  let widestNodeCount: Int
  /// The features that any node asks for, ascending.
  let usedFeatures: [Int]

  /// Lays out trees. O(nodes).
  init(_ trees: [Tree]) {
    var nodes: [nightjar_node] = []
    var values: [Double] = []
    var categories: [UInt32] = []
    var (nodeStarts, leafStarts) = ([0], [0])
    for tree in trees {
      let categoryStart = categories.count
      nodes += TreeLayout.preorder(tree).map { tree.kernelNode($0.node, $0.left, $0.right, $0.next, categoryStart) }
      values += tree.leafValues
      categories += tree.categoryWords
      nodeStarts.append(nodes.count)
      leafStarts.append(values.count)
    }
    usedFeatures = Set(nodes.map { Int($0.feature) }).sorted()
    widestNodeCount = trees.map(\.nodeCount).max() ?? 0
    self.nodes = FlatBuffer(nodes)
    leafValues = FlatBuffer(values)
    self.categories = FlatBuffer(categories)
    self.nodeStarts = nodeStarts
    self.leafStarts = leafStarts
  }

  /// The number of trees.
  var treeCount: Int { nodeStarts.count - 1 }

  /// The number of nodes of a tree.
  func nodeCount(of tree: Int) -> Int { nodeStarts[tree + 1] - nodeStarts[tree] }

  /// Copies up to 64 rows of `table` side by side: 64 values a feature, feature by feature. Places without
  /// a row stay as they are.
  func fill(_ block: UnsafeMutablePointer<Double>, from table: FeatureTable, rows: Range<Int>) {
    for feature in usedFeatures {
      let target = UnsafeMutableBufferPointer(
        start: block + feature * TreeLayout.blockRowCount, count: TreeLayout.blockRowCount)
      table.withValues(of: feature, rows) { values in _ = target.update(fromContentsOf: values) }
    }
  }

  /// A node of `tree` and its new children, in preorder; `next` is the place behind its subtree.
  private static func preorder(_ tree: Tree) -> [(node: Int, left: Int32, right: Int32, next: Int)] {
    guard tree.nodeCount > 0 else { return [] }
    var order: [(node: Int, left: Int32, right: Int32, next: Int)] = []
    order.reserveCapacity(tree.nodeCount)
    var places = [Int32](repeating: 0, count: tree.nodeCount)
    var stack = [0]
    while let node = stack.popLast() {
      places[node] = Int32(order.count)
      order.append((node, tree.leftChildren[node], tree.rightChildren[node], 0))
      if tree.rightChildren[node] >= 0 { stack.append(Int(tree.rightChildren[node])) }
      if tree.leftChildren[node] >= 0 { stack.append(Int(tree.leftChildren[node])) }
    }
    for place in order.indices.reversed() {
      if order[place].left >= 0 { order[place].left = places[Int(order[place].left)] }
      if order[place].right >= 0 { order[place].right = places[Int(order[place].right)] }
      let last = max(order[place].left, order[place].right)
      order[place].next = last >= 0 ? order[Int(last)].next : place + 1
    }
    return order
  }
}

/// The instruction sets of the kernels.
package enum TreeKernel {
  /// Lets the kernels use the instruction sets up to `level`: 0 the plain machine, 1 AVX2, 2 AVX-512. Every level gives the
  /// same bits; tests hold them against each other. Returns the level in use.
  @discardableResult package static func use(level: Int) -> Int { Int(nightjar_use_tree_level(Int32(level))) }
}

extension Tree {
  fileprivate func kernelNode(
    _ node: Int, _ left: Int32, _ right: Int32, _ next: Int, _ categoryStart: Int
  ) -> nightjar_node {
    let type = decisionTypes[node]
    var kernel = nightjar_node()
    kernel.feature = UInt32(splitFeatures[node])
    kernel.left = left
    kernel.right = right
    kernel.next = UInt32(next)
    let isMissingLeft = type & Tree.missingLeftBit != 0
    if type & Tree.categoricalBit != 0 {
      let set = Int(thresholds[node])
      kernel.kind = UInt32(NIGHTJAR_NODE_CATEGORY)
      kernel.category_start = UInt32(categoryStart + categoryBoundaries[set])
      kernel.category_count = UInt32(categoryBoundaries[set + 1] - categoryBoundaries[set])
      return kernel
    }
    kernel.threshold = thresholds[node]
    let kind =
      switch type >> 2 & 3 {
      case 2: isMissingLeft ? NIGHTJAR_NODE_MISSING_LEFT : NIGHTJAR_NODE_MISSING_RIGHT
      case 1: isMissingLeft ? NIGHTJAR_NODE_ZERO_MISSING_LEFT : NIGHTJAR_NODE_ZERO_MISSING_RIGHT
      default: NIGHTJAR_NODE_NAN_IS_ZERO
      }
    kernel.kind = UInt32(kind)
    return kernel
  }
}
