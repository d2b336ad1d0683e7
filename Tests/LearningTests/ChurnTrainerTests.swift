import Learning
import Parallelism
import Randomness
import Testing

/// Models fitted once more when their trees are counted and their scores calibrated.
@Suite struct ChurnTrainerTests {
  private static let threads = WorkerThreads(count: 2)

  private static let definition = {
    var definition = ChurnDefinition()
    definition.gradient.treeCount = 60
    definition.gradient.leafCount = 4
    definition.gradient.minimumLeafRowCount = 20
    definition.gradient.earlyStoppingRounds = 10
    return definition
  }()

  /// Rows of two features; those who leave do so by the feature of that number.
  private static func rows(_ count: Int, ruledBy feature: Int, seed: UInt64) -> LabelledRows {
    let random = CounterRandom(seed: seed, stream: 3)
    let columns = (0..<2).map { column in (0..<count).map { random.uniform(UInt64($0), UInt64(column)) } }
    let labels = (0..<count).map { row -> Double in
      random.uniform(UInt64(row), 9) < (columns[feature][row] > 0.5 ? 0.4 : 0.1) ? 1 : 0
    }
    return LabelledRows(
      FeatureTable([Feature("first"), Feature("second")], columns), labels: labels, asOf: MiniOperator.night,
      paymentTypes: labels.map { _ in "prepaid" },
      treatments: labels.map {
        RowTreatment(isCarriedOver: false, contactedAfterDays: nil, watchedDays: 30, hasEvent: $0 > 0)
      })
  }

  @Test func `models learn what only the refit shows, with the trees and the spread of scores found before`() throws {
    let trainer = ChurnTrainer(definition: Self.definition, threads: Self.threads)
    let train = Self.rows(3_000, ruledBy: 0, seed: 1)
    let validation = Self.rows(2_000, ruledBy: 0, seed: 2)
    let once = try trainer.fit(train: train, validation: validation)
    let twice = try trainer.fit(train: train, validation: validation, refit: { Self.rows(4_000, ruledBy: 1, seed: 3) })

    #expect(once.models.gradient.trees.count < 60, "growth is ended by the validation rows")
    #expect(twice.models.gradient.trees.count == once.models.gradient.trees.count)
    let (before, after) = (once.models.calibration.gradient.pooled, twice.models.calibration.gradient.pooled)
    guard case .platt(let intercept, let slope) = before, case .platt(let moved, let kept) = after else {
      Issue.record("Platt's lines")
      return
    }
    // What is said of the validation rows keeps its spread.
    let spreads = [once, twice].map {
      Calibration.spread($0.models.gradient.rawScores(validation.table, threads: Self.threads))
    }
    #expect(abs(kept * spreads[1] - slope * spreads[0]) < 1e-9 * spreads[0] && kept != slope && moved != intercept)
    #expect(twice.validationProbabilities == once.validationProbabilities)
    #expect(once.treatment.refit == nil && twice.treatment.refit?.rows == 4_000)
    func gain(_ fit: ChurnTrainer.Fit, of feature: Int) -> Double {
      let gains = fit.models.gradient.gains
      return gains[feature] / gains.reduce(0, +)
    }
    #expect(gain(once, of: 0) > 0.8 && gain(twice, of: 1) > 0.8)

    // Both models rank by the second feature now.
    let fresh = Self.rows(2_000, ruledBy: 1, seed: 4)
    let scores = [
      once.models.gradient.rawScores(fresh.table, threads: Self.threads),
      twice.models.gradient.rawScores(fresh.table, threads: Self.threads),
      once.models.logistic.rawScores(fresh.table, threads: Self.threads),
      twice.models.logistic.rawScores(fresh.table, threads: Self.threads),
    ]
    let areas = try scores.map { try #require(RankMetrics.areaUnderCurve(scores: $0, labels: fresh.labels)) }
    #expect(areas[0] < 0.55 && areas[1] > 0.65 && areas[2] < 0.55 && areas[3] > 0.65, "\(areas)")
  }

  @Test func `without a refit the probabilities of validation are the model's own`() throws {
    let trainer = ChurnTrainer(definition: Self.definition, threads: Self.threads)
    let validation = Self.rows(2_000, ruledBy: 0, seed: 2)
    let fit = try trainer.fit(train: Self.rows(3_000, ruledBy: 0, seed: 1), validation: validation)
    let scored = fit.models.gradientScores(
      validation.table, paymentTypes: validation.paymentTypes, threads: Self.threads)
    #expect(fit.validationProbabilities == scored.probabilities)
  }

  @Test(arguments: ["platt", "isotonic"])
  func `after a refit of another base rate probabilities have that of validation`(
    method: String
  ) throws {
    var definition = Self.definition
    definition.calibration = method
    let trainer = ChurnTrainer(definition: definition, threads: Self.threads)
    let validation = Self.rows(4_000, ruledBy: 0, seed: 2)
    let fit = try trainer.fit(train: Self.rows(3_000, ruledBy: 0, seed: 1), validation: validation) {
      var rows = Self.rows(4_000, ruledBy: 0, seed: 3)
      for row in rows.labels.indices where row % 2 == 0 { rows.labels[row] = 0 }
      return rows
    }
    let share = Double(validation.positiveCount) / Double(validation.rowCount)
    let scores = [
      fit.models.gradientScores(validation.table, paymentTypes: validation.paymentTypes, threads: Self.threads)
        .probabilities,
      fit.models.logisticProbabilities(validation.table, paymentTypes: validation.paymentTypes, threads: Self.threads),
    ]
    for probabilities in scores {
      let mean = probabilities.reduce(0, +) / Double(probabilities.count)
      #expect(abs(mean - share) < 1e-9, "\(mean) of \(share)")
    }
  }

  @Test func `a refit of too few who left, or with a leak, is no refit`() throws {
    let trainer = ChurnTrainer(definition: Self.definition, threads: Self.threads)
    let (train, validation) = (Self.rows(3_000, ruledBy: 0, seed: 1), Self.rows(2_000, ruledBy: 0, seed: 2))
    var few = Self.rows(1_000, ruledBy: 0, seed: 3)
    few.labels = few.labels.indices.map { $0 < 3 ? 1 : 0 }
    let first = #expect(throws: LearningError.self) {
      try trainer.fit(train: train, validation: validation) { few }
    }
    #expect(first?.code == .tooLittleHistory && first?.message.contains("refit has 3 who left among 1000") == true)
    var leaking = Self.rows(1_000, ruledBy: 0, seed: 3)
    leaking.table = FeatureTable(leaking.table.features, [Array(leaking.table.columns[0]), leaking.labels])
    let second = #expect(throws: LearningError.self) {
      try trainer.fit(train: train, validation: validation) { leaking }
    }
    #expect(second?.code == .leakage && second?.message.contains("second") == true)
  }

  @Test func `rows that were contacted are left out of the refit, and covariates stand in every part`() throws {
    let (train, validation) = (Self.rows(3_000, ruledBy: 0, seed: 1), Self.rows(2_000, ruledBy: 0, seed: 2))
    var contacted = Self.rows(2_000, ruledBy: 0, seed: 3)
    for row in contacted.treatments.indices where row % 4 == 0 { contacted.treatments[row].contactedAfterDays = 1 }
    let refit = contacted
    for (method, kept, features) in [
      (TreatmentHandling.Method.weighted, 1_500, 2), (.excluded, 1_500, 2), (.covariate, 2_000, 4),
      (.ignored, 2_000, 2),
    ] {
      var definition = Self.definition
      definition.treatment.method = method
      let fit = try ChurnTrainer(definition: definition, threads: Self.threads)
        .fit(train: train, validation: validation) { refit }
      #expect(fit.treatment.refit?.treated == 500 && fit.treatment.refit?.kept == kept, "\(method)")
      #expect(fit.models.gradient.features.count == features && fit.models.gradient.learnedRowCount == kept)
    }
  }
}

extension BoostedModel {
  /// The rows that the first tree was grown from.
  var learnedRowCount: Int { trees[0].leafRowCounts.reduce(0, +) }
}
