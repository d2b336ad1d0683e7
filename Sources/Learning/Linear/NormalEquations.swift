package import Parallelism

/// One pass over the rows at given coefficients: loss, gradient and, where asked, a matrix.
///
/// With z = Xβ + offset and p = 1/(1 + e^−z): loss Σ w(ln(1 + e^z) − y·z), gradient Xᵀw(p − y), observed information
/// Xᵀ diag(wp(1 − p)) X, or the products of scores Xᵀ diag(w²(p − y)²) X.
///
/// Coefficients are those of standardised terms, the constant first. A sparse term t is (x − m)/σ with x 0 or 1; the sums below are
/// of x alone, and mean and deviation are put in at the end: Σ r(x − m)/σ = (Σ rx − mΣr)/σ, and so for products.
package struct NormalEquations: Sendable {
  /// Which matrix a pass makes.
  package enum Matrix: Sendable {
    case none, information, scores
  }

  package var loss = 0.0
  package var gradient: [Double]
  /// Row-major, symmetric; empty where none was asked for.
  package var matrix: [Double]

  /// Sums over rows in tasks that depend on the number of rows and terms only, merged in order.
  ///
  /// - Parameter stride: one block of 256 rows in so many is counted; 1 counts all.
  /// - Complexity: O(rows · terms) for the gradient, O(rows · terms²) for a matrix; of sparse terms those that are 1.
  package static func sum(
    _ rows: DesignRows, coefficients: [Double], matrix: Matrix, stride: Int = 1, threads: WorkerThreads
  ) -> NormalEquations {
    let pass = DesignPass(rows, coefficients: coefficients, matrix: matrix, stride: stride)
    let parts = threads.collectChunks(rowCount: rows.rowCount, chunkRowCount: pass.taskRowCount) { pass.sums(over: $0) }
    var total = parts.first ?? DesignPass.Sums(pass)
    for part in parts.dropFirst() {
      total.loss += part.loss
      for index in total.gradient.indices { total.gradient[index] += part.gradient[index] }
      for index in total.matrix.indices { total.matrix[index] += part.matrix[index] }
    }
    return pass.equations(total)
  }

  /// The rows that a pass with `stride` counts.
  package static func rowCount(of rowCount: Int, stride: Int) -> Int {
    let size = LogisticKernel.blockRowCount
    return Swift.stride(from: 0, to: rowCount, by: size * stride).reduce(0) { $0 + min(size, rowCount - $1) }
  }
}

/// The plan of a pass and its inner loops. A class: closures of every block hold it, and a structure would count a reference
/// to each of its arrays each time, in turn with the other threads.
private final class DesignPass: Sendable {
  /// Tasks at most; fewer where their matrices would be large.
  private static let greatestTaskCount = 64
  private static let matrixElementCount = 1 << 25

  private let rows: DesignRows
  private let matrix: NormalEquations.Matrix
  private let stride: Int
  private let dense: [DenseTerm]
  /// The dense terms of each feature, which lie side by side.
  private let denseRuns: [Range<Int>]
  /// Of the sparse terms: mean and deviation.
  private let sparse: [(mean: Double, deviation: Double)]
  /// Coefficient/deviation of the sparse terms.
  private let marks: [Double]
  /// The predictor of a row whose dense terms are 0 and that has no sparse ones.
  private let shift: Double
  /// The constant, the dense terms, and zeros up to a multiple of a tile; sparse terms follow.
  private let paddedCount: Int

  /// A term with a value in every row.
  private struct DenseTerm: Sendable {
    let feature: Int
    /// The knots of a ramp; nil for the value itself.
    var knots: (lower: Double, upper: Double)?
    let mean: Double
    /// 1/deviation.
    let scale: Double
    let coefficient: Double
  }

  /// Raw sums, in the padded order.
  struct Sums: Sendable {
    var loss = 0.0
    var gradient: [Double]
    var matrix: [Double]

    init(_ pass: DesignPass) {
      gradient = [Double](repeating: 0, count: pass.totalCount)
      matrix = [Double](repeating: 0, count: pass.matrix == .none ? 0 : pass.totalCount * pass.totalCount)
    }
  }

  private var totalCount: Int { paddedCount + sparse.count }

  /// Rows of a task: whole chunks.
  var taskRowCount: Int {
    let elements = matrix == .none ? totalCount : totalCount * totalCount
    let most = min(DesignPass.greatestTaskCount, max(4, DesignPass.matrixElementCount / elements))
    let chunk = DesignRows.chunkRowCount
    return max(1, (rows.rowCount + most * chunk - 1) / (most * chunk)) * chunk
  }

  init(_ rows: DesignRows, coefficients: [Double], matrix: NormalEquations.Matrix, stride: Int) {
    self.rows = rows
    self.matrix = matrix
    self.stride = stride
    var dense: [DenseTerm] = []
    var sparse: [(mean: Double, deviation: Double)] = []
    var marks: [Double] = []
    var shift = coefficients[0]
    for (source, coefficient) in zip(rows.design.sources, coefficients.dropFirst()) {
      switch source {
      case .value(let feature, let mean, let deviation):
        dense.append(DenseTerm(feature: feature, mean: mean, scale: 1 / deviation, coefficient: coefficient))
      case .ramp(let feature, let lower, let upper, let mean, let deviation):
        dense.append(
          DenseTerm(
            feature: feature, knots: (lower, upper), mean: mean, scale: 1 / deviation, coefficient: coefficient))
      case .missing(_, let mean, let deviation), .level(_, _, let mean, let deviation):
        sparse.append((mean, deviation))
        marks.append(coefficient / deviation)
        shift -= coefficient / deviation * mean
      }
    }
    (self.dense, self.sparse, self.marks, self.shift) = (dense, sparse, marks, shift)
    var runs: [Range<Int>] = []
    for index in dense.indices {
      if let last = runs.last, dense[last.lowerBound].feature == dense[index].feature {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
    denseRuns = runs
    let tile = LogisticKernel.tileWidth
    paddedCount = (dense.count + tile) / tile * tile
  }

  /// Memory of a block: its columns, and of each row score, label, weight, residual, curvature and value of one column.
  private struct Block {
    let columns, scores, labels, weights, residuals, curvatures, staged: UnsafeMutablePointer<Double>

    init(_ base: UnsafeMutablePointer<Double>, columnCount: Int) {
      let size = LogisticKernel.blockRowCount
      columns = base
      scores = base + columnCount * size
      labels = scores + size
      weights = labels + size
      residuals = weights + size
      curvatures = residuals + size
      staged = curvatures + size
    }

    static func count(columnCount: Int) -> Int { (columnCount + 6) * LogisticKernel.blockRowCount }
  }

  func sums(over range: Range<Int>) -> Sums {
    var sums = Sums(self)
    let size = LogisticKernel.blockRowCount
    let memory = FlatBuffer(count: Block.count(columnCount: paddedCount), initial: 0.0)
    let lanes = FlatBuffer(count: 8, initial: 0.0)
    let block = Block(memory.base, columnCount: paddedCount)
    let transposed = FlatBuffer(count: 8 * paddedCount, initial: 0.0)
    withExtendedLifetime((memory, lanes, transposed)) {
      for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: size)
      where (start / size) % stride == 0 {
        let count = min(size, range.upperBound - start)
        fill(block, start, count)
        LogisticKernel.losses(
          scores: block.scores, labels: block.labels, weights: block.weights, count: size, loss: lanes.base,
          residuals: block.residuals, curvatures: block.curvatures)
        addGradient(block, start, count, to: &sums.gradient)
        if matrix != .none { addMatrix(block, start, count, transposed.base, to: &sums.matrix) }
      }
    }
    sums.loss = lanes.array.reduce(0, +)
    return sums
  }

  /// Makes the columns of a block and the scores of its rows; rows beyond `count` weigh nothing.
  private func fill(_ block: Block, _ start: Int, _ count: Int) {
    let size = LogisticKernel.blockRowCount
    for row in 0..<size {
      block.columns[row] = 1
      block.labels[row] = row < count ? rows.labels[start + row] : 0
      block.weights[row] = row < count ? rows.weights?[start + row] ?? 1 : 0
      block.scores[row] = shift + (row < count ? rows.offsets?[start + row] ?? 0 : 0)
    }
    for terms in denseRuns {
      rows.table.withValues(of: dense[terms.lowerBound].feature, start..<start + count) { values in
        guard let first = values.baseAddress else { return }
        for index in terms { fill(block, index, from: first, count) }
      }
    }
    forEachMark(start, count) { row, term in block.scores[row] += marks[term] }
  }

  /// Makes the column of one dense term from the values of its feature, and adds it to the scores.
  private func fill(_ block: Block, _ index: Int, from first: UnsafePointer<Double>, _ count: Int) {
    let (size, term) = (LogisticKernel.blockRowCount, dense[index])
    var source = first
    if let (lower, upper) = term.knots {
      for row in 0..<size {
        block.staged[row] = row < count ? QuantileKnots.ramp(first[row], lower: lower, upper: upper) : .nan
      }
      source = UnsafePointer(block.staged)
    } else if count < size {
      for row in 0..<size { block.staged[row] = row < count ? first[row] : .nan }
      source = UnsafePointer(block.staged)
    }
    LogisticKernel.predict(
      source, mean: term.mean, scale: term.scale, coefficient: term.coefficient,
      column: block.columns + (index + 1) * size, scores: block.scores, count: size)
  }

  /// Calls `body` with row and term of each sparse term that is 1 in a block.
  private func forEachMark(_ start: Int, _ count: Int, _ body: (Int, Int) -> Void) {
    guard !rows.chunks.isEmpty else { return }
    let chunk = rows.chunks[start / DesignRows.chunkRowCount]
    let first = start % DesignRows.chunkRowCount
    chunk.starts.withUnsafeBufferPointer { starts in
      chunk.terms.withUnsafeBufferPointer { terms in
        for row in 0..<count {
          for index in Int(starts[first + row])..<Int(starts[first + row + 1]) { body(row, Int(terms[index])) }
        }
      }
    }
  }

  private func addGradient(_ block: Block, _ start: Int, _ count: Int, to gradient: inout [Double]) {
    let size = LogisticKernel.blockRowCount
    gradient.withUnsafeMutableBufferPointer { gradient in
      for index in 0...dense.count {
        gradient[index] += LogisticKernel.dot(block.columns + index * size, block.residuals, count: size)
      }
      forEachMark(start, count) { row, term in gradient[paddedCount + term] += block.residuals[row] }
    }
  }

  /// Adds a block's products; its columns are weighted in place.
  private func addMatrix(
    _ block: Block, _ start: Int, _ count: Int, _ transposed: UnsafeMutablePointer<Double>, to matrix: inout [Double]
  ) {
    let (size, total) = (LogisticKernel.blockRowCount, totalCount)
    // Roots of the weights of rows, so that a product of two weighted columns has the weight once.
    for row in 0..<size {
      block.curvatures[row] =
        self.matrix == .scores ? block.residuals[row].magnitude : block.curvatures[row].squareRoot()
    }
    for index in 0...dense.count {
      let column = block.columns + index * size
      for row in 0..<size { column[row] *= block.curvatures[row] }
    }
    matrix.withUnsafeMutableBufferPointer { matrix in
      guard let base = matrix.baseAddress else { return }
      LogisticKernel.cross(block.columns, columnCount: paddedCount, count: size, to: base, stride: total)
      guard !rows.chunks.isEmpty else { return }
      let chunk = rows.chunks[start / DesignRows.chunkRowCount]
      let first = start % DesignRows.chunkRowCount
      for group in Swift.stride(from: 0, to: count, by: 8) {
        let end = min(count, group + 8)
        guard chunk.starts[first + end] > chunk.starts[first + group] else { continue }
        for index in 0...dense.count {
          for row in 0..<8 { transposed[row * paddedCount + index] = block.columns[index * size + group + row] }
        }
        for row in group..<end {
          let terms = Int(chunk.starts[first + row])..<Int(chunk.starts[first + row + 1])
          let root = block.curvatures[row]
          for index in terms {
            let target = base + (paddedCount + Int(chunk.terms[index])) * total
            LogisticKernel.add(root, transposed + (row - group) * paddedCount, to: target, count: paddedCount)
            for other in terms.lowerBound...index { target[paddedCount + Int(chunk.terms[other])] += root * root }
          }
        }
      }
    }
  }

  /// Puts means and deviations in, takes the padding out and mirrors the matrix.
  func equations(_ sums: Sums) -> NormalEquations {
    let (size, total) = (rows.design.columnCount, totalCount)
    // Where a coefficient stands in the padded order, the mean that is subtracted there and the deviation.
    let places: [(at: Int, mean: Double, deviation: Double)] =
      (0...dense.count).map { ($0, 0, 1) }
      + sparse.indices.map { (paddedCount + $0, sparse[$0].mean, sparse[$0].deviation) }
    var result = NormalEquations(
      loss: sums.loss,
      gradient: places.map { (sums.gradient[$0.at] - $0.mean * sums.gradient[0]) / $0.deviation },
      matrix: [Double](repeating: 0, count: sums.matrix.isEmpty ? 0 : size * size))
    guard !sums.matrix.isEmpty else { return result }
    for i in 0..<size {
      for j in 0...i {
        let (a, b) = (places[i], places[j])
        // Column 0 is the constant: the sums of a column alone.
        let product =
          sums.matrix[a.at * total + b.at] - a.mean * sums.matrix[b.at * total] - b.mean * sums.matrix[a.at * total]
          + a.mean * b.mean * sums.matrix[0]
        result.matrix[i * size + j] = product / (a.deviation * b.deviation)
        result.matrix[j * size + i] = result.matrix[i * size + j]
      }
    }
    return result
  }
}
