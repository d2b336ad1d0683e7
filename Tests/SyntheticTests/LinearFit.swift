import Glibc

/// A plain logistic regression by Newton's method, for telling what straight lines can make of a world.
struct LinearFit {
  private(set) var weights: [Double]

  /// Fits `rows` of standardised features with a small ridge.
  init(_ rows: [[Double]], _ outcomes: [Bool], ridge: Double = 1) {
    let width = (rows.first?.count ?? 0) + 1
    weights = Array(repeating: 0, count: width)
    for _ in 0..<12 {
      var gradient = weights.map { -ridge * $0 }
      var hessian = (0..<width).map { i in (0..<width).map { i == $0 ? ridge : 0 } }
      for (row, outcome) in zip(rows, outcomes) {
        let x = [1] + row
        let p = 1 / (1 + exp(-zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 }))
        for i in 0..<width {
          gradient[i] += ((outcome ? 1 : 0) - p) * x[i]
          for j in 0...i { hessian[i][j] += p * (1 - p) * x[i] * x[j] }
        }
      }
      for i in 0..<width { for j in 0..<i { hessian[j][i] = hessian[i][j] } }
      for (index, step) in LinearFit.solve(hessian, gradient).enumerated() { weights[index] += step }
    }
  }

  func score(_ row: [Double]) -> Double { zip(weights, [1] + row).reduce(0) { $0 + $1.0 * $1.1 } }

  /// Gaussian elimination with pivots.
  private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var a = matrix
    var b = right
    for column in b.indices {
      let pivot = (column..<b.count).max { abs(a[$0][column]) < abs(a[$1][column]) } ?? column
      a.swapAt(column, pivot)
      b.swapAt(column, pivot)
      for row in b.indices where row != column && a[column][column] != 0 {
        let factor = a[row][column] / a[column][column]
        for j in column..<b.count { a[row][j] -= factor * a[column][j] }
        b[row] -= factor * b[column]
      }
    }
    return b.indices.map { a[$0][$0] == 0 ? 0 : b[$0] / a[$0][$0] }
  }

  /// The area under the ROC curve; ties count half.
  static func area(_ scores: [Double], _ outcomes: [Bool]) -> Double {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var rankSum = 0.0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      let rank = Double(start + end + 1) / 2
      for index in start..<end where outcomes[order[index]] { rankSum += rank }
      start = end
    }
    let positives = Double(outcomes.count { $0 })
    let negatives = Double(outcomes.count) - positives
    return (rankSum - positives * (positives + 1) / 2) / (positives * negatives)
  }
}
