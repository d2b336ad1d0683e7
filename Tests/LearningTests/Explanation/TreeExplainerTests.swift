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
      // Follow the row one step, by the tree's own rule: a tree of this node alone.
      var step = Tree(leafValue: 0)
      step.splitFeatures = [tree.splitFeatures[index]]
      step.thresholds = [tree.thresholds[index]]
      step.decisionTypes = [tree.decisionTypes[index]]
      step.leftChildren = [-1]
      step.rightChildren = [-2]
      step.leafValues = [0, 1]
      step.categoryBoundaries = tree.categoryBoundaries
      step.categoryWords = tree.categoryWords
      return expectation(tree, row, known, node: children[step.leaf { row[$0] }])
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

  @Test(arguments: [2, 3, 7, 31]) func `contributions equal brute-force Shapley values`(leafCount: Int) throws {
    let rows = TrainingRows(3_000)
    var parameters = GradientBoostingTests.parameters(trees: 3)
    parameters.leafCount = leafCount
    parameters.minimumLeafRowCount = 20
    let model = try GradientBoosting(parameters: parameters).fit(
      rows.table, labels: rows.labels, threads: WorkerThreads(count: 2)
    ).model
    let sample = rows.table.rows(0..<40)
    let contributions = TreeExplainer(model).contributions(sample, threads: WorkerThreads(count: 2))
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
    let explainer = TreeExplainer(model)
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
    let explainer = TreeExplainer(model)
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
    // A chain: each node splits on a feature of its own, so the longest path has them all.
    var tree = Tree(leafValue: 0)
    tree.leafValues = (0...featureCount).map { Double($0 % 7) - 3 }
    tree.leafWeights = [Double](repeating: 1, count: featureCount + 1)
    tree.leafRowCounts = (0...featureCount).map { 1 + $0 % 5 }
    for node in 0..<featureCount {
      tree.splitFeatures.append(Int32(node))
      tree.thresholds.append(0.5)
      tree.decisionTypes.append(8)
      tree.splitGains.append(1)
      tree.leftChildren.append(~Int32(node))
      tree.rightChildren.append(node + 1 < featureCount ? Int32(node + 1) : ~Int32(featureCount))
      tree.internalRowCounts.append(tree.leafRowCounts[node...].reduce(0, +))
    }
    tree.internalValues = [Double](repeating: 0, count: featureCount)
    tree.internalWeights = tree.internalValues
    let model = BoostedModel(
      features: (0..<featureCount).map { Feature("f\($0)") },
      featureRanges: [ClosedRange<Double>?](repeating: nil, count: featureCount),
      trees: [tree])
    let table = FeatureTable(
      model.features,
      (0..<featureCount).map { feature in (0..<20).map { row in row == 0 ? 1 : (feature * 7 + row * 3) % 5 > 0 ? 1 : 0 }
      })
    let explainer = TreeExplainer(model)
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
