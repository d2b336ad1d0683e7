package import Parallelism

/// The terms of a logistic regression, computed block by block from the features: never stored whole.
///
/// Column 0 is the constant 1. Within a block a column's values lie side by side, so that the kernels run along columns.
package struct DesignMatrix: Sendable {
  /// Rows of a block: with 130 terms 266 kB, which stays in the second-level cache.
  package static let blockRowCount = 256
  /// Rows a task; fixed, so that sums are added in one order.
  package static let chunkRowCount = 1 << 13

  /// The terms after the constant.
  package let sources: [LogisticModel.Source]

  /// The number of columns, the constant among them.
  package var columnCount: Int { sources.count + 1 }

  package init(sources: [LogisticModel.Source]) { self.sources = sources }

  /// Chooses the terms for `table`: each numeric feature, each pattern of missing values once (windows of one family
  /// are missing together, and equal columns have no separate coefficients), each level of a categorical feature.
  /// Columns that never vary are left out.
  package init(learning table: FeatureTable, threads: WorkerThreads) {
    let found = threads.collect(taskCount: table.features.count) { index in
      DesignMatrix.sources(of: table.columns[index], feature: index, levels: table.features[index].levels)
    }
    var patterns: Set<UInt64> = []
    var sources: [LogisticModel.Source] = []
    for (index, sourcesOfFeature) in found.enumerated() {
      for source in sourcesOfFeature {
        if case .missing = source, !patterns.insert(DesignMatrix.pattern(table.columns[index])).inserted { continue }
        sources.append(source)
      }
    }
    self.sources = sources
  }

  private static func sources(of values: [Double], feature: Int, levels: [String]?) -> [LogisticModel.Source] {
    let rowCount = Double(values.count)
    var known = 0.0
    var sum = 0.0
    for value in values where value.isFinite {
      known += 1
      sum += value
    }
    guard known > 0 else { return [] }
    var sources: [LogisticModel.Source] = []
    if let levels {
      var counts = [Double](repeating: 0, count: levels.count)
      for value in values where value >= 0 && value < Double(levels.count) { counts[Int(value)] += 1 }
      // Missing is the level that is left out: it has no term of its own unless some value is missing.
      for code in counts.indices where counts[code] > 0 && counts[code] < rowCount {
        let mean = counts[code] / rowCount
        sources.append(
          .level(feature: feature, code: code, mean: mean, deviation: (mean * (1 - mean)).squareRoot()))
      }
      return sources
    }
    let mean = sum / known
    var squares = 0.0
    for value in values where value.isFinite { squares += (value - mean) * (value - mean) }
    // Over all rows: a missing value takes the mean and adds nothing.
    let deviation = (squares / rowCount).squareRoot()
    if deviation > 0, deviation.isFinite, deviation > mean.magnitude * 1e-12 {
      sources.append(.value(feature: feature, mean: mean, deviation: deviation))
    }
    if known < rowCount {
      let share = 1 - known / rowCount
      sources.append(.missing(feature: feature, mean: share, deviation: (share * (1 - share)).squareRoot()))
    }
    return sources
  }

  /// A hash of which rows are missing (FNV-1a over words of 64 flags).
  private static func pattern(_ values: [Double]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var word: UInt64 = 0
    for (row, value) in values.enumerated() {
      word = word << 1 | (value.isFinite ? 0 : 1)
      if row & 63 == 63 {
        hash = (hash ^ word) &* 0x0000_0100_0000_01B3
        hash ^= hash >> 29
        word = 0
      }
    }
    return (hash ^ word) &* 0x0000_0100_0000_01B3
  }

  /// Calls `body` with (first row, number of rows, columns) for each block of `rows`; column j begins at
  /// `j · blockRowCount`.
  package func forEachBlock(
    _ table: FeatureTable, rows: Range<Int>, _ body: (Int, Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    let blockRowCount = DesignMatrix.blockRowCount
    let block = UnsafeMutablePointer<Double>.allocate(capacity: columnCount * blockRowCount)
    defer { block.deallocate() }
    block.initialize(repeating: 0, count: columnCount * blockRowCount)
    for row in 0..<blockRowCount { block[row] = 1 }
    var start = rows.lowerBound
    while start < rows.upperBound {
      let count = min(blockRowCount, rows.upperBound - start)
      for (index, source) in sources.enumerated() {
        DesignMatrix.fill(block + (index + 1) * blockRowCount, source, table, start, count)
      }
      body(start, count, block)
      start += count
    }
  }

  private static func fill(
    _ column: UnsafeMutablePointer<Double>, _ source: LogisticModel.Source, _ table: FeatureTable, _ start: Int,
    _ count: Int
  ) {
    func each(_ feature: Int, _ term: (Double) -> Double) {
      table.columns[feature].withUnsafeBufferPointer { values in
        for row in 0..<count { column[row] = term(values[start + row]) }
      }
    }
    switch source {
    case .value(let feature, let mean, let deviation):
      let scale = 1 / deviation
      each(feature) { $0.isFinite ? ($0 - mean) * scale : 0 }
    case .missing(let feature, let mean, let deviation):
      let (present, missing) = (-mean / deviation, (1 - mean) / deviation)
      each(feature) { $0.isFinite ? present : missing }
    case .level(let feature, let code, let mean, let deviation):
      let (other, this) = (-mean / deviation, (1 - mean) / deviation)
      each(feature) { $0 == Double(code) ? this : other }
    }
  }
}
