import CTrees

/// Adds up the values of trees, 64 rows at a time.
///
/// A node decides for all rows of a block at once, by one comparison a vector, and hands each child the rows that reach it
/// as bits; a subtree that no row reaches is left out. No branch depends on one row's value, so there is nothing to
/// mispredict. The kernel is `CTrees`.
struct TreeScorer: Sendable {
  /// Rows a task, a multiple of a block's.
  static let chunkRowCount = 4_096

  private let layout: TreeLayout
  private let width: Int

  init(_ model: BoostedModel) {
    layout = TreeLayout(model.trees)
    width = model.features.count
  }

  /// Adds the trees' values for `rows` to `scores[rows]`, tree after tree.
  func add(_ table: FeatureTable, rows: Range<Int>, to scores: UnsafeMutablePointer<Double>) {
    let blockRowCount = TreeLayout.blockRowCount
    let block = FlatBuffer(count: width * blockRowCount, initial: 0.0)
    let reach = FlatBuffer<UInt64>(count: layout.widestNodeCount, initial: 0)
    withExtendedLifetime((block, reach)) {
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRowCount) {
        let own = start..<min(start + blockRowCount, rows.upperBound)
        layout.fill(block.base, from: table, rows: own)
        for tree in 0..<layout.treeCount {
          let values = layout.leafValues.base + layout.leafStarts[tree]
          let nodeCount = layout.nodeCount(of: tree)
          if nodeCount == 0 {
            for row in own { scores[row] += values[0] }
          } else {
            nightjar_add_tree(
              layout.nodes.base + layout.nodeStarts[tree], nodeCount, values, layout.categories.base, block.base,
              own.count, reach.base, scores + start)
          }
        }
      }
    }
  }
}
