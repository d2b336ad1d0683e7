import ElementaryFunctions
import Learning
import Parallelism
import Testing

/// Grown trees against the splits that a naive search finds in the rows themselves.
@Suite struct TreeGrowerTests {
  /// Numeric features of few values, one with missing ones.
  static func table(_ rows: TrainingRows) -> FeatureTable {
    FeatureTable(
      Array(rows.table.features.prefix(5)),
      (0..<5).map { feature in rows.table.columns[feature].map { ($0 * 4).rounded() / 4 } })
  }

  @Test(arguments: ["plain", "l1", "monotone", "all", "depth-wise"])
  func `no split of a node's rows gains more than the one that was made`(kind: String) throws {
    let rows = TrainingRows(400, seed: 3)
    let table = Self.table(rows)
    var parameters = GradientBoosting.Parameters()
    // Hessians are 1, so that a share of them is a share of rows.
    parameters.objective = .squared
    (parameters.treeCount, parameters.leafCount, parameters.learningRate) = (3, 8, 0.3)
    parameters.minimumLeafRowCount = 15
    if kind == "l1" || kind == "all" { parameters.l1 = 2 }
    if kind == "monotone" || kind == "all" {
      parameters.monotone = ["slope": .increasing, "left": .decreasing, "gap": .increasing]
    }
    if kind == "depth-wise" { parameters.growth = .depthWise }
    let model = try GradientBoosting(parameters: parameters).fit(
      table, labels: rows.labels, threads: WorkerThreads(count: 2)
    ).model
    var scores = [Double](repeating: rows.labels.reduce(0, +) / 400, count: 400)
    for (number, tree) in model.trees.enumerated() {
      let search = NaiveSplits(table, parameters, gradients: zip(scores, rows.labels).map { $0 - $1 })
      let found = search.check(tree)
      #expect(found.isBest && found.isInOrder, "tree \(number)")
      for row in 0..<400 {
        let value = tree.leafValues[tree.leaf { table.columns[$0][row] }]
        scores[row] = number == 0 ? value : scores[row] + value
      }
    }
    #expect(model.trees.count == 3 && model.trees.allSatisfy { $0.leafCount > 2 })
  }

  @Test func `a split that leaves too few rows gives way to another of its feature`() throws {
    // Half of the weight is on five rows at one end: too few for a leaf, which only counting them shows.
    let count = 5_000
    var random = SeededGenerator(seed: 5)
    let labels = (0..<count).map { row in
      row < 5 || Double.random(in: 0..<1, using: &random) < 0.2 + 0.6 * Double(row) / 5_000 ? 1.0 : 0
    }
    let weights = (0..<count).map { $0 < 5 ? 1_000.0 : 1 }
    let table = FeatureTable(
      [Feature("none"), Feature("x")],
      [[Double](repeating: .nan, count: count), (0..<count).map { Double($0 / 25) }])
    var parameters = GradientBoostingTests.parameters(trees: 50)
    parameters.minimumLeafRowCount = 60
    let fit = try GradientBoosting(parameters: parameters).fit(
      table, labels: labels, weights: weights, threads: WorkerThreads(count: 2))
    #expect(fit.grownTreeCount == 50)
    #expect(fit.model.trees.allSatisfy { $0.leafRowCounts.allSatisfy { $0 >= 60 } })
    // The first split is the best of those that leave rows enough.
    let mean = zip(weights, labels).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    func score(_ rows: Range<Int>) -> Double {
      let gradient = rows.reduce(0) { $0 + weights[$1] * (mean - labels[$1]) }
      let hessian = rows.reduce(0) { $0 + weights[$1] * mean * (1 - mean) }
      return gradient * gradient / (hessian + 1)
    }
    let best = stride(from: 75, through: count - 75, by: 25).map { score(0..<$0) + score($0..<count) }.max() ?? 0
    #expect((fit.model.trees[0].splitGains[0] / (best - score(0..<count)) - 1).magnitude < 1e-3)
  }
}

/// Every split of a node by every bound of every bin, with missing values on either side.
private struct NaiveSplits {
  let table: FeatureTable
  let columns: [[Double]]
  let bounds: [[Double]]
  let parameters: GradientBoosting.Parameters
  let gradients: [Double]

  init(_ table: FeatureTable, _ parameters: GradientBoosting.Parameters, gradients: [Double]) {
    self.table = table
    self.parameters = parameters
    self.gradients = gradients
    columns = Array(table.columns)
    bounds = columns.map { FeatureBinning(numeric: $0).upperBounds }
  }

  private func shrunk(_ rows: [Int]) -> Double {
    let sum = rows.reduce(0) { $0 + gradients[$1] }
    return max(0, sum.magnitude - parameters.l1) * (sum < 0 ? -1 : 1)
  }

  private func value(_ rows: [Int], _ bounds: ValueBounds) -> Double {
    min(max(-shrunk(rows) / (Double(rows.count) + parameters.l2), bounds.lower), bounds.upper)
  }

  private func score(_ rows: [Int], _ bounds: ValueBounds) -> Double {
    let value = value(rows, bounds)
    return -(2 * shrunk(rows) * value + (Double(rows.count) + parameters.l2) * value * value)
  }

  private func direction(_ feature: Int) -> Double {
    Double(parameters.monotone[table.features[feature].name]?.rawValue ?? 0)
  }

  /// What a split gains; nil where it is none, leaves fewer rows than `least` on a side, or moves against its direction.
  private func gain(_ left: [Int], _ right: [Int], feature: Int, least: Int, _ bounds: ValueBounds) -> Double? {
    guard min(left.count, right.count) >= max(1, least) else { return nil }
    if direction(feature) * (value(right, bounds) - value(left, bounds)) < 0 { return nil }
    return score(left, bounds) + score(right, bounds) - score(left + right, bounds)
  }

  private func parted(_ rows: [Int], _ isLeft: (Int) -> Bool) -> (left: [Int], right: [Int]) {
    (rows.filter(isLeft), rows.filter { !isLeft($0) })
  }

  private func bestGain(_ rows: [Int], least: Int, _ valueBounds: ValueBounds) -> Double {
    var best = 0.0
    for feature in columns.indices {
      for bound in bounds[feature] {
        for isMissingLeft in [false, true] {
          let (left, right) = parted(rows) {
            columns[feature][$0].isNaN ? isMissingLeft : columns[feature][$0] <= bound
          }
          best = max(best, gain(left, right, feature: feature, least: least, valueBounds) ?? 0)
        }
      }
    }
    return best
  }

  /// Whether each split of a tree is the best of its node's rows, and was made before any that gains less.
  func check(_ tree: Tree) -> (isBest: Bool, isInOrder: Bool) {
    var (isBest, isInOrder) = (true, true)
    var rows = [[Int]](repeating: [], count: tree.nodeCount)
    var bounds = [ValueBounds](repeating: ValueBounds(), count: tree.nodeCount)
    var depths = [Int](repeating: 0, count: tree.nodeCount)
    var parents = [Int](repeating: -1, count: tree.nodeCount)
    rows[0] = Array(gradients.indices)
    let least = parameters.minimumLeafRowCount
    for node in 0..<tree.nodeCount {
      let feature = Int(tree.splitFeatures[node])
      let (left, right) = parted(rows[node]) {
        let value = columns[feature][$0]
        return value.isNaN ? tree.decisionTypes[node] & 2 != 0 : value <= tree.thresholds[node]
      }
      // Sums of rounded gradients are near those of the gradients; a child of the very least number of rows may be passed over.
      let tolerance = 1e-4 * max(1, tree.splitGains[node])
      let own = gain(left, right, feature: feature, least: least, bounds[node]) ?? -.infinity
      isBest = isBest && (own - tree.splitGains[node]).magnitude < tolerance
      isBest = isBest && own < bestGain(rows[node], least: least, bounds[node]) + tolerance
      isBest = isBest && own > bestGain(rows[node], least: least + 1, bounds[node]) - tolerance
      let middle = (value(left, bounds[node]) + value(right, bounds[node])) / 2
      for (child, isLeft) in [(tree.leftChildren[node], true), (tree.rightChildren[node], false)] where child >= 0 {
        rows[Int(child)] = isLeft ? left : right
        (bounds[Int(child)], depths[Int(child)], parents[Int(child)]) = (bounds[node], depths[node] + 1, node)
        let direction = direction(feature)
        if direction != 0, isLeft == (direction > 0) { bounds[Int(child)].upper = middle }
        if direction != 0, isLeft != (direction > 0) { bounds[Int(child)].lower = middle }
      }
      for later in 0..<tree.nodeCount where later > node && parents[later] < node && parents[later] >= 0 {
        guard parameters.growth == .leafWise || depths[later] == depths[node] else { continue }
        isInOrder = isInOrder && tree.splitGains[node] > tree.splitGains[later] - tolerance
      }
    }
    return (isBest, isInOrder)
  }
}
