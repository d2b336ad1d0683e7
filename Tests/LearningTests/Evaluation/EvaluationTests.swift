import ElementaryFunctions
import Learning
import Testing

@Suite struct EvaluationTests {
  // The exact vector of reference numbers: scikit-learn's values.
  let labels: [Double] = [0, 1, 0, 1, 0, 1, 0, 1]
  let scores = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]

  @Test func `the exact vector gives the published metrics`() throws {
    let evaluation = Evaluation(probabilities: scores, labels: labels)
    #expect(evaluation.auc == 0.625)
    #expect(try (#require(evaluation.averagePrecision) - 0.7095238095).magnitude < 1e-10)
    #expect(try (#require(evaluation.brier) - 0.26125).magnitude < 1e-14)
    #expect(try (#require(evaluation.logLoss) - 0.7190480821).magnitude < 1e-10)
    #expect(evaluation.rowCount == 8)
    #expect(evaluation.positiveCount == 4)
  }

  @Test func `tied scores count half in the area under the curve`() {
    #expect(RankMetrics.areaUnderCurve(scores: [1, 1, 1, 1], labels: [0, 1, 0, 1]) == 0.5)
    #expect(RankMetrics.areaUnderCurve(scores: [0, 1, 1, 2], labels: [0, 0, 1, 1]) == 0.875)
  }

  @Test func `the area under the curve equals the share of pairs in order`() {
    let rows = TrainingRows(400)
    let scores = rows.table.columns[3]
    var wins = 0.0
    var pairs = 0.0
    for i in scores.indices where rows.labels[i] == 1 {
      for j in scores.indices where rows.labels[j] == 0 {
        pairs += 1
        wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
      }
    }
    #expect(RankMetrics.areaUnderCurve(scores: scores, labels: rows.labels) == wins / pairs)
  }

  @Test func `lift shares ties, so the order of rows does not matter`() throws {
    // Twenty rows, all scores equal: every tenth holds a tenth of the positives.
    let labels = (0..<20).map { $0 < 5 ? 1.0 : 0 }
    let lifts = try #require(RankMetrics.liftByDecile(scores: [Double](repeating: 0.3, count: 20), labels: labels))
    #expect(lifts.allSatisfy { ($0 - 1).magnitude < 1e-12 })
    // The greatest two scores are the only positives of twenty.
    let ranked = (0..<20).map { 20.0 - Double($0) }
    let few = (0..<20).map { $0 < 2 ? 1.0 : 0 }
    #expect(RankMetrics.lift(scores: ranked, labels: few, share: 0.1) == 10)
    // One of two tied rows falls into the first tenth of ten.
    #expect(
      RankMetrics.lift(
        scores: [9, 9, 1, 1, 1, 1, 1, 1, 1, 1], labels: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0], share: 0.1) == 5)
  }

  @Test func `the calibration line recovers a known distortion`() throws {
    let rows = TrainingRows(20_000)
    let truth = try #require(
      Calibration.fittingPlatt(scores: rows.table.columns[0], labels: rows.labels))
    let calibrated = rows.table.columns[0].map(truth.probability)
    let line = try #require(ProbabilityMetrics.calibrationLine(probabilities: calibrated, labels: rows.labels))
    #expect(line.intercept.magnitude < 0.01)
    #expect((line.slope - 1).magnitude < 0.01)
    let stretched = calibrated.map { logistic(2 * logit($0) + 1) }
    let bent = try #require(ProbabilityMetrics.calibrationLine(probabilities: stretched, labels: rows.labels))
    #expect((bent.slope - line.slope / 2).magnitude < 1e-9)
    #expect((bent.intercept - (line.intercept - line.slope / 2)).magnitude < 1e-9)
  }

  @Test func `metrics that do not exist are nil`() {
    let evaluation = Evaluation(probabilities: [0.2, 0.3], labels: [0, 0])
    #expect(evaluation.auc == nil)
    #expect(evaluation.liftTopDecile == nil)
    #expect(evaluation.calibrationSlope == nil)
    #expect(Evaluation(probabilities: [], labels: []).logLoss == nil)
    #expect(Evaluation(probabilities: [0.1, 0.9], labels: [0, 1]).calibrationSlope == nil, "separated classes")
  }
}
