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
  /// Numbers that the tables of a model may take, those of whole trees among them: 2 GiB, shared evenly among its trees.
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
  private let patterns: PatternTable
  private let tableLimit: Int
  private var twigs: [nightjar_twig] = []
  private var flags: [UInt32] = []
  private var features: [UInt32] = []
  private var tables: [Double] = []

  init(_ patterns: PatternTable, tableLimit: Int) {
    self.patterns = patterns
    self.tableLimit = tableLimit
  }

  /// What was built.
  var finished: Twigs {
    Twigs(
      twigs: FlatBuffer(twigs), flags: FlatBuffer(flags), features: FlatBuffer(features), tables: FlatBuffer(tables))
  }

  /// Makes the subtree of `node` a twig where it is small enough, and its table has room; `places` has the walk's edges above.
  mutating func take(_ node: Int, places: [Int32]) -> Int? {
    let paths = patterns.paths
    let size = paths.size(of: node)
    guard size <= Twigs.maximumNodeCount, node >> 6 == (node + size - 1) >> 6 else { return nil }
    let own = paths.edges(of: node)
    // Edges above that the twig's own are merged with, in the order in which they are met.
    var above: [Int] = []
    for same in own.map({ paths.edges[$0].same }) where same >= 0 && same < own.lowerBound && !above.contains(same) {
      above.append(same)
    }
    let ownFeatures = paths.features(of: own)
    let bitCount = size + above.count
    guard bitCount <= Twigs.maximumBitCount else { return nil }
    let tableCount = (1 + ownFeatures.count) * patterns.pointCount << bitCount
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
    tables += patterns.numbers(of: node, above: above, features: ownFeatures)
    twigs.append(twig)
    return twigs.count - 1
  }
}
