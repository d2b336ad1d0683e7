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
        let x = term.source.naive(rows.table, row)
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

  @Test func `a spline follows what bends, in skewed values too, and its contributions add up`() throws {
    // The risk has its top in the middle of a count whose few great values would rule a straight line.
    let count = 20_000
    let x = (0..<count).map { row -> Double in row % 1_000 == 0 ? 1e6 : Double(row * 7 % 100) }
    let labels = (0..<count).map { row -> Double in
      let share = (30..<60).contains(x[row]) ? 6 : 2
      return row / 100 % 10 < share ? 1 : 0
    }
    let table = FeatureTable([Feature("count")], [x])
    let workers = WorkerThreads(count: 2)
    var parameters = LogisticRegression.Parameters()
    let straight = try LogisticRegression(parameters: parameters).fit(table, labels: labels, threads: workers)
    parameters.transform = .spline
    let fit = try LogisticRegression(parameters: parameters).fit(table, labels: labels, threads: workers)
    #expect(fit.convergence.isConverged)
    #expect(fit.convergence.loss < straight.convergence.loss - 0.02)
    let scores = fit.model.rawScores(table, threads: workers)
    let contributions = fit.model.contributions(table, threads: workers)
    for row in stride(from: 0, to: count, by: 97) {
      let terms = fit.model.terms.reduce(fit.model.intercept) {
        $0 + $1.coefficient * $1.source.naive(table, row)
      }
      #expect((scores[row] - terms).magnitude < 1e-12)
      #expect((scores[row] - fit.model.intercept - contributions[0][row]).magnitude < 1e-12)
    }
    // Beyond the outer knots the score is constant.
    let ends = fit.model.rawScores(
      FeatureTable([Feature("count")], [[1e6, 1e9, .nan]]), threads: workers)
    #expect(ends[0] == ends[1])
    #expect(ends[2].isFinite)
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

  @Test func `terms that would fill the memory are refused, with the features that have the most`() {
    let levels = (0..<1_000).map { "l\($0)" }
    let features = [Feature("small", levels: ["a", "b"])] + (0..<9).map { Feature("f\($0)", levels: levels) }
    let columns = features.indices.map { feature in (0..<2_000).map { Double($0 % (feature == 0 ? 2 : 1_000)) } }
    let labels = (0..<2_000).map { Double($0 & 1) }
    let error = #expect(throws: LearningError.self) {
      try LogisticRegression().fit(
        FeatureTable(features, columns), labels: labels, threads: WorkerThreads(count: 1))
    }
    #expect(error?.code == .cannotTrain)
    #expect(error?.message.contains("9002 terms") == true)
    #expect(error?.message.hasSuffix("f0 (1000), f1 (1000), f2 (1000)") == true)
  }

  @Test func `a row of as many terms as may be is summed on a worker's stack`() throws {
    let count = LogisticRegression.greatestTermCount
    let table = FeatureTable(
      (0..<count).map { Feature("f\($0)") }, (0..<count).map { column in (0..<8).map { Double((column % 7 + 1) * $0) } }
    )
    let threads = WorkerThreads(count: 1)
    let design = DesignMatrix(learning: table, threads: threads)
    let rows = DesignRows(design, table, labels: [0, 1, 0, 1, 0, 1, 0, 1], threads: threads)
    let zeros = [Double](repeating: 0, count: design.columnCount)
    let gradients = try WorkerThreads(count: 2).map(taskCount: 2) { _ in
      NormalEquations.sum(rows, coefficients: zeros, matrix: .none, threads: threads).gradient
    }
    #expect(gradients[0] == gradients[1])
    // p − y is ½ and −½ in turn.
    let source = try #require(design.sources.first)
    #expect(design.sources.count == count)
    let expected = (0..<8).reduce(0.0) { $0 + ($1 & 1 == 0 ? 0.5 : -0.5) * source.naive(table, $1) }
    #expect((gradients[0][1] - expected).magnitude < 1e-12)
  }
}
