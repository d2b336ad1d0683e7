import Parallelism

/// Grows one tree leaf by leaf: the leaf whose best split gains most, or level by level.
///
/// For each split: part the leaf's rows; sum the histograms of the smaller child, a task a piece of its rows or a group of
/// features; take them from the parent's for the larger one, and search both children for their best splits, a task a part of
/// features. Sums are integers and ties go to the lowest leaf, feature and bin, so the tree does not depend on the number
/// of threads.
struct TreeGrower {
  /// Updates below which a leaf's histograms are summed in line.
  static let inlineUpdateCount = 30_000
  /// Groups for each thread from which on a task is a group of features, not a piece of rows.
  static let groupsPerThread = 4

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
    /// The best splits, nil for none, of features whose rows were counted: those whose best split by estimates left too few.
    var counted: [Int: Split?] = [:]
  }

  /// A histogram that tasks share: each writes sums of its own.
  private struct Histogram: @unchecked Sendable { let base: UnsafeMutablePointer<Int64> }

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
  /// A slot a leaf, zeroed where its first sums are written.
  private let histograms: FlatBuffer<Int64>
  /// Histograms of the pieces of a leaf's rows but the first, one behind the other.
  private let pieces: FlatBuffer<Int64>
  private(set) var leaves: [Leaf] = []
  private(set) var nodes: [Node] = []
  /// The number of rows that the tree learns from; they come first in `partition`.
  private(set) var sampleRowCount = 0
  private(set) var rules: SplitRules
  /// The features that the tree may split on, and the parts and groups that hold any of them.
  private var isDrawn: [Bool] = []
  private var parts: [Int] = []
  private var groups: [Int] = []

  init(
    matrix: BinnedMatrix, parameters: GradientBoosting.Parameters, features: [Feature], threads: WorkerThreads
  ) {
    self.matrix = matrix
    self.parameters = parameters
    self.threads = threads
    constraints = GrowthConstraints(parameters, features: features)
    histograms = FlatBuffer(
      uninitializedCount: parameters.mostLeaves(ofRows: matrix.rowCount) * matrix.placeCount
        * GradientHistogram.binCount)
    let isByRows = matrix.groupCount < TreeGrower.groupsPerThread * threads.count
    pieces = FlatBuffer(
      count: isByRows ? (threads.count - 1) * matrix.placeCount * GradientHistogram.binCount : 0, initial: 0)
    partition = RowPartition(rowCount: matrix.rowCount)
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
    parts = (0..<matrix.partCount).filter { isAnyDrawn(matrix.places(ofPart: $0)) }
    groups = (0..<matrix.groupCount).filter { isAnyDrawn(matrix.places(of: $0)) }
    sampleRowCount = partition.reset(sample)
    nodes.removeAll(keepingCapacity: true)
    leaves.removeAll(keepingCapacity: true)
    leaves.append(Leaf(range: 0..<sampleRowCount, slot: 0, total: 0, depth: 0))
    guard matrix.placeCount > 0, parameters.leafCount > 1, sampleRowCount > 0 else { return }
    sumRoot(gradients)
    while leaves.count < parameters.leafCount, let chosen = nextLeaf { part(chosen, gradients) }
  }

  /// Whether the tree may split on a feature of some places.
  private func isAnyDrawn(_ places: Range<Int>) -> Bool { places.contains { isDrawn[matrix.variedFeatures[$0]] } }

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
    let (rows, words) = (sampleRowCount == matrix.rowCount ? nil : partition.rows, gradients.words)
    leaves[0].total = threads.collectChunks(
      rowCount: sampleRowCount, chunkRowCount: QuantisedGradients.chunkRowCount
    ) { chunk in
      var sum: Int64 = 0
      for row in chunk { sum &+= words.base[rows.map { Int($0.base[row]) } ?? row] }
      return sum
    }.reduce(0, &+)
    let pieceCount = sum(0..<sampleRowCount, isWhole: rows == nil, into: histograms.base, gradients)
    let (leaf, search, grower) = (leaves[0], search, self)
    leaves[0].best = TreeGrower.best(
      of: eachPart(rowCount: sampleRowCount) { places in
        grower.merge(pieceCount, places, into: grower.histograms.base)
        return search.best(leaf, places, grower.histograms.base)
      })
  }

  /// Sums the histograms of neighbouring rows of the partition, or of the rows of `range` themselves where `isWhole`, in
  /// pieces: the first one's in `target`, the others' in `pieces`. Returns how many there are.
  private func sum(
    _ range: Range<Int>, isWhole: Bool = false, into target: UnsafeMutablePointer<Int64>,
    _ gradients: QuantisedGradients
  ) -> Int {
    let size = matrix.placeCount * GradientHistogram.binCount
    let isSmall = range.count * matrix.placeCount < TreeGrower.inlineUpdateCount
    let pieceCount = isSmall || pieces.count == 0 ? 1 : threads.count
    let isByGroups = !isSmall && pieces.count == 0
    let target = Histogram(base: target)
    let taskCount = isByGroups ? groups.count : pieceCount
    let workers = isSmall ? WorkerThreads(count: 1) : threads
    if isByGroups { target.base.update(repeating: 0, count: size) }
    workers.run(taskCount: taskCount) { [self] task in
      let sums = isByGroups || task == 0 ? target.base : pieces.base + (task - 1) * size
      if !isByGroups { sums.update(repeating: 0, count: size) }
      let own =
        isByGroups
        ? range
        : range.lowerBound + range.count * task / pieceCount..<range.lowerBound + range.count * (task + 1) / pieceCount
      GradientHistogram.add(
        to: sums, matrix: matrix, groups: isByGroups ? [groups[task]] : groups,
        isWanted: { isAnyDrawn(matrix.places(ofPart: $0)) },
        rows: isWhole ? nil : partition.rows.base + own.lowerBound, range: own, words: gradients.words.base)
    }
    return pieceCount
  }

  /// Adds the sums of all pieces but the first to those of the first.
  private func merge(_ pieceCount: Int, _ places: Range<Int>, into target: UnsafeMutablePointer<Int64>) {
    let first = places.lowerBound * GradientHistogram.binCount
    let count = places.count * GradientHistogram.binCount
    for piece in 1..<max(1, pieceCount) {
      let sums = pieces.base + (piece - 1) * matrix.placeCount * GradientHistogram.binCount
      GradientHistogram.merge(sums + first, into: target + first, count: count)
    }
  }

  /// Parts leaf `index` by its best split, or looks for another where a count of the rows forbids it.
  private mutating func part(_ index: Int, _ gradients: QuantisedGradients) {
    let leaf = leaves[index]
    guard let split = leaf.best else { return }
    let least = max(1, parameters.minimumLeafRowCount)
    let leftCount = partition.split(
      leaf.range, bins: matrix.column(split.feature), leftBins: split.leftBins, least: least, threads: threads)
    guard min(leftCount, leaf.range.count - leftCount) >= least else {
      recount(index, feature: split.feature)
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

  /// Finds the best split of leaf `index` again, with the rows of a feature's bins counted: its splits leave enough of them.
  private mutating func recount(_ index: Int, feature: Int) {
    let (leaf, search) = (leaves[index], search)
    let base = histograms.base + leaf.slot * matrix.placeCount * GradientHistogram.binCount
    let counts = partition.binCounts(leaf.range, bins: matrix.column(feature), threads: threads)
    guard let place = matrix.variedFeatures.firstIndex(of: feature) else {
      preconditionFailure("a constant feature was split")
    }
    leaves[index].counted.updateValue(search.split(leaf, by: place, base, binCounts: counts), forKey: feature)
    leaves[index].best = search.best(leaves[index], 0..<matrix.placeCount, base)
  }

  private func canSplit(_ leaf: Leaf) -> Bool {
    leaf.range.count >= 2 * max(1, parameters.minimumLeafRowCount)
      && (parameters.maximumDepth == 0 || leaf.depth < parameters.maximumDepth)
  }

  private func sumAndSearch(
    _ left: Leaf, _ right: Leaf, isLeftSmaller: Bool, _ gradients: QuantisedGradients
  ) -> (Split?, Split?) {
    let (smaller, larger) = isLeftSmaller ? (left, right) : (right, left)
    let slotSize = matrix.placeCount * GradientHistogram.binCount
    let (search, histograms) = (search, histograms)
    let pieceCount = sum(smaller.range, into: histograms.base + smaller.slot * slotSize, gradients)
    let (searchesSmaller, searchesLarger) = (canSplit(smaller), canSplit(larger))
    let found = eachPart(rowCount: smaller.range.count) { places -> (Split?, Split?) in
      let smallerBase = histograms.base + smaller.slot * slotSize
      let largerBase = histograms.base + larger.slot * slotSize
      let offset = places.lowerBound * GradientHistogram.binCount
      merge(pieceCount, places, into: smallerBase)
      GradientHistogram.subtract(
        smallerBase + offset, from: largerBase + offset, count: places.count * GradientHistogram.binCount)
      return (
        searchesSmaller ? search.best(smaller, places, smallerBase) : nil,
        searchesLarger ? search.best(larger, places, largerBase) : nil
      )
    }
    let bestSmaller = TreeGrower.best(of: found.map(\.0))
    let bestLarger = TreeGrower.best(of: found.map(\.1))
    return isLeftSmaller ? (bestSmaller, bestLarger) : (bestLarger, bestSmaller)
  }

  /// Runs `body` for the places of each part that the tree may split on; in line where the leaf is small.
  private func eachPart<Result: Sendable>(
    rowCount: Int, _ body: @Sendable (Range<Int>) -> Result
  ) -> [Result] {
    let isSmall = rowCount * matrix.placeCount < TreeGrower.inlineUpdateCount
    let (matrix, parts) = (matrix, parts)
    return (isSmall ? WorkerThreads(count: 1) : threads).collect(taskCount: parts.count) {
      body(matrix.places(ofPart: parts[$0]))
    }
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
