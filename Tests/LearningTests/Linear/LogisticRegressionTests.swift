import ElementaryFunctions
import Learning
import Parallelism
import Testing

@Suite struct LogisticRegressionTests {
  @Test func `a two-by-two table has the closed-form solution`() throws {
    // 30 of 100 without the mark and 60 of 100 with it: log-odds ln(3/7) and ln(6/4).
    let mark = (0..<200).map { $0 < 100 ? 0.0 : 1 }
    let labels = (0..<200).map { $0 < 30 || (100..<160).contains($0) ? 1.0 : 0 }
    var parameters = LogisticRegression.Parameters()
    parameters.penalty = 0
    let fit = try LogisticRegression(parameters: parameters).fit(
      FeatureTable([Feature("mark")], [mark]), labels: labels, threads: WorkerThreads(count: 1))
    #expect(fit.convergence.isConverged)
    #expect(fit.convergence.gradientNorm <= 1e-9)
    let scores = fit.model.rawScores(
      FeatureTable([Feature("mark")], [[0, 1]]), threads: WorkerThreads(count: 1))
    #expect((scores[0] - logit(0.3)).magnitude < 1e-8)
    #expect((scores[1] - logit(0.6)).magnitude < 1e-8)
  }

  @Test(arguments: [0.0, 0.5, 1.0]) func `the optimum meets its own conditions`(l1Share: Double) throws {
    let rows = TrainingRows(5_000)
    var parameters = LogisticRegression.Parameters()
    parameters.penalty = 20
    parameters.l1Share = l1Share
    let fit = try LogisticRegression(parameters: parameters).fit(
      rows.table, labels: rows.labels, threads: WorkerThreads(count: 2))
    #expect(fit.convergence.isConverged)
    let scores = fit.model.rawScores(rows.table, threads: WorkerThreads(count: 2))
    // The naive gradient: for each term Σ (p − y)·x + penalty.
    for (index, term) in fit.model.terms.enumerated() {
      var gradient = 0.0
      for row in scores.indices {
        let x: Double
        switch term.source {
        case .value(let feature, let mean, let deviation):
          let value = rows.table.columns[feature][row]
          x = value.isNaN ? 0 : (value - mean) / deviation
        case .missing(let feature, let mean, let deviation):
          x = ((rows.table.columns[feature][row].isNaN ? 1 : 0) - mean) / deviation
        case .level(let feature, let code, let mean, let deviation):
          x = ((rows.table.columns[feature][row] == Double(code) ? 1 : 0) - mean) / deviation
        }
        gradient += (logistic(scores[row]) - rows.labels[row]) * x
      }
      gradient += 20 * (1 - l1Share) * term.coefficient
      let slack = 20 * l1Share
      if term.coefficient == 0 {
        #expect(gradient.magnitude <= slack + 1e-4)
      } else {
        #expect((gradient + (term.coefficient > 0 ? slack : -slack)).magnitude < 1e-4, "term \(index)")
      }
    }
    if l1Share == 1 { #expect(fit.model.terms.contains { $0.coefficient == 0 }) }
  }

  @Test func `one thread and several give the same coefficients, bit for bit`() throws {
    let rows = TrainingRows(30_000)
    let fits = try [1, 2, 4].map {
      try LogisticRegression().fit(rows.table, labels: rows.labels, threads: WorkerThreads(count: $0)).model
    }
    #expect(fits[0] == fits[1])
    #expect(fits[0] == fits[2])
  }

  @Test func `a constant has no term, a missing value has one of its own`() throws {
    let rows = TrainingRows(2_000)
    let model = try LogisticRegression().fit(
      rows.table, labels: rows.labels, threads: WorkerThreads(count: 2)
    ).model
    let isConstantUsed = model.terms.contains {
      if case .value(7, _, _) = $0.source { true } else { false }
    }
    #expect(!isConstantUsed)
    let missing = try #require(
      model.terms.first { if case .missing(4, _, _) = $0.source { true } else { false } })
    #expect(missing.coefficient > 0.05)
  }

  @Test func `separated classes without a penalty are reported, not returned as a fit`() throws {
    var parameters = LogisticRegression.Parameters()
    parameters.penalty = 0
    let fit = try LogisticRegression(parameters: parameters).fit(
      FeatureTable([Feature("x")], [[1, 2, 3, 4]]), labels: [0, 0, 1, 1], threads: WorkerThreads(count: 1))
    #expect(fit.convergence.reason == .separated)
    let twins = try LogisticRegression(parameters: parameters).fit(
      FeatureTable([Feature("x"), Feature("y")], [[1, 2, 3, 4], [2, 4, 6, 8]]), labels: [0, 1, 0, 1],
      threads: WorkerThreads(count: 1))
    #expect(twins.convergence.reason == .singular)
  }
}
