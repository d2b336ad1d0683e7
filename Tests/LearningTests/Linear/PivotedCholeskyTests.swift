import Learning
import Testing

@Suite struct PivotedCholeskyTests {
  /// XᵀX of columns.
  private func product(_ columns: [[Double]]) -> [Double] {
    columns.flatMap { a in columns.map { b in zip(a, b).reduce(0.0) { $0 + $1.0 * $1.1 } } }
  }

  @Test func `a combination is found with the columns that make it, whatever their scale`() {
    let a: [Double] = [1, 2, 0, -1, 3, 5, -2, 1]
    let b: [Double] = [2, -1, 1, 0, 1, -3, 2, 2]
    let c: [Double] = [0, 1, 1, 1, -1, 0, 4, 1]
    let mix = zip(a, b).map { 1e6 * ($0 - 2 * $1) }
    let found = PivotedCholesky.dependences(product([a, b, c, mix]), size: 4)
    #expect(found.count == 1)
    #expect(found.first?.isExact ?? false)
    #expect(Set([found[0].column] + found[0].others) == [0, 1, 3])
  }

  @Test func `what is nearly a combination has its unexplained share`() {
    let a: [Double] = [1, -1, 1, -1]
    let b: [Double] = [1, 1, -1, -1]
    // 1 − R² of a + b/100 on a is (b/100)²/(a² + (b/100)²).
    let near = zip(a, b).map { $0 + $1 / 100 }
    let found = PivotedCholesky.dependences(product([a, near]), size: 2)
    #expect(found.map(\.column) == [0, 1])
    for dependence in found {
      #expect(!dependence.isExact)
      #expect((dependence.unexplained - 1e-4 / 1.0001).magnitude < 1e-12)
    }
    #expect(PivotedCholesky.dependences(product([a, b]), size: 2) == [])
  }

  @Test func `a column of zeros depends on none`() {
    let found = PivotedCholesky.dependences([4, 0, 0, 0], size: 2)
    #expect(found == [.init(column: 1, others: [], unexplained: 0)])
  }

  @Test(arguments: [1, 2, 7, 8, 9, 30]) func `a factor solves and inverts`(size: Int) throws {
    let columns = (0..<size).map { column -> [Double] in
      (0..<40).map { row -> Double in
        let wave = (row * (2 * column + 3) + column * column) % 41
        return Double(wave) / 41 + (row == column ? 2 : 0)
      }
    }
    let matrix = product(columns)
    let factor = try #require(Cholesky(matrix, size: size))
    let inverse = factor.inverse
    let b = (0..<size).map { Double($0) - 2 }
    let x = factor.solve(b)
    for i in 0..<size {
      let row = (0..<size).reduce(0.0) { $0 + matrix[i * size + $1] * x[$1] }
      #expect((row - b[i]).magnitude < 1e-9)
      for j in 0..<size {
        var cell = i == j ? -1.0 : 0
        for k in 0..<size { cell += matrix[i * size + k] * inverse[k * size + j] }
        #expect(cell.magnitude < 1e-9)
      }
    }
    let isDefinite = Cholesky(matrix.map { -$0 }, size: size) != nil
    #expect(!isDefinite)
  }
}
