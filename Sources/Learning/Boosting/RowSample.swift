import Parallelism
import Randomness

/// The rows that one tree learns from: all of them, a share drawn by chance, or one drawn by gradients (Ke et al., LightGBM,
/// NIPS 2017, algorithm 2). Draws are a function of seed, tree and row.
struct RowSample: Sendable {
  /// Every row.
  static let whole = RowSample(fates: nil, factor: 1)

  private static let stream: UInt64 = 0x726F_7773

  /// What becomes of each row, one byte a row: 0 left out, 1 in, 2 in and standing for others; nil where all rows are in.
  private let fates: FlatBuffer<UInt8>?
  /// What a row's derivatives are multiplied by, by its fate.
  private let factors: SIMD4<Double>

  private init(fates: FlatBuffer<UInt8>?, factor: Double) {
    self.fates = fates
    factors = SIMD4(0, 1, factor, 0)
  }

  /// Whether every row is in.
  var isWhole: Bool { fates == nil }

  /// Whether a row is in.
  func contains(_ row: Int) -> Bool { fates.map { $0.base[row] != 0 } ?? true }

  /// What the derivatives of a row are multiplied by: 0 where it is left out, more than 1 where it stands for others.
  @inline(__always) func factor(_ row: Int) -> Double {
    guard let fates else { return 1 }
    return factors[Int(fates.base[row])]
  }

  /// Draws the rows of tree number `tree`. O(rows), with `oneSideSampling` O(rows · log rows).
  init(
    _ parameters: GradientBoosting.Parameters, tree: Int, of derivatives: RowDerivatives<some PointLoss>,
    threads: WorkerThreads
  ) {
    guard parameters.rowFraction < 1 || parameters.oneSideSampling != nil else {
      self = .whole
      return
    }
    let rowCount = derivatives.scores.count
    let size: @Sendable (Int) -> Double = { row in
      let value = derivatives[row]
      return (value.x * value.y).magnitude
    }
    var (probability, threshold, factor) = (parameters.rowFraction, Double.infinity, 1.0)
    if let sampling = parameters.oneSideSampling {
      var sizes = (0..<rowCount).map(size)
      SampleOrder.sort(&sizes)
      let topCount = Int((sampling.topFraction * Double(rowCount)).rounded())
      // Rows as large as the last of the top, but not larger, count among the others: ties are parted by chance.
      threshold = sizes[max(0, rowCount - max(1, topCount))]
      let greaterCount = rowCount - sizes.partitioningIndex { $0 > threshold }
      probability = min(1, sampling.otherFraction * Double(rowCount) / Double(max(1, rowCount - greaterCount)))
      factor = 1 / probability
    }
    let fates = FlatBuffer<UInt8>(count: rowCount, initial: 0)
    let random = CounterRandom(seed: parameters.seed, stream: RowSample.stream)
    let (chance, limit, number) = (probability, threshold, UInt64(tree))
    let isByGradient = parameters.oneSideSampling != nil
    _ = threads.collectChunks(rowCount: rowCount, chunkRowCount: QuantisedGradients.chunkRowCount) { rows in
      for row in rows {
        if isByGradient, size(row) > limit {
          fates.base[row] = 1
        } else if random.uniform(UInt64(row), number) < chance {
          fates.base[row] = 2
        }
      }
    }
    self.init(fates: fates, factor: factor)
  }
}

extension Array {
  /// The first index whose element `belongs`, where all that do not come first.
  fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The features that one tree may split on.
enum FeatureSample {
  private static let stream: UInt64 = 0x636F_6C73

  /// A flag a feature for tree number `tree`: the share `featureFraction` of them, at least one.
  static func draw(_ parameters: GradientBoosting.Parameters, featureCount: Int, tree: Int) -> [Bool] {
    guard parameters.featureFraction < 1 else { return [Bool](repeating: true, count: featureCount) }
    let random = CounterRandom(seed: parameters.seed, stream: stream)
    let count = max(1, Int((parameters.featureFraction * Double(featureCount)).rounded()))
    let keys = (0..<featureCount).map { random.bits(UInt64($0), UInt64(tree)) }
    var flags = [Bool](repeating: false, count: featureCount)
    for feature in (0..<featureCount).sorted(by: { (keys[$0], $0) < (keys[$1], $1) }).prefix(count) {
      flags[feature] = true
    }
    return flags
  }
}
