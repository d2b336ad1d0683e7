import CTrees

/// Tabled trees side by side, as the kernel takes them.
struct TabledTrees: Sendable {
  private let trees: FlatBuffer<nightjar_tabled_tree>
  private let features: FlatBuffer<UInt32>
  private let tables: FlatBuffer<Double>

  /// Lays out tables; `firstNodes` has the place of each tree's first node. O(numbers).
  init(_ tabled: [TabledTree], firstNodes: [Int]) {
    var trees: [nightjar_tabled_tree] = []
    var (featureStart, tableStart) = (0, 0)
    for (tree, node) in zip(tabled, firstNodes) {
      trees.append(
        nightjar_tabled_tree(
          first_node: UInt32(node), node_count: UInt32(tree.nodeCount), feature_start: UInt32(featureStart),
          feature_count: UInt32(tree.features.count), table: tableStart))
      featureStart += tree.features.count
      tableStart += tree.contributions.count
    }
    self.trees = FlatBuffer(trees)
    features = FlatBuffer(tabled.flatMap { $0.features.map { UInt32($0) } })
    tables = FlatBuffer(uninitializedCount: tableStart)
    for (tree, place) in zip(tabled, trees) {
      (tables.base + place.table).update(from: tree.contributions, count: tree.contributions.count)
    }
  }

  /// Adds what the trees contribute to 64 rows: 64 sums a feature, feature by feature, as `block` has their values.
  func add(to sums: FlatBuffer<Double>, block: FlatBuffer<Double>, layout: TreeLayout) {
    withExtendedLifetime(self) {
      nightjar_explain_tabled(
        trees.base, trees.count, features.base, tables.base, layout.nodes.base, layout.categories.base, block.base,
        sums.base)
    }
  }
}
