import Parallelism

// From a grown tree of bins to a tree of values, with leaf values from the exact gradients.
extension TreeGrower {
  /// The tree in the form of the model file. Leaf values are −η·S(G)/(H + λ) of the leaf's rows. `findLeaves` comes first.
  ///
  /// - Parameter renewed: the value of a leaf with given rows before shrinkage, where it is no Newton step.
  func tree(
    _ derivatives: RowDerivatives<some PointLoss>, features: [Feature], renewed: (@Sendable ([Int]) -> Double)? = nil
  ) -> Tree {
    let (leaves, rows) = (leaves, partition.rows)
    let sums = leafSums(derivatives)
    func value(_ sum: SIMD2<Double>, _ bounds: ValueBounds = ValueBounds()) -> Double {
      let gradient = SplitRules.shrunk(sum.x, l1: parameters.l1)
      let step = sum.y + parameters.l2 > 0 ? -gradient / (sum.y + parameters.l2) : 0
      return parameters.learningRate * bounds.clamped(step)
    }
    var tree = Tree(leafValue: 0)
    tree.leafValues = zip(sums, leaves).map { value($0, $1.bounds) }
    if let renewed {
      tree.leafValues = threads.collect(taskCount: leaves.count) { index in
        renewed(leaves[index].range.map { Int(rows.base[$0]) })
      }.map { parameters.learningRate * $0 }
    }
    tree.leafWeights = sums.map(\.y)
    tree.leafRowCounts = leaves.map(\.range.count)
    tree.shrinkage = parameters.learningRate
    for node in nodes { append(node, to: &tree, features: features) }
    // Children come after their parents, so sums run from the last node to the first.
    var nodeSums = [SIMD2<Double>](repeating: .zero, count: nodes.count)
    tree.internalRowCounts = [Int](repeating: 0, count: nodes.count)
    for index in nodes.indices.reversed() {
      for child in [Int(nodes[index].left), Int(nodes[index].right)] {
        nodeSums[index] += child >= 0 ? nodeSums[child] : sums[~child]
        tree.internalRowCounts[index] += child >= 0 ? tree.internalRowCounts[child] : tree.leafRowCounts[~child]
      }
    }
    tree.internalValues = nodeSums.map { value($0) }
    tree.internalWeights = nodeSums.map(\.y)
    return tree
  }

  private func append(_ node: Node, to tree: inout Tree, features: [Feature]) {
    let split = node.split
    let binning = matrix.binnings[split.feature]
    tree.splitFeatures.append(Int32(split.feature))
    tree.leftChildren.append(node.left)
    tree.rightChildren.append(node.right)
    tree.splitGains.append(split.gain)
    if binning.isCategorical {
      let codes = binning.levelBins.indices.filter {
        let bin = Int(binning.levelBins[$0])
        return bin != FeatureBinning.missingBin && split.leftBins.contains(bin)
      }
      tree.thresholds.append(Double(tree.categoryBoundaries.count - 1))
      tree.decisionTypes.append(Tree.categoricalBit | Tree.missingIsNaN)
      tree.appendCategories(codes)
    } else {
      tree.thresholds.append(binning.threshold(afterBin: split.lastLeftBin))
      tree.decisionTypes.append(Tree.missingIsNaN | (split.isMissingLeft ? Tree.missingLeftBit : 0))
    }
  }

  /// Notes the leaf of every row, also of those that the tree did not learn from, where sums and scores find it in the rows'
  /// order; growing the next tree overwrites it.
  func findLeaves() {
    let (rows, found) = (partition.rows, partition.scratch)
    let (nodes, matrix, first) = (nodes, matrix, sampleRowCount)
    let pieces = leaves.indices.flatMap { leaf in
      stride(from: leaves[leaf].range.lowerBound, to: leaves[leaf].range.upperBound, by: RowPartition.chunkRowCount).map
      {
        (leaf: UInt32(leaf), range: $0..<min($0 + RowPartition.chunkRowCount, leaves[leaf].range.upperBound))
      }
    }
    threads.run(taskCount: pieces.count) { index in
      let (leaf, range) = pieces[index]
      for position in range { found.base[Int(rows.base[position])] = leaf }
    }
    _ = threads.collectChunks(
      rowCount: matrix.rowCount - first, chunkRowCount: RowPartition.chunkRowCount
    ) { chunk in
      for position in chunk {
        let row = Int(rows.base[first + position])
        found.base[row] = UInt32(nodes.leaf(of: row, in: matrix))
      }
    }
  }

  /// The sums of gradients and hessians of each leaf, exact ones: chunks of rows in order, and in each its rows.
  private func leafSums(_ derivatives: RowDerivatives<some PointLoss>) -> [SIMD2<Double>] {
    let found = partition.scratch
    let none = [SIMD2<Double>](repeating: .zero, count: leaves.count)
    let chunks = threads.collectChunks(
      rowCount: matrix.rowCount, chunkRowCount: QuantisedGradients.chunkRowCount
    ) { rows in
      var sums = none
      sums.withUnsafeMutableBufferPointer { sums in
        derivatives.forEachBlock(rows) { rows, gradients, hessians in
          let leaves = found.base + rows.lowerBound
          for index in 0..<rows.count { sums[Int(leaves[index])] += SIMD2(gradients[index], hessians[index]) }
        }
      }
      return sums
    }
    return chunks.reduce(into: none) { sums, chunk in
      for leaf in sums.indices { sums[leaf] += chunk[leaf] }
    }
  }

  /// Adds each leaf's value to the scores of its rows. `findLeaves` comes first.
  func addValues(of tree: Tree, to scores: FlatBuffer<Double>) {
    let found = partition.scratch
    _ = threads.collectChunks(rowCount: matrix.rowCount, chunkRowCount: RowPartition.chunkRowCount) { chunk in
      tree.leafValues.withUnsafeBufferPointer { values in
        for row in chunk { scores.base[row] += values[Int(found.base[row])] }
      }
    }
  }
}

extension [TreeGrower.Node] {
  /// The leaf that a row falls into, by its bins.
  @inline(__always) func leaf(of row: Int, in matrix: BinnedMatrix) -> Int {
    var node: Int32 = isEmpty ? ~0 : 0
    while node >= 0 {
      let bin = matrix.column(self[Int(node)].split.feature)[row]
      node = self[Int(node)].split.leftBins.contains(Int(bin)) ? self[Int(node)].left : self[Int(node)].right
    }
    return Int(~node)
  }
}

extension Tree {
  /// Adds a set of level codes.
  mutating func appendCategories(_ codes: [Int]) {
    var words = [UInt32](repeating: 0, count: (codes.max() ?? 0) / 32 + 1)
    for code in codes { words[code / 32] |= 1 << UInt32(code % 32) }
    categoryWords += words
    categoryBoundaries.append(categoryWords.count)
  }

  /// Adds a constant to every value: the base score, which the model file has no other place for.
  mutating func addBias(_ bias: Double) {
    for index in leafValues.indices { leafValues[index] += bias }
    for index in internalValues.indices { internalValues[index] += bias }
    shrinkage = 1
  }
}
