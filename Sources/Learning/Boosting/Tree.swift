/// One regression tree, laid out as in LightGBM's text format.
///
/// Node 0 is the root. A child c ≥ 0 is a node, a child c < 0 is the leaf ~c. At a numeric node x goes left where
/// x ≤ threshold; at a categorical one where the code is in the node's set. What a missing value does is in
/// `decisionTypes`: bit 0 categorical, bit 1 missing goes left, bits 2 and 3 what counts as missing (0 nothing: NaN is
/// taken as 0; 1 zero and NaN; 2 NaN). At a categorical node a missing value goes right.
public struct Tree: Sendable, Hashable {
  /// The feature of each node.
  public var splitFeatures: [Int32] = []
  /// The threshold of each numeric node; the number of its set for a categorical one.
  public var thresholds: [Double] = []
  /// The decision type of each node.
  public var decisionTypes: [UInt8] = []
  /// The left child of each node.
  public var leftChildren: [Int32] = []
  /// The right child of each node.
  public var rightChildren: [Int32] = []
  /// What each split gained.
  public var splitGains: [Double] = []
  /// The value of each leaf.
  public var leafValues: [Double]
  /// The sum of hessians of each leaf's training rows.
  public var leafWeights: [Double]
  /// The number of training rows of each leaf.
  public var leafRowCounts: [Int]
  /// The value that each node would have as a leaf.
  public var internalValues: [Double] = []
  /// The sum of hessians of each node.
  public var internalWeights: [Double] = []
  /// The number of training rows of each node.
  public var internalRowCounts: [Int] = []
  /// Set s has the words `categoryBoundaries[s]..<categoryBoundaries[s + 1]` of `categoryWords`.
  public var categoryBoundaries: [Int] = [0]
  /// Sets of level codes, 32 codes a word.
  public var categoryWords: [UInt32] = []
  /// The factor by which leaf values were shrunk.
  public var shrinkage = 1.0

  /// Makes a tree of one leaf.
  public init(leafValue: Double, rowCount: Int = 0) {
    leafValues = [leafValue]
    leafWeights = [0]
    leafRowCounts = [rowCount]
  }

  /// The number of leaves.
  public var leafCount: Int { leafValues.count }
  /// The number of nodes that are no leaves.
  public var nodeCount: Int { splitFeatures.count }

  /// Bit 0 of a decision type.
  static let categoricalBit: UInt8 = 1
  /// Bit 1 of a decision type.
  static let missingLeftBit: UInt8 = 2
  /// Bits 2 and 3 of a decision type where NaN is the missing value.
  static let missingIsNaN: UInt8 = 2 << 2
  /// Values this near to zero count as zero where zero counts as missing.
  static let zeroThreshold = 1e-35

  /// Whether `value` goes left at node `node`.
  @inline(__always) func goesLeft(_ value: Double, node: Int) -> Bool {
    let type = decisionTypes[node]
    if type & Tree.categoricalBit != 0 {
      guard value >= 0, value < Double(Int32.max) else { return false }
      return contains(Int(value), set: Int(thresholds[node]))
    }
    var value = value
    let missing = type >> 2 & 3
    if value.isNaN {
      if missing == 2 { return type & Tree.missingLeftBit != 0 }
      value = 0
    }
    if missing == 1, value.magnitude <= Tree.zeroThreshold { return type & Tree.missingLeftBit != 0 }
    return value <= thresholds[node]
  }

  /// Whether a set of level codes holds `code`.
  @inline(__always) func contains(_ code: Int, set: Int) -> Bool {
    let first = categoryBoundaries[set]
    let word = first + code >> 5
    guard word < categoryBoundaries[set + 1] else { return false }
    return categoryWords[word] >> UInt32(code & 31) & 1 == 1
  }

  /// The leaf that a row falls into. O(depth).
  public func leaf(of row: (Int) -> Double) -> Int {
    guard nodeCount > 0 else { return 0 }
    var node: Int32 = 0
    while node >= 0 {
      let index = Int(node)
      node = goesLeft(row(Int(splitFeatures[index])), node: index) ? leftChildren[index] : rightChildren[index]
    }
    return Int(~node)
  }

  /// The mean of the leaf values over the training rows: what the tree adds to the base value of explanations.
  public var expectedValue: Double {
    guard nodeCount > 0 else { return leafValues[0] }
    let rowCount = leafRowCounts.reduce(0, +)
    guard rowCount > 0 else { return 0 }
    return zip(leafValues, leafRowCounts).reduce(0.0) { $0 + Double($1.1) / Double(rowCount) * $1.0 }
  }
}
