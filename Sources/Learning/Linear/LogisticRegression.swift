import ElementaryFunctions
public import Parallelism

/// Logistic regression with an elastic net, by proximal Newton steps.
///
/// Minimises Σ wᵢ(ln(1 + e^zᵢ) − yᵢzᵢ) + λ(½(1 − α)‖β‖² + α‖β‖₁) over standardised terms, the intercept unpenalised:
/// with α = 0 scikit-learn's `C` is 1/λ. Missing values take the mean and, unless `missing` says otherwise, have an indicator;
/// categories are one-hot; the penalty makes redundant columns harmless. The same rows give the same model for any number of threads.
public struct LogisticRegression: Sendable {
  /// What becomes of missing values of numeric features.
  public enum MissingValues: String, Sendable, Hashable, Codable, CaseIterable {
    /// They take the mean of the known ones.
    case mean
    /// They take the mean, and a term says where they are.
    case indicator
  }

  /// What a numeric feature becomes.
  public enum Transform: String, Sendable, Hashable, Codable, CaseIterable {
    /// Itself: the log-odds are linear in it.
    case none
    /// A linear spline with knots at quantiles of the training rows, for skewed counts and amounts.
    case spline
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
    /// Where standard errors come from.
    public var standardErrors = CoefficientInference.Kind.none
    /// Whether the covariance of the coefficients is kept.
    public var keepsCovariance = false
    /// What a numeric feature becomes.
    public var transform = Transform.none
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
      /// The terms separate the classes, or some rows from the rest: without a penalty the coefficients have no bound.
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
    /// Separation, collinearity, a gradient that is not small; by name.
    public var warnings: [LogisticWarning]
  }

  /// The parameters.
  public var parameters: Parameters

  /// Makes a learner.
  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// Learns from `table`: `labels` are 0 or 1, one a row; `weights` positive or nil for 1 each; `offsets` are added to the
  /// predictor as they are.
  ///
  /// - Throws: `cannotTrain` where a class is missing, or terms are so many that their matrices would fill the memory.
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
    var design = DesignMatrix(
      learning: table, missing: parameters.missing, transform: parameters.transform,
      hasReferenceLevels: parameters.penalty == 0, threads: threads)
    try demandRoom(design, table.features)
    func search(_ design: DesignMatrix) -> Search {
      let rows = DesignRows(design, table, labels: labels, weights: weights, offsets: offsets, threads: threads)
      var start = [Double](repeating: 0, count: design.columnCount)
      start[0] = logit(positive / total)
      return Search(parameters, rows, from: start, threads: threads)
    }
    var warnings: [LogisticWarning] = []
    var found = search(design)
    if found.outcome.reason == .singular, parameters.penalty == 0 {
      // Without a penalty, terms that depend on others are left out, as statistical packages do.
      let dependent = found.exactDependences()
      if !dependent.isEmpty {
        warnings = dependent.compactMap { found.diagnosis.warning($0) }
        design = design.without(Set(dependent.map { $0.column - 1 }))
        found = search(design)
      }
    }
    return found.fit(warnings: warnings)
  }

  /// Terms at most: a matrix of their second derivatives takes half a gigabyte, and a few stand side by side.
  package static let greatestTermCount = 8_192
  /// Features named where terms are too many.
  private static let namedCount = 3

  private func demandRoom(_ design: DesignMatrix, _ features: [Feature]) throws(LearningError) {
    guard design.sources.count > LogisticRegression.greatestTermCount else { return }
    var counts = [Int](repeating: 0, count: features.count)
    for source in design.sources { counts[source.feature] += 1 }
    let order = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(LogisticRegression.namedCount)
    throw LearningError(
      .cannotTrain,
      "cannot train: the features come to \(design.sources.count) terms, at most \(LogisticRegression.greatestTermCount) have "
        + "room; exclude some of the greatest: "
        + order.map { "\(features[$0].name) (\(counts[$0]))" }.joined(separator: ", "))
  }
}

/// A search and what is made of its end.
private struct Search {
  let parameters: LogisticRegression.Parameters
  let rows: DesignRows
  let outcome: LogisticSolver.Outcome
  let threads: WorkerThreads
  let model: LogisticModel

  init(
    _ parameters: LogisticRegression.Parameters, _ rows: DesignRows, from start: [Double], threads: WorkerThreads
  ) {
    (self.parameters, self.rows, self.threads) = (parameters, rows, threads)
    outcome = LogisticSolver(
      rows: rows, l1: parameters.penalty * parameters.l1Share, l2: parameters.penalty * (1 - parameters.l1Share),
      threads: threads
    ).minimise(from: start, tolerance: parameters.gradientTolerance, maximumStepCount: parameters.maximumStepCount)
    model = LogisticModel(
      features: rows.table.features, intercept: outcome.beta[0],
      terms: zip(rows.design.sources, outcome.beta.dropFirst()).map { .init(source: $0.0, coefficient: $0.1) })
  }

  var diagnosis: LogisticDiagnosis {
    LogisticDiagnosis(
      model: model, outcome: outcome, rowCount: rows.rowCount, isPenalised: parameters.penalty > 0)
  }

  /// The terms that are combinations of others in every row, whatever its weight.
  func exactDependences() -> [PivotedCholesky.Dependence] {
    let size = rows.design.columnCount
    let zero = NormalEquations.sum(
      rows, coefficients: [Double](repeating: 0, count: size), matrix: .information, threads: threads)
    return PivotedCholesky.dependences(zero.matrix, size: size).filter { $0.isExact && $0.column > 0 }
  }

  func fit(warnings before: [LogisticWarning]) -> LogisticRegression.Fit {
    var (warnings, reason, model) = (before, outcome.reason, model)
    let wantsErrors = parameters.standardErrors != .none
    func equations(_ matrix: NormalEquations.Matrix) -> NormalEquations {
      NormalEquations.sum(rows, coefficients: outcome.beta, matrix: matrix, threads: threads)
    }
    let last = wantsErrors || parameters.penalty == 0 ? equations(.information) : nil
    var separation: LogisticWarning?
    if parameters.penalty == 0, let last { separation = diagnosis.separation(diagnosis.endlessTerms(last)) }
    if separation != nil { reason = .separated }
    let convergence = LogisticRegression.Convergence(
      reason: reason, stepCount: outcome.stepCount, gradientNorm: outcome.gradientNorm,
      loss: outcome.penalisedLoss / Double(rows.rowCount))
    warnings += [separation, LogisticDiagnosis.notConverged(convergence, tolerance: parameters.gradientTolerance)]
      .compactMap { $0 }
    if separation == nil { warnings += diagnosis.collinearity() }
    if wantsErrors, let last {
      model.inference = CoefficientInference(
        model, information: last.matrix,
        scores: parameters.standardErrors == .sandwich ? equations(.scores).matrix : nil,
        l2: parameters.penalty * (1 - parameters.l1Share), keepsCovariance: parameters.keepsCovariance)
    }
    if !warnings.isEmpty { model.warnings = warnings }
    return LogisticRegression.Fit(model: model, convergence: convergence, warnings: warnings)
  }
}
