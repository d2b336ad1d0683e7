/// How sure the coefficients of a logistic regression are: standard errors and covariance, per unit of each feature.
///
/// With I = Xᵀ diag(wp(1 − p)) X at the solution and Λ the L2 penalty on its diagonal: by information, V = (I + Λ)⁻¹; by sandwich
/// (Huber, White; HC0), V = (I + Λ)⁻¹ XᵀW²diag((y − p)²)X (I + Λ)⁻¹. Without a penalty the first is the inverse of the observed
/// information. With one it is the Laplace approximation of a Gaussian prior, and says nothing of the bias that a penalty has. With an
/// absolute penalty only the terms that it left have one, as if they had been chosen beforehand.
public struct CoefficientInference: Sendable, Hashable, Codable {
  /// Where standard errors come from.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// None are wanted.
    case none
    /// The inverse of the information.
    case information
    /// The sandwich, which holds where the variance is not what the model says.
    case sandwich
  }

  /// A coefficient by name.
  public struct Coefficient: Sendable, Hashable, Codable {
    /// `(intercept)`, a feature, `feature from knot to knot`, `feature is missing` or `feature = level`.
    public var name: String
    /// Log-odds per unit of the feature, or from one knot of a spline to the next; the intercept where all are 0.
    public var coefficient: Double
    /// The standard error; nil for a term that the penalty set to 0, or that depends on others.
    public var standardError: Double?
  }

  /// The greatest number of coefficients whose covariance is kept.
  static let greatestCovariance = 256

  /// Where the standard errors come from.
  public var kind: Kind
  /// The L2 penalty that is added to the information.
  public var penalty: Double
  /// The intercept and the terms.
  public var coefficients: [Coefficient]
  /// The lower triangle of the covariance of those that have a standard error, row by row; nil where it is not kept.
  public var covariance: [[Double]]?

  /// Computes standard errors from matrices on the standardised scale.
  ///
  /// - Parameters:
  ///   - information: I, row-major, the constant first.
  ///   - scores: the middle of the sandwich, or nil.
  init(_ model: LogisticModel, information: [Double], scores: [Double]?, l2: Double, keepsCovariance: Bool) {
    kind = scores == nil ? .information : .sandwich
    penalty = l2
    let size = model.terms.count + 1
    let active = [0] + model.terms.indices.filter { model.terms[$0].coefficient != 0 }.map { $0 + 1 }
    let count = active.count
    func part(_ matrix: [Double]) -> [Double] { active.flatMap { i in active.map { matrix[i * size + $0] } } }
    var penalised = part(information)
    for k in 1..<max(1, count) { penalised[k * count + k] += l2 }
    let bread = Cholesky(penalised, size: count)?.inverse
    let standardised = bread.map { bread in
      scores.map { CoefficientInference.product(CoefficientInference.product(bread, part($0), count), bread, count) }
        ?? bread
    }
    // From standardised terms to units: coefficient/σ each, and the intercept less Σ m·coefficient/σ.
    let moments = model.terms.map(\.source.moments)
    let unit = zip(model.terms, moments).map { $0.coefficient / $1.deviation }
    let intercept = zip(unit, moments).reduce(model.intercept) { $0 - $1.0 * $1.1.mean }
    let names = ["(intercept)"] + model.terms.map { model.name($0.source) }
    coefficients = zip(names, [intercept] + unit).map { Coefficient(name: $0, coefficient: $1) }
    guard let standardised else { return }
    var turn = [Double](repeating: 0, count: count * count)
    turn[0] = 1
    for k in 1..<max(1, count) {
      let (mean, deviation) = moments[active[k] - 1]
      turn[k] = -mean / deviation
      turn[k * count + k] = 1 / deviation
    }
    let half = CoefficientInference.product(turn, standardised, count)
    let variance = CoefficientInference.product(half, CoefficientInference.transposed(turn, count), count)
    for (k, index) in active.enumerated() {
      coefficients[index].standardError = max(0, variance[k * count + k]).squareRoot()
    }
    if keepsCovariance, count <= CoefficientInference.greatestCovariance {
      covariance = (0..<count).map { i in (0...i).map { variance[i * count + $0] } }
    }
  }

  private static func product(_ a: [Double], _ b: [Double], _ size: Int) -> [Double] {
    var result = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      for k in 0..<size where a[i * size + k] != 0 {
        let factor = a[i * size + k]
        for j in 0..<size { result[i * size + j] += factor * b[k * size + j] }
      }
    }
    return result
  }

  private static func transposed(_ a: [Double], _ size: Int) -> [Double] {
    (0..<size).flatMap { i in (0..<size).map { a[$0 * size + i] } }
  }
}

extension LogisticModel.Source {
  /// What is subtracted and what is divided by.
  var moments: (mean: Double, deviation: Double) {
    switch self {
    case .value(_, let mean, let deviation), .ramp(_, _, _, let mean, let deviation),
      .missing(_, let mean, let deviation), .level(_, _, let mean, let deviation):
      (mean, deviation)
    }
  }
}

extension LogisticModel {
  /// The name of a term, for people.
  func name(_ source: Source) -> String {
    let feature = features[source.feature]
    switch source {
    case .value: return feature.name
    case .ramp(_, let lower, let upper, _, _): return "\(feature.name) from \(lower) to \(upper)"
    case .missing: return "\(feature.name) is missing"
    case .level(_, let code, _, _): return "\(feature.name) = \(feature.levels?[code] ?? "")"
    }
  }
}
