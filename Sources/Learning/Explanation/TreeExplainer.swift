public import Parallelism

/// Exact, path-dependent TreeSHAP: how much each feature moved a row's raw score away from the base value.
///
/// Contributions plus the base value equal the raw score. What a tree would say without a feature is taken from the
/// shares of training rows along its paths (the game that LightGBM's `pred_contrib` plays too). `ExplainedTree` holds
/// the algebra. O(trees · leaves · K) a row, where K is about half the features on a path.
public struct TreeExplainer: Sendable {
  /// Rows a task.
  static let chunkRowCount = 512

  /// The features of the model.
  public let features: [Feature]
  /// The mean raw score of the training rows.
  public let baseValue: Double
  private let trees: [ExplainedTree]

  /// Prepares a model. O(trees · leaves · depth).
  public init(_ model: BoostedModel) {
    features = model.features
    trees = model.trees.map { ExplainedTree($0) }
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
    let pointCount = trees.map(\.pointCount).max() ?? 0
    let depth = trees.map(\.depth).max() ?? 0
    let numbers = FlatBuffer(count: 2 * width, initial: 0.0)
    // Vectors are stored whole, so their memory is aligned to the widest.
    let levels = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, 2 * (depth + 1) * pointCount) * MemoryLayout<Double>.size, alignment: 64)
    let followed = FlatBuffer(count: trees.map(\.edges.count).max() ?? 0, initial: false)
    let open = FlatBuffer<Int32>(count: depth + 1, initial: 0)
    defer { levels.deallocate() }
    let workspace = ExplainedTree.Workspace(
      values: numbers.base, contributions: numbers.base + width,
      levels: levels.bindMemory(to: Double.self, capacity: 2 * (depth + 1) * pointCount), followed: followed.base,
      open: open.base)
    withExtendedLifetime((numbers, followed, open)) {
      for row in rows {
        for feature in 0..<width {
          let value = table.columns[feature][row]
          workspace.values[feature] = value.isFinite ? value : .nan
          workspace.contributions[feature] = 0
        }
        for tree in trees where !tree.edges.isEmpty { tree.add(workspace) }
        body(row, UnsafeBufferPointer(start: workspace.contributions, count: width))
      }
    }
  }
}
