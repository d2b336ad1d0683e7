import CTrees
import Parallelism
import Randomness

/// Gradients and hessians of the loss, as doubles and as integers in one word a row.
///
/// With raw score s, label y, loss ℓ and weight w: g = w·∂ℓ/∂s, h = w·∂²ℓ/∂s². The integer of a gradient is
/// its multiple of 1/gradientScale, the nearest one; the scales are powers of two, chosen in each round so that the
/// sums of absolute values over all rows stay below 2³¹ and 2³². A rare positive class spends few of these bits, so
/// that the grain is finer just where gradients are small.
///
/// With rounding noise κ > 0 gradients are multiples of a coarse step instead, rounded up or down by chance so that their mean
/// stays: the step Δ = (1 + κ)·Σg²/Σ|g| makes the variance of rounding κ times the mean square of gradients, where few are
/// larger than Δ. Splits are then chosen on noisy sums and get their values from exact ones, so that chance which looks like
/// gain is less often taken for it. (LightGBM's quantised training, Shi et al., NeurIPS 2022, rounds likewise, for speed.)
struct QuantisedGradients {
  /// Rows a task; fixed, so that sums of doubles are added in one order.
  static let chunkRowCount = 1 << 15

  /// The word of each row, g · 2³² + h in integers.
  let words: FlatBuffer<Int64>
  /// Integers per unit of gradient.
  private(set) var gradientScale = 1.0
  /// Integers per unit of hessian.
  private(set) var hessianScale = 1.0

  init(rowCount: Int) {
    words = FlatBuffer(count: rowCount, initial: 0)
  }

  /// Rounds the derivatives of every row; returns the sums of |g|, of h and of g². O(rows).
  mutating func update(
    _ derivatives: RowDerivatives<some PointLoss>, rounding: GradientRounding, threads: WorkerThreads
  ) -> SIMD4<Double> {
    let words = words
    let rowCount = words.count
    let sums = threads.collectChunks(rowCount: rowCount, chunkRowCount: QuantisedGradients.chunkRowCount) { rows in
      var sum = SIMD4<Double>.zero
      derivatives.forEachBlock(rows) { rows, gradients, hessians in
        withUnsafeMutableBytes(of: &sum) { bytes in
          nightjar_sum_derivatives(
            gradients, hessians, rows.count, bytes.assumingMemoryBound(to: Double.self).baseAddress)
        }
      }
      return sum
    }
    let sum = sums.reduce(SIMD4.zero, +)
    // Rounding adds at most half an integer a row to a gradient, and at most one to a hessian.
    gradientScale = QuantisedGradients.scale(bound: Double(1 << 31) - Double(rowCount), sum: sum.x)
    hessianScale = QuantisedGradients.scale(bound: Double(1 << 32) - 2 * Double(rowCount) - 2, sum: sum.y)
    let isNoisy = rounding.noise > 0 && sum.z > 0
    if isNoisy { gradientScale = min(gradientScale, sum.x / ((1 + rounding.noise) * sum.z)) }
    let (gradientScale, hessianScale) = (gradientScale, hessianScale)
    _ = threads.collectChunks(rowCount: rowCount, chunkRowCount: QuantisedGradients.chunkRowCount) { rows in
      derivatives.forEachBlock(rows) { rows, gradients, hessians in
        let (count, first) = (rows.count, UInt64(rows.lowerBound))
        let target = words.base + rows.lowerBound
        if isNoisy {
          var key = rounding.key
          nightjar_round_derivatives(gradients, hessians, count, gradientScale, hessianScale, &key, first, target)
        } else {
          nightjar_round_derivatives(gradients, hessians, count, gradientScale, hessianScale, nil, first, target)
        }
      }
    }
    return sum
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

/// How the gradients of one tree are rounded.
struct GradientRounding: Sendable {
  /// κ: the variance of rounding over the mean square of gradients; 0 for the nearest integer on a fine scale.
  let noise: Double
  /// The key of the noise.
  let key: UInt64

  /// The rounding of tree number `tree`.
  init(_ parameters: GradientBoosting.Parameters, tree: Int) {
    noise = parameters.roundingNoise
    key = CounterRandom(seed: parameters.seed, stream: 0x726F_756E).bits(UInt64(tree))
  }
}
