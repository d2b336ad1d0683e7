import Learning
import Parallelism
import Testing

@Suite struct FeatureColumnTests {
  /// Values at the edges of each type, with missing ones between.
  private static let columns: [[Double]] = [
    [], [.nan], [0, 1, .nan, 127, -127], [128, .nan, -32_767], [32_768, 1, -2_147_483_647], [2_147_483_648, .nan, 1],
    [0.5, .nan, -0.25], [.infinity, 3, .nan], [.infinity, 0.1, -.infinity], [0.1, 1, .nan], [1e300, -1e-300],
    [4_444_444_444_444, 3],
  ]

  private static func equal(_ one: [Double], _ other: [Double]) -> Bool {
    one.count == other.count && zip(one, other).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  @Test(arguments: columns) func `a narrowed column gives its values back exactly`(values: [Double]) {
    let column = FeatureColumn(narrowing: values)
    #expect(column.count == values.count)
    #expect(Self.equal(column.values, values))
    let places = Array(values.indices.reversed())
    #expect(Self.equal(column.rows(at: places).values, places.map { values[$0] }))
    guard values.count > 1 else { return }
    let range = 1..<values.count
    #expect(Self.equal(column.rows(range).values, Array(values[range])))
    column.withValues(range) { #expect(Self.equal(Array($0), Array(values[range]))) }
  }

  @Test func `columns of any two types are put together without loss`() {
    for one in Self.columns {
      for other in Self.columns {
        let both = FeatureColumn.concatenating([FeatureColumn(narrowing: one), FeatureColumn(narrowing: other)])
        #expect(Self.equal(both.values, one + other))
      }
    }
  }

  @Test func `codes are replaced, missing ones stay missing`() {
    #expect(Self.equal(FeatureColumn(narrowing: [0, 2, .nan, 1]).recoded([7, 300, 5]).values, [7, 5, .nan, 300]))
  }

  @Test func `a model learns the same from narrow columns and from Doubles`() throws {
    let rows = TrainingRows(3_000)
    let narrow = FeatureTable(rows.table.features, keeping: rows.table.columns.map { FeatureColumn(narrowing: $0) })
    let threads = WorkerThreads(count: 2)
    var parameters = GradientBoosting.Parameters()
    parameters.treeCount = 20
    let models = try [rows.table, narrow].map {
      try GradientBoosting(parameters: parameters).fit($0, labels: rows.labels, threads: threads).model
    }
    #expect(models[0] == models[1])
    #expect(models[0].rawScores(rows.table, threads: threads) == models[1].rawScores(narrow, threads: threads))
    let lines = try [rows.table, narrow].map {
      try LogisticRegression().fit($0, labels: rows.labels, threads: threads).model
    }
    #expect(lines[0] == lines[1])
    #expect(lines[0].rawScores(rows.table, threads: threads) == lines[1].rawScores(narrow, threads: threads))
  }
}
