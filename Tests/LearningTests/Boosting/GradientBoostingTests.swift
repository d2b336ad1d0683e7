import ElementaryFunctions
import Learning
import Parallelism
import Testing

@Suite struct GradientBoostingTests {
  static func parameters(trees: Int = 30) -> GradientBoosting.Parameters {
    var parameters = GradientBoosting.Parameters()
    parameters.treeCount = trees
    parameters.leafCount = 15
    parameters.learningRate = 0.1
    parameters.minimumLeafRowCount = 50
    return parameters
  }

  @Test func `one thread and several give the same model, text for text`() throws {
    let rows = TrainingRows(40_000)
    let learner = GradientBoosting(parameters: Self.parameters(trees: 12))
    let texts = try [1, 2, 5].map { threads in
      try learner.fit(rows.table, labels: rows.labels, threads: WorkerThreads(count: threads)).model.lightGBMText()
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0] == texts[2])
  }

  @Test func `it learns an interaction that a straight line cannot`() throws {
    let (train, test) = (TrainingRows(20_000), TrainingRows(10_000, seed: 2))
    let fit = try GradientBoosting(parameters: Self.parameters(trees: 80)).fit(
      train.table, labels: train.labels, threads: WorkerThreads(count: 2))
    let scores = fit.model.rawScores(test.table, threads: WorkerThreads(count: 2))
    let line = try LogisticRegression().fit(train.table, labels: train.labels, threads: WorkerThreads(count: 2))
    let straight = line.model.rawScores(test.table, threads: WorkerThreads(count: 2))
    let auc = try #require(RankMetrics.areaUnderCurve(scores: scores, labels: test.labels))
    let straightAUC = try #require(RankMetrics.areaUnderCurve(scores: straight, labels: test.labels))
    #expect(auc > straightAUC + 0.01)
    #expect(auc > 0.8)
  }

  @Test func `leaf values are the exact Newton steps of their rows`() throws {
    let rows = TrainingRows(3_000)
    let learner = GradientBoosting(parameters: Self.parameters(trees: 1))
    let model = try learner.fit(rows.table, labels: rows.labels, threads: WorkerThreads(count: 1)).model
    let rate = rows.labels.reduce(0, +) / 3_000
    let tree = model.trees[0]
    var sums = [(gradient: Double, count: Int)](repeating: (0, 0), count: tree.leafCount)
    for row in 0..<3_000 {
      let leaf = tree.leaf { rows.table.columns[$0][row] }
      sums[leaf].gradient += rate - rows.labels[row]
      sums[leaf].count += 1
    }
    for leaf in 0..<tree.leafCount {
      let step = -0.1 * sums[leaf].gradient / (Double(sums[leaf].count) * rate * (1 - rate) + 1)
      #expect((tree.leafValues[leaf] - (logit(rate) + step)).magnitude < 1e-9)
      #expect(tree.leafRowCounts[leaf] == sums[leaf].count)
      #expect(sums[leaf].count >= 50)
    }
  }

  @Test func `no leaf has fewer rows than the minimum, in any tree`() throws {
    let rows = TrainingRows(5_000)
    let model = try GradientBoosting(parameters: Self.parameters(trees: 60)).fit(
      rows.table, labels: rows.labels, threads: WorkerThreads(count: 2)
    ).model
    #expect(model.trees.allSatisfy { $0.leafRowCounts.allSatisfy { $0 >= 50 } })
    #expect(model.trees.allSatisfy { $0.leafRowCounts.reduce(0, +) == 5_000 })
    #expect(model.trees.contains { $0.splitFeatures.contains(5) }, "a categorical split")
    #expect(model.trees.allSatisfy { !$0.splitFeatures.contains(7) }, "a constant is never split on")
  }

  @Test func `missing values go where they gain most`() throws {
    let rows = TrainingRows(20_000)
    let learner = GradientBoosting(parameters: Self.parameters(trees: 40))
    let model = try learner.fit(rows.table, labels: rows.labels, threads: WorkerThreads(count: 2)).model
    let gap = rows.table.columns[4]
    // The law adds 0.7 where the value is missing and nothing on average elsewhere.
    let scores = model.rawScores(rows.table, threads: WorkerThreads(count: 2))
    let missing = gap.indices.filter { gap[$0].isNaN }.map { scores[$0] }
    let present = gap.indices.filter { !gap[$0].isNaN }.map { scores[$0] }
    let difference =
      missing.reduce(0, +) / Double(missing.count) - present.reduce(0, +) / Double(present.count)
    #expect(difference > 0.3)
  }

  @Test func `growth ends when the validation set stops gaining`() throws {
    let (train, valid) = (TrainingRows(2_000), TrainingRows(2_000, seed: 5))
    var parameters = Self.parameters(trees: 500)
    parameters.earlyStoppingRounds = 10
    parameters.learningRate = 0.3
    let fit = try GradientBoosting(parameters: parameters).fit(
      train.table, labels: train.labels, validation: .init(table: valid.table, labels: valid.labels),
      threads: WorkerThreads(count: 2))
    #expect(fit.grownTreeCount < 500)
    #expect(fit.model.trees.count == fit.grownTreeCount - 10)
    let best = try #require(fit.validationLoss.min())
    #expect(fit.validationLoss[fit.model.trees.count - 1] == best)
    let scores = fit.model.rawScores(valid.table, threads: WorkerThreads(count: 1))
    let loss = try #require(ProbabilityMetrics.logLoss(probabilities: scores.map(logistic), labels: valid.labels))
    #expect((loss - best).magnitude < 1e-12)
  }

  @Test func `a model that finds no split is the base score, with its validation loss`() throws {
    let rows = TrainingRows(200)
    var parameters = Self.parameters()
    parameters.minimumLeafRowCount = 150
    let fit = try GradientBoosting(parameters: parameters).fit(
      rows.table, labels: rows.labels, validation: .init(table: rows.table, labels: rows.labels),
      threads: WorkerThreads(count: 1))
    let rate = rows.labels.reduce(0, +) / 200
    #expect(fit.model.trees.count == 1 && fit.grownTreeCount == 0)
    #expect(fit.model.rawScore(rows.table.columns.map { $0[0] }) == logit(rate))
    let loss = -rate * naturalLogarithm(rate) - (1 - rate) * naturalLogarithm(1 - rate)
    #expect(try (#require(fit.validationLoss.last) - loss).magnitude < 1e-12)
  }

  @Test func `weights count as repeated rows`() throws {
    let rows = TrainingRows(4_000)
    let order = Array(0..<4_000) + Array(0..<4_000)
    var parameters = Self.parameters(trees: 5)
    parameters.minimumLeafRowCount = 200
    let repeated = try GradientBoosting(parameters: parameters).fit(
      rows.table.rows(at: order), labels: order.map { rows.labels[$0] }, threads: WorkerThreads(count: 2))
    parameters.minimumLeafRowCount = 100
    let weighted = try GradientBoosting(parameters: parameters).fit(
      rows.table, labels: rows.labels, weights: [Double](repeating: 2, count: 4_000), threads: WorkerThreads(count: 2))
    let (a, b) = (
      repeated.model.rawScores(rows.table, threads: WorkerThreads(count: 1)),
      weighted.model.rawScores(rows.table, threads: WorkerThreads(count: 1))
    )
    #expect(zip(a, b).allSatisfy { ($0 - $1).magnitude < 1e-9 })
  }

  @Test func `weights of any size count as repeated rows`() throws {
    var random = SeededGenerator(seed: 3)
    let rows = TrainingRows(3_000)
    // Few values, so that bins do not depend on how often a row is there; no levels, which are told apart by counts of rows.
    let table = FeatureTable(
      Array(rows.table.features.prefix(5)),
      (0..<5).map { feature in rows.table.columns[feature].map { ($0 * 10).rounded() / 10 } })
    let weights = rows.labels.map { _ in Int.random(in: 1...4, using: &random) }
    let order = weights.indices.flatMap { [Int](repeating: $0, count: weights[$0]) }
    var parameters = Self.parameters(trees: 5)
    (parameters.minimumLeafRowCount, parameters.minimumLeafHessian) = (1, 20)
    let learner = GradientBoosting(parameters: parameters)
    let threads = WorkerThreads(count: 2)
    let repeated = try learner.fit(table.rows(at: order), labels: order.map { rows.labels[$0] }, threads: threads)
    let weighted = try learner.fit(
      table, labels: rows.labels, weights: weights.map { Double($0) }, threads: threads)
    let (a, b) = (
      repeated.model.rawScores(table, threads: threads), weighted.model.rawScores(table, threads: threads)
    )
    #expect(zip(a, b).allSatisfy { ($0 - $1).magnitude < 1e-9 })
    #expect(weighted.model.trees.allSatisfy { $0.leafCount > 5 })
  }

  @Test func `infinite numbers are beyond all others, in learning and in the model`() throws {
    let rows = TrainingRows(4_000)
    var (columns, labels) = (Array(rows.table.columns), rows.labels)
    for row in labels.indices where row % 10 < 2 {
      columns[0][row] = row % 10 == 0 ? .infinity : -.infinity
      columns[4][row] = row % 20 < 10 ? .infinity : columns[4][row]
      labels[row] = row % 10 == 0 ? 1 : 0
    }
    let (table, threads) = (FeatureTable(rows.table.features, columns), WorkerThreads(count: 2))
    let learned = try GradientBoosting(parameters: Self.parameters()).fit(table, labels: labels, threads: threads)
    let model = try BoostedModel(lightGBMText: learned.model.lightGBMText())
    let scores = model.rawScores(table, threads: threads)
    let contributions = try TreeExplainer(model, threads: threads).contributions(table, threads: threads)
    let base = try TreeExplainer(model, threads: threads).baseValue
    var counts = model.trees.map { [Int](repeating: 0, count: $0.leafCount) }
    for row in labels.indices {
      let values = columns.map { $0[row] }
      #expect(scores[row] == model.rawScore(values))
      #expect((contributions.reduce(base) { $0 + $1[row] } - scores[row]).magnitude < 1e-9)
      for (index, tree) in model.trees.enumerated() { counts[index][tree.leaf { values[$0] }] += 1 }
    }
    // Where the learner put a row by its bins, there the model puts it by its values.
    #expect(counts == model.trees.map(\.leafRowCounts))
    func mean(_ belongs: (Double) -> Bool) -> Double {
      let own = labels.indices.filter { belongs(columns[0][$0]) }
      return own.reduce(0) { $0 + scores[$1] } / Double(own.count)
    }
    #expect(mean { $0 == .infinity } > mean(\.isFinite) + 0.5)
    #expect(mean { $0 == -.infinity } < mean(\.isFinite) - 0.5)
  }

  @Test func `few rows need no room for the leaves that they cannot fill`() throws {
    let columns = (0..<5_000).map { column in (0..<60).map { Double(($0 * (column + 3)) % 17) } }
    var parameters = Self.parameters(trees: 1)
    (parameters.leafCount, parameters.minimumLeafRowCount) = (4_096, 20)
    let table = FeatureTable((0..<5_000).map { Feature("f\($0)") }, columns)
    let learner = GradientBoosting(parameters: parameters)
    let model = try learner.fit(table, labels: (0..<60).map { Double($0 % 2) }, threads: WorkerThreads(count: 2)).model
    #expect((1...3).contains(model.trees[0].leafCount))
    let error = #expect(throws: LearningError.self) { try learner.check(table.features, rowCount: 1_000_000) }
    #expect(error?.code == .cannotTrain && error?.message.contains("4096 leaves × 5000 features") == true)
  }

  @Test func `the lines of the model file say how it was learned`() {
    var parameters = GradientBoosting.Parameters()
    (parameters.growth, parameters.roundingNoise, parameters.seed) = (.depthWise, 1, 7)
    parameters.monotone = ["c": .decreasing, "a": .increasing]
    parameters.interactions = [["a", "c"], ["b"]]
    let lines = Dictionary(
      uniqueKeysWithValues: parameters.lightGBMLines([Feature("a"), Feature("b"), Feature("c")]).map {
        ($0.name, $0.value)
      })
    #expect(lines["growth"] == "depth-wise" && lines["rounding_noise"] == "1.0" && lines["seed"] == "7")
    #expect(lines["monotone_constraints"] == "1,0,-1")
    #expect(lines["interaction_constraints"] == "[0,2],[1]")
    let free = GradientBoosting.Parameters().lightGBMLines([Feature("a")]).map(\.name)
    #expect(!free.contains("monotone_constraints") && !free.contains("interaction_constraints"))
  }

  @Test func `one class cannot be learned and says so`() {
    let rows = TrainingRows(100)
    let error = #expect(throws: LearningError.self) {
      try GradientBoosting().fit(
        rows.table, labels: [Double](repeating: 0, count: 100), threads: WorkerThreads(count: 1))
    }
    #expect(error?.code == .cannotTrain)
  }

  @Test func `fast scoring equals the definition`() throws {
    let rows = TrainingRows(3_000)
    let model = try GradientBoosting(parameters: Self.parameters()).fit(
      rows.table, labels: rows.labels, threads: WorkerThreads(count: 2)
    ).model
    let fast = model.rawScores(rows.table, threads: WorkerThreads(count: 2))
    for row in 0..<3_000 { #expect(fast[row] == model.rawScore(rows.table.columns.map { $0[row] })) }
  }
}
