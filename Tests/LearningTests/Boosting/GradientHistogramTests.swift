import Learning
import Parallelism
import Testing

@Suite struct GradientHistogramTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 16], [20_003, 20])
  func `the kernel equals the naive sum by bin`(featureCount: Int, rowCount: Int) {
    let rows = TrainingRows(rowCount)
    let places = (0..<featureCount).map { $0 % rows.table.features.count }
    let table = FeatureTable(
      places.enumerated().map { index, place in
        Feature("f\(index)", levels: rows.table.features[place].levels)
      }, places.map { rows.table.columns[$0] })
    let matrix = BinnedMatrix(learning: table, threads: WorkerThreads(count: 2))
    let chosen = (0..<table.rowCount).filter { $0 % 3 != 1 }.map { UInt32($0) }
    let words = chosen.map { Int64(Int($0) % 1_001 - 500) << 32 + Int64($0 % 97) }
    var expected = [Int64](repeating: 0, count: 256 * featureCount)
    for feature in 0..<featureCount {
      for (row, word) in zip(chosen, words) {
        expected[feature * 256 + Int(matrix.column(feature)[Int(row)])] += word
      }
    }
    let histogram = FlatBuffer<Int64>(count: 256 * featureCount, initial: 0)
    chosen.withUnsafeBufferPointer { rows in
      words.withUnsafeBufferPointer { words in
        for group in 0..<matrix.groupCount {
          GradientHistogram.add(
            to: histogram.base, matrix: matrix, group: group, rows: rows.baseAddress!, words: words.baseAddress!,
            count: chosen.count)
        }
      }
    }
    #expect(histogram.array == expected)
    expected.withUnsafeBufferPointer {
      GradientHistogram.subtract($0.baseAddress!, from: histogram.base, count: expected.count)
    }
    #expect(histogram.array.allSatisfy { $0 == 0 })
  }

  @Test func `a word adds gradients and hessians apart, negative ones too`() {
    let word = (Int64(-5) << 32 + 7) &+ (Int64(3) << 32 + 0xFFFF_0000)
    #expect(GradientHistogram.gradient(word) == -2)
    #expect(GradientHistogram.hessian(word) == 0xFFFF_0007)
  }
}
