import CTrees

/// Every edge of a tree in the order of a walk that goes left first, merged with those of its feature above.
struct TreePaths {
  /// An edge.
  struct Edge {
    /// The node above, in preorder.
    var node: Int
    var feature: Int
    /// Whether the edge leads left.
    var isLeft: Bool
    /// Where it leads: a node in preorder, or the leaf ~child.
    var child: Int32
    /// The nearest edge above of the same feature; −1 for none.
    var same: Int
    /// The edge that ends at the node above; −1 at the root.
    var parent: Int
    /// The number of edges above.
    var depth: Int
    /// z: the product of the shares of training rows of this edge and those of its feature above.
    var share: Double
  }

  /// The edges.
  private(set) var edges: [Edge] = []
  /// The most different features on a path.
  private(set) var widestFeatureCount = 1
  /// The most edges on a path.
  private(set) var depth = 0
  /// What the tree says where nothing is known.
  private(set) var expectedValue: Double
  /// The first edge of each node, and behind the last.
  private var firstEdges: [Int]
  private let nodes: UnsafeBufferPointer<nightjar_node>

  /// Walks the tree. O(nodes).
  init(_ tree: Tree, nodes: UnsafeBufferPointer<nightjar_node>) {
    self.nodes = nodes
    firstEdges = [Int](repeating: 0, count: nodes.count + 1)
    let counts = RowCounts(tree, nodes)
    expectedValue = tree.expectedValue
    /// The nearest edge of each feature on the way to where the walk stands.
    var nearest: [UInt32: Int] = [:]
    var featureCount = 0
    /// A step: an edge to take, or one to leave.
    enum Step { case take(node: Int, isLeft: Bool, parent: Int, depth: Int), leave(Int) }
    var steps: [Step] = nodes.isEmpty ? [] : [.take(node: 0, isLeft: true, parent: -1, depth: 0)]
    while let step = steps.popLast() {
      switch step {
      case .leave(let edge):
        let feature = UInt32(edges[edge].feature)
        let same = edges[edge].same
        nearest[feature] = same >= 0 ? same : nil
        if same < 0 { featureCount -= 1 }
      case .take(let node, let isLeft, let parent, let level):
        let place = edges.count
        let child = isLeft ? nodes[node].left : nodes[node].right
        let same = nearest[nodes[node].feature] ?? -1
        let share = max(counts.share(nodes[node], isLeft) * (same >= 0 ? edges[same].share : 1), TreePaths.leastShare)
        if isLeft { firstEdges[node] = place }
        edges.append(
          Edge(
            node: node, feature: Int(nodes[node].feature), isLeft: isLeft, child: child, same: same, parent: parent,
            depth: level, share: share))
        nearest[nodes[node].feature] = place
        if same < 0 { featureCount += 1 }
        widestFeatureCount = max(widestFeatureCount, featureCount)
        depth = max(depth, level + 1)
        // Taken from the end: the subtree, then the way back, then the sister to the right.
        if isLeft { steps.append(.take(node: node, isLeft: false, parent: parent, depth: level)) }
        steps.append(.leave(place))
        if child >= 0 { steps.append(.take(node: Int(child), isLeft: true, parent: place, depth: level + 1)) }
      }
    }
    firstEdges[nodes.count] = edges.count
    if !counts.areKnown, !nodes.isEmpty { expectedValue = evenMean(tree.leafValues) }
  }

  /// A branch that no training row took still has a (vanishing) part: a share is divided by.
  private static let leastShare = 1e-300

  /// The mean of the leaves where each split parts its rows evenly.
  private func evenMean(_ leafValues: [Double]) -> Double {
    edges.reduce(0) { sum, edge in
      guard edge.child < 0 else { return sum }
      return sum + leafValues[Int(~edge.child)] * Double(sign: .plus, exponent: -edge.depth - 1, significand: 1)
    }
  }

  /// The number of nodes below and with `node`.
  func size(of node: Int) -> Int { Int(nodes[node].next) - node }

  /// The edges of the subtree of `node`. Walks go left first, so they are neighbours.
  func edges(of node: Int) -> Range<Int> { firstEdges[node]..<end(of: node) }

  /// The features of some edges, in the order in which they are met. O(edges · features).
  func features(of places: Range<Int>) -> [Int] {
    places.reduce(into: []) { found, edge in
      if !found.contains(edges[edge].feature) { found.append(edges[edge].feature) }
    }
  }

  /// The edge behind those of the subtree of `node`.
  func end(of node: Int) -> Int { firstEdges[node] + 2 * size(of: node) }

  /// The numbers of training rows of the nodes and leaves. A node has those of its leaves, whatever else the file says of it: so
  /// contributions and base value add up to the raw score.
  private struct RowCounts {
    var ofNodes: [Double]
    var ofLeaves: [Double]

    init(_ tree: Tree, _ nodes: UnsafeBufferPointer<nightjar_node>) {
      ofLeaves = tree.leafRowCounts.map { Double($0) }
      ofNodes = [Double](repeating: 0, count: nodes.count)
      // Preorder: children come after their node.
      for place in nodes.indices.reversed() { ofNodes[place] = count(nodes[place].left) + count(nodes[place].right) }
    }

    /// Whether the file has any.
    var areKnown: Bool { ofNodes.first ?? 0 > 0 }

    private func count(_ child: Int32) -> Double { child >= 0 ? ofNodes[Int(child)] : ofLeaves[Int(~child)] }

    /// The share of a node's rows that went one way; even where none is counted.
    func share(_ node: nightjar_node, _ isLeft: Bool) -> Double {
      let total = count(node.left) + count(node.right)
      return total > 0 ? max(count(isLeft ? node.left : node.right) / total, TreePaths.leastShare) : 0.5
    }
  }
}
