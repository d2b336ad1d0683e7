import Learning
import Parallelism
import Testing

@Suite struct LogisticDiagnosisTests {
  private func fit(_ names: [String], _ columns: [[Double]], _ labels: [Double], penalty: Double = 0) throws
    -> LogisticRegression.Fit
  {
    var parameters = LogisticRegression.Parameters()
    parameters.penalty = penalty
    return try LogisticRegression(parameters: parameters).fit(
      FeatureTable(names.map { Feature($0) }, columns), labels: labels, threads: WorkerThreads(count: 2))
  }

  private func wave(_ count: Int, _ step: Int, _ period: Int) -> [Double] {
    (0..<count).map { Double(($0 * step) % period) }
  }

  @Test func `complete separation is named with its feature`() throws {
    let fit = try fit(["x", "noise"], [[1, 2, 3, 4, 5, 6], [1, 5, 2, 4, 3, 3.5]], [0, 0, 0, 1, 1, 1])
    #expect(fit.convergence.reason == .separated)
    #expect(fit.warnings.map(\.kind) == [.completeSeparation])
    #expect(fit.warnings.first?.terms.first == "x")
  }

  @Test func `a feature that divides some rows from the rest is named, its neighbours are not`() throws {
    // Whoever has the mark left; the others are mixed.
    let count = 400
    let mark = (0..<count).map { $0 < 20 ? 1.0 : 0 }
    let other = wave(count, 37, 101)
    let labels = (0..<count).map { $0 < 20 || ($0 * 13) % 7 < 3 ? 1.0 : 0 }
    let fit = try fit(["mark", "other"], [mark, other], labels)
    #expect(fit.convergence.reason == .separated)
    #expect(fit.warnings.map(\.kind) == [.quasiSeparation])
    #expect(fit.warnings.first?.terms == ["mark"])
    let penalised = try self.fit(["mark", "other"], [mark, other], labels, penalty: 1)
    #expect(penalised.convergence.isConverged)
    #expect(penalised.warnings == [])
  }

  @Test func `a level whose rows all stayed is named`() throws {
    let count = 600
    let codes = (0..<count).map { Double($0 % 3) }
    let labels = (0..<count).map { $0 % 3 != 1 && ($0 * 11) % 5 < 2 ? 1.0 : 0 }
    var parameters = LogisticRegression.Parameters()
    parameters.penalty = 0
    let fit = try LogisticRegression(parameters: parameters).fit(
      FeatureTable([Feature("plan", levels: ["a", "b", "c"])], [codes]), labels: labels,
      threads: WorkerThreads(count: 1))
    #expect(fit.warnings.map(\.kind) == [.quasiSeparation])
    #expect(fit.warnings.first?.terms.contains("plan = b") ?? false)
  }

  @Test func `a column that is the sum of two others is named with them and left out, or told apart by the penalty`()
    throws
  {
    let count = 500
    let (a, b) = (wave(count, 17, 53), wave(count, 29, 97))
    let labels = (0..<count).map { ($0 * 7) % 11 < 4 ? 1.0 : 0 }
    let columns = [a, b, zip(a, b).map(+)]
    let plain = try fit(["a", "b", "sum"], columns, labels)
    #expect(plain.convergence.isConverged)
    #expect(plain.warnings.map(\.kind) == [.collinear])
    #expect(Set(plain.warnings.first?.terms ?? []) == ["a", "b", "sum"])
    #expect(plain.model.terms.count == 2)
    let penalised = try fit(["a", "b", "sum"], columns, labels, penalty: 1)
    #expect(penalised.convergence.isConverged)
    #expect(penalised.warnings.map(\.kind) == [.collinear])
    #expect(penalised.model.terms.count == 3)
  }

  @Test func `near collinearity is named, moderate correlation is not`() throws {
    let count = 500
    let (a, noise) = (wave(count, 17, 53), wave(count, 29, 97))
    let labels = (0..<count).map { ($0 * 7) % 11 < 4 ? 1.0 : 0 }
    let near = try fit(["a", "shadow"], [a, zip(a, noise).map { $0 + $1 * 0.001 }], labels, penalty: 1)
    #expect(near.warnings.map(\.kind) == [.nearlyCollinear, .nearlyCollinear])
    let moderate = try fit(["a", "shadow"], [a, zip(a, noise).map { $0 + $1 * 0.1 }], labels, penalty: 1)
    #expect(moderate.warnings == [])
  }

  @Test func `too few steps are reported with the gradient that they reached`() throws {
    let rows = TrainingRows(2_000)
    var parameters = LogisticRegression.Parameters()
    parameters.maximumStepCount = 1
    let fit = try LogisticRegression(parameters: parameters).fit(
      rows.table, labels: rows.labels, threads: WorkerThreads(count: 1))
    #expect(fit.convergence.reason == .stepLimit)
    let warning = try #require(fit.warnings.first { $0.kind == .notConverged })
    #expect(warning.description.contains("\(fit.convergence.gradientNorm)"))
  }

  @Test func `a table without a penalty has reference levels and the closed-form solution`() throws {
    // Shares 10/40, 20/40 and 30/40: log-odds −ln 3, 0 and ln 3.
    let codes = (0..<120).map { Double($0 % 3) }
    let labels = (0..<120).map { row in row / 3 < 10 * (row % 3 + 1) ? 1.0 : 0 }
    var parameters = LogisticRegression.Parameters()
    parameters.penalty = 0
    let table = FeatureTable([Feature("plan", levels: ["a", "b", "c"])], [codes])
    let fit = try LogisticRegression(parameters: parameters).fit(
      table, labels: labels, threads: WorkerThreads(count: 1))
    #expect(fit.warnings == [])
    #expect(fit.model.terms.count == 2)
    let scores = fit.model.rawScores(table.rows(0..<3), threads: WorkerThreads(count: 1))
    for (score, expected) in zip(scores, [-1.0986122886681098, 0, 1.0986122886681098]) {
      #expect((score - expected).magnitude < 1e-7)
    }
  }

  @Test func `a sample as the start changes nothing of the optimum`() throws {
    // Enough rows for a sample, with levels of few rows among them.
    let rows = TrainingRows(270_000, levelCount: 40)
    let fit = try LogisticRegression().fit(rows.table, labels: rows.labels, threads: WorkerThreads(count: 2))
    #expect(fit.convergence.isConverged)
    #expect(fit.convergence.gradientNorm <= 1e-9)
    let again = try LogisticRegression().fit(rows.table, labels: rows.labels, threads: WorkerThreads(count: 1))
    #expect(again.model == fit.model)
  }
}
