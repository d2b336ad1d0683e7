import CTrees
public import Parallelism

/// Exact, path-dependent TreeSHAP: how much each feature moved a row's raw score away from the base value.
///
/// Contributions plus the base value equal the raw score. What a tree would say without a feature is taken from the
/// shares of training rows along its paths (the game that LightGBM's `pred_contrib` plays too). `ExplainedTree` holds
/// the algebra, `CTrees` the kernel. O(trees · leaves · K) a row, where K is about half the features on a path.
public struct TreeExplainer: Sendable {
  /// Rows a task.
  static let chunkRowCount = 512

  /// The features of the model.
  public let features: [Feature]
  /// The mean raw score of the training rows.
  public let baseValue: Double
  private let layout: TreeLayout
  private let trees: [ExplainedTree]

  /// Prepares a model. O(trees · leaves · (depth + K · 64)).
  ///
  /// - Throws: `damagedModel` for a tree that is too deep to be explained, or for trees that would take too much memory.
  public init(_ model: BoostedModel, threads: WorkerThreads) throws(LearningError) {
    try ExplanationCost.check(model.trees)
    features = model.features
    let layout = TreeLayout(model.trees)
    self.layout = layout
    let tableLimit = Twigs.greatestTableNumberCount / max(1, model.trees.count)
    trees = threads.collect(taskCount: model.trees.count) { index in
      let nodes = UnsafeBufferPointer(
        start: layout.nodes.base + layout.nodeStarts[index], count: layout.nodeCount(of: index))
      return withExtendedLifetime(layout) { ExplainedTree(model.trees[index], nodes: nodes, tableLimit: tableLimit) }
    }
    baseValue = trees.reduce(0) { $0 + $1.expectedValue }
  }

  /// The contributions of every feature to every row of `table`: one array a feature, one element a row.
  public func contributions(_ table: FeatureTable, threads: WorkerThreads) -> [[Double]] {
    let (rowCount, width) = (table.rowCount, features.count)
    let all = FlatBuffer(count: rowCount * width, initial: 0.0)
    _ = threads.collectChunks(rowCount: rowCount, chunkRowCount: TreeExplainer.chunkRowCount) { rows in
      forEachRow(table, rows) { row, contributions in
        for feature in 0..<width { all.base[feature * rowCount + row] = contributions[feature] }
      }
    }
    return all.columns(width)
  }

  /// Up to `count` features that raise each row's raw score most, the greatest first, ties by position.
  public func topReasons(
    _ table: FeatureTable, count: Int, threads: WorkerThreads
  ) -> [[Reason]] {
    threads.collectChunks(rowCount: table.rowCount, chunkRowCount: TreeExplainer.chunkRowCount) { rows in
      var results: [[Reason]] = []
      results.reserveCapacity(rows.count)
      forEachRow(table, rows) { _, contributions in results.append(Reason.top(contributions, count: count)) }
      return results
    }.flatMap { $0 }
  }

  /// A feature that raised a score, and by how much.
  public struct Reason: Sendable, Hashable {
    /// The feature's position in the model.
    public var feature: Int
    /// Its contribution to the raw score.
    public var contribution: Double
    /// Makes a reason.
    public init(feature: Int, contribution: Double) {
      self.feature = feature
      self.contribution = contribution
    }

    /// Up to `count` of the contributions of a row that raise its score most, the greatest first, ties by position.
    static func top(_ contributions: some Sequence<Double>, count: Int) -> [Reason] {
      var top: [Reason] = []
      guard count > 0 else { return top }
      for (feature, contribution) in contributions.enumerated() where contribution > 0 {
        guard top.count < count || contribution > top[top.count - 1].contribution else { continue }
        let place = top.firstIndex { $0.contribution < contribution } ?? top.count
        top.insert(Reason(feature: feature, contribution: contribution), at: place)
        if top.count > count { top.removeLast() }
      }
      return top
    }
  }

  private func forEachRow(
    _ table: FeatureTable, _ rows: Range<Int>, _ body: (Int, UnsafeBufferPointer<Double>) -> Void
  ) {
    let width = features.count
    let blockRowCount = TreeLayout.blockRowCount
    let block = FlatBuffer(count: width * blockRowCount, initial: 0.0)
    let decisions = FlatBuffer<UInt64>(count: (layout.widestNodeCount + 63) / 64 * 64, initial: 0)
    let workspace = FlatBuffer<UInt64>(count: (trees.map(\.workspaceByteCount).max() ?? 0) / 8 + 1, initial: 0)
    // Eight partial sums a feature, feature by feature, row by row.
    let sums = FlatBuffer(count: width * blockRowCount, initial: SIMD8<Double>.zero)
    let contributions = FlatBuffer(count: width, initial: 0.0)
    withExtendedLifetime((layout, block, decisions, workspace, sums, contributions)) {
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRowCount) {
        let own = start..<min(start + blockRowCount, rows.upperBound)
        layout.fill(block.base, from: table, rows: own)
        sums.base.update(repeating: .zero, count: width * own.count)
        for index in trees.indices where trees[index].nodeCount > 0 {
          let tree = trees[index]
          nightjar_decide(
            layout.nodes.base + layout.nodeStarts[index], tree.nodeCount, layout.categories.base, block.base,
            decisions.base)
          tree.withKernelTree { kernel in
            nightjar_explain_tree(
              kernel, decisions.base, tree.nodeCount, own.count, width, tree.depth, workspace.base,
              UnsafeMutableRawPointer(sums.base).assumingMemoryBound(to: Double.self))
          }
        }
        for row in own {
          let partial = sums.base + (row - start) * width
          for feature in 0..<width { contributions.base[feature] = partial[feature].sum() }
          body(row, UnsafeBufferPointer(start: contributions.base, count: width))
        }
      }
    }
  }
}
