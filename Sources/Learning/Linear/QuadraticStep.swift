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
    let isDefinite = factor.withUnsafeMutableBufferPointer { factor -> Bool in
      guard let base = factor.baseAddress else { return true }
      for row in 0..<size {
        let own = base + row * size
        for column in 0...row {
          let sum = own[column] - Cholesky.dot(own, base + column * size, column)
          if row != column {
            own[column] = sum / base[column * size + column]
          } else if sum > pivotTolerance * matrix[row * size + row] {
            own[row] = sum.squareRoot()
          } else {
            return false
          }
        }
      }
      return true
    }
    guard isDefinite else { return nil }
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
    // Row by row of L, as it lies in memory.
    for row in (0..<size).reversed() {
      x[row] /= factor[row * size + row]
      for column in 0..<row { x[column] -= factor[row * size + column] * x[row] }
    }
    return x
  }

  /// The inverse of the matrix, row-major: MᵀM with M = L⁻¹. O(n³).
  package var inverse: [Double] {
    let result = FlatBuffer(count: size * size, initial: 0.0)
    let lower = FlatBuffer(count: size * size, initial: 0.0)
    for row in 0..<size {
      let own = lower.base + row * size
      own[row] = 1
      for before in 0..<row {
        LogisticKernel.add(-factor[row * size + before], lower.base + before * size, to: own, count: before + 1)
      }
      for column in 0...row { own[column] /= factor[row * size + row] }
      for i in 0...row { LogisticKernel.add(own[i], own, to: result.base + i * size, count: i + 1) }
    }
    for i in 0..<size { for j in 0..<i { result.base[j * size + i] = result.base[i * size + j] } }
    return result.array
  }

  /// aᵀb in eight lanes and a rest.
  private static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    let whole = count & ~7
    var lanes = SIMD8<Double>.zero
    for index in stride(from: 0, to: whole, by: 8) {
      lanes +=
        UnsafeRawPointer(a + index).loadUnaligned(as: SIMD8<Double>.self)
        * UnsafeRawPointer(b + index).loadUnaligned(as: SIMD8<Double>.self)
    }
    var sum = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
    for index in whole..<count { sum += a[index] * b[index] }
    return sum
  }
}
