import ElementaryFunctions
import Learning
import Parallelism
import Randomness
import Testing

@Suite struct LogisticKernelTests {
  /// The widths of vectors that this machine has beside the reference.
  private static let widths = Array(0...LogisticKernel.bestWidth)
  private let random = CounterRandom(seed: 3, stream: 9)

  private func numbers(_ count: Int, _ draw: UInt64, scale: Double = 4) -> [Double] {
    (0..<count).map { (random.uniform(UInt64($0), draw) - 0.5) * scale }
  }

  @Test(arguments: widths) func `every width makes the columns, losses and sums of the plain loops, bit for bit`(
    width: Int32
  ) {
    let count = 256
    var x = numbers(count, 1)
    (x[3], x[9], x[200]) = (.nan, .infinity, -.infinity)
    let labels = numbers(count, 2).map { $0 > 0 ? 1.0 : 0 }
    let weights = numbers(count, 3, scale: 1).map { $0 + 1 }
    let start = numbers(count, 4, scale: 80)
    let (column, scores) = (FlatBuffer(count: count, initial: 9.0), FlatBuffer(start))
    let (input, truth, heavy) = (FlatBuffer(x), FlatBuffer(labels), FlatBuffer(weights))
    scores.base[17] = 0
    scores.base[18] = -800
    scores.base[19] = 800
    let given = scores.array
    LogisticKernel.predict(
      input.base, mean: 0.3, scale: 1.7, coefficient: -0.6, column: column.base, scores: scores.base, count: count,
      width: width)
    for row in 0..<count {
      let term = x[row].isFinite ? (x[row] - 0.3) * 1.7 : 0
      #expect(column.base[row] == term)
      #expect(scores.base[row] == given[row] + -0.6 * term)
    }
    let lanes = FlatBuffer(count: 8, initial: 0.25)
    let (residuals, curvatures) = (FlatBuffer(count: count, initial: 0.0), FlatBuffer(count: count, initial: 0.0))
    LogisticKernel.losses(
      scores: scores.base, labels: truth.base, weights: heavy.base, count: count, loss: lanes.base,
      residuals: residuals.base, curvatures: curvatures.base, width: width)
    var expected = [Double](repeating: 0.25, count: 8)
    for row in 0..<count {
      let z = scores.base[row]
      expected[row % 8] += weights[row] * (softplus(z) - labels[row] * z)
      let e = exponential(-z.magnitude)
      let (u, v) = (1 / (1 + e), e * (1 / (1 + e)))
      #expect(residuals.base[row] == weights[row] * ((z > 0 ? u : v) - labels[row]))
      #expect(curvatures.base[row] == weights[row] * (u * v))
      #expect((residuals.base[row] - weights[row] * (logistic(z) - labels[row])).magnitude < 1e-15)
    }
    #expect(lanes.array == expected)
    let product = LogisticKernel.dot(column.base, residuals.base, count: count, width: width)
    #expect(product == LogisticKernel.dot(column.base, residuals.base, count: count, width: 0))
    let naive = (0..<count).reduce(0.0) { $0 + column.base[$1] * residuals.base[$1] }
    #expect((product - naive).magnitude < 1e-12)
  }

  @Test(arguments: widths, [4, 8, 12, 20]) func `the product of columns equals the naive one`(
    width: Int32, columnCount: Int
  ) {
    let count = 64
    let columns = FlatBuffer((0..<columnCount * count).map { Double(($0 * 37) % 101) - 50 })
    let stride = columnCount + 3
    let result = FlatBuffer(count: stride * columnCount, initial: 1.0)
    LogisticKernel.cross(
      columns.base, columnCount: columnCount, count: count, to: result.base, stride: stride, width: width)
    for i in 0..<columnCount {
      for j in 0...i {
        let sum = (0..<count).reduce(1.0) { $0 + columns.base[i * count + $1] * columns.base[j * count + $1] }
        #expect(result.base[i * stride + j] == sum)
      }
    }
    // Sums that round: all widths round alike.
    let rough = FlatBuffer(numbers(columnCount * count, 5))
    let (one, other) = (
      FlatBuffer(count: stride * columnCount, initial: 0.0), FlatBuffer(count: stride * columnCount, initial: 0.0)
    )
    LogisticKernel.cross(rough.base, columnCount: columnCount, count: count, to: one.base, stride: stride, width: width)
    LogisticKernel.cross(rough.base, columnCount: columnCount, count: count, to: other.base, stride: stride, width: 0)
    for i in 0..<columnCount { for j in 0...i { #expect(one.base[i * stride + j] == other.base[i * stride + j]) } }
  }

  @Test(arguments: widths) func `a multiple of one row is added to another`(width: Int32) {
    let x = FlatBuffer(numbers(21, 6))
    let y = FlatBuffer(numbers(21, 7))
    let before = y.array
    LogisticKernel.add(0.7, x.base, to: y.base, count: 21, width: width)
    for index in 0..<21 { #expect(y.base[index] == before[index] + 0.7 * x.base[index]) }
  }

  /// Loss, gradient and matrix over rows of every kind against sums written down as the formulas have them.
  @Test(arguments: [1, 255, 256, 8_192, 20_001], LogisticRegression.Transform.allCases)
  func `a pass equals the naive sums`(rowCount: Int, transform: LogisticRegression.Transform) {
    let rows = TrainingRows(rowCount)
    let weights = numbers(rowCount, 8, scale: 1).map { $0 + 1 }
    let offsets = numbers(rowCount, 9, scale: 1)
    let workers = WorkerThreads(count: 2)
    let design = DesignMatrix(learning: rows.table, transform: transform, threads: workers)
    let terms = DesignRows(
      design, rows.table, labels: rows.labels, weights: weights, offsets: offsets, threads: workers)
    let beta = (0..<design.columnCount).map { Double(($0 * 7) % 5) * 0.2 - 0.4 }
    for matrix in [NormalEquations.Matrix.information, .scores] {
      let found = NormalEquations.sum(terms, coefficients: beta, matrix: matrix, threads: workers)
      let naive = NaiveEquations(design, rows, weights, offsets, beta, matrix)
      let size = Double(rowCount)
      #expect((found.loss - naive.loss).magnitude < 1e-12 * size)
      for (a, b) in zip(found.gradient, naive.gradient) { #expect((a - b).magnitude < 1e-11 * size) }
      for (a, b) in zip(found.matrix, naive.matrix) { #expect((a - b).magnitude < 1e-11 * size) }
    }
  }
}

/// The sums of a pass, row by row over the whole design.
struct NaiveEquations {
  var loss = 0.0
  var gradient: [Double]
  var matrix: [Double]

  init(
    _ design: DesignMatrix, _ rows: TrainingRows, _ weights: [Double], _ offsets: [Double], _ beta: [Double],
    _ kind: NormalEquations.Matrix
  ) {
    let size = design.columnCount
    gradient = [Double](repeating: 0, count: size)
    matrix = [Double](repeating: 0, count: size * size)
    for row in rows.labels.indices {
      let x = [1] + design.sources.map { $0.naive(rows.table, row) }
      let z = zip(x, beta).reduce(offsets[row]) { $0 + $1.0 * $1.1 }
      let p = logistic(z)
      loss += weights[row] * (softplus(z) - rows.labels[row] * z)
      let residual = weights[row] * (p - rows.labels[row])
      let curvature = kind == .scores ? residual * residual : weights[row] * p * (1 - p)
      for i in 0..<size {
        gradient[i] += residual * x[i]
        for j in 0..<size { matrix[i * size + j] += curvature * x[i] * x[j] }
      }
    }
  }
}

extension LogisticModel.Source {
  /// The term of a row, as its description says.
  func naive(_ table: FeatureTable, _ row: Int) -> Double {
    switch self {
    case .value(let feature, let mean, let deviation):
      let value = table.columns[feature][row]
      return value.isFinite ? (value - mean) / deviation : 0
    case .ramp(let feature, let lower, let upper, let mean, let deviation):
      let value = table.columns[feature][row]
      return value.isFinite ? (min(1, max(0, (value - lower) / (upper - lower))) - mean) / deviation : 0
    case .missing(let feature, let mean, let deviation):
      return ((table.columns[feature][row].isFinite ? 0 : 1) - mean) / deviation
    case .level(let feature, let code, let mean, let deviation):
      return ((table.columns[feature][row] == Double(code) ? 1 : 0) - mean) / deviation
    }
  }
}
