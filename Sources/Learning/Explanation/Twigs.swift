import CTrees

/// Small subtrees whose part of the walk is tabled.
///
/// What a subtree adds depends on the row by a few bits alone: the decisions of its nodes, and for each of its features
/// that was met above whether the row follows the edge there. For every pattern of these bits the table has the sum S over
/// its leaves with P = 1 at its root, and what is added to each of its features; the walk multiplies both by P. (Yang, Fast
/// TreeSHAP, 2021, tables whole paths; subtrees of a few nodes keep the tables in the cache.)
struct Twigs: Sendable {
  /// The most nodes of a twig.
  static let maximumNodeCount = 5
  /// The most bits of a pattern.
  static let maximumBitCount = 7
  /// Numbers that the tables of a model may take: 2 GiB, shared evenly among its trees.
  static let greatestTableNumberCount = 1 << 28

  let twigs: FlatBuffer<nightjar_twig>
  /// Edges of the walk whose state is part of a pattern.
  let flags: FlatBuffer<UInt32>
  /// The features of the tables.
  let features: FlatBuffer<UInt32>
  let tables: FlatBuffer<Double>
}

/// Chooses the twigs of one tree and fills their tables.
struct TwigBuilder {
  private let paths: TreePaths
  private let rule: EdgeFactors
  private let leafValues: [Double]
  private let tableLimit: Int
  private var twigs: [nightjar_twig] = []
  private var flags: [UInt32] = []
  private var features: [UInt32] = []
  private var tables: [Double] = []

  init(paths: TreePaths, rule: EdgeFactors, leafValues: [Double], tableLimit: Int) {
    self.paths = paths
    self.rule = rule
    self.leafValues = leafValues
    self.tableLimit = tableLimit
  }

  /// What was built.
  var finished: Twigs {
    Twigs(
      twigs: FlatBuffer(twigs), flags: FlatBuffer(flags), features: FlatBuffer(features), tables: FlatBuffer(tables))
  }

  /// Makes the subtree of `node` a twig where it is small enough, and its table has room; `places` has the walk's edges above.
  mutating func take(_ node: Int, places: [Int32]) -> Int? {
    let size = paths.size(of: node)
    guard size <= Twigs.maximumNodeCount, node >> 6 == (node + size - 1) >> 6 else { return nil }
    let own = paths.edges(of: node)
    // Edges above that the twig's own are merged with, in the order in which they are met.
    var above: [Int] = []
    var ownFeatures: [Int] = []
    for edge in own {
      let same = paths.edges[edge].same
      if same >= 0, same < own.lowerBound, !above.contains(same) { above.append(same) }
      if !ownFeatures.contains(paths.edges[edge].feature) { ownFeatures.append(paths.edges[edge].feature) }
    }
    let bitCount = size + above.count
    guard bitCount <= Twigs.maximumBitCount else { return nil }
    let tableCount = (1 + ownFeatures.count) * rule.rule.points.count << bitCount
    guard tables.count + tableCount <= tableLimit else { return nil }
    var twig = nightjar_twig()
    twig.first_node = UInt32(node)
    twig.node_count = UInt32(size)
    twig.flag_start = UInt32(flags.count)
    twig.flag_count = UInt32(above.count)
    twig.feature_start = UInt32(features.count)
    twig.feature_count = UInt32(ownFeatures.count)
    twig.table = UInt32(tables.count)
    flags += above.map { UInt32(places[$0]) }
    features += ownFeatures.map { UInt32($0) }
    fill(node, own, above: above, features: ownFeatures, bitCount: bitCount)
    twigs.append(twig)
    return twigs.count - 1
  }

  /// Appends the twig's table: the walk itself, once a pattern.
  private mutating func fill(_ node: Int, _ own: Range<Int>, above: [Int], features: [Int], bitCount: Int) {
    let count = rule.rule.points.count
    var factors: [Double] = []
    for edge in own {
      let path = paths.edges[edge]
      rule.append(z: path.share, zAbove: path.same >= 0 ? paths.edges[path.same].share : nil, to: &factors)
    }
    let size = paths.size(of: node)
    let width = (1 + features.count) * count
    var followed = [Bool](repeating: false, count: own.count)
    var sums = [[Double]](repeating: [], count: own.count)
    var products = sums
    for pattern in 0..<1 << bitCount {
      var table = [Double](repeating: 0, count: width)
      func isFollowed(_ edge: Int) -> Bool {
        guard edge >= own.lowerBound else {
          return above.firstIndex(of: edge).map { pattern >> (size + $0) & 1 == 1 } ?? true
        }
        return followed[edge - own.lowerBound]
      }
      for edge in own {
        let (path, place) = (paths.edges[edge], edge - own.lowerBound)
        let was = path.same < 0 || isFollowed(path.same)
        let isLeft = pattern >> (path.node - node) & 1 == 1
        followed[place] = was && isLeft == path.isLeft
        let run = (place * ExplainedTree.runCount + (followed[place] ? 0 : was ? 1 : 2)) * count
        let isInner = path.parent >= own.lowerBound
        products[place] = (0..<count).map { point in
          factors[run + point] * (isInner ? products[path.parent - own.lowerBound][point] : 1)
        }
        let value = path.child < 0 ? leafValues[Int(~path.child)] : 0
        sums[place] = products[place].map { $0 * value }
      }
      // Children come after their parents, so sums run from the last edge to the first.
      for edge in own.reversed() {
        let (path, place) = (paths.edges[edge], edge - own.lowerBound)
        let isInner = path.parent >= own.lowerBound
        let was = path.same < 0 || isFollowed(path.same)
        let run = (place * ExplainedTree.runCount + (followed[place] ? 3 : 4)) * count
        let column = (1 + (features.firstIndex(of: path.feature) ?? 0)) * count
        for point in 0..<count {
          let sum = sums[place][point]
          if isInner { sums[path.parent - own.lowerBound][point] += sum } else { table[point] += sum }
          if was { table[column + point] += sum * factors[run + point] }
        }
      }
      tables += table
    }
  }
}
