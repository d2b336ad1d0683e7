import Parallelism

/// Grows one tree leaf by leaf: always the leaf whose best split gains most.
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
  private let histograms: FlatBuffer<Int64>
  private let orderedWords: FlatBuffer<Int64>
  private(set) var leaves: [Leaf] = []
  private(set) var nodes: [Node] = []
  private var rules: SplitRules

  init(matrix: BinnedMatrix, parameters: GradientBoosting.Parameters, threads: WorkerThreads) {
    self.matrix = matrix
    self.parameters = parameters
    self.threads = threads
    partition = RowPartition(rowCount: matrix.rowCount)
    histograms = FlatBuffer(
      count: parameters.leafCount * matrix.featureCount * GradientHistogram.binCount, initial: 0)
    // Only the smaller child of a leaf is summed.
    orderedWords = FlatBuffer(count: matrix.rowCount / 2, initial: 0)
    rules = SplitRules(
      minimumLeafRowCount: parameters.minimumLeafRowCount, minimumLeafHessian: parameters.minimumLeafHessian,
      l2: parameters.l2, minimumGain: max(parameters.minimumGain, GradientBoosting.leastGain), gradientUnit: 1,
      hessianUnit: 1)
  }

  /// Grows a tree on the gradients; its leaves and nodes stand in `leaves` and `nodes` afterwards.
  mutating func grow(_ gradients: QuantisedGradients) {
    rules.gradientUnit = 1 / gradients.gradientScale
    rules.hessianUnit = 1 / gradients.hessianScale
    partition.reset()
    nodes.removeAll(keepingCapacity: true)
    leaves.removeAll(keepingCapacity: true)
    leaves.append(Leaf(range: 0..<matrix.rowCount, slot: 0, total: 0, depth: 0))
    guard matrix.featureCount > 0, parameters.leafCount > 1 else { return }
    sumRoot(gradients)
    while leaves.count < parameters.leafCount {
      var chosen: Int?
      for index in leaves.indices {
        guard let gain = leaves[index].best?.gain else { continue }
        if chosen == nil || gain > leaves[chosen!].best!.gain { chosen = index }
      }
      guard let chosen else { break }
      part(chosen, gradients)
    }
  }

  private mutating func sumRoot(_ gradients: QuantisedGradients) {
    let words = gradients.words
    leaves[0].total = threads.collectChunks(
      rowCount: matrix.rowCount, chunkRowCount: QuantisedGradients.chunkRowCount
    ) { rows in
      var sum: Int64 = 0
      for row in rows { sum &+= words.base[row] }
      return sum
    }.reduce(0, &+)
    let (matrix, rules, leaf, histograms) = (matrix, rules, leaves[0], histograms)
    let found = eachGroup(rowCount: matrix.rowCount) { group in
      let features = matrix.features(of: group)
      (histograms.base + features.lowerBound * GradientHistogram.binCount).update(
        repeating: 0, count: features.count * GradientHistogram.binCount)
      GradientHistogram.add(
        to: histograms.base, matrix: matrix, group: group, rows: nil, words: words.base, count: matrix.rowCount)
      return TreeGrower.search(leaf, matrix, features, histograms.base, rules)
    }
    leaves[0].best = TreeGrower.best(of: found)
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
      leaves[index].best = TreeGrower.search(leaves[index], matrix, 0..<matrix.featureCount, base, rules)
      return
    }
    let middle = leaf.range.lowerBound + leftCount
    let isLeftSmaller = leftCount * 2 <= leaf.range.count
    let newSlot = leaves.count
    var left = Leaf(
      range: leaf.range.lowerBound..<middle, slot: isLeftSmaller ? newSlot : leaf.slot, total: split.leftWord,
      depth: leaf.depth + 1)
    var right = Leaf(
      range: middle..<leaf.range.upperBound, slot: isLeftSmaller ? leaf.slot : newSlot,
      total: leaf.total &- split.leftWord, depth: leaf.depth + 1)
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
    let (rows, words, ordered) = (partition.rows, gradients.words, orderedWords)
    let first = smaller.range.lowerBound
    _ = threads.collectChunks(rowCount: smaller.range.count, chunkRowCount: RowPartition.chunkRowCount) { chunk in
      for offset in chunk { ordered.base[offset] = words.base[Int(rows.base[first + offset])] }
    }
    let slotSize = matrix.featureCount * GradientHistogram.binCount
    let (matrix, rules, histograms) = (matrix, rules, histograms)
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
        searchesSmaller ? TreeGrower.search(smaller, matrix, features, smallerBase, rules) : nil,
        searchesLarger ? TreeGrower.search(larger, matrix, features, largerBase, rules) : nil
      )
    }
    let bestSmaller = TreeGrower.best(of: found.map(\.0))
    let bestLarger = TreeGrower.best(of: found.map(\.1))
    return isLeftSmaller ? (bestSmaller, bestLarger) : (bestLarger, bestSmaller)
  }

  /// Runs `body` for each group of features; in line where the leaf is small.
  private func eachGroup<Result: Sendable>(
    rowCount: Int, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    let isSmall = rowCount * matrix.featureCount < TreeGrower.inlineUpdateCount
    return (isSmall ? WorkerThreads(count: 1) : threads).collect(taskCount: matrix.groupCount, body)
  }

  /// The best split of a leaf among some features; `histogram` is the leaf's, over all features.
  private static func search(
    _ leaf: Leaf, _ matrix: BinnedMatrix, _ features: Range<Int>, _ histogram: UnsafePointer<Int64>,
    _ rules: SplitRules
  ) -> Split? {
    var best: Split?
    for feature in features where !leaf.refused.contains(feature) {
      let binning = matrix.binnings[feature]
      let sums = histogram + feature * GradientHistogram.binCount
      let split =
        binning.isCategorical
        ? SplitSearch.categorical(
          sums, feature: feature, binCount: binning.binCount, total: leaf.total, rowCount: leaf.range.count,
          rules: rules)
        : SplitSearch.numeric(
          sums, feature: feature, binCount: binning.binCount, total: leaf.total, rowCount: leaf.range.count,
          rules: rules)
      if let split, best == nil || split.gain > best!.gain { best = split }
    }
    return best
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
