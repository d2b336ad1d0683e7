import CTrees
public import Parallelism

/// Exact, path-dependent TreeSHAP: how much each feature moved a row's raw score away from the base value.
///
/// Contributions plus the base value equal the raw score. What a tree would say without a feature is taken from the
/// shares of training rows along its paths (the game that LightGBM's `pred_contrib` plays too). `ExplainedTree` holds
/// the algebra, `CTrees` the kernel. O(trees · leaves · K) a row, where K is about half the features on a path; trees of at most eight
/// nodes take their decisions and one look-up a feature (`TabledTree`), where the tables have room.
public struct TreeExplainer: Sendable {
  /// Rows a task.
  static let chunkRowCount = 512

  /// The features of the model.
  public let features: [Feature]
  /// The mean raw score of the training rows.
  public let baseValue: Double
  private let layout: TreeLayout
  /// Trees that a walk explains, with the places of their first nodes.
  private let walked: [(tree: ExplainedTree, firstNode: Int)]
  private let tabled: TabledTrees
  /// The number of trees that tables explain.
  package let tabledTreeCount: Int

  /// Prepares a model. O(trees · leaves · (depth + K · 256)).
  ///
  /// - Throws: `damagedModel` for a tree that is too deep to be explained, or for trees that would take too much memory.
  public init(_ model: BoostedModel, threads: WorkerThreads) throws(LearningError) {
    try self.init(model, tableNumberCount: Twigs.greatestTableNumberCount, threads: threads)
  }

  /// Prepares a model with tables of at most `tableNumberCount` numbers, shared evenly among its trees.
  package init(_ model: BoostedModel, tableNumberCount: Int, threads: WorkerThreads) throws(LearningError) {
    try ExplanationCost.check(model.trees)
    features = model.features
    let layout = TreeLayout(model.trees)
    self.layout = layout
    let tableLimit = tableNumberCount / max(1, model.trees.count)
    enum Prepared: Sendable { case tabled(TabledTree), walked(ExplainedTree), constant }
    let prepared = threads.collect(taskCount: model.trees.count) { index -> (tree: Prepared, expected: Double) in
      let nodes = UnsafeBufferPointer(
        start: layout.nodes.base + layout.nodeStarts[index], count: layout.nodeCount(of: index))
      return withExtendedLifetime(layout) {
        let (tree, paths) = (model.trees[index], TreePaths(model.trees[index], nodes: nodes))
        if nodes.isEmpty { return (.constant, paths.expectedValue) }
        if let tabled = TabledTree(tree, paths, limit: tableLimit) { return (.tabled(tabled), paths.expectedValue) }
        return (.walked(ExplainedTree(tree, paths, tableLimit: tableLimit)), paths.expectedValue)
      }
    }
    var walked: [(tree: ExplainedTree, firstNode: Int)] = []
    var tabled: [(tree: TabledTree, firstNode: Int)] = []
    for (start, (tree, _)) in zip(layout.nodeStarts, prepared) {
      switch tree {
      case .tabled(let tree): tabled.append((tree, start))
      case .walked(let tree): walked.append((tree, start))
      case .constant: break
      }
    }
    self.walked = walked
    tabledTreeCount = tabled.count
    self.tabled = TabledTrees(tabled.map(\.tree), firstNodes: tabled.map(\.firstNode))
    baseValue = prepared.reduce(0) { $0 + $1.expected }
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
    let workspace = FlatBuffer<UInt64>(count: (walked.map(\.tree.workspaceByteCount).max() ?? 0) / 8 + 1, initial: 0)
    // Of walks eight partial sums a feature, feature by feature, row by row; of tables one a row, row by row, feature by feature.
    let partial = FlatBuffer(count: walked.isEmpty ? 0 : width * blockRowCount, initial: SIMD8<Double>.zero)
    let sums = FlatBuffer(count: width * blockRowCount, initial: 0.0)
    let contributions = FlatBuffer(count: width, initial: 0.0)
    withExtendedLifetime((layout, block, decisions, workspace, partial, sums, contributions)) {
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRowCount) {
        let own = start..<min(start + blockRowCount, rows.upperBound)
        layout.fill(block.base, from: table, rows: own)
        sums.base.update(repeating: 0, count: sums.count)
        partial.base.update(repeating: .zero, count: partial.count)
        tabled.add(to: sums, block: block, layout: layout)
        for (tree, firstNode) in walked {
          nightjar_decide(
            layout.nodes.base + firstNode, tree.nodeCount, layout.categories.base, block.base, decisions.base)
          tree.withKernelTree { kernel in
            nightjar_explain_tree(
              kernel, decisions.base, tree.nodeCount, own.count, width, tree.depth, workspace.base,
              UnsafeMutableRawPointer(partial.base).assumingMemoryBound(to: Double.self))
          }
        }
        for row in own {
          let place = row - start
          for feature in 0..<width {
            let rest = walked.isEmpty ? 0 : partial.base[place * width + feature].sum()
            contributions.base[feature] = sums.base[feature * blockRowCount + place] + rest
          }
          body(row, UnsafeBufferPointer(start: contributions.base, count: width))
        }
      }
    }
  }
}
