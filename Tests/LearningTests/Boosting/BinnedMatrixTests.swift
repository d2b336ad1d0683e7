import Learning
import Parallelism
import Testing

@Suite struct BinnedMatrixTests {
  @Test(arguments: [(1, 1), (1, 100_000), (2, 7_000), (3, 1), (3, 1 << 23)])
  func `columns a few at a time have the bins of the whole table`(threads: Int, heldValueCount: Int) {
    let rows = TrainingRows(5_000)
    let places = (0..<45).map { $0 % rows.table.features.count }
    let table = FeatureTable(
      places.enumerated().map { Feature("f\($0)", levels: rows.table.features[$1].levels) },
      places.map { rows.table.columns[$0] })
    let whole = BinnedMatrix(learning: table, threads: WorkerThreads(count: 2))
    var asked: [Int] = []
    let parts = BinnedMatrix(
      table.features, rowCount: table.rowCount, heldValueCount: heldValueCount, threads: WorkerThreads(count: threads)
    ) { block in
      asked += block
      #expect(block.count <= max(threads, heldValueCount / 5_000))
      return Array(table.columns[block])
    }
    #expect(asked == Array(0..<45))
    #expect(parts.binnings == whole.binnings)
    for feature in 0..<45 {
      #expect((0..<5_000).allSatisfy { parts.column(feature)[$0] == whole.column(feature)[$0] })
    }
  }

  @Test func `a feature without two bins keeps its bin and has no place`() {
    let columns: [[Double]] = [
      [1, 2, 3], [7, 7, 7], [.nan, .nan, .nan], [5, .nan, 5], [.infinity, .infinity, .infinity],
    ]
    let table = FeatureTable(columns.indices.map { Feature("f\($0)") }, columns)
    let matrix = BinnedMatrix(learning: table, threads: WorkerThreads(count: 2))
    #expect(matrix.variedFeatures == [0, 3])
    #expect((matrix.featureCount, matrix.placeCount, matrix.partCount, matrix.groupCount) == (5, 2, 1, 1))
    let bins = columns.indices.map { feature in (0..<3).map { matrix.column(feature)[$0] } }
    #expect(bins == [[0, 1, 2], [0, 0, 0], [255, 255, 255], [0, 255, 0], [0, 0, 0]])
    // What did not vary where bins were learned may do so elsewhere.
    let later = FeatureTable(table.features, [[1, 1], [7, .nan], [1, 1], [5, 5], [1, .nan]])
    let known = BinnedMatrix(
      later.features, rowCount: 2, binnings: matrix.binnings, threads: WorkerThreads(count: 1)
    ) { Array(later.columns[$0]) }
    #expect(known.variedFeatures == [1, 4])
    #expect(
      later.columns.indices.map { f in (0..<2).map { known.column(f)[$0] } } == [
        [0, 0], [0, 255], [255, 255], [0, 0], [0, 255],
      ])
  }

  @Test func `an error of whoever hands over columns ends the binning`() {
    struct Torn: Error {}
    #expect(throws: Torn.self) {
      _ = try BinnedMatrix([Feature("a")], rowCount: 1, threads: WorkerThreads(count: 1)) {
        (_: Range<Int>) throws(Torn) -> [[Double]] in throw Torn()
      }
    }
  }
}
