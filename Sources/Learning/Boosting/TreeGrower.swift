import Parallelism

/// Grows one tree leaf by leaf: the leaf whose best split gains most, or level by level.
///
/// For each split: part the leaf's rows; sum the histograms of the smaller child; take them from the parent's for the
/// larger one; search both children for their best splits. The last three are one task a group of features. Sums are
/// integers and ties go to the lowest leaf, feature and bin, so the tree does not depend on the number of threads.
struct TreeGrower {
  /// Updates below which a leaf's histograms are summed in line.
  static let inlineUpdateCount = 30_000

  /// A leaf that may still be parted.
  struct Leaf {
    var range: Range<Int>
    var slot: Int
    var total: Int64
    var depth: Int
    var best: Split?
    /// What values it may have.
    var bounds = ValueBounds()
    /// The features on the way to it.
    var path: Set<Int> = []
    /// Features whose best split left too few rows when they were counted.
    var refused: Set<Int> = []
  }

  /// A split made: its node's feature, the set of bins to the left and the children.
  struct Node {
    var split: Split
    var left: Int32
    var right: Int32
  }

  let matrix: BinnedMatrix
  let parameters: GradientBoosting.Parameters
  let threads: WorkerThreads
  let partition: RowPartition
  /// What the user asks of the shape.
  let constraints: GrowthConstraints
  private let histograms: FlatBuffer<Int64>
  private let orderedWords: FlatBuffer<Int64>
  private(set) var leaves: [Leaf] = []
  private(set) var nodes: [Node] = []
  /// The number of rows that the tree learns from; they come first in `partition`.
  private(set) var sampleRowCount = 0
  private(set) var rules: SplitRules
  /// The features that the tree may split on, and their groups.
  private var isDrawn: [Bool] = []
  private var groups: [Int] = []

  init(
    matrix: BinnedMatrix, parameters: GradientBoosting.Parameters, features: [Feature], threads: WorkerThreads
  ) {
    self.matrix = matrix
    self.parameters = parameters
    self.threads = threads
    constraints = GrowthConstraints(parameters, features: features)
    partition = RowPartition(rowCount: matrix.rowCount)
    histograms = FlatBuffer(
      count: parameters.leafCount * matrix.featureCount * GradientHistogram.binCount, initial: 0)
    // Of a leaf's children only the smaller one is summed; a sample is too.
    let isSampling = parameters.rowFraction < 1 || parameters.oneSideSampling != nil
    orderedWords = FlatBuffer(count: isSampling ? matrix.rowCount : matrix.rowCount / 2, initial: 0)
    rules = SplitRules(
      minimumLeafRowCount: parameters.minimumLeafRowCount, minimumLeafHessian: parameters.minimumLeafHessian,
      l2: parameters.l2, minimumGain: max(parameters.minimumGain, GradientBoosting.leastGain), gradientUnit: 1,
      hessianUnit: 1)
    rules.l1 = parameters.l1
  }

  /// Grows a tree on the gradients of a sample; its leaves and nodes stand in `leaves` and `nodes` afterwards.
  ///
  /// - Parameter isDrawn: a flag a feature that the tree may split on.
  mutating func grow(_ gradients: QuantisedGradients, sample: RowSample, isDrawn: [Bool]) {
    rules.gradientUnit = 1 / gradients.gradientScale
    rules.hessianUnit = 1 / gradients.hessianScale
    self.isDrawn = isDrawn
    groups = (0..<matrix.groupCount).filter { matrix.features(of: $0).contains { isDrawn[$0] } }
    sampleRowCount = partition.reset(sample)
    nodes.removeAll(keepingCapacity: true)
    leaves.removeAll(keepingCapacity: true)
    leaves.append(Leaf(range: 0..<sampleRowCount, slot: 0, total: 0, depth: 0))
    guard matrix.featureCount > 0, parameters.leafCount > 1, sampleRowCount > 0 else { return }
    sumRoot(gradients)
    while leaves.count < parameters.leafCount, let chosen = nextLeaf { part(chosen, gradients) }
  }

  /// The leaf that is parted next; nil where none can be.
  private var nextLeaf: Int? {
    var chosen: Int?
    for index in leaves.indices {
      guard let gain = leaves[index].best?.gain else { continue }
      guard let other = chosen else {
        chosen = index
        continue
      }
      let isHigher = parameters.growth == .depthWise && leaves[index].depth < leaves[other].depth
      let isLower = parameters.growth == .depthWise && leaves[index].depth > leaves[other].depth
      if isHigher || (!isLower && gain > leaves[other].best!.gain) { chosen = index }
    }
    return chosen
  }

  private mutating func sumRoot(_ gradients: QuantisedGradients) {
    let isWhole = sampleRowCount == matrix.rowCount
    let words = isWhole ? gradients.words : order(gradients, leaves[0].range)
    leaves[0].total = threads.collectChunks(
      rowCount: sampleRowCount, chunkRowCount: QuantisedGradients.chunkRowCount
    ) { rows in
      var sum: Int64 = 0
      for row in rows { sum &+= words.base[row] }
      return sum
    }.reduce(0, &+)
    let (matrix, leaf, histograms, rows, count) = (matrix, leaves[0], histograms, partition.rows, sampleRowCount)
    let search = search
    leaves[0].best = TreeGrower.best(
      of: eachGroup(rowCount: count) { group in
        let features = matrix.features(of: group)
        (histograms.base + features.lowerBound * GradientHistogram.binCount).update(
          repeating: 0, count: features.count * GradientHistogram.binCount)
        GradientHistogram.add(
          to: histograms.base, matrix: matrix, group: group, rows: isWhole ? nil : UnsafePointer(rows.base),
          words: words.base, count: count)
        return search.best(leaf, features, histograms.base)
      })
  }

  /// The words of a leaf's rows, in their order.
  private func order(_ gradients: QuantisedGradients, _ range: Range<Int>) -> FlatBuffer<Int64> {
    let (rows, words, ordered) = (partition.rows, gradients.words, orderedWords)
    _ = threads.collectChunks(rowCount: range.count, chunkRowCount: RowPartition.chunkRowCount) { chunk in
      for offset in chunk { ordered.base[offset] = words.base[Int(rows.base[range.lowerBound + offset])] }
    }
    return ordered
  }

  /// Parts leaf `index` by its best split, or refuses that split where a count of the rows forbids it.
  private mutating func part(_ index: Int, _ gradients: QuantisedGradients) {
    let leaf = leaves[index]
    guard let split = leaf.best else { return }
    let leftCount = partition.split(
      leaf.range, bins: matrix.column(split.feature), leftBins: split.leftBins, threads: threads)
    guard min(leftCount, leaf.range.count - leftCount) >= max(1, parameters.minimumLeafRowCount) else {
      leaves[index].refused.insert(split.feature)
      let base = histograms.base + leaf.slot * matrix.featureCount * GradientHistogram.binCount
      leaves[index].best = search.best(leaves[index], 0..<matrix.featureCount, base)
      return
    }
    let middle = leaf.range.lowerBound + leftCount
    let isLeftSmaller = leftCount * 2 <= leaf.range.count
    let newSlot = leaves.count
    let rightWord = leaf.total &- split.leftWord
    let (leftBounds, rightBounds) = constraints.bounds(of: split, rightWord, leaf.bounds, rules)
    let path = constraints.hasInteractions ? leaf.path.union([split.feature]) : []
    var left = Leaf(
      range: leaf.range.lowerBound..<middle, slot: isLeftSmaller ? newSlot : leaf.slot, total: split.leftWord,
      depth: leaf.depth + 1, bounds: leftBounds, path: path)
    var right = Leaf(
      range: middle..<leaf.range.upperBound, slot: isLeftSmaller ? leaf.slot : newSlot, total: rightWord,
      depth: leaf.depth + 1, bounds: rightBounds, path: path)
    record(split, at: index)
    if leaves.count + 1 < parameters.leafCount, canSplit(left) || canSplit(right) {
      (left.best, right.best) = sumAndSearch(left, right, isLeftSmaller: isLeftSmaller, gradients)
    }
    leaves[index] = left
    leaves.append(right)
  }

  private func canSplit(_ leaf: Leaf) -> Bool {
    leaf.range.count >= 2 * max(1, parameters.minimumLeafRowCount)
      && (parameters.maximumDepth == 0 || leaf.depth < parameters.maximumDepth)
  }

  private func sumAndSearch(
    _ left: Leaf, _ right: Leaf, isLeftSmaller: Bool, _ gradients: QuantisedGradients
  ) -> (Split?, Split?) {
    let (smaller, larger) = isLeftSmaller ? (left, right) : (right, left)
    let (ordered, rows) = (order(gradients, smaller.range), partition.rows)
    let first = smaller.range.lowerBound
    let slotSize = matrix.featureCount * GradientHistogram.binCount
    let (matrix, search, histograms) = (matrix, search, histograms)
    let (searchesSmaller, searchesLarger) = (canSplit(smaller), canSplit(larger))
    let found = eachGroup(rowCount: smaller.range.count) { group -> (Split?, Split?) in
      let features = matrix.features(of: group)
      let smallerBase = histograms.base + smaller.slot * slotSize
      let largerBase = histograms.base + larger.slot * slotSize
      let offset = features.lowerBound * GradientHistogram.binCount
      let size = features.count * GradientHistogram.binCount
      (smallerBase + offset).update(repeating: 0, count: size)
      GradientHistogram.add(
        to: smallerBase, matrix: matrix, group: group, rows: rows.base + first, words: ordered.base,
        count: smaller.range.count)
      GradientHistogram.subtract(smallerBase + offset, from: largerBase + offset, count: size)
      return (
        searchesSmaller ? search.best(smaller, features, smallerBase) : nil,
        searchesLarger ? search.best(larger, features, largerBase) : nil
      )
    }
    let bestSmaller = TreeGrower.best(of: found.map(\.0))
    let bestLarger = TreeGrower.best(of: found.map(\.1))
    return isLeftSmaller ? (bestSmaller, bestLarger) : (bestLarger, bestSmaller)
  }

  /// Runs `body` for each group of features that the tree may split on; in line where the leaf is small.
  private func eachGroup<Result: Sendable>(
    rowCount: Int, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    let isSmall = rowCount * matrix.featureCount < TreeGrower.inlineUpdateCount
    let groups = groups
    return (isSmall ? WorkerThreads(count: 1) : threads).collect(taskCount: groups.count) { body(groups[$0]) }
  }

  private var search: LeafSearch {
    LeafSearch(matrix: matrix, rules: rules, constraints: constraints, isDrawn: isDrawn)
  }

  private static func best(of splits: [Split?]) -> Split? {
    splits.reduce(nil) { best, split in
      guard let split else { return best }
      return best == nil || split.gain > best!.gain ? split : best
    }
  }

  /// Makes the node of a split of leaf `index`; the left child keeps the leaf's number, the right one is the next.
  private mutating func record(_ split: Split, at index: Int) {
    let node = Int32(nodes.count)
    let leaf = ~Int32(index)
    if let parent = nodes.firstIndex(where: { $0.left == leaf || $0.right == leaf }) {
      if nodes[parent].left == leaf { nodes[parent].left = node } else { nodes[parent].right = node }
    }
    nodes.append(Node(split: split, left: leaf, right: ~Int32(leaves.count)))
  }
}
