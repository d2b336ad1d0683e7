/// The minimum of a quadratic model with an elastic net: one step of proximal Newton.
package enum QuadraticStep {
  /// Passes of coordinate descent at most.
  package static let maximumPassCount = 1_000
  /// A pass that changes no coordinate by more than this ends the descent.
  package static let tolerance = 1e-13

  /// argmin over b of gᵀ(b − β) + ½(b − β)ᵀH(b − β) + Σ_j l1·|b_j|, without the penalty on b_0.
  ///
  /// Without an l1 penalty by Cholesky, else by coordinate descent. Nil where H is not positive definite.
  package static func solve(hessian: [Double], gradient: [Double], at beta: [Double], l1: Double) -> [Double]? {
    if l1 == 0 {
      guard let step = Cholesky(hessian, size: beta.count)?.solve(gradient) else { return nil }
      return zip(beta, step).map { $0 - $1 }
    }
    let size = beta.count
    var b = beta
    // H(b − β), kept up to date.
    var product = [Double](repeating: 0, count: size)
    for _ in 0..<maximumPassCount {
      var greatest = 0.0
      for j in 0..<size {
        let diagonal = hessian[j * size + j]
        guard diagonal > 0 else { return nil }
        let target = diagonal * b[j] - gradient[j] - product[j]
        let value = j == 0 ? target / diagonal : shrink(target, l1) / diagonal
        let change = value - b[j]
        guard change != 0 else { continue }
        b[j] = value
        for k in 0..<size { product[k] += hessian[j * size + k] * change }
        greatest = max(greatest, change.magnitude)
      }
      if greatest <= tolerance { break }
    }
    return b
  }

  private static func shrink(_ value: Double, _ threshold: Double) -> Double {
    value > threshold ? value - threshold : value < -threshold ? value + threshold : 0
  }
}

/// The factor L of a positive definite matrix LLᵀ.
package struct Cholesky {
  /// A pivot below this share of its diagonal means that a column depends on the ones before it.
  package static let pivotTolerance = 1e-12

  private let factor: [Double]
  private let size: Int

  /// Factors a row-major matrix; nil where it is not positive definite. O(n³).
  package init?(_ matrix: [Double], size: Int, pivotTolerance: Double = pivotTolerance) {
    var factor = matrix
    for row in 0..<size {
      for column in 0...row {
        var sum = matrix[row * size + column]
        for k in 0..<column { sum -= factor[row * size + k] * factor[column * size + k] }
        if row == column {
          guard sum > pivotTolerance * matrix[row * size + row] else { return nil }
          factor[row * size + row] = sum.squareRoot()
        } else {
          factor[row * size + column] = sum / factor[column * size + column]
        }
      }
    }
    self.factor = factor
    self.size = size
  }

  /// The solution x of LLᵀx = b. O(n²).
  package func solve(_ b: [Double]) -> [Double] {
    var x = b
    for row in 0..<size {
      for column in 0..<row { x[row] -= factor[row * size + column] * x[column] }
      x[row] /= factor[row * size + row]
    }
    for row in (0..<size).reversed() {
      for column in row + 1..<size { x[row] -= factor[column * size + row] * x[column] }
      x[row] /= factor[row * size + row]
    }
    return x
  }

  /// The inverse of the matrix, row-major. O(n³).
  package var inverse: [Double] {
    var result = [Double](repeating: 0, count: size * size)
    for column in 0..<size {
      var unit = [Double](repeating: 0, count: size)
      unit[column] = 1
      let solution = solve(unit)
      for row in 0..<size { result[row * size + column] = solution[row] }
    }
    return result
  }
}
