import CLogistic
import ElementaryFunctions

/// The loops over rows of logistic regression, for blocks of 256 rows whose columns lie one behind the other.
///
/// Each exists twice: here, and in C for processors with AVX2 or AVX-512. Sums have eight lanes, row r in lane r mod 8, and no step
/// is fused, so that every width gives the same bits; the loops here are the reference.
package enum LogisticKernel {
  /// Rows of a block: with 130 columns 266 kB, which stay in the second-level cache.
  package static let blockRowCount = 256
  /// Columns of a tile of the cross product; matrices are padded to a multiple of it.
  package static let tileWidth = 4
  /// The widest vectors of this machine: 0 for the loops here, 1 for AVX2, 2 for AVX-512.
  package static let bestWidth = nightjar_logistic_width()

  private typealias Lanes = SIMD8<Double>

  /// column = (x − mean)·scale, 0 where x is not finite; scores += coefficient·column. `count` is a multiple of 8.
  package static func predict(
    _ x: UnsafePointer<Double>, mean: Double, scale: Double, coefficient: Double,
    column: UnsafeMutablePointer<Double>, scores: UnsafeMutablePointer<Double>, count: Int, width: Int32 = bestWidth
  ) {
    guard width == 0 else {
      nightjar_logistic_predict(width, x, mean, scale, coefficient, column, scores, count)
      return
    }
    for row in 0..<count {
      let value = x[row]
      let term = value.isFinite ? (value - mean) * scale : 0
      column[row] = term
      scores[row] += coefficient * term
    }
  }

  /// Of each row: its loss w(ln(1 + eᶻ) − yz), added to the eight of `loss` lane by lane; residual w(p − y); curvature wp(1 − p).
  /// `count` is a multiple of 8.
  package static func losses(
    scores: UnsafePointer<Double>, labels: UnsafePointer<Double>, weights: UnsafePointer<Double>, count: Int,
    loss: UnsafeMutablePointer<Double>, residuals: UnsafeMutablePointer<Double>,
    curvatures: UnsafeMutablePointer<Double>, width: Int32 = bestWidth
  ) {
    guard width == 0 else {
      nightjar_logistic_losses(width, scores, labels, weights, count, loss, residuals, curvatures)
      return
    }
    for row in 0..<count {
      let (z, weight) = (scores[row], weights[row])
      let e = exponential(z > 0 ? -z : z)
      let u = 1 / (1 + e)
      let v = e * u
      loss[row & 7] += weight * (((z > 0 ? z : 0) + naturalLogarithm(1 + e)) - labels[row] * z)
      residuals[row] = weight * ((z > 0 ? u : v) - labels[row])
      curvatures[row] = weight * (u * v)
    }
  }

  /// aᵀb. `count` is a multiple of 32.
  package static func dot(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int, width: Int32 = bestWidth
  ) -> Double {
    guard width == 0 else { return nightjar_logistic_dot(width, a, b, count) }
    var (s0, s1, s2, s3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    for row in stride(from: 0, to: count, by: 32) {
      s0 += load(a, row) * load(b, row)
      s1 += load(a, row + 8) * load(b, row + 8)
      s2 += load(a, row + 16) * load(b, row + 16)
      s3 += load(a, row + 24) * load(b, row + 24)
    }
    return sum((s0 + s1) + (s2 + s3))
  }

  /// Adds the products of columns to `result[i·stride + j]`, j ≤ i, and to some beyond the diagonal, which mean nothing.
  /// `columnCount` is a multiple of `tileWidth`, `count` one of 8.
  package static func cross(
    _ columns: UnsafePointer<Double>, columnCount: Int, count: Int, to result: UnsafeMutablePointer<Double>,
    stride: Int,
    width: Int32 = bestWidth
  ) {
    guard width == 0 else {
      nightjar_logistic_cross(width, columns, columnCount, count, result, stride)
      return
    }
    for i in 0..<columnCount {
      let a = columns + i * count
      for j in Swift.stride(from: 0, through: i, by: 2) {
        let (b, c) = (columns + j * count, columns + min(j + 1, columnCount - 1) * count)
        var (ab, ac) = (Lanes.zero, Lanes.zero)
        for row in Swift.stride(from: 0, to: count, by: 8) {
          let left = load(a, row)
          ab += left * load(b, row)
          ac += left * load(c, row)
        }
        result[i * stride + j] += sum(ab)
        if j + 1 <= i { result[i * stride + j + 1] += sum(ac) }
      }
    }
  }

  /// y += a·x.
  package static func add(
    _ a: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>, count: Int, width: Int32 = bestWidth
  ) {
    guard width == 0 else {
      nightjar_logistic_add(width, a, x, y, count)
      return
    }
    for index in 0..<count { y[index] += a * x[index] }
  }

  @inline(__always) private static func load(_ base: UnsafePointer<Double>, _ row: Int) -> Lanes {
    UnsafeRawPointer(base + row).loadUnaligned(as: Lanes.self)
  }

  @inline(__always) private static func sum(_ v: Lanes) -> Double {
    (((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])))
  }
}
