import Learning
import Testing

@Suite struct AmountEvaluationTests {
  @Test func `errors of four rows are those worked out by hand`() {
    let evaluation = AmountEvaluation(predictions: [1, 2, 3, 5], labels: [2, 2, 1, 4], parameters: .init())
    // Errors 1, 0, −2, −1.
    #expect(evaluation.rowCount == 4)
    #expect(evaluation.rootMeanSquaredError == 1.5.squareRoot())
    #expect(evaluation.meanAbsoluteError == 1)
    #expect(evaluation.meanLabel == 2.25)
    #expect(evaluation.meanPrediction == 2.75)
    #expect(evaluation.shareBelow == 0.75)
  }

  @Test func `a mean predicted as 0 has no loss behind a log link, and keeps its errors`() {
    var parameters = GradientBoosting.Parameters()
    parameters.objective = .poisson
    let evaluation = AmountEvaluation(predictions: [0, 2], labels: [1, 2], parameters: parameters)
    #expect(evaluation.meanLoss == nil)
    #expect(evaluation.meanAbsoluteError == 0.5)
  }

  @Test func `errors beyond all doubles are none`() {
    let evaluation = AmountEvaluation(predictions: [1e200, 1], labels: [0, 1], parameters: .init())
    #expect(evaluation.rootMeanSquaredError == nil)
    #expect(evaluation.meanAbsoluteError == 5e199)
  }

  @Test func `without rows there is no metric`() {
    let evaluation = AmountEvaluation(predictions: [], labels: [], parameters: .init())
    #expect(evaluation.rowCount == 0 && evaluation.meanLoss == nil && evaluation.shareBelow == nil)
  }
}
