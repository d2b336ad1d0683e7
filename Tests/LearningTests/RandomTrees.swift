import Learning
import Randomness

/// Trees of every shape and kind of node, and rows with every kind of value, from a seed.
struct RandomTrees {
  let model: BoostedModel
  let table: FeatureTable

  init(
    seed: UInt64, treeCount: Int, leafCount: Int, featureCount: Int, rowCount: Int, isChain: Bool = false
  ) {
    var random = SeededGenerator(seed: seed)
    let features = (0..<featureCount).map { Feature("f\($0)") }
    let trees = (0..<treeCount).map { _ in
      RandomTrees.tree(leafCount, featureCount, isChain: isChain, &random)
    }
    model = BoostedModel(
      features: features, featureRanges: [ClosedRange<Double>?](repeating: nil, count: featureCount), trees: trees)
    let values: [Double] = [.nan, 0, -0.0, 1e-36, .infinity, -.infinity, 40, 2.5e9, -3]
    table = FeatureTable(
      features,
      features.map { _ in
        (0..<rowCount).map { _ in
          Bool.random(using: &random)
            ? Double(Int.random(in: -8...70, using: &random)) / 2 : values.randomElement(using: &random) ?? 0
        }
      })
  }

  /// Grows a tree by parting leaves at random; a chain parts its last leaf each time.
  private static func tree(
    _ leafCount: Int, _ featureCount: Int, isChain: Bool, _ random: inout SeededGenerator
  ) -> Tree {
    var tree = Tree(leafValue: 0)
    while tree.nodeCount < leafCount - 1 {
      let node = Int32(tree.nodeCount)
      let leaf = isChain ? node : Int32.random(in: 0...node, using: &random)
      if let parent = tree.leftChildren.firstIndex(of: ~leaf) {
        tree.leftChildren[parent] = node
      } else if let parent = tree.rightChildren.firstIndex(of: ~leaf) {
        tree.rightChildren[parent] = node
      }
      tree.leftChildren.append(~leaf)
      tree.rightChildren.append(~(node + 1))
      tree.splitFeatures.append(Int32.random(in: 0..<Int32(featureCount), using: &random))
      tree.splitGains.append(1)
      let isMissingLeft: UInt8 = Bool.random(using: &random) ? 2 : 0
      if Int.random(in: 0..<5, using: &random) == 0 {
        tree.thresholds.append(Double(tree.categoryBoundaries.count - 1))
        tree.decisionTypes.append(1 | 2 << 2)
        let wordCount = Int.random(in: 1...2, using: &random)
        tree.categoryWords += (0..<wordCount).map { _ in UInt32.random(in: 0...UInt32.max, using: &random) }
        tree.categoryBoundaries.append(tree.categoryWords.count)
      } else {
        tree.thresholds.append(Double(Int.random(in: -8...70, using: &random)) / 2)
        tree.decisionTypes.append(isMissingLeft | UInt8.random(in: 0...2, using: &random) << 2)
      }
    }
    tree.leafValues = (0..<leafCount).map { _ in Double.random(in: -1...1, using: &random) }
    tree.leafWeights = [Double](repeating: 1, count: leafCount)
    tree.leafRowCounts = (0..<leafCount).map { _ in Int.random(in: 1...40, using: &random) }
    tree.internalValues = [Double](repeating: 0, count: tree.nodeCount)
    tree.internalWeights = tree.internalValues
    tree.internalRowCounts = [Int](repeating: 0, count: tree.nodeCount)
    for node in (0..<tree.nodeCount).reversed() {
      tree.internalRowCounts[node] = [tree.leftChildren[node], tree.rightChildren[node]].reduce(0) {
        $0 + ($1 >= 0 ? tree.internalRowCounts[Int($1)] : tree.leafRowCounts[Int(~$1)])
      }
    }
    return tree
  }

  /// A chain whose nodes split each on a feature of its own, so that the longest path has them all.
  static func chain(featureCount: Int) -> Tree {
    var tree = Tree(leafValue: 0)
    tree.leafValues = (0...featureCount).map { Double($0 % 7) - 3 }
    tree.leafWeights = [Double](repeating: 1, count: featureCount + 1)
    tree.leafRowCounts = (0...featureCount).map { 1 + $0 % 5 }
    for node in 0..<featureCount {
      tree.splitFeatures.append(Int32(node))
      tree.thresholds.append(0.5)
      tree.decisionTypes.append(8)
      tree.splitGains.append(1)
      tree.leftChildren.append(~Int32(node))
      tree.rightChildren.append(node + 1 < featureCount ? Int32(node + 1) : ~Int32(featureCount))
      tree.internalRowCounts.append(tree.leafRowCounts[node...].reduce(0, +))
    }
    tree.internalValues = [Double](repeating: 0, count: featureCount)
    tree.internalWeights = tree.internalValues
    return tree
  }

  /// The values of a row.
  func row(_ index: Int) -> [Double] { table.columns.map { $0[index] } }
}

/// Numbers from a seed, one after the other.
struct SeededGenerator: RandomNumberGenerator {
  private let random: CounterRandom
  private var index: UInt64 = 0

  init(seed: UInt64) { random = CounterRandom(seed: seed, stream: 11) }

  mutating func next() -> UInt64 {
    index += 1
    return random.bits(index)
  }
}
