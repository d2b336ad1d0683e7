import Learning
import Parallelism
import Randomness
import Testing

@Suite(.serialized) struct RowDerivativesTests {
  static let levels = [0, 1, 2]

  @Test(arguments: levels) func `the kernel of the logistic loss has the bits of one row at a time`(level: Int) {
    defer { TreeKernel.use(level: 2) }
    TreeKernel.use(level: level)
    let random = CounterRandom(seed: 7, stream: 1)
    let extremes: [Double] = [
      0, -0.0, 1e-300, -1e-300, 36.7, -36.7, 707.9, -707.9, 708.1, -708.1, 709.1, -709.1, 1e6, -1e6,
    ]
    let scores = extremes + [.infinity, -.infinity] + (0..<1_003).map { 80 * random.uniform($0, 0) - 40 }
    let labels = scores.indices.map { Double($0 % 3 == 0 ? 1 : 0) }
    var gradients = [Double](repeating: 9, count: scores.count)
    var hessians = gradients
    LogisticLoss().derivatives(
      scores: scores, labels: labels, count: scores.count, gradients: &gradients, hessians: &hessians)
    for row in scores.indices {
      let expected = LogisticLoss().derivatives(score: scores[row], label: labels[row])
      #expect(gradients[row].bitPattern == expected.x.bitPattern, "score \(scores[row])")
      #expect(hessians[row].bitPattern == expected.y.bitPattern, "score \(scores[row])")
    }
  }

  @Test(arguments: [0.0, 1.0]) func `every instruction set grows the same trees`(noise: Double) throws {
    defer { TreeKernel.use(level: 2) }
    let rows = TrainingRows(4_001)
    var parameters = GradientBoostingTests.parameters(trees: 10)
    parameters.roundingNoise = noise
    let texts = try Self.levels.map { level in
      TreeKernel.use(level: level)
      return try GradientBoosting(parameters: parameters).fit(
        rows.table, labels: rows.labels, threads: WorkerThreads(count: 2)
      ).model.lightGBMText()
    }
    #expect(Set(texts).count == 1)
  }
}
