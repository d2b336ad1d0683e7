import Parallelism

/// What a person should know about a logistic fit before reading its coefficients.
public struct LogisticWarning: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The kinds of trouble.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// The terms divide the classes: there is no optimum, and no bound to the coefficients.
    case completeSeparation = "complete-separation"
    /// They divide some rows from the rest; the coefficients named have no bound.
    case quasiSeparation = "quasi-separation"
    /// A term is a combination of others: its coefficient is arbitrary, or left out where there is no penalty.
    case collinear
    /// A term is nearly a combination of others: its coefficient is loosely known.
    case nearlyCollinear = "nearly-collinear"
    /// The gradient is not as small as was asked for.
    case notConverged = "not-converged"
  }

  /// What is wrong.
  public var kind: Kind
  /// The terms that it concerns, the one that depends on others first.
  public var terms: [String]
  /// A sentence.
  public var description: String
}

/// Looks for separation and collinearity once a fit has ended.
struct LogisticDiagnosis {
  /// A Newton step at the end of a search that still moves the predictor of a row so far moves it for ever.
  static let endlessStep = 0.1
  /// The share of the greatest such step above which a term is named.
  static let namedShare = 0.1
  /// A mean loss below this means that every row is on its side.
  static let completeLoss = 1e-6
  /// More coefficients are not looked at for collinearity, which takes their number cubed.
  static let greatestSize = 1_024
  /// Terms named in one warning.
  static let namedCount = 8

  let model: LogisticModel
  let outcome: LogisticSolver.Outcome
  let rowCount: Int
  let isPenalised: Bool

  /// The terms along which the coefficients grow without end, by the Newton step at the end of the search; those that move most
  /// first. `equations` are of that point.
  ///
  /// Where there is an optimum the step is as small as the gradient. Where rows are separated their gradient and curvature vanish
  /// together, and each step moves their predictor by about 1 (Albert and Anderson, Biometrika 71, 1984).
  func endlessTerms(_ equations: NormalEquations) -> [Int] {
    let size = equations.gradient.count
    var matrix = equations.matrix
    let ridge = (0..<size).reduce(0) { max($0, matrix[$1 * size + $1]) } * 1e-13
    guard ridge > 0 else { return Array(1..<size) }
    for j in 0..<size { matrix[j * size + j] += ridge }
    guard let step = Cholesky(matrix, size: size, pivotTolerance: 0)?.solve(equations.gradient) else { return [] }
    let moves = model.terms.indices.map { index -> Double in
      if model.terms[index].source.isDense { return step[index + 1].magnitude }
      return step[index + 1].magnitude / model.terms[index].source.moments.deviation
    }
    guard let greatest = moves.max(), greatest > LogisticDiagnosis.endlessStep else { return [] }
    return moves.indices.filter { moves[$0] > LogisticDiagnosis.namedShare * greatest }
      .sorted { (moves[$1], $0) < (moves[$0], $1) }
  }

  /// Separation, where `endless` terms were found.
  func separation(_ endless: [Int]) -> LogisticWarning? {
    guard !endless.isEmpty else { return nil }
    let names = endless.map { model.name(model.terms[$0].source) }
    let isComplete = outcome.loss / Double(rowCount) < LogisticDiagnosis.completeLoss
    return LogisticWarning(
      kind: isComplete ? .completeSeparation : .quasiSeparation, terms: names,
      description: isComplete
        ? "the terms divide the classes completely, so that no coefficient has a bound: look at \(listed(names))"
        : "rows are divided from the rest by \(listed(names)): these coefficients have no bound without a penalty")
  }

  /// Columns that depend on others, by the matrix of second derivatives.
  func collinearity() -> [LogisticWarning] {
    let size = model.terms.count + 1
    guard size <= LogisticDiagnosis.greatestSize, outcome.matrix.count == size * size else { return [] }
    return PivotedCholesky.dependences(outcome.matrix, size: size).compactMap(warning)
  }

  /// A dependence as a warning; nil where the levels of one feature add up to the constant, which a penalty makes harmless.
  func warning(_ dependence: PivotedCholesky.Dependence) -> LogisticWarning? {
    let columns = [dependence.column] + dependence.others
    let features = Set(
      columns.filter { $0 > 0 }.map { index -> Int in
        let source = model.terms[index - 1].source
        if case .level(let feature, _, _, _) = source { return feature }
        return -index
      })
    if dependence.isExact, isPenalised, features.count == 1, (features.first ?? -1) >= 0 { return nil }
    let names = columns.map { $0 == 0 ? "the constant" : model.name(model.terms[$0 - 1].source) }
    let others = listed(Array(names.dropFirst()))
    if dependence.isExact {
      return LogisticWarning(
        kind: .collinear, terms: names,
        description: isPenalised
          ? "\(names[0]) is a combination of \(others): only the penalty tells them apart"
          : "\(names[0]) is a combination of \(others), and was left out")
    }
    return LogisticWarning(
      kind: .nearlyCollinear, terms: names,
      description:
        "\(names[0]) is nearly a combination of \(others): its standard error is more than thirty times that of an "
        + "independent term")
  }

  /// That the gradient is not small, or nil.
  static func notConverged(_ convergence: LogisticRegression.Convergence, tolerance: Double) -> LogisticWarning? {
    guard !convergence.isConverged, convergence.reason != .separated else { return nil }
    return LogisticWarning(
      kind: .notConverged, terms: [],
      description:
        "no optimum after \(convergence.stepCount) steps (\(convergence.reason.rawValue)): the greatest component of the "
        + "mean gradient is \(convergence.gradientNorm), and \(tolerance) was asked for")
  }

  private func listed(_ names: [String]) -> String {
    let shown = names.prefix(LogisticDiagnosis.namedCount).joined(separator: ", ")
    return names.count > LogisticDiagnosis.namedCount
      ? "\(shown) and \(names.count - LogisticDiagnosis.namedCount) more" : shown
  }
}
