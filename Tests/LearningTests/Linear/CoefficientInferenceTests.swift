import Learning
import Parallelism
import Testing

/// Figures by the textbook's formulas in doubles, with numpy: 24 rows, two features.
@Suite struct CoefficientInferenceTests {
  private static let rows = Array(0..<24)
  private static let features: [[Double]] = [
    rows.map { row -> Double in Double((row * 7) % 11) - 5 },
    rows.map { row -> Double in Double((row * 5) % 7) * 0.5 },
  ]
  private static let labels: [Double] = rows.map { row -> Double in
    (row * 13) % 5 < 2 || row == 3 || row == 8 ? 1 : 0
  }
  private static let weights: [Double] = rows.map { row -> Double in 1 + Double(row % 3) * 0.5 }
  private static let offsets: [Double] = rows.map { row -> Double in 0.1 * (Double(row % 4) - 1.5) }
  private static let table = FeatureTable([Feature("first"), Feature("second")], features)

  struct Reference: Sendable {
    var penalty: Double
    var isWeighted: Bool
    var coefficients, errors, sandwich, covariance: [Double]
  }

  private static let references = [
    Reference(
      penalty: 0, isWeighted: false, coefficients: [0.726784870764, -0.107330300955, -0.497753162703],
      errors: [0.801572070993, 0.139451858006, 0.460303951752],
      sandwich: [0.790930095831, 0.133784863955, 0.432497075899],
      covariance: [
        0.642517784996, -0.0338390481792, 0.0194468207015, -0.314001487065, 0.0237098631475, 0.211879727999,
      ]),
    Reference(
      penalty: 0, isWeighted: true, coefficients: [0.918466914039, -0.138332377566, -0.594846263414],
      errors: [0.708286843078, 0.12094239829, 0.416661076027],
      sandwich: [0.832454775446, 0.142460047418, 0.443739479313],
      covariance: [
        0.501670252078, -0.0355328243785, 0.0146270637041, -0.257287606794, 0.025618845841, 0.173606452276,
      ]),
    Reference(
      penalty: 2, isWeighted: true, coefficients: [0.654732380395, -0.0919052831383, -0.413358781388],
      errors: [0.605492215838, 0.100973502438, 0.337629679071],
      sandwich: [0.655252161856, 0.106420246361, 0.314295952227],
      covariance: [
        0.36662082344, -0.0171722205542, 0.0101956481945, -0.168981267452, 0.0129831879336, 0.11399380019,
      ]),
  ]

  @Test(arguments: references) func `coefficients, errors and covariance are those of the formulas`(
    reference: Reference
  ) throws {
    for kind in [CoefficientInference.Kind.information, .sandwich] {
      var parameters = LogisticRegression.Parameters()
      parameters.penalty = reference.penalty
      parameters.standardErrors = kind
      parameters.keepsCovariance = true
      let fit = try LogisticRegression(parameters: parameters).fit(
        Self.table, labels: Self.labels, weights: reference.isWeighted ? Self.weights : nil,
        offsets: reference.isWeighted ? Self.offsets : nil, threads: WorkerThreads(count: 1))
      #expect(fit.convergence.isConverged)
      #expect(fit.warnings == [])
      let inference = try #require(fit.model.inference)
      #expect(inference.coefficients.map(\.name) == ["(intercept)", "first", "second"])
      let errors = try inference.coefficients.map { try #require($0.standardError) }
      #expect(areNear(inference.coefficients.map(\.coefficient), reference.coefficients))
      #expect(areNear(errors, kind == .information ? reference.errors : reference.sandwich))
      let covariance = try #require(inference.covariance)
      #expect(covariance.map(\.count) == [1, 2, 3])
      if kind == .information { #expect(areNear(covariance.flatMap { $0 }, reference.covariance)) }
    }
  }

  @Test func `a term that the absolute penalty removes has no standard error`() throws {
    var parameters = LogisticRegression.Parameters()
    parameters.penalty = 1.5
    parameters.l1Share = 1
    parameters.standardErrors = .information
    let fit = try LogisticRegression(parameters: parameters).fit(
      Self.table, labels: Self.labels, threads: WorkerThreads(count: 1))
    let coefficients = try #require(fit.model.inference).coefficients.dropFirst()
    #expect(coefficients.contains { $0.coefficient != 0 })
    let removed = coefficients.filter { $0.coefficient == 0 }
    #expect(!removed.isEmpty)
    #expect(removed.allSatisfy { $0.standardError == nil })
    #expect(coefficients.filter { $0.coefficient != 0 }.allSatisfy { $0.standardError != nil })
    #expect(fit.model.inference?.covariance == nil)
  }

  private func areNear(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { ($0 - $1).magnitude < 1e-8 }
  }
}
