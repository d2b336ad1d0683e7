import ElementaryFunctions
import Foundation
import Learning
import Parallelism
import Testing

@Suite struct ObjectiveTests {
  /// Rows whose label has mean e^(0.5·x₀ + 0.3·[x₁ > 0]), from counts or amounts.
  static func rows(_ count: Int, seed: UInt64, isCount: Bool) -> (table: FeatureTable, labels: [Double]) {
    var random = SeededGenerator(seed: seed)
    var columns = [[Double]](repeating: [], count: 3)
    var labels: [Double] = []
    for _ in 0..<count {
      let x = (0..<3).map { _ in Double.random(in: -2...2, using: &random) }
      let mean = exponential(0.5 * x[0] + (x[1] > 0 ? 0.3 : 0))
      for feature in 0..<3 { columns[feature].append(x[feature]) }
      if isCount {
        // Arrivals of rate 1 in a time `mean`.
        var (time, arrivals) = (0.0, -1.0)
        repeat {
          time -= naturalLogarithm(1 - Double.random(in: 0..<1, using: &random))
          arrivals += 1
        } while time < mean
        labels.append(arrivals)
      } else {
        labels.append(-mean * naturalLogarithm(1 - Double.random(in: 0..<1, using: &random)) + 1e-9)
      }
    }
    return (FeatureTable((0..<3).map { Feature("x\($0)") }, columns), labels)
  }

  static func fit(_ objective: Objective, _ change: (inout GradientBoosting.Parameters) -> Void = { _ in }) throws
    -> (model: BoostedModel, test: (table: FeatureTable, labels: [Double]))
  {
    var parameters = GradientBoostingTests.parameters(trees: 60)
    parameters.objective = objective
    change(&parameters)
    let isCount = objective == .poisson || objective == .tweedie
    let train = rows(8_000, seed: 4, isCount: isCount)
    let model = try GradientBoosting(parameters: parameters).fit(
      train.table, labels: train.labels, threads: WorkerThreads(count: 2)
    ).model
    return (model, rows(4_000, seed: 5, isCount: isCount))
  }

  @Test(arguments: [Objective.squared, .poisson, .gamma, .tweedie]) func `the mean is learned`(objective: Objective)
    throws
  {
    let (model, test) = try Self.fit(objective)
    let predictions = model.rawScores(test.table, threads: WorkerThreads(count: 2)).map(model.prediction)
    var (error, naive) = (0.0, 0.0)
    for row in predictions.indices {
      let mean = exponential(0.5 * test.table.columns[0][row] + (test.table.columns[1][row] > 0 ? 0.3 : 0))
      error += (predictions[row] - mean) * (predictions[row] - mean)
      naive += (1.43 - mean) * (1.43 - mean)
    }
    let share: Double = error / naive
    #expect(share < 0.12)
    let ratio: Double = predictions.reduce(0, +) / test.labels.reduce(0, +)
    #expect((ratio - 1).magnitude < 0.06)
  }

  @Test(arguments: [0.1, 0.5, 0.9], ["all", "rows", "gradients"])
  func `a quantile has its share of labels below, whatever is sampled`(level: Double, sampling: String) throws {
    let (model, test) = try Self.fit(.quantile) { parameters in
      parameters.quantileLevel = level
      if sampling == "rows" { parameters.rowFraction = 0.4 }
      if sampling == "gradients" { parameters.oneSideSampling = .init(topFraction: 0.2, otherFraction: 0.1) }
    }
    let predictions = model.rawScores(test.table, threads: WorkerThreads(count: 2)).map(model.prediction)
    let share = Double(zip(predictions, test.labels).count { $1 <= $0 }) / Double(test.labels.count)
    #expect((share - level).magnitude < (sampling == "all" ? 0.03 : 0.05))
    #expect(Set(predictions).count > 20)
  }

  @Test func `a weighted quantile is that of repeated values`() {
    var random = SeededGenerator(seed: 8)
    for _ in 0..<200 {
      let values = (0..<Int.random(in: 1...12, using: &random)).map { _ in Double(Int.random(in: 0...5, using: &random))
      }
      let weights = values.map { _ in Int.random(in: 1...4, using: &random) }
      let level = Double(Int.random(in: 1...9, using: &random)) / 10
      let repeated = zip(values, weights).flatMap { [Double](repeating: $0, count: $1) }.sorted()
      let place = repeated.indices.first { Double($0 + 1) >= level * Double(repeated.count) }
      #expect(
        WeightedQuantile.of(values, weights: weights.map { Double($0) }, level: level) == place.map { repeated[$0] })
    }
    #expect(WeightedQuantile.of([], weights: nil, level: 0.5) == nil)
  }

  @Test(arguments: [
    (Objective.logistic, [0.0, 2.0]), (.poisson, [-1.0, 1.0]), (.tweedie, [-1.0, 1.0]), (.gamma, [0.0, 1.0]),
    (.poisson, [0.0, 0.0]), (.squared, [.nan, 1.0]), (.squared, [.infinity, 1.0]), (.squared, [1.5e308, 1.2e308]),
    (.squared, [1e200, -1e200]), (.poisson, [1e308, 1e308]),
  ]) func `labels of another kind, or too large to be added up, are refused`(objective: Objective, labels: [Double]) {
    var parameters = GradientBoosting.Parameters()
    parameters.objective = objective
    let table = FeatureTable([Feature("x")], [[1, 2]])
    let error = #expect(throws: LearningError.self) {
      try GradientBoosting(parameters: parameters).fit(table, labels: labels, threads: WorkerThreads(count: 1))
    }
    #expect(error?.code == .cannotTrain)
  }

  @Test func `quantiles whose residuals are too large are refused, not written as infinite`() {
    var parameters = GradientBoosting.Parameters()
    parameters.objective = .quantile
    parameters.minimumLeafRowCount = 10
    let rows = TrainingRows(100)
    let error = #expect(throws: LearningError.self) {
      try GradientBoosting(parameters: parameters).fit(
        rows.table, labels: rows.table.columns[0].map { $0 < 0 ? -1.2e308 : 1.2e308 }, threads: WorkerThreads(count: 1))
    }
    #expect(error?.code == .cannotTrain)
  }

  @Test(arguments: [1e307, 1e160]) func `weights too large to be added up are refused as that`(weight: Double) {
    let rows = TrainingRows(100)
    let error = #expect(throws: LearningError.self) {
      try GradientBoosting().fit(
        rows.table, labels: rows.labels, weights: [Double](repeating: weight, count: 100),
        threads: WorkerThreads(count: 1))
    }
    #expect(error?.code == .cannotTrain && error?.message.contains("too large") == true)
  }

  @Test(arguments: Objective.allCases) func `the objective survives the model file`(objective: Objective) throws {
    var model = LightGBMFormatTests.model
    model.objective = objective
    #expect(try BoostedModel(lightGBMText: model.lightGBMText()) == model)
  }
}
