import Foundation
import Learning
import Parallelism
import Testing

@Suite struct GrowthTests {
  static func fit(
    _ rows: TrainingRows, trees: Int = 12, threads: Int = 2, _ change: (inout GradientBoosting.Parameters) -> Void
  ) throws -> BoostedModel {
    var parameters = GradientBoostingTests.parameters(trees: trees)
    change(&parameters)
    return try GradientBoosting(parameters: parameters).fit(
      rows.table, labels: rows.labels, threads: WorkerThreads(count: threads)
    ).model
  }

  /// The features from the root to each leaf.
  static func paths(_ tree: Tree) -> [[Int]] {
    var found: [[Int]] = []
    func visit(_ child: Int32, _ path: [Int]) {
      if child < 0 {
        found.append(path)
        return
      }
      let below = path + [Int(tree.splitFeatures[Int(child)])]
      visit(tree.leftChildren[Int(child)], below)
      visit(tree.rightChildren[Int(child)], below)
    }
    visit(tree.nodeCount > 0 ? 0 : ~0, [])
    return found
  }

  @Test func `a level is full before the next begins`() throws {
    let rows = TrainingRows(20_000)
    let model = try Self.fit(rows) {
      $0.growth = .depthWise
      $0.leafCount = 16
      $0.minimumLeafRowCount = 20
    }
    #expect(model.trees.allSatisfy { tree in Self.paths(tree).allSatisfy { $0.count == 4 } })
    let leafWise = try Self.fit(rows) {
      $0.leafCount = 16
      $0.minimumLeafRowCount = 20
    }
    #expect(leafWise.trees.contains { tree in Set(Self.paths(tree).map(\.count)).count > 1 })
  }

  @Test(arguments: [1, 2, 5]) func `no path is longer than the depth allows`(depth: Int) throws {
    let model = try Self.fit(TrainingRows(5_000)) { $0.maximumDepth = depth }
    #expect(model.trees.allSatisfy { tree in Self.paths(tree).allSatisfy { $0.count <= depth } })
    #expect(model.trees.contains { tree in Self.paths(tree).contains { $0.count == depth } })
  }

  @Test(arguments: [GradientBoosting.Direction.increasing, .decreasing])
  func `the score moves one way with a monotone feature`(direction: GradientBoosting.Direction) throws {
    let rows = TrainingRows(20_000)
    // The law goes up with slope; right has an effect of either sign, by left; gap has missing values.
    let names = ["slope", "right", "gap"]
    let model = try Self.fit(rows, trees: 40) { parameters in
      for name in names { parameters.monotone[name] = direction }
      parameters.minimumLeafRowCount = 10
    }
    let free = try Self.fit(rows, trees: 40) { $0.minimumLeafRowCount = 10 }
    func violations(_ model: BoostedModel) -> Int {
      var count = 0
      for row in 0..<200 {
        var values = rows.table.columns.map { $0[row] }
        for name in names {
          let place = rows.table.features.firstIndex { $0.name == name } ?? 0
          let own = values[place]
          var last = -Double.infinity * Double(direction.rawValue)
          for step in -30...30 {
            values[place] = Double(step) / 10
            let score = model.rawScore(values)
            if (score - last) * Double(direction.rawValue) < 0 { count += 1 }
            last = score
          }
          values[place] = own
        }
      }
      return count
    }
    #expect(violations(model) == 0)
    #expect(violations(free) > 0)
    #expect(model.trees.contains { $0.splitFeatures.contains(1) }, "other features are still used")
  }

  @Test func `features of different sets never meet`() throws {
    let sets = [["slope", "left"], ["left", "right", "count"], ["region"]]
    let rows = TrainingRows(10_000)
    let model = try Self.fit(rows, trees: 40) { $0.interactions = sets }
    let places = rows.table.features.map(\.name)
    let allowed = sets.map { Set($0.compactMap { places.firstIndex(of: $0) }) }
    let paths = model.trees.flatMap(Self.paths).map { Set($0) }
    #expect(paths.allSatisfy { path in path.count == 1 || allowed.contains { path.isSubset(of: $0) } })
    #expect(paths.contains { $0.count > 1 })
    // A feature of no set stands alone.
    let gap = places.firstIndex(of: "gap") ?? 0
    #expect(paths.contains([gap]))
  }

  @Test(arguments: [1.0, 0.5]) func `constant features change no tree`(featureFraction: Double) throws {
    let rows = TrainingRows(4_000)
    let constants = [Feature("never"), Feature("always"), Feature("one", levels: ["a", "b"])]
    func fit(_ order: [Int]) throws -> BoostedModel {
      let values = [Double.nan, 3, 1].map { [Double](repeating: $0, count: 4_000) }
      var spread = rows
      spread.table = FeatureTable(
        order.map { (rows.table.features + constants)[$0] }, order.map { (rows.table.columns + values)[$0] })
      return try Self.fit(spread, trees: 20) {
        $0.leafCount = 12
        $0.monotone = ["slope": .increasing, "gap": .decreasing]
        $0.interactions = [["slope", "left", "region", "gap"], ["right", "count", "plan"]]
        $0.featureFraction = featureFraction
      }
    }
    let order = [8, 0, 1, 9, 2, 3, 4, 10, 5, 6, 7]
    let (plain, spread) = (try fit(Array(0..<11)), try fit(order))
    #expect(spread.trees.allSatisfy { $0.splitFeatures.allSatisfy { order[Int($0)] < 7 } })
    // Which features are drawn depends on how they are numbered.
    guard featureFraction == 1 else { return }
    for (tree, other) in zip(plain.trees, spread.trees) {
      #expect(tree.splitFeatures == other.splitFeatures.map { Int32(order[Int($0)]) })
      #expect(tree.leafValues == other.leafValues && tree.leafRowCounts == other.leafRowCounts)
    }
    #expect(plain.trees.count == 20 && Set(plain.trees.flatMap(\.splitFeatures)).count > 4)
  }

  @Test(arguments: ["rows", "gradients", "features"])
  func `samples learn, the same for any number of threads, another for another seed`(kind: String) throws {
    let (rows, test) = (TrainingRows(20_000), TrainingRows(8_000, seed: 2))
    func change(_ seed: UInt64) -> (inout GradientBoosting.Parameters) -> Void {
      { parameters in
        parameters.seed = seed
        switch kind {
        case "rows": parameters.rowFraction = 0.4
        case "gradients": parameters.oneSideSampling = .init(topFraction: 0.2, otherFraction: 0.1)
        default: parameters.featureFraction = 0.4
        }
      }
    }
    let models = try [1, 2, 5].map { try Self.fit(rows, trees: 60, threads: $0, change(1)) }
    #expect(models[0] == models[1] && models[0] == models[2])
    #expect(try Self.fit(rows, trees: 60, change(2)) != models[0])
    let whole = try Self.fit(rows, trees: 60) { _ in }
    func auc(_ model: BoostedModel) throws -> Double {
      try #require(
        RankMetrics.areaUnderCurve(
          scores: model.rawScores(test.table, threads: WorkerThreads(count: 2)), labels: test.labels))
    }
    #expect(try auc(models[0]) > auc(whole) - 0.01)
    switch kind {
    case "rows": #expect(models[0].trees.allSatisfy { (7_600...8_400).contains($0.leafRowCounts.reduce(0, +)) })
    case "gradients": #expect(models[0].trees.dropFirst().allSatisfy { $0.leafRowCounts.reduce(0, +) < 6_600 })
    default: #expect(models[0].trees.allSatisfy { Set($0.splitFeatures).count <= 3 })
    }
  }

  @Test func `sums of a sample by gradients stand for those of all rows`() throws {
    let rows = TrainingRows(30_000)
    let sampled = try Self.fit(rows, trees: 1) {
      $0.oneSideSampling = .init(topFraction: 0.3, otherFraction: 0.3)
    }
    let whole = try Self.fit(rows, trees: 1) { _ in }
    let (a, b) = (sampled.trees[0].internalWeights[0], whole.trees[0].internalWeights[0])
    #expect((a / b - 1).magnitude < 0.03)
  }

  @Test func `noisy rounding keeps leaf values exact, and depends on the seed but not on threads`() throws {
    let rows = TrainingRows(6_000)
    let models = try [(1, 1), (2, 1), (1, 2)].map { threads, seed in
      try Self.fit(rows, trees: 6, threads: threads) {
        $0.roundingNoise = 1
        $0.seed = UInt64(seed)
      }
    }
    #expect(models[0] == models[1] && models[0] != models[2])
    let rate = rows.labels.reduce(0, +) / 6_000
    let tree = models[0].trees[0]
    var sums = [Double](repeating: 0, count: tree.leafCount)
    for row in 0..<6_000 { sums[tree.leaf { rows.table.columns[$0][row] }] += rate - rows.labels[row] }
    for leaf in 0..<tree.leafCount {
      let step = -0.1 * sums[leaf] / (tree.leafWeights[leaf] + 1)
      #expect((tree.leafValues[leaf] - log(rate / (1 - rate)) - step).magnitude < 1e-9)
    }
  }

  @Test func `noisy rounding learns what is there among much that is not`() throws {
    // Sixty columns of chance beside those of the law.
    func wide(_ count: Int, seed: UInt64) -> TrainingRows {
      var rows = TrainingRows(count, seed: seed)
      var random = SeededGenerator(seed: seed + 77)
      let columns = (0..<60).map { _ in (0..<count).map { _ in Double.random(in: 0...1, using: &random) } }
      rows.table = FeatureTable(
        rows.table.features + (0..<60).map { Feature("chance\($0)") }, rows.table.columns + columns)
      return rows
    }
    let (train, test) = (wide(6_000, seed: 1), wide(12_000, seed: 2))
    func auc(_ noise: Double) throws -> Double {
      let model = try Self.fit(train, trees: 80) {
        $0.roundingNoise = noise
        $0.minimumLeafRowCount = 20
      }
      let scores = model.rawScores(test.table, threads: WorkerThreads(count: 2))
      return try #require(RankMetrics.areaUnderCurve(scores: scores, labels: test.labels))
    }
    #expect(try auc(1) > auc(0))
  }

  @Test func `an L1 penalty makes leaves of little gradient zero, and values as by the formula`() throws {
    let rows = TrainingRows(3_000)
    let model = try Self.fit(rows, trees: 1) { $0.l1 = 20 }
    let tree = model.trees[0]
    let rate = rows.labels.reduce(0, +) / 3_000
    var sums = [Double](repeating: 0, count: tree.leafCount)
    for row in 0..<3_000 { sums[tree.leaf { rows.table.columns[$0][row] }] += rate - rows.labels[row] }
    let base = log(rate / (1 - rate))
    for leaf in 0..<tree.leafCount {
      let shrunk = max(0, sums[leaf].magnitude - 20) * (sums[leaf] < 0 ? -1 : 1)
      #expect((tree.leafValues[leaf] - base + 0.1 * shrunk / (tree.leafWeights[leaf] + 1)).magnitude < 1e-9)
    }
  }

  @Test func `a split that gains less than the least gain is not made`() throws {
    let model = try Self.fit(TrainingRows(5_000)) { $0.minimumGain = 30 }
    #expect(model.trees.allSatisfy { $0.splitGains.allSatisfy { $0 > 30 } })
    #expect(model.trees.contains { $0.leafCount < 15 })
  }

  @Test func `no leaf has less hessian than the minimum, in any tree`() throws {
    let rows = TrainingRows(5_000)
    let model = try Self.fit(rows) {
      $0.minimumLeafRowCount = 1
      $0.minimumLeafHessian = 40
    }
    let free = try Self.fit(rows) { $0.minimumLeafRowCount = 1 }
    #expect(model.trees.allSatisfy { $0.leafWeights.allSatisfy { $0 > 39.999 } })
    #expect(free.trees.contains { $0.leafWeights.contains { $0 < 39 } })
    // Categories, too, are parted with so much on either side.
    #expect(model.trees.contains { $0.splitFeatures.contains(5) })
  }

  @Test func `a least hessian beyond that of all rows leaves the base score`() throws {
    let model = try Self.fit(TrainingRows(200)) {
      $0.minimumLeafRowCount = 5
      $0.minimumLeafHessian = 1e12
    }
    #expect(model.trees.count == 1 && model.trees[0].leafCount == 1)
  }

  @Test(arguments: [
    "monotone nobody", "monotone region", "interactions nobody", "rows 0", "rows 2", "features 0", "both samples",
    "one-side 1", "noise 101", "rate 0", "l1 -1", "hessian -1", "power 2", "level 1",
  ]) func `a parameter that cannot be is refused by name`(what: String) {
    let error = #expect(throws: LearningError.self) {
      try Self.fit(TrainingRows(200)) { parameters in
        switch what {
        case "monotone nobody": parameters.monotone = ["nobody": .increasing]
        case "monotone region": parameters.monotone = ["region": .increasing]
        case "interactions nobody": parameters.interactions = [["slope", "nobody"]]
        case "rows 0": parameters.rowFraction = 0
        case "rows 2": parameters.rowFraction = 2
        case "features 0": parameters.featureFraction = 0
        case "both samples":
          parameters.rowFraction = 0.5
          parameters.oneSideSampling = .init(topFraction: 0.1, otherFraction: 0.1)
        case "one-side 1": parameters.oneSideSampling = .init(topFraction: 0.9, otherFraction: 0.2)
        case "noise 101": parameters.roundingNoise = 101
        case "rate 0": parameters.learningRate = 0
        case "l1 -1": parameters.l1 = -1
        case "hessian -1": parameters.minimumLeafHessian = -1
        case "power 2": parameters.tweediePower = 2
        default: parameters.quantileLevel = 1
        }
      }
    }
    #expect(error?.code == .cannotTrain)
  }

  @Test func `parameters of an older record read with the defaults of what it lacks`() throws {
    let read = try JSONDecoder().decode(
      GradientBoosting.Parameters.self, from: Data(#"{"treeCount": 7, "learningRate": 0.5}"#.utf8))
    var expected = GradientBoosting.Parameters()
    expected.treeCount = 7
    expected.learningRate = 0.5
    #expect(read == expected)
    var changed = GradientBoosting.Parameters()
    changed.monotone = ["a": .decreasing]
    changed.interactions = [["a", "b"]]
    changed.oneSideSampling = .init(topFraction: 0.2, otherFraction: 0.1)
    changed.growth = .depthWise
    let again = try JSONDecoder().decode(GradientBoosting.Parameters.self, from: JSONEncoder().encode(changed))
    #expect(again == changed)
  }
}
