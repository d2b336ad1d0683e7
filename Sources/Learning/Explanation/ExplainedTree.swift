/// A tree prepared for TreeSHAP: its edges in the order of a walk, with the factors that no row changes.
///
/// An edge leads from a node to a child and belongs to the node's feature f. Along a path the edges of one feature are
/// merged: z is the product of their shares of rows, and o is 1 where the row follows all of them, else 0. For leaf ℓ
/// with the features M on its path the Shapley value of f in the path-dependent game is
///
///     v_ℓ · (o_f − z_f) · ∫₀¹ ∏_{j ∈ M∖f} (t·o_j + (1 − t)·z_j) dt
///
/// since ∫ t^s (1 − t)^(m−1−s) dt = s!(m−1−s)!/m! is the weight of a coalition of size s. The integrand is a polynomial
/// of degree |M| − 1, so K = ⌈|M|/2⌉ Gauss–Legendre points give the integral exactly. The factor of one feature is
/// e = t + (1 − t)z where o = 1 and (1 − t)z where o = 0: both are known before any row is. (Lundberg et al., Nature
/// Machine Intelligence 2 (2020); the polynomial form: Bifet et al., Linear TreeShap, NeurIPS 2022; Yu et al. 2022.)
struct ExplainedTree: Sendable {
  /// An edge, in the order of a walk that goes to the left first.
  struct Edge: Sendable {
    /// The node above.
    var node: Int32
    var feature: Int32
    /// Whether the edge leads left.
    var isLeft: Bool
    /// Whether the node is numeric with NaN as its missing value, so that the next two say all of it.
    var isPlain: Bool
    /// Where a missing value goes.
    var isMissingLeft: Bool
    /// The node's threshold.
    var threshold: Double
    /// The nearest edge above of the same feature, −1 for none.
    var sameFeatureEdge: Int32
    /// The number of edges above it.
    var depth: Int32
    /// The leaf's value; NaN where the edge ends at a node.
    var leafValue: Double
    /// The first of this edge's four runs of K numbers in `factors`.
    var factorStart: Int32
  }

  /// The tree.
  let tree: Tree
  /// K, a multiple of 4.
  let pointCount: Int
  /// The edges.
  let edges: [Edge]
  /// Four runs of K numbers an edge. With e' the factor of the edge above of the same feature (1 for none):
  /// 0: e(o=1)/e'(o=1) · 1: e(o=0)/e'(o=1) · 2: e(o=0)/e'(o=0) · 3: w·(1 − z)/e(o=1), what the edge's sums are
  /// weighted with where o = 1. Where o = 0 that is −w/(1 − t) for every edge.
  let factors: [Double]
  /// −w/(1 − t).
  let brokenWeights: [Double]
  /// The most edges on a path.
  let depth: Int
  /// The mean value over the training rows.
  let expectedValue: Double

  /// Points are taken in groups of this many: one vector register pair.
  static let pointGroup = 4

  /// Prepares a tree. O(leaves · (depth + K)).
  init(_ tree: Tree) {
    self.tree = tree
    expectedValue = tree.expectedValue
    let shares = ExplainedTree.shares(tree)
    var paths: [(edge: Edge, share: Double)] = []
    var widest = 1
    // The walk: (child, its node, is it left, path of edges above).
    func visit(_ child: Int32, node: Int, isLeft: Bool, path: [Int32]) {
      let feature = tree.splitFeatures[node]
      let same = path.last { paths[Int($0)].edge.feature == feature } ?? -1
      let share = (same >= 0 ? paths[Int(same)].share : 1) * shares[node * 2 + (isLeft ? 0 : 1)]
      let index = paths.count
      paths.append(
        (
          Edge(
            node: Int32(node), feature: feature, isLeft: isLeft,
            isPlain: tree.decisionTypes[node] & 0b1101 == Tree.missingIsNaN,
            isMissingLeft: tree.decisionTypes[node] & Tree.missingLeftBit != 0, threshold: tree.thresholds[node],
            sameFeatureEdge: same,
            depth: Int32(path.count), leafValue: child < 0 ? tree.leafValues[Int(~child)] : .nan, factorStart: 0), share
        ))
      let below = path + [Int32(index)]
      if child >= 0 {
        visit(tree.leftChildren[Int(child)], node: Int(child), isLeft: true, path: below)
        visit(tree.rightChildren[Int(child)], node: Int(child), isLeft: false, path: below)
      } else {
        widest = max(widest, Set(below.map { paths[Int($0)].edge.feature }).count)
      }
    }
    if tree.nodeCount > 0 {
      visit(tree.leftChildren[0], node: 0, isLeft: true, path: [])
      visit(tree.rightChildren[0], node: 0, isLeft: false, path: [])
    }
    let group = ExplainedTree.pointGroup
    pointCount = ((widest + 1) / 2 + group - 1) / group * group
    depth = (paths.map { Int($0.edge.depth) }.max() ?? -1) + 1
    let rule = GaussLegendre(count: pointCount)
    brokenWeights = zip(rule.points, rule.weights).map { -$0.1 / (1 - $0.0) }
    var factors: [Double] = []
    for index in paths.indices {
      paths[index].edge.factorStart = Int32(factors.count)
      let z = paths[index].share
      let same = Int(paths[index].edge.sameFeatureEdge)
      let zAbove = same >= 0 ? paths[same].share : 1
      let followed = rule.points.map { $0 + (1 - $0) * z }
      let broken = rule.points.map { (1 - $0) * z }
      let followedAbove = same >= 0 ? rule.points.map { $0 + (1 - $0) * zAbove } : rule.points.map { _ in 1.0 }
      factors += zip(followed, followedAbove).map { $0.0 / $0.1 }
      factors += zip(broken, followedAbove).map { $0.0 / $0.1 }
      factors += rule.points.map { _ in z / zAbove }
      factors += zip(rule.weights, followed).map { $0.0 * (1 - z) / $0.1 }
    }
    edges = paths.map(\.edge)
    self.factors = factors
  }

  /// The share of each node's training rows that went left and right. A model file without counts shares evenly, and
  /// no share is zero: a branch that no training row took still has a (vanishing) part.
  private static func shares(_ tree: Tree) -> [Double] {
    (0..<tree.nodeCount).flatMap { node in
      let counts = [tree.leftChildren[node], tree.rightChildren[node]].map { child in
        Double(child >= 0 ? tree.internalRowCounts[Int(child)] : tree.leafRowCounts[Int(~child)])
      }
      let total = counts[0] + counts[1]
      guard total > 0 else { return [0.5, 0.5] }
      return counts.map { max($0 / total, 1e-300) }
    }
  }
}
