import CTrees

/// Tabled trees side by side, as the kernel takes them.
struct TabledTrees: Sendable {
  private let trees: FlatBuffer<nightjar_tabled_tree>
  private let features: FlatBuffer<UInt32>
  /// What `trees` point into.
  private let tables: [FlatBuffer<Double>]

  /// Lays out trees; `firstNodes` has the place of each one's first node. O(trees).
  init(_ tabled: [TabledTree], firstNodes: [Int]) {
    var features: [UInt32] = []
    trees = FlatBuffer(
      zip(tabled, firstNodes).map { tree, node in
        defer { features += tree.features.map { UInt32($0) } }
        return nightjar_tabled_tree(
          first_node: UInt32(node), node_count: UInt32(tree.nodeCount), feature_start: UInt32(features.count),
          feature_count: UInt32(tree.features.count), table: tree.contributions.base)
      })
    self.features = FlatBuffer(features)
    tables = tabled.map(\.contributions)
  }

  /// Adds what the trees contribute to 64 rows: 64 sums a feature, feature by feature, as `block` has their values.
  func add(to sums: FlatBuffer<Double>, block: FlatBuffer<Double>, layout: TreeLayout) {
    withExtendedLifetime(self) {
      nightjar_explain_tabled(
        trees.base, trees.count, features.base, layout.nodes.base, layout.categories.base, block.base,
        sums.base)
    }
  }
}
