import Learning
import Testing

@Suite struct FeatureBinningTests {
  func bins(_ binning: FeatureBinning, _ values: [Double]) -> [Int] {
    binning.bins(of: values).array.map { Int($0) }
  }

  @Test func `few distinct values have a bin each, parted half-way`() {
    let binning = FeatureBinning(numeric: [3, 1, 2, 2, .nan, 1])
    #expect(binning.upperBounds == [1.5, 2.5, .infinity])
    #expect(bins(binning, [1, 1.5, 1.6, 3, 99, .nan, .infinity, -.infinity]) == [0, 0, 1, 2, 2, 255, 2, 0])
    #expect(binning.range == 1...3)
  }

  @Test func `infinite numbers of training are bins of their own, at either end`() {
    let binning = FeatureBinning(numeric: [2, .infinity, 1, -.infinity, .nan, .infinity])
    #expect(binning.upperBounds == [-.infinity, 1.5, 2, .infinity])
    #expect(bins(binning, [-.infinity, -1e308, 1, 2, 2.5, .infinity, .nan]) == [0, 1, 1, 2, 3, 3, 255])
    #expect(binning.range == 1...2)
    #expect((0..<4).map { binning.threshold(afterBin: $0) } == binning.upperBounds)
  }

  @Test(arguments: [400_000, 400_001, 799_999, 1_000_003], [2, 3, 4])
  func `values that follow the order of many rows keep their bins`(rowCount: Int, period: Int) {
    let binning = FeatureBinning(numeric: (0..<rowCount).map { Double($0 % period) })
    #expect(binning.upperBounds == (1..<period).map { Double($0) - 0.5 } + [.infinity])
  }

  @Test func `every value is in the first bin whose bound reaches it`() {
    let rows = TrainingRows(30_000)
    let binning = FeatureBinning(numeric: rows.table.columns[0])
    #expect(binning.binCount <= 255 && binning.binCount > 200)
    #expect(zip(binning.upperBounds, binning.upperBounds.dropFirst()).allSatisfy(<))
    let naive = rows.table.columns[0].map { value in binning.upperBounds.firstIndex { value <= $0 } ?? -1 }
    #expect(bins(binning, rows.table.columns[0]) == naive)
    var counts = [Int](repeating: 0, count: 255)
    for bin in naive { counts[bin] += 1 }
    #expect((counts.max() ?? 0) < 3 * 30_000 / 255)
  }

  @Test func `a frequent value has a bin of its own`() {
    let values = (0..<10_000).map { $0 % 2 == 0 ? 0.0 : Double($0) }
    let binning = FeatureBinning(numeric: values)
    let zero = bins(binning, [0])[0]
    #expect(bins(binning, values.filter { $0 != 0 }).allSatisfy { $0 != zero })
    #expect(binning.binCount > 100)
  }

  @Test func `levels beyond the 255 most frequent are as good as missing`() {
    let values = (0..<300).flatMap { level in [Double](repeating: Double(level), count: level == 299 ? 9 : 1) }
    let binning = FeatureBinning(categorical: values, levelCount: 300)
    #expect(binning.binCount == 255)
    #expect(bins(binning, [299, 0, 253, 254, .nan, 300, -1]) == [0, 1, 254, 255, 255, 255, 255])
  }

  @Test func `a column without values has no bins`() {
    let binning = FeatureBinning(numeric: [.nan, .nan])
    #expect(binning.binCount == 0)
    #expect(bins(binning, [1, .nan]) == [255, 255])
  }
}
