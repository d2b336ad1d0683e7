import ElementaryFunctions
public import Parallelism

/// Logistic regression with an elastic net, by proximal Newton steps.
///
/// Minimises Σ wᵢ(ln(1 + e^zᵢ) − yᵢzᵢ) + λ(½(1 − α)‖β‖² + α‖β‖₁) over standardised terms, the intercept unpenalised:
/// with α = 0 scikit-learn's `C` is 1/λ. Missing values take the mean and, unless `missing` says otherwise, have an indicator;
/// categories are one-hot; the penalty makes redundant columns harmless. The same rows give the same model for any number of threads.
public struct LogisticRegression: Sendable {
  /// A mean loss below this means that the terms separate the classes.
  static let separatedLoss = 1e-8

  /// What becomes of missing values of numeric features.
  public enum MissingValues: String, Sendable, Hashable, Codable, CaseIterable {
    /// They take the mean of the known ones.
    case mean
    /// They take the mean, and a term says where they are.
    case indicator
  }

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
    /// What becomes of missing values.
    public var missing = MissingValues.indicator

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

  /// Learns from `table`: `labels` are 0 or 1, one a row; `weights` positive or nil for 1 each; `offsets` are added to the
  /// predictor as they are.
  ///
  /// - Throws: `cannotTrain` where a class is missing.
  /// - Complexity: O(steps · rows · terms), and O(rows · terms²) for each matrix, of which a large table needs one or two; a term
  ///   that marks missing values or a level counts only the rows that have it.
  public func fit(
    _ table: FeatureTable, labels: [Double], weights: [Double]? = nil, offsets: [Double]? = nil, threads: WorkerThreads
  ) throws(LearningError) -> Fit {
    precondition(labels.count == table.rowCount, "one label a row")
    precondition(weights.map { $0.count == labels.count } ?? true, "one weight a row")
    precondition(offsets.map { $0.count == labels.count } ?? true, "one offset a row")
    let total = weights?.reduce(0, +) ?? Double(table.rowCount)
    let positive = weights.map { zip($0, labels).reduce(0.0) { $0 + $1.0 * $1.1 } } ?? labels.reduce(0, +)
    guard positive > 0, positive < total else {
      throw LearningError(
        .cannotTrain, "cannot train: the training rows hold one class only (\(labels.count) rows); add history")
    }
    let design = DesignMatrix(
      learning: table, missing: parameters.missing, hasReferenceLevels: parameters.penalty == 0, threads: threads)
    let rows = DesignRows(design, table, labels: labels, weights: weights, offsets: offsets, threads: threads)
    let solver = LogisticSolver(
      rows: rows, l1: parameters.penalty * parameters.l1Share, l2: parameters.penalty * (1 - parameters.l1Share),
      threads: threads)
    var start = [Double](repeating: 0, count: design.columnCount)
    start[0] = logit(positive / total)
    let found = solver.minimise(
      from: start, tolerance: parameters.gradientTolerance, maximumStepCount: parameters.maximumStepCount)
    let rowCount = Double(table.rowCount)
    let isSeparated = found.reason == .converged && found.loss / rowCount <= LogisticRegression.separatedLoss
    let terms = zip(design.sources, found.beta.dropFirst()).map { LogisticModel.Term(source: $0.0, coefficient: $0.1) }
    return Fit(
      model: LogisticModel(features: table.features, intercept: found.beta[0], terms: terms),
      convergence: Convergence(
        reason: isSeparated ? .separated : found.reason, stepCount: found.stepCount, gradientNorm: found.gradientNorm,
        loss: found.penalisedLoss / rowCount))
  }
}
