package import Parallelism

/// The terms of a logistic regression and how they are made from features.
///
/// Terms of values come first and are dense; a term that marks missing values or a level is 1 in some rows and 0 in the others, and
/// costs as many steps as rows have it (`DesignRows`).
package struct DesignMatrix: Sendable {
  /// The terms after the constant, those of values first.
  package let sources: [LogisticModel.Source]
  /// The number of terms of values.
  package let denseCount: Int

  /// The number of coefficients, that of the constant among them.
  package var columnCount: Int { sources.count + 1 }
  /// The number of terms that are 0 or 1.
  package var sparseCount: Int { sources.count - denseCount }

  /// Chooses the terms for `table`: each numeric feature, each pattern of missing values once (windows of one family
  /// are missing together, and equal columns have no separate coefficients), each level of a categorical feature.
  /// Columns that never vary are left out.
  ///
  /// - Parameters:
  ///   - missing: whether missing values have terms of their own.
  ///   - transform: what numbers become.
  ///   - hasReferenceLevels: whether the most frequent level of a feature without missing values has no term, so that the
  ///     terms of levels do not add up to the constant: needed where there is no penalty.
  package init(
    learning table: FeatureTable, missing: LogisticRegression.MissingValues = .indicator,
    transform: LogisticRegression.Transform = .none, hasReferenceLevels: Bool = false, threads: WorkerThreads
  ) {
    let found = threads.collect(taskCount: table.features.count) { index -> Found in
      let levels = table.features[index].levels
      return levels.map { DesignMatrix.levels(table.columns[index], index, $0.count, hasReferenceLevels) }
        ?? DesignMatrix.value(table.columns[index], index, missing, transform)
    }
    var patterns: Set<UInt64> = []
    var sparse: [LogisticModel.Source] = []
    for each in found {
      if let pattern = each.pattern, !patterns.insert(pattern).inserted { continue }
      sparse += each.sparse
    }
    let dense = found.flatMap(\.dense)
    sources = dense + sparse
    denseCount = dense.count
  }

  private init(sources: [LogisticModel.Source], denseCount: Int) {
    (self.sources, self.denseCount) = (sources, denseCount)
  }

  /// The same without the terms at some positions.
  package func without(_ positions: Set<Int>) -> DesignMatrix {
    DesignMatrix(
      sources: sources.indices.filter { !positions.contains($0) }.map { sources[$0] },
      denseCount: denseCount - positions.count { $0 < denseCount })
  }

  /// The terms of a feature; of a numeric one with missing values also a hash of which rows lack them.
  private struct Found: Sendable {
    var dense: [LogisticModel.Source] = []
    var sparse: [LogisticModel.Source] = []
    var pattern: UInt64?
  }

  private static func levels(
    _ values: [Double], _ feature: Int, _ levelCount: Int, _ hasReferenceLevel: Bool
  ) -> Found {
    var counts = [Int](repeating: 0, count: levelCount)
    for value in values where value >= 0 && value < Double(levelCount) { counts[Int(value)] += 1 }
    let known = counts.reduce(0, +)
    // Missing is the level that is left out: it has no term of its own unless some value is missing.
    let reference = hasReferenceLevel && known == values.count ? counts.firstIndex(of: counts.max() ?? 0) : nil
    return Found(
      sparse: counts.indices.filter { counts[$0] > 0 && counts[$0] < values.count && $0 != reference }.map { code in
        let mean = Double(counts[code]) / Double(values.count)
        return .level(feature: feature, code: code, mean: mean, deviation: (mean * (1 - mean)).squareRoot())
      })
  }

  private static func value(
    _ values: [Double], _ feature: Int, _ missing: LogisticRegression.MissingValues,
    _ transform: LogisticRegression.Transform
  ) -> Found {
    let moments = ColumnMoments(values)
    guard moments.count > 0 else { return Found() }
    var found = Found()
    switch transform {
    case .none:
      if let deviation = moments.deviation(over: values.count) {
        found.dense = [.value(feature: feature, mean: moments.mean, deviation: deviation)]
      }
    case .spline:
      let knots = QuantileKnots.knots(values)
      for (lower, upper) in zip(knots, knots.dropFirst()) {
        let moments = ColumnMoments(values.map { QuantileKnots.ramp($0, lower: lower, upper: upper) })
        guard let deviation = moments.deviation(over: values.count) else { continue }
        found.dense.append(
          .ramp(feature: feature, lower: lower, upper: upper, mean: moments.mean, deviation: deviation))
      }
    }
    if missing == .indicator, moments.count < values.count {
      let share = 1 - Double(moments.count) / Double(values.count)
      found.sparse = [.missing(feature: feature, mean: share, deviation: (share * (1 - share)).squareRoot())]
      found.pattern = pattern(values)
    }
    return found
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
}

/// Count, mean and squared deviations of the finite values of a column; two passes over pieces that stay in the cache, put
/// together by Chan's formula.
struct ColumnMoments {
  private static let pieceRowCount = 1 << 12

  var count = 0
  var mean = 0.0
  /// Σ(x − mean)².
  var squares = 0.0

  /// The standard deviation over so many rows, where a missing value takes the mean and adds nothing; nil where the values never
  /// differ by more than rounding.
  func deviation(over rowCount: Int) -> Double? {
    let deviation = (squares / Double(rowCount)).squareRoot()
    return deviation > 0 && deviation.isFinite && deviation > mean.magnitude * 1e-12 ? deviation : nil
  }

  init(_ values: [Double]) {
    values.withUnsafeBufferPointer { values in
      for start in stride(from: 0, to: values.count, by: ColumnMoments.pieceRowCount) {
        add(UnsafeBufferPointer(rebasing: values[start..<min(values.count, start + ColumnMoments.pieceRowCount)]))
      }
    }
  }

  private mutating func add(_ values: UnsafeBufferPointer<Double>) {
    let whole = values.count & ~7
    let raw = UnsafeRawBufferPointer(values)
    func lanes(_ row: Int) -> SIMD8<Double> { raw.loadUnaligned(fromByteOffset: row * 8, as: SIMD8<Double>.self) }
    var (sums, counts) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
    for row in stride(from: 0, to: whole, by: 8) {
      let value = lanes(row)
      let isFinite = (value - value) .== 0
      sums += value.replacing(with: 0, where: .!isFinite)
      counts += SIMD8<Double>.zero.replacing(with: 1, where: isFinite)
    }
    var (sum, known) = (sums.sum(), counts.sum())
    for row in whole..<values.count where values[row].isFinite {
      sum += values[row]
      known += 1
    }
    guard known > 0 else { return }
    let pieceMean = sum / known
    var squareLanes = SIMD8<Double>.zero
    for row in stride(from: 0, to: whole, by: 8) {
      let value = lanes(row)
      let deviation = (value - pieceMean).replacing(with: 0, where: .!((value - value) .== 0))
      squareLanes += deviation * deviation
    }
    var pieceSquares = squareLanes.sum()
    for row in whole..<values.count where values[row].isFinite {
      pieceSquares += (values[row] - pieceMean) * (values[row] - pieceMean)
    }
    let total = Double(count) + known
    let step = pieceMean - mean
    squares += pieceSquares + step * step * (Double(count) * known / total)
    mean += step * (known / total)
    count += Int(known)
  }
}
