import ElementaryFunctions
package import Parallelism

/// One pass over the rows at given coefficients: loss, gradient and, where asked, the matrix of second derivatives.
///
/// With p = 1/(1 + e^−Xβ): loss Σ ln(1 + e^z) − y·z, gradient Xᵀ(p − y), Hessian Xᵀ diag(p(1 − p)) X, each weighted.
package struct NormalEquations: Sendable {
  package var loss = 0.0
  package var gradient: [Double]
  /// Row-major, only the lower half is filled until `symmetrise`.
  package var hessian: [Double]

  /// Sums over all rows in chunks of fixed size, merged in order.
  package static func sum(
    _ design: DesignMatrix, _ table: FeatureTable, labels: [Double], weights: [Double]?, coefficients: [Double],
    withHessian: Bool, threads: WorkerThreads
  ) -> NormalEquations {
    let width = design.columnCount
    let parts = threads.collectChunks(rowCount: table.rowCount, chunkRowCount: DesignMatrix.chunkRowCount) { rows in
      var part = NormalEquations(
        gradient: [Double](repeating: 0, count: width),
        hessian: [Double](repeating: 0, count: withHessian ? width * width : 0))
      part.add(design, table, rows, labels, weights, coefficients)
      return part
    }
    var total = NormalEquations(
      gradient: [Double](repeating: 0, count: width),
      hessian: [Double](repeating: 0, count: withHessian ? width * width : 0))
    for part in parts {
      total.loss += part.loss
      for index in total.gradient.indices { total.gradient[index] += part.gradient[index] }
      for index in total.hessian.indices { total.hessian[index] += part.hessian[index] }
    }
    if withHessian {
      for row in 0..<width {
        for column in 0..<row { total.hessian[column * width + row] = total.hessian[row * width + column] }
      }
    }
    return total
  }

  private mutating func add(
    _ design: DesignMatrix, _ table: FeatureTable, _ rows: Range<Int>, _ labels: [Double], _ weights: [Double]?,
    _ coefficients: [Double]
  ) {
    let width = design.columnCount
    let size = DesignMatrix.blockRowCount
    let withHessian = !hessian.isEmpty
    var lossSum = 0.0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * size) { scratch in
      let (scores, roots) = (scratch.baseAddress!, scratch.baseAddress! + size)
      gradient.withUnsafeMutableBufferPointer { gradient in
        hessian.withUnsafeMutableBufferPointer { hessian in
          design.forEachBlock(table, rows: rows) { start, count, columns in
            for row in 0..<size { scores[row] = 0 }
            for index in 0..<width {
              let (coefficient, column) = (coefficients[index], columns + index * size)
              for row in 0..<count { scores[row] += coefficient * column[row] }
            }
            for row in 0..<count {
              let (score, label, weight) = (scores[row], labels[start + row], weights?[start + row] ?? 1)
              lossSum += weight * (softplus(score) - label * score)
              let p = logistic(score)
              scores[row] = weight * (p - label)
              roots[row] = (weight * p * (1 - p)).squareRoot()
            }
            for row in count..<size {
              scores[row] = 0
              roots[row] = 0
            }
            for index in 0..<width { gradient[index] += CrossProduct.dot(columns + index * size, scores, size) }
            guard withHessian else { return }
            for index in 0..<width {
              let column = columns + index * size
              for row in 0..<size { column[row] *= roots[row] }
            }
            CrossProduct.add(columns, width: width, length: size, to: hessian.baseAddress!)
            for row in 0..<size { columns[row] = 1 }
          }
        }
      }
    }
    loss += lossSum
  }
}

/// The lower half of XᵀX for a block of columns, the kernel of Newton's method.
package enum CrossProduct {
  /// aᵀb for a length that is a multiple of 8.
  @inline(__always) package static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ length: Int)
    -> Double
  {
    var sum = SIMD8<Double>.zero
    var row = 0
    while row < length {
      sum += load(a, row) * load(b, row)
      row += 8
    }
    return sum.sum()
  }

  /// Adds the products of every pair of columns to `result[i · width + j]`, j ≤ i; two by two, so that each load serves
  /// two products.
  package static func add(
    _ columns: UnsafePointer<Double>, width: Int, length: Int, to result: UnsafeMutablePointer<Double>
  ) {
    var i = 0
    while i < width {
      let second = min(i + 1, width - 1)
      var j = 0
      while j <= second {
        let other = min(j + 1, width - 1)
        let (a, b) = (columns + i * length, columns + second * length)
        let (c, d) = (columns + j * length, columns + other * length)
        var (ac, ad, bc, bd) =
          (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
        var row = 0
        while row < length {
          let (va, vb) = (load4(a, row), load4(b, row))
          let (vc, vd) = (load4(c, row), load4(d, row))
          ac += va * vc
          ad += va * vd
          bc += vb * vc
          bd += vb * vd
          row += 4
        }
        result[i * width + j] += ac.sum()
        if other != j, other <= i { result[i * width + other] += ad.sum() }
        if second != i {
          result[second * width + j] += bc.sum()
          if other != j { result[second * width + other] += bd.sum() }
        }
        j += 2
      }
      i += 2
    }
  }

  @inline(__always) private static func load(_ base: UnsafePointer<Double>, _ row: Int) -> SIMD8<Double> {
    UnsafeRawPointer(base + row).loadUnaligned(as: SIMD8<Double>.self)
  }

  @inline(__always) private static func load4(_ base: UnsafePointer<Double>, _ row: Int) -> SIMD4<Double> {
    UnsafeRawPointer(base + row).loadUnaligned(as: SIMD4<Double>.self)
  }
}
