import Parallelism

// From a grown tree of bins to a tree of values, with leaf values from the exact gradients.
extension TreeGrower {
  /// The tree in the form of the model file. Leaf values are −η·G/(H + λ), summed over the leaf's rows in order.
  func tree(gradients: QuantisedGradients, features: [Feature]) -> Tree {
    let (leaves, rows) = (leaves, partition.rows)
    let sums = threads.collect(taskCount: leaves.count) { index in
      var sum = SIMD2<Double>.zero
      for position in leaves[index].range {
        let row = Int(rows.base[position])
        sum += SIMD2(gradients.gradients.base[row], gradients.hessians.base[row])
      }
      return sum
    }
    func value(_ sum: SIMD2<Double>) -> Double {
      sum.y + parameters.l2 > 0 ? -parameters.learningRate * sum.x / (sum.y + parameters.l2) : 0
    }
    var tree = Tree(leafValue: 0)
    tree.leafValues = sums.map(value)
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
    tree.internalValues = nodeSums.map(value)
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

  /// Adds each leaf's value to the scores of its rows.
  func addValues(of tree: Tree, to scores: FlatBuffer<Double>) {
    let (leaves, rows) = (leaves, partition.rows)
    threads.run(taskCount: leaves.count) { index in
      let value = tree.leafValues[index]
      for position in leaves[index].range { scores.base[Int(rows.base[position])] += value }
    }
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
