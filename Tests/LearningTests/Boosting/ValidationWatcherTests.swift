import Learning
import Parallelism
import Testing

@Suite struct ValidationWatcherTests {
  static let threads = WorkerThreads(count: 2)

  static func fit(
    _ objective: Objective, labels: [Double], validation: FeatureTable, _ validationLabels: [Double]
  ) throws -> GradientBoosting.Fit {
    var parameters = GradientBoostingTests.parameters(trees: 5)
    parameters.objective = objective
    return try GradientBoosting(parameters: parameters).fit(
      TrainingRows(1_000).table, labels: labels, validation: .init(table: validation, labels: validationLabels),
      threads: threads)
  }

  @Test func `validation rows that are none are refused`() {
    let rows = TrainingRows(1_000)
    let error = #expect(throws: LearningError.self) {
      try Self.fit(.logistic, labels: rows.labels, validation: rows.table.rows(0..<0), [])
    }
    #expect(error?.code == .cannotTrain && error?.message.contains("validation rows") == true)
  }

  @Test(arguments: [
    (Objective.logistic, 2.0), (.poisson, -1), (.tweedie, -0.5), (.gamma, 0), (.squared, .nan), (.quantile, .infinity),
    // Its square is infinite.
    (.squared, 1e200),
  ]) func `validation labels that the objective cannot have are refused`(objective: Objective, label: Double) {
    let rows = TrainingRows(1_000)
    // Labels of 1 and 2, or of 0 and 1, suit the objective.
    let labels = rows.labels.map { objective == .logistic ? $0 : $0 + 1 }
    #expect(throws: Never.self) {
      try Self.fit(objective, labels: labels, validation: rows.table.rows(0..<10), Array(labels.prefix(10)))
    }
    let error = #expect(throws: LearningError.self) {
      try Self.fit(objective, labels: labels, validation: rows.table.rows(0..<10), labels.prefix(9) + [label])
    }
    #expect(error?.code == .cannotTrain && error?.message.contains("validation rows") == true)
  }

  @Test func `weights of validation rows count as repeated rows`() throws {
    var random = SeededGenerator(seed: 4)
    let (rows, later) = (TrainingRows(3_000), TrainingRows(1_000, seed: 2))
    let matrix = BinnedMatrix(learning: rows.table, threads: Self.threads)
    func binned(_ table: FeatureTable, _ labels: [Double], weights: [Double]? = nil) -> BinnedRows {
      let bins = BinnedMatrix(
        table.features, rowCount: table.rowCount, binnings: matrix.binnings, threads: Self.threads
      ) { Array(table.columns[$0]) }
      return BinnedRows(
        features: table.features, matrix: bins, labels: FlatBuffer(labels), weights: weights.map { FlatBuffer($0) })
    }
    let weights = later.labels.map { _ in Int.random(in: 1...4, using: &random) }
    let order = weights.indices.flatMap { [Int](repeating: $0, count: weights[$0]) }
    let validations = [
      binned(later.table, later.labels, weights: weights.map { Double($0) }),
      binned(later.table.rows(at: order), order.map { later.labels[$0] }), binned(later.table, later.labels),
    ]
    let learner = GradientBoosting(parameters: GradientBoostingTests.parameters(trees: 10))
    let losses = try validations.map {
      try learner.fit(binned(rows.table, rows.labels), validation: $0, threads: Self.threads).validationLoss
    }
    #expect(losses[0].count == 10 && zip(losses[0], losses[1]).allSatisfy { ($0 - $1).magnitude < 1e-12 })
    #expect(zip(losses[0], losses[2]).allSatisfy { $0 != $1 })
  }
}
