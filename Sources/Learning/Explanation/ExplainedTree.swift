import CTrees

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
///
/// The walk goes down with the product P of factors over the path's features, and up with the sum S of P · v over the
/// leaves below an edge, which is weighted into the edge's feature. A leaf below two edges of one feature counts with the
/// deeper one alone: the weight of the deeper edge takes off what the upper one adds for it. Small subtrees at the bottom,
/// where most edges are, are not walked: their part is tabled for each pattern of decisions (`Twigs`).
struct ExplainedTree: Sendable {
  /// Points are taken in groups of this many.
  static let pointGroup = 4
  /// Runs of K numbers an edge. With e' the factor of the edge above of the same feature (1 for none) and u its weight
  /// (0 for none): e(o=1)/e'(o=1) · e(o=0)/e'(o=1) · e(o=0)/e'(o=0) · w(1 − z)/e(o=1) − u · −w/(1 − t) − u.
  static let runCount = 5

  /// Edges that the walk takes.
  let edges: FlatBuffer<nightjar_edge>
  /// Five runs of K numbers an edge.
  let factors: FlatBuffer<Double>
  /// The subtrees that are tabled.
  let twigs: Twigs
  /// K, a multiple of 4.
  let pointCount: Int
  /// The most edges on a path.
  let depth: Int
  /// The number of nodes.
  let nodeCount: Int

  /// Prepares a checked tree from its paths; its twigs take `tableLimit` numbers at most. O(leaves · (depth + K)).
  init(_ tree: Tree, _ paths: TreePaths, tableLimit: Int) {
    pointCount = ExplanationCost.pointCount(featureCount: paths.widestFeatureCount)
    depth = paths.depth
    nodeCount = tree.nodeCount
    let rule = EdgeFactors(GaussLegendre(count: pointCount))
    var twigs = TwigBuilder(
      PatternTable(paths: paths, rule: rule, leafValues: tree.leafValues), tableLimit: tableLimit)
    var edges: [nightjar_edge] = []
    var factors: [Double] = []
    // The place among the walk's edges of each edge of the tree; −1 inside a twig.
    var places = [Int32](repeating: -1, count: paths.edges.count)
    var index = 0
    while index < paths.edges.count {
      let path = paths.edges[index]
      var edge = nightjar_edge()
      edge.node = UInt32(path.node)
      edge.feature = UInt32(path.feature)
      edge.same = path.same >= 0 ? places[path.same] : -1
      edge.parent = path.parent >= 0 ? places[path.parent] : -1
      edge.depth = UInt32(path.depth)
      edge.is_left = path.isLeft ? 1 : 0
      edge.factors = UInt32(factors.count)
      rule.append(z: path.share, zAbove: path.same >= 0 ? paths.edges[path.same].share : nil, to: &factors)
      places[index] = Int32(edges.count)
      if path.child < 0 {
        edge.end = UInt32(NIGHTJAR_EDGE_TO_LEAF)
        edge.leaf_value = tree.leafValues[Int(~path.child)]
      } else if let twig = twigs.take(Int(path.child), places: places) {
        edge.end = UInt32(NIGHTJAR_EDGE_TO_TWIG)
        edge.twig = UInt32(twig)
      } else {
        edge.end = UInt32(NIGHTJAR_EDGE_TO_NODE)
      }
      if edge.end != UInt32(NIGHTJAR_EDGE_TO_NODE) {
        // What ends here ends the edges above too, as long as it lies to their right.
        var last = index
        while !paths.edges[last].isLeft, paths.edges[last].parent >= 0 {
          edge.closes += 1
          last = paths.edges[last].parent
        }
      }
      index = edge.end == UInt32(NIGHTJAR_EDGE_TO_TWIG) ? paths.end(of: Int(path.child)) : index + 1
      edges.append(edge)
    }
    self.edges = FlatBuffer(edges)
    self.factors = FlatBuffer(factors)
    self.twigs = twigs.finished
  }

  /// Calls `body` with the form that the kernel takes.
  func withKernelTree(_ body: (UnsafePointer<nightjar_explained_tree>) -> Void) {
    var tree = nightjar_explained_tree(
      edges: edges.base, edge_count: edges.count, factors: factors.base, twigs: twigs.twigs.base,
      flags: twigs.flags.base, features: twigs.features.base, tables: twigs.tables.base, point_count: pointCount)
    withExtendedLifetime(self) { withUnsafePointer(to: &tree, body) }
  }

  /// Bytes of the kernel's workspace.
  var workspaceByteCount: Int {
    (nodeCount + 63) / 64 * 512 + 16 * (depth + 2) * pointCount + edges.count
  }
}

/// The numbers of an edge at every point.
struct EdgeFactors {
  let rule: GaussLegendre

  init(_ rule: GaussLegendre) { self.rule = rule }

  /// Appends the five runs of an edge with the merged share `z`, below one of the same feature with `zAbove`.
  func append(z: Double, zAbove: Double?, to factors: inout [Double]) {
    let points = rule.points
    func followed(_ t: Double, _ z: Double) -> Double { t + (1 - t) * z }
    let above = points.map { t in zAbove.map { followed(t, $0) } ?? 1 }
    factors += zip(points, above).map { followed($0.0, z) / $0.1 }
    factors += zip(points, above).map { (1 - $0.0) * z / $0.1 }
    factors += points.map { _ in z / (zAbove ?? 1) }
    let taken = zip(points, rule.weights).map { t, w in zAbove.map { w * (1 - $0) / followed(t, $0) } ?? 0 }
    factors += points.indices.map { rule.weights[$0] * (1 - z) / followed(points[$0], z) - taken[$0] }
    factors += points.indices.map { -rule.weights[$0] / (1 - points[$0]) - taken[$0] }
  }
}
