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
