import Parallelism
import Randomness

/// The rows that one tree learns from: all of them, a share drawn by chance, or one drawn by gradients (Ke et al., LightGBM,
/// NIPS 2017, algorithm 2). Draws are a function of seed, tree and row.
final class RowSample: Sendable {
  private let parameters: GradientBoosting.Parameters
  private let random: CounterRandom
  /// Whether each row is drawn, one byte a row; empty where all rows always are.
  private let drawn: FlatBuffer<UInt8>
  private let tree: UInt64

  private static let stream: UInt64 = 0x726F_7773

  /// The sample of tree number `tree`.
  init(_ parameters: GradientBoosting.Parameters, rowCount: Int, tree: Int) {
    self.parameters = parameters
    self.tree = UInt64(tree)
    random = CounterRandom(seed: parameters.seed, stream: RowSample.stream)
    let isWhole = parameters.rowFraction >= 1 && parameters.oneSideSampling == nil
    drawn = FlatBuffer(count: isWhole ? 0 : rowCount, initial: 1)
  }

  /// Whether every row is in.
  var isWhole: Bool { drawn.count == 0 }

  /// Whether a row is in.
  func contains(_ row: Int) -> Bool { isWhole || drawn.base[row] == 1 }

  /// Draws the rows. Those left out get no gradient; those that stand for others get a larger one.
  func draw(gradients: FlatBuffer<Double>, hessians: FlatBuffer<Double>, threads: WorkerThreads) {
    guard !isWhole else { return }
    var (probability, threshold, factor) = (parameters.rowFraction, Double.infinity, 1.0)
    if let sampling = parameters.oneSideSampling {
      let rowCount = gradients.count
      var sizes = (0..<rowCount).map { (gradients.base[$0] * hessians.base[$0]).magnitude }
      SampleOrder.sort(&sizes)
      let topCount = Int((sampling.topFraction * Double(rowCount)).rounded())
      // Rows as large as the last of the top, but not larger, count among the others: ties are parted by chance.
      threshold = sizes[max(0, rowCount - max(1, topCount))]
      let greaterCount = rowCount - sizes.partitioningIndex { $0 > threshold }
      probability = min(1, sampling.otherFraction * Double(rowCount) / Double(max(1, rowCount - greaterCount)))
      factor = 1 / probability
    }
    let (drawn, random, tree) = (drawn, random, tree)
    let (chance, limit, weight) = (probability, threshold, factor)
    let isByGradient = parameters.oneSideSampling != nil
    _ = threads.collectChunks(rowCount: gradients.count, chunkRowCount: QuantisedGradients.chunkRowCount) { rows in
      for row in rows {
        if isByGradient, (gradients.base[row] * hessians.base[row]).magnitude > limit {
          drawn.base[row] = 1
        } else if random.uniform(UInt64(row), tree) < chance {
          drawn.base[row] = 1
          gradients.base[row] *= weight
          hessians.base[row] *= weight
        } else {
          drawn.base[row] = 0
          gradients.base[row] = 0
          hessians.base[row] = 0
        }
      }
    }
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
