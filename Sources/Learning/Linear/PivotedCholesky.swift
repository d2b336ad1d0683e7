/// The factor of a correlation-like matrix with the column of the greatest rest chosen at each step: it finds which columns depend on
/// the others, and on which.
package struct PivotedCholesky {
  /// A column of which the others leave so small a share of its squares unexplained (1 − R²) depends on them exactly.
  package static let exactShare = 1e-10
  /// One with less than this depends on them nearly: its variance is a thousand times that of an independent column.
  package static let nearShare = 1e-3
  /// The share of the greatest weight above which a column counts among those that another depends on.
  static let namedShare = 0.01

  /// A column that others explain.
  package struct Dependence: Sendable, Hashable {
    /// The column.
    package var column: Int
    /// The columns that explain it, those of the greatest weight first.
    package var others: [Int]
    /// The share of its squares that they leave unexplained, 1 − R².
    package var unexplained: Double
    package init(column: Int, others: [Int], unexplained: Double) {
      (self.column, self.others, self.unexplained) = (column, others, unexplained)
    }

    /// Whether that share is nothing but rounding.
    package var isExact: Bool { unexplained <= PivotedCholesky.exactShare }
  }

  /// The columns that depend on others, in ascending order: first the exact ones, which are taken out, then the nearly dependent of
  /// the rest. Columns without any squares count as exact, and depend on none.
  ///
  /// - Parameter matrix: XᵀWX, row-major, of `size` columns.
  /// - Complexity: O(size³).
  package static func dependences(_ matrix: [Double], size: Int) -> [Dependence] {
    let scale = (0..<size).map { matrix[$0 * size + $0] > 0 ? 1 / matrix[$0 * size + $0].squareRoot() : 0 }
    var rest = scale.map { $0 > 0 ? 1.0 : 0 }
    var chosen: [Int] = []
    var isChosen = [Bool](repeating: false, count: size)
    // Row k of the factor: of each column, its part along the k-th chosen one.
    var factor: [[Double]] = []
    while true {
      // The first of equals: the constant, then the order of the terms.
      guard
        let pivot = rest.indices.filter({ !isChosen[$0] }).max(by: {
          rest[$0] < rest[$1] || (rest[$0] == rest[$1] && $0 > $1)
        }),
        rest[pivot] > exactShare
      else { break }
      let root = rest[pivot].squareRoot()
      var row = (0..<size).map { matrix[pivot * size + $0] * scale[pivot] * scale[$0] }
      for before in factor where before[pivot] != 0 {
        let weight = before[pivot]
        for column in 0..<size { row[column] -= weight * before[column] }
      }
      for column in chosen { row[column] = 0 }
      for column in 0..<size { row[column] /= root }
      for column in 0..<size where !isChosen[column] && column != pivot {
        rest[column] = max(0, rest[column] - row[column] * row[column])
      }
      isChosen[pivot] = true
      chosen.append(pivot)
      factor.append(row)
    }
    var found: [Dependence] = []
    for column in 0..<size where !isChosen[column] {
      // Back substitution: the weights of the chosen columns in this one.
      var weights = factor.map { $0[column] }
      for k in weights.indices.reversed() {
        for later in k + 1..<weights.count { weights[k] -= factor[k][chosen[later]] * weights[later] }
        weights[k] /= factor[k][chosen[k]]
      }
      found.append(
        Dependence(column: column, others: named(weights, chosen), unexplained: rest[column]))
    }
    return (found + near(matrix, size, scale, chosen.sorted())).sorted { $0.column < $1.column }
  }

  /// Of independent columns, those of which little is left beside all the others: 1 − R² is 1/(diagonal of the inverse).
  private static func near(_ matrix: [Double], _ size: Int, _ scale: [Double], _ chosen: [Int]) -> [Dependence] {
    let correlation = chosen.flatMap { i in chosen.map { matrix[i * size + $0] * scale[i] * scale[$0] } }
    guard let inverse = Cholesky(correlation, size: chosen.count)?.inverse else { return [] }
    return chosen.indices.compactMap { index in
      let diagonal = inverse[index * chosen.count + index]
      guard 1 / diagonal < nearShare else { return nil }
      // A row of the inverse, divided by its diagonal, holds the negative weights of the regression on the others.
      var weights = (0..<chosen.count).map { -inverse[index * chosen.count + $0] / diagonal }
      weights[index] = 0
      return Dependence(column: chosen[index], others: named(weights, chosen), unexplained: 1 / diagonal)
    }
  }

  private static func named(_ weights: [Double], _ columns: [Int]) -> [Int] {
    let greatest = weights.reduce(0) { max($0, $1.magnitude) }
    return weights.indices.filter { weights[$0].magnitude > namedShare * greatest && greatest > 0 }
      .sorted { (weights[$1].magnitude, columns[$0]) < (weights[$0].magnitude, columns[$1]) }.map { columns[$0] }
  }
}
