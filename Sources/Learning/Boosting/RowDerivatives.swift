/// The derivatives of every row's loss at its raw score, with its weights: the gradient, then the hessian.
///
/// They are computed whenever they are asked for: kept, they would take 16 bytes a row.
struct RowDerivatives<Loss: PointLoss>: Sendable {
  let loss: Loss
  let scores: FlatBuffer<Double>
  let labels: FlatBuffer<Double>
  let weights: FlatBuffer<Double>?
  /// The rows that a tree learns from.
  var sample = RowSample.whole

  /// The derivatives of a row; 0 for one that is not in the sample.
  @inline(__always) subscript(row: Int) -> SIMD2<Double> {
    let value = loss.derivatives(score: scores.base[row], label: labels.base[row])
    return sample.factor(row) * ((weights?.base[row] ?? 1) * value)
  }

  /// Rows of a block: what is computed of them stays in the cache.
  private static var blockRowCount: Int { 1_024 }

  /// Calls `body` with the gradients and the hessians of some rows at a time, in order.
  func forEachBlock(
    _ rows: Range<Int>, _ body: (Range<Int>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * RowDerivatives.blockRowCount) { memory in
      guard let gradients = memory.baseAddress else { return }
      let hessians = gradients + RowDerivatives.blockRowCount
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: RowDerivatives.blockRowCount) {
        let block = start..<min(start + RowDerivatives.blockRowCount, rows.upperBound)
        loss.derivatives(
          scores: scores.base + start, labels: labels.base + start, count: block.count, gradients: gradients,
          hessians: hessians)
        if let weights {
          for row in block { scale(gradients, hessians, row - start, weights.base[row]) }
        }
        if !sample.isWhole {
          for row in block { scale(gradients, hessians, row - start, sample.factor(row)) }
        }
        body(block, gradients, hessians)
      }
    }
  }

  @inline(__always) private func scale(
    _ gradients: UnsafeMutablePointer<Double>, _ hessians: UnsafeMutablePointer<Double>, _ index: Int,
    _ factor: Double
  ) {
    gradients[index] *= factor
    hessians[index] *= factor
  }
}
