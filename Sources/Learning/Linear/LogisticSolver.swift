import Parallelism

/// Finds the optimum of a penalised logistic regression by proximal Newton steps whose matrix is renewed only where it must be.
///
/// A large table begins with a sample of its blocks: its optimum is the start, its matrix serves the first step over all rows. The
/// matrix of the second point then serves the remaining steps, while each makes the gradient ten times smaller; what ends the
/// search is the gradient over all rows.
struct LogisticSolver {
  /// Rows of the sample at least, and for each term.
  static let sampleRowCount = 1 << 16
  static let sampleRowsPerTerm = 256
  /// A sample takes one block in at most so many, and is not worth while with fewer than `leastStride`.
  static let greatestStride = 32
  static let leastStride = 4
  /// The gradient at which the search on the sample ends, and its steps.
  static let sampleTolerance = 1e-3
  static let sampleStepCount = 12
  /// A step that leaves more of the gradient than this asks for a new matrix.
  static let goodReduction = 0.1
  /// Steps in a row that may leave the gradient as great as it was.
  static let greatestStallCount = 4
  /// Rises of the loss that are rounding.
  static let lossRounding = 1e-14

  let rows: DesignRows
  let l1: Double
  let l2: Double
  let threads: WorkerThreads

  /// Where a search ended.
  struct Outcome {
    var beta: [Double]
    var reason: LogisticRegression.Convergence.Reason
    var stepCount = 0
    var gradientNorm = Double.infinity
    /// The sum of losses with the penalty, and without.
    var penalisedLoss = 0.0
    var loss = 0.0
    /// The last matrix of second derivatives, without the penalty.
    var matrix: [Double]
  }

  /// Searches from the best constant.
  func minimise(from start: [Double], tolerance: Double, maximumStepCount: Int) -> Outcome {
    let wanted = max(LogisticSolver.sampleRowCount, LogisticSolver.sampleRowsPerTerm * start.count)
    let stride = min(LogisticSolver.greatestStride, rows.rowCount / wanted)
    guard stride >= LogisticSolver.leastStride else {
      return search(start, nil, 1, tolerance, maximumStepCount)
    }
    let sample = search(start, nil, stride, LogisticSolver.sampleTolerance, LogisticSolver.sampleStepCount)
    guard sample.reason == .converged else { return search(start, nil, 1, tolerance, maximumStepCount) }
    let share = Double(NormalEquations.rowCount(of: rows.rowCount, stride: stride)) / Double(rows.rowCount)
    return search(sample.beta, sample.matrix.map { $0 / share }, 1, tolerance, maximumStepCount)
  }

  /// - Parameters:
  ///   - given: a matrix near that of `start`, or nil.
  ///   - stride: one block in so many is counted, and the penalty is that share of the whole one.
  private func search(
    _ start: [Double], _ given: [Double]?, _ stride: Int, _ tolerance: Double, _ maximumStepCount: Int
  ) -> Outcome {
    let counted = Double(NormalEquations.rowCount(of: rows.rowCount, stride: stride))
    let share = counted / Double(rows.rowCount)
    let (l1, l2) = (l1 * share, l2 * share)
    func sums(_ beta: [Double], withMatrix: Bool) -> NormalEquations {
      var sums = NormalEquations.sum(
        rows, coefficients: beta, matrix: withMatrix ? .information : .none, stride: stride, threads: threads)
      for j in beta.indices.dropFirst() { sums.gradient[j] += l2 * beta[j] }
      return sums
    }
    func penalised(_ sums: NormalEquations, _ beta: [Double]) -> Double {
      beta.dropFirst().reduce(sums.loss) { $0 + 0.5 * l2 * $1 * $1 + l1 * $1.magnitude }
    }
    var current = sums(start, withMatrix: given == nil)
    var outcome = Outcome(beta: start, reason: .stepLimit, matrix: given ?? current.matrix)
    outcome.penalisedLoss = penalised(current, start)
    var reduction = 1.0
    var stalls = 0
    while true {
      let norm = gradientNorm(current.gradient, outcome.beta, l1: l1) / counted
      if outcome.stepCount > 0 { reduction = norm / outcome.gradientNorm }
      (outcome.gradientNorm, outcome.loss) = (norm, current.loss)
      if norm <= tolerance {
        outcome.reason = .converged
        return outcome
      }
      // Several steps in a row without progress: the end of what doubles can tell.
      stalls = reduction >= 1 && outcome.stepCount > 0 ? stalls + 1 : 0
      if stalls > LogisticSolver.greatestStallCount {
        outcome.reason = .stalled
        return outcome
      }
      if outcome.stepCount == maximumStepCount { return outcome }
      var matrix = outcome.matrix
      for j in outcome.beta.indices.dropFirst() { matrix[j * outcome.beta.count + j] += l2 }
      guard let target = QuadraticStep.solve(hessian: matrix, gradient: current.gradient, at: outcome.beta, l1: l1)
      else {
        outcome.reason = .singular
        return outcome
      }
      // Halve the step until the loss does not rise; rounding is allowed for.
      let renews = reduction > LogisticSolver.goodReduction
      let limit = outcome.penalisedLoss + outcome.penalisedLoss.magnitude * LogisticSolver.lossRounding
      var part = 1.0
      var next = target
      var nextSums = sums(next, withMatrix: renews)
      var nextLoss = penalised(nextSums, next)
      while !(nextLoss <= limit), part > 1e-6 {
        part /= 2
        next = zip(outcome.beta, target).map { $0 + part * ($1 - $0) }
        nextSums = sums(next, withMatrix: true)
        nextLoss = penalised(nextSums, next)
      }
      guard nextLoss <= limit else {
        outcome.reason = .stalled
        return outcome
      }
      (outcome.beta, outcome.penalisedLoss, current) = (next, nextLoss, nextSums)
      if !nextSums.matrix.isEmpty { outcome.matrix = nextSums.matrix }
      outcome.stepCount += 1
    }
  }

  /// The greatest component of the subgradient that is nearest to zero.
  private func gradientNorm(_ gradient: [Double], _ beta: [Double], l1: Double) -> Double {
    var greatest = 0.0
    for j in gradient.indices {
      let component: Double
      if j == 0 || l1 == 0 {
        component = gradient[j].magnitude
      } else if beta[j] != 0 {
        component = (gradient[j] + (beta[j] > 0 ? l1 : -l1)).magnitude
      } else {
        component = max(0, gradient[j].magnitude - l1)
      }
      greatest = max(greatest, component)
    }
    return greatest
  }
}
