import Parallelism

/// Gradients and hessians of the loss, as doubles and as integers in one word a row.
///
/// With raw score s, label y, loss ℓ and weight w: g = w·∂ℓ/∂s, h = w·∂²ℓ/∂s². The integer of a gradient is
/// its multiple of 1/gradientScale, the nearest one; the scales are powers of two, chosen in each round so that the
/// sums of absolute values over all rows stay below 2³¹ and 2³². A rare positive class spends few of these bits, so
/// that the grain is finer just where gradients are small.
struct QuantisedGradients {
  /// Rows a task; fixed, so that sums of doubles are added in one order.
  static let chunkRowCount = 1 << 15

  /// g of each row.
  let gradients: FlatBuffer<Double>
  /// h of each row.
  let hessians: FlatBuffer<Double>
  /// The word of each row, g · 2³² + h in integers.
  let words: FlatBuffer<Int64>
  /// Integers per unit of gradient.
  private(set) var gradientScale = 1.0
  /// Integers per unit of hessian.
  private(set) var hessianScale = 1.0

  init(rowCount: Int) {
    gradients = FlatBuffer(count: rowCount, initial: 0)
    hessians = FlatBuffer(count: rowCount, initial: 0)
    words = FlatBuffer(count: rowCount, initial: 0)
  }

  /// Computes gradients at the raw scores `scores`, then lets `sample` draw rows of them. O(rows).
  mutating func update(
    loss: some PointLoss, scores: FlatBuffer<Double>, labels: FlatBuffer<Double>, weights: FlatBuffer<Double>?,
    sample: RowSample, threads: WorkerThreads
  ) {
    let (gradients, hessians) = (gradients, hessians)
    _ = threads.collectChunks(rowCount: scores.count, chunkRowCount: QuantisedGradients.chunkRowCount) { rows in
      for row in rows {
        let derivatives = loss.derivatives(score: scores.base[row], label: labels.base[row])
        let weight = weights?.base[row] ?? 1
        gradients.base[row] = weight * derivatives.x
        hessians.base[row] = weight * derivatives.y
      }
    }
    sample.draw(gradients: gradients, hessians: hessians, threads: threads)
    quantise(threads: threads)
  }

  private mutating func quantise(threads: WorkerThreads) {
    let (gradients, hessians, words) = (gradients, hessians, words)
    let rowCount = words.count
    let sums = threads.collectChunks(rowCount: rowCount, chunkRowCount: QuantisedGradients.chunkRowCount) { rows in
      var sum = SIMD2<Double>.zero
      for row in rows { sum += SIMD2(gradients.base[row].magnitude, hessians.base[row]) }
      return sum
    }
    let sum = sums.reduce(SIMD2.zero, +)
    // Rounding adds at most half an integer a row to a gradient, and at most one to a hessian.
    gradientScale = QuantisedGradients.scale(bound: Double(1 << 31) - Double(rowCount), sum: sum.x)
    hessianScale = QuantisedGradients.scale(bound: Double(1 << 32) - 2 * Double(rowCount) - 2, sum: sum.y)
    let (gradientScale, hessianScale) = (gradientScale, hessianScale)
    _ = threads.collectChunks(rowCount: rowCount, chunkRowCount: QuantisedGradients.chunkRowCount) { rows in
      for row in rows {
        let gradient = Int64((gradients.base[row] * gradientScale).rounded(.toNearestOrEven))
        // At least 1, so that no bin with rows looks empty.
        let hessian = max(1, Int64((hessians.base[row] * hessianScale).rounded(.toNearestOrEven)))
        words.base[row] = gradient << 32 &+ hessian
      }
    }
  }

  /// The greatest power of two that keeps `sum · scale` below `bound`, itself bounded against nearly empty sums.
  static func scale(bound: Double, sum: Double) -> Double {
    guard sum > 0 else { return 1 }
    var scale = 1.0
    while scale * 2 * sum < bound, scale < 0x1p40 { scale *= 2 }
    while scale * sum >= bound { scale /= 2 }
    return scale
  }
}
