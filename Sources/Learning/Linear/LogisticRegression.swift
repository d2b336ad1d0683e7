import ElementaryFunctions
public import Parallelism

/// Logistic regression with an elastic net, by proximal Newton steps.
///
/// Minimises Σ wᵢ(ln(1 + e^zᵢ) − yᵢzᵢ) + λ(½(1 − α)‖β‖² + α‖β‖₁) over standardised terms, the intercept unpenalised:
/// with α = 0 scikit-learn's `C` is 1/λ. Missing values take the mean and have an indicator; categories are one-hot;
/// the penalty makes redundant columns harmless. The same rows give the same model for any number of threads.
public struct LogisticRegression: Sendable {
  /// A mean loss below this means that the terms separate the classes.
  static let separatedLoss = 1e-8

  /// What is tuned.
  public struct Parameters: Sendable, Hashable, Codable {
    /// λ: the strength of the penalty, on the sum of losses.
    public var penalty = 1.0
    /// α: the share of the absolute penalty; 0 is a pure L2 penalty.
    public var l1Share = 0.0
    /// The fit has converged where no component of the (sub)gradient, divided by the number of rows, exceeds this.
    public var gradientTolerance = 1e-9
    /// Newton steps at most.
    public var maximumStepCount = 100

    /// Makes the default parameters.
    public init() {}
  }

  /// How a fit ended.
  public struct Convergence: Sendable, Hashable, Codable {
    /// Why it ended.
    public enum Reason: String, Sendable, Hashable, Codable {
      /// The gradient is small enough: this is the optimum.
      case converged
      /// The terms separate the classes: without a penalty the coefficients have no bound.
      case separated
      /// The steps ran out.
      case stepLimit = "step-limit"
      /// The second derivatives are singular: columns depend on each other and the penalty is too weak to tell them
      /// apart.
      case singular
      /// No step lowers the loss further, though the gradient is not small: the end of what doubles can tell.
      case stalled
    }
    /// Why the fit ended.
    public var reason: Reason
    /// Newton steps taken.
    public var stepCount: Int
    /// The greatest component of the (sub)gradient, divided by the number of rows.
    public var gradientNorm: Double
    /// The mean penalised loss.
    public var loss: Double

    /// Whether the coefficients are the optimum.
    public var isConverged: Bool { reason == .converged }
  }

  /// A model and how its fit ended.
  public struct Fit: Sendable {
    /// The model at the last step.
    public var model: LogisticModel
    /// How the fit ended: a caller must look.
    public var convergence: Convergence
  }

  /// The parameters.
  public var parameters: Parameters

  /// Makes a learner.
  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// Learns from `table`: `labels` are 0 or 1, one a row; `weights` positive or nil for 1 each.
  ///
  /// - Throws: `cannotTrain` where a class is missing.
  /// - Complexity: O(steps · rows · terms²).
  public func fit(
    _ table: FeatureTable, labels: [Double], weights: [Double]? = nil, threads: WorkerThreads
  ) throws(LearningError) -> Fit {
    precondition(labels.count == table.rowCount, "one label a row")
    let rowCount = Double(table.rowCount)
    let total = weights?.reduce(0, +) ?? rowCount
    let positive = weights.map { zip($0, labels).reduce(0.0) { $0 + $1.0 * $1.1 } } ?? labels.reduce(0, +)
    guard positive > 0, positive < total else {
      throw LearningError(
        .cannotTrain, "cannot train: the training rows hold one class only (\(labels.count) rows); add history")
    }
    let design = DesignMatrix(learning: table, threads: threads)
    var beta = [Double](repeating: 0, count: design.columnCount)
    beta[0] = logit(positive / total)
    let (l1, l2) = (parameters.penalty * parameters.l1Share, parameters.penalty * (1 - parameters.l1Share))
    func penalised(_ sums: NormalEquations, _ beta: [Double]) -> Double {
      beta.dropFirst().reduce(sums.loss) { $0 + 0.5 * l2 * $1 * $1 + l1 * $1.magnitude }
    }
    func sums(_ beta: [Double], withHessian: Bool) -> NormalEquations {
      NormalEquations.sum(
        design, table, labels: labels, weights: weights, coefficients: beta, withHessian: withHessian, threads: threads)
    }
    var current = sums(beta, withHessian: true)
    var loss = penalised(current, beta)
    var reason = Convergence.Reason.stepLimit
    var stepCount = 0
    var norm = Double.infinity
    while true {
      for j in beta.indices.dropFirst() {
        current.gradient[j] += l2 * beta[j]
        current.hessian[j * beta.count + j] += l2
      }
      norm = gradientNorm(current.gradient, beta, l1: l1) / rowCount
      if norm <= parameters.gradientTolerance {
        reason = current.loss / rowCount > LogisticRegression.separatedLoss ? .converged : .separated
        break
      }
      if stepCount == parameters.maximumStepCount { break }
      guard let target = QuadraticStep.solve(hessian: current.hessian, gradient: current.gradient, at: beta, l1: l1)
      else {
        reason = .singular
        break
      }
      // Halve the step until the loss does not rise; rounding is allowed for.
      var share = 1.0
      var (next, nextLoss, nextSums) = (target, Double.infinity, current)
      while share > 1e-6 {
        next = zip(beta, target).map { $0 + share * ($1 - $0) }
        nextSums = sums(next, withHessian: true)
        nextLoss = penalised(nextSums, next)
        if nextLoss <= loss + loss.magnitude * 1e-14 { break }
        share /= 2
      }
      guard nextLoss <= loss + loss.magnitude * 1e-14 else {
        reason = .stalled
        break
      }
      (beta, loss, current) = (next, nextLoss, nextSums)
      stepCount += 1
    }
    let terms = zip(design.sources, beta.dropFirst()).map { LogisticModel.Term(source: $0.0, coefficient: $0.1) }
    return Fit(
      model: LogisticModel(features: table.features, intercept: beta[0], terms: terms),
      convergence: Convergence(reason: reason, stepCount: stepCount, gradientNorm: norm, loss: loss / rowCount))
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
