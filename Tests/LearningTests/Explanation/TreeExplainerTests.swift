import Learning
import Parallelism
import Testing

@Suite struct TreeExplainerTests {
  /// What a tree says of a row where only `known` features are known: elsewhere the mean over the training rows.
  func expectation(_ tree: Tree, _ row: [Double], _ known: Set<Int>, node: Int32 = 0) -> Double {
    if tree.nodeCount == 0 { return tree.leafValues[0] }
    if node < 0 { return tree.leafValues[Int(~node)] }
    let index = Int(node)
    let children = [tree.leftChildren[index], tree.rightChildren[index]]
    if known.contains(Int(tree.splitFeatures[index])) {
      return expectation(tree, row, known, node: children[isLeft(tree, index, row) ? 0 : 1])
    }
    let counts = children.map { Double($0 >= 0 ? tree.internalRowCounts[Int($0)] : tree.leafRowCounts[Int(~$0)]) }
    return (0..<2).reduce(0.0) {
      $0 + counts[$1] / (counts[0] + counts[1]) * expectation(tree, row, known, node: children[$1])
    }
  }

  /// Shapley values by the definition: every coalition of the features.
  func bruteForce(_ tree: Tree, _ row: [Double]) -> [Double] {
    let count = row.count
    var factorials = [1.0]
    for k in 1...count { factorials.append(factorials[k - 1] * Double(k)) }
    let values = (0..<1 << count).map { mask in
      expectation(tree, row, Set((0..<count).filter { mask >> $0 & 1 == 1 }))
    }
    return (0..<count).map { feature in
      (0..<1 << count).filter { $0 >> feature & 1 == 0 }.reduce(0.0) { sum, mask in
        let size = mask.nonzeroBitCount
        let weight = factorials[size] * factorials[count - size - 1] / factorials[count]
        return sum + weight * (values[mask | 1 << feature] - values[mask])
      }
    }
  }

  /// Shapley values leaf by leaf: the weights of coalitions by size, from the coefficients of a product. The game is the same;
  /// nothing is shared between leaves.
  func leafByLeaf(_ tree: Tree, _ row: [Double]) -> [Double] {
    var contributions = [Double](repeating: 0, count: row.count)
    func visit(_ child: Int32, _ path: [Int: (follows: Bool, share: Double)]) {
      if child >= 0 {
        let node = Int(child)
        let feature = Int(tree.splitFeatures[node])
        let children = [tree.leftChildren[node], tree.rightChildren[node]]
        let counts = children.map { Double($0 >= 0 ? tree.internalRowCounts[Int($0)] : tree.leafRowCounts[Int(~$0)]) }
        let goesLeft = isLeft(tree, node, row)
        for side in 0..<2 {
          let before = path[feature] ?? (true, 1)
          var below = path
          below[feature] = (
            before.follows && goesLeft == (side == 0), before.share * counts[side] / (counts[0] + counts[1])
          )
          visit(children[side], below)
        }
        return
      }
      let value = tree.leafValues[Int(~child)]
      let size = path.count
      for (feature, own) in path {
        var coefficients = [1.0]
        for (other, edge) in path where other != feature {
          var next = [Double](repeating: 0, count: coefficients.count + 1)
          for (power, coefficient) in coefficients.enumerated() {
            next[power] += coefficient * edge.share
            if edge.follows { next[power + 1] += coefficient }
          }
          coefficients = next
        }
        var weight = 1 / Double(size)
        var sum = 0.0
        for (power, coefficient) in coefficients.enumerated() {
          // s!(m − 1 − s)!/m!, from one s to the next.
          if power > 0 { weight *= Double(power) / Double(size - power) }
          sum += weight * coefficient
        }
        contributions[feature] += value * ((own.follows ? 1 : 0) - own.share) * sum
      }
    }
    if tree.nodeCount > 0 { visit(0, [:]) }
    return contributions
  }

  /// Whether the row goes left at a node, by the rule of a tree of this node alone.
  func isLeft(_ tree: Tree, _ node: Int, _ row: [Double]) -> Bool {
    var step = Tree(leafValue: 0)
    step.splitFeatures = [tree.splitFeatures[node]]
    step.thresholds = [tree.thresholds[node]]
    step.decisionTypes = [tree.decisionTypes[node]]
    step.leftChildren = [-1]
    step.rightChildren = [-2]
    step.leafValues = [0, 1]
    step.categoryBoundaries = tree.categoryBoundaries
    step.categoryWords = tree.categoryWords
    return step.leaf { row[$0] } == 0
  }

  @Test(
    arguments: [(2, 3), (5, 2), (8, 6), (9, 20), (10, 20), (20, 4), (64, 6), (90, 30), (300, 12), (40, 60)],
    [false, true])
  func `contributions equal those of every leaf by itself, by every instruction set`(
    shape: (leaves: Int, features: Int), isChain: Bool
  ) throws {
    let random = RandomTrees(
      seed: UInt64(shape.leaves), treeCount: 3, leafCount: shape.leaves, featureCount: shape.features, rowCount: 70,
      isChain: isChain)
    let threads = WorkerThreads(count: 2)
    let explainer = try TreeExplainer(random.model, threads: threads)
    defer { TreeKernel.use(level: 2) }
    let found = (0...2).map { level in
      TreeKernel.use(level: level)
      return explainer.contributions(random.table, threads: threads)
    }
    #expect(found[1] == found[0] && found[2] == found[0])
    for row in 0..<70 {
      let values = random.row(row)
      let expected = random.model.trees.map { leafByLeaf($0, values) }
      for feature in values.indices {
        let sum = expected.reduce(0.0) { $0 + $1[feature] }
        #expect((found[0][feature][row] - sum).magnitude < 1e-11)
      }
    }
  }

  @Test func `trees that are tabled and trees that are walked add up together`() throws {
    let parts = [(4, 2), (40, 3), (9, 5), (1, 1)].map { leafCount, treeCount in
      RandomTrees(
        seed: UInt64(leafCount), treeCount: treeCount, leafCount: leafCount, featureCount: 6, rowCount: 150)
    }
    let (table, threads) = (parts[0].table, WorkerThreads(count: 2))
    let model = BoostedModel(
      features: table.features, featureRanges: [ClosedRange<Double>?](repeating: nil, count: 6),
      trees: parts.flatMap(\.model.trees))
    let explainer = try TreeExplainer(model, threads: threads)
    let (found, scores) = (explainer.contributions(table, threads: threads), model.rawScores(table, threads: threads))
    for row in 0..<150 {
      let expected = model.trees.map { leafByLeaf($0, parts[0].row(row)) }
      for feature in 0..<6 {
        #expect((found[feature][row] - expected.reduce(0.0) { $0 + $1[feature] }).magnitude < 1e-11)
      }
      #expect((found.reduce(explainer.baseValue) { $0 + $1[row] } - scores[row]).magnitude < 1e-11)
    }
    // Without room for tables all are walked, and say the same.
    let walker = try TreeExplainer(model, tableNumberCount: 0, threads: threads)
    #expect((explainer.tabledTreeCount, walker.tabledTreeCount) == (7, 0))
    for (some, other) in zip(found, walker.contributions(table, threads: threads)) {
      #expect(zip(some, other).allSatisfy { ($0 - $1).magnitude < 1e-12 })
    }
  }

  @Test(arguments: [2, 3, 7, 31]) func `contributions equal brute-force Shapley values`(leafCount: Int) throws {
    let rows = TrainingRows(3_000)
    var parameters = GradientBoostingTests.parameters(trees: 3)
    parameters.leafCount = leafCount
    parameters.minimumLeafRowCount = 20
    let model = try GradientBoosting(parameters: parameters).fit(
      rows.table, labels: rows.labels, threads: WorkerThreads(count: 2)
    ).model
    let sample = rows.table.rows(0..<40)
    let contributions = try TreeExplainer(model, threads: WorkerThreads(count: 2))
      .contributions(sample, threads: WorkerThreads(count: 2))
    for row in 0..<40 {
      let values = sample.columns.map { $0[row] }
      let expected = model.trees.map { bruteForce($0, values) }
      for feature in 0..<values.count {
        let sum = expected.reduce(0.0) { $0 + $1[feature] }
        #expect((contributions[feature][row] - sum).magnitude < 1e-12)
      }
    }
  }

  @Test func `contributions and the base value add up to the raw score`() throws {
    let rows = TrainingRows(6_000)
    var parameters = GradientBoostingTests.parameters(trees: 40)
    parameters.leafCount = 63
    parameters.minimumLeafRowCount = 5
    let model = try GradientBoosting(parameters: parameters).fit(
      rows.table, labels: rows.labels, threads: WorkerThreads(count: 2)
    ).model
    let explainer = try TreeExplainer(model, threads: WorkerThreads(count: 2))
    let scores = model.rawScores(rows.table, threads: WorkerThreads(count: 2))
    let contributions = explainer.contributions(rows.table, threads: WorkerThreads(count: 2))
    for row in scores.indices {
      #expect((contributions.reduce(explainer.baseValue) { $0 + $1[row] } - scores[row]).magnitude < 1e-9)
    }
    #expect(contributions == explainer.contributions(rows.table, threads: WorkerThreads(count: 1)))
  }

  @Test func `reasons are the greatest contributions that raise the score`() throws {
    let rows = TrainingRows(2_000)
    let model = try GradientBoosting(parameters: GradientBoostingTests.parameters()).fit(
      rows.table, labels: rows.labels, threads: WorkerThreads(count: 2)
    ).model
    let explainer = try TreeExplainer(model, threads: WorkerThreads(count: 2))
    let contributions = explainer.contributions(rows.table, threads: WorkerThreads(count: 2))
    let reasons = explainer.topReasons(rows.table, count: 3, threads: WorkerThreads(count: 2))
    for row in 0..<2_000 {
      let order = contributions.indices.filter { contributions[$0][row] > 0 }
        .sorted { (contributions[$1][row], $0) < (contributions[$0][row], $1) }
      #expect(reasons[row].map(\.feature) == Array(order.prefix(3)))
      #expect(reasons[row].allSatisfy { $0.contribution == contributions[$0.feature][row] })
    }
  }

  @Test func `quadrature integrates polynomials of degree below twice its points`() {
    for count in 1...16 {
      let rule = GaussLegendre(count: count)
      #expect((rule.weights.reduce(0, +) - 1).magnitude < 1e-14)
      for degree in 0..<2 * count {
        let integral = zip(rule.points, rule.weights).reduce(0.0) { sum, pair in
          sum + pair.1 * (0..<degree).reduce(1.0) { product, _ in product * pair.0 }
        }
        #expect((integral - 1 / Double(degree + 1)).magnitude < 1e-14, "\(count) points, degree \(degree)")
      }
    }
  }

  @Test(arguments: [9, 17, 33, 60]) func `deep paths of many features add up too`(featureCount: Int) throws {
    let tree = RandomTrees.chain(featureCount: featureCount)
    let model = BoostedModel(
      features: (0..<featureCount).map { Feature("f\($0)") },
      featureRanges: [ClosedRange<Double>?](repeating: nil, count: featureCount),
      trees: [tree])
    let table = FeatureTable(
      model.features,
      (0..<featureCount).map { feature in (0..<20).map { row in row == 0 ? 1 : (feature * 7 + row * 3) % 5 > 0 ? 1 : 0 }
      })
    let explainer = try TreeExplainer(model, threads: WorkerThreads(count: 2))
    let contributions = explainer.contributions(table, threads: WorkerThreads(count: 1))
    let scores = model.rawScores(table, threads: WorkerThreads(count: 1))
    for row in 0..<20 {
      #expect((contributions.reduce(explainer.baseValue) { $0 + $1[row] } - scores[row]).magnitude < 1e-9)
    }
    if featureCount == 9 {
      let expected = bruteForce(tree, table.columns.map { $0[3] })
      for feature in 0..<9 { #expect((contributions[feature][3] - expected[feature]).magnitude < 1e-12) }
    }
  }
}
