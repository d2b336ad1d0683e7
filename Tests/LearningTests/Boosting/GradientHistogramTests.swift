import Learning
import Parallelism
import Testing

@Suite struct GradientHistogramTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 16, 33, 45], [20_003, 20])
  func `the kernel equals the naive sum by bin`(featureCount: Int, rowCount: Int) {
    let rows = TrainingRows(rowCount)
    let places = (0..<featureCount).map { $0 % rows.table.features.count }
    let table = FeatureTable(
      places.enumerated().map { index, place in
        Feature("f\(index)", levels: rows.table.features[place].levels)
      }, places.map { rows.table.columns[$0] })
    expectNaiveSums(of: BinnedMatrix(learning: table, threads: WorkerThreads(count: 2)))
  }

  @Test(arguments: [1, 8, 16, 17, 32]) func `features that do not vary have no sums`(variedCount: Int) {
    let rows = TrainingRows(3_000)
    var columns = (0..<variedCount).map { rows.table.columns[$0 % 7] }
    for place in [variedCount, variedCount / 2, 0] { columns.insert([Double](repeating: 4, count: 3_000), at: place) }
    let matrix = BinnedMatrix(
      learning: FeatureTable(columns.indices.map { Feature("f\($0)") }, columns), threads: WorkerThreads(count: 2))
    #expect(matrix.placeCount == variedCount)
    expectNaiveSums(of: matrix)
  }

  /// Sums some rows of a matrix and all of them, and expects what a sum bin by bin comes to.
  func expectNaiveSums(of matrix: BinnedMatrix) {
    let rowCount = matrix.rowCount
    let chosen = (0..<rowCount).filter { $0 % 3 != 1 }.map { UInt32($0) }
    let words = (0..<rowCount).map { row -> Int64 in
      let (gradient, hessian) = (Int64(row % 1_001 - 500), Int64(row % 97))
      return gradient << 32 + hessian
    }
    var expected = [Int64](repeating: 0, count: 256 * matrix.placeCount)
    for (place, feature) in matrix.variedFeatures.enumerated() {
      for row in chosen { expected[place * 256 + Int(matrix.column(feature)[Int(row)])] += words[Int(row)] }
    }
    let histogram = FlatBuffer<Int64>(count: 256 * matrix.placeCount, initial: 0)
    chosen.withUnsafeBufferPointer { rows in
      words.withUnsafeBufferPointer { words in
        GradientHistogram.add(
          to: histogram.base, matrix: matrix, groups: 0..<matrix.groupCount, rows: rows.baseAddress!,
          range: 0..<chosen.count, words: words.baseAddress!)
      }
    }
    #expect(histogram.array == expected)
    // What is left of all rows' sums are those of the others.
    let sibling = FlatBuffer<Int64>(count: 256 * matrix.placeCount, initial: 0)
    words.withUnsafeBufferPointer { words in
      GradientHistogram.add(
        to: sibling.base, matrix: matrix, groups: 0..<matrix.groupCount, rows: nil, range: 0..<rowCount,
        words: words.baseAddress!)
    }
    GradientHistogram.subtract(histogram.base, from: sibling.base, count: expected.count)
    var others = [Int64](repeating: 0, count: 256 * matrix.placeCount)
    for (place, feature) in matrix.variedFeatures.enumerated() {
      for row in 0..<rowCount where row % 3 == 1 {
        others[place * 256 + Int(matrix.column(feature)[row])] += words[row]
      }
    }
    #expect(sibling.array == others)
  }

  @Test func `a word adds gradients and hessians apart, negative ones too`() {
    let word = (Int64(-5) << 32 + 7) &+ (Int64(3) << 32 + 0xFFFF_0000)
    #expect(GradientHistogram.gradient(word) == -2)
    #expect(GradientHistogram.hessian(word) == 0xFFFF_0007)
  }
}
