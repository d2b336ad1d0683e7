// The walk over one tree for one row: down with products of factors, up with sums over leaves.
extension ExplainedTree {
  /// Where the walk stands; memory that every tree and row of a task uses again.
  struct Workspace {
    /// One number a feature: the row, NaN where missing.
    let values: UnsafeMutablePointer<Double>
    /// One number a feature: what has been found.
    let contributions: UnsafeMutablePointer<Double>
    /// Room for P and S of each depth, 2 · (depth + 1) · K numbers.
    let levels: UnsafeMutablePointer<Double>
    /// o of the merged edges, one flag an edge.
    let followed: UnsafeMutablePointer<Bool>
    /// The open edges, by depth.
    let open: UnsafeMutablePointer<Int32>
  }

  /// Adds the tree's contributions for the row `values` to `contributions`.
  ///
  /// Going down an edge the product P over the path's features changes by one ratio; at a leaf P is multiplied by the
  /// value; going up, the sum S over the leaves below is weighted into the edge's feature. A leaf below two edges of one
  /// feature counts with the deeper one alone, so what the upper one will add for it is taken off here: its S holds the
  /// deeper edge's factor in place of its own, and dividing by the upper's own factor gives just that amount.
  func add(_ workspace: Workspace) {
    switch pointCount {
    case 4: walk(workspace, SIMD4<Double>.self)
    case 8: walk(workspace, SIMD8<Double>.self)
    default: walkLong(workspace)
    }
  }

  /// The walk with all K points in one vector.
  @inline(__always) private func walk<Points: SIMD>(_ workspace: Workspace, _: Points.Type)
  where Points.Scalar == Double {
    let levels = UnsafeMutableRawPointer(workspace.levels).assumingMemoryBound(to: Points.self)
    let (followed, open) = (workspace.followed, workspace.open)
    edges.withUnsafeBufferPointer { edges in
      factors.withUnsafeBytes { factors in
        brokenWeights.withUnsafeBytes { broken in
          let brokenVector = broken.loadUnaligned(as: Points.self)
          let stride = MemoryLayout<Double>.size
          let run = pointCount * stride
          func close(_ level: Int) {
            let edge = edges[Int(open[level])]
            let sum = levels[2 * level + 3]
            let start = Int(edge.factorStart) * stride + 3 * run
            let weights =
              followed[Int(open[level])] ? factors.loadUnaligned(fromByteOffset: start, as: Points.self) : brokenVector
            var contribution = (sum * weights).sum()
            if edge.sameFeatureEdge >= 0 {
              let same = Int(edge.sameFeatureEdge)
              let startAbove = Int(edges[same].factorStart) * stride + 3 * run
              let weightsAbove =
                followed[same] ? factors.loadUnaligned(fromByteOffset: startAbove, as: Points.self) : brokenVector
              contribution -= (sum * weightsAbove).sum()
            }
            workspace.contributions[Int(edge.feature)] += contribution
            levels[2 * level + 1] += sum
          }
          // P of depth d lies at 2d, S at 2d + 1.
          levels[0] = Points(repeating: 1)
          levels[1] = Points(repeating: 0)
          var openCount = 0
          for index in edges.indices {
            let edge = edges[index]
            while openCount > Int(edge.depth) {
              openCount -= 1
              close(openCount)
            }
            let level = Int(edge.depth)
            let kind = mark(index, edge, workspace)
            let ratio = factors.loadUnaligned(
              fromByteOffset: Int(edge.factorStart) * stride + kind * run, as: Points.self)
            let product = levels[2 * level] * ratio
            if edge.leafValue.isNaN {
              levels[2 * level + 2] = product
              levels[2 * level + 3] = Points(repeating: 0)
            } else {
              levels[2 * level + 3] = product * edge.leafValue
            }
            open[openCount] = Int32(truncatingIfNeeded: index)
            openCount += 1
          }
          while openCount > 0 {
            openCount -= 1
            close(openCount)
          }
        }
      }
    }
  }

  /// The same for any K, point by point: paths with more than sixteen features.
  private func walkLong(_ workspace: Workspace) {
    let (levels, followed, open) = (workspace.levels, workspace.followed, workspace.open)
    let count = pointCount
    func close(_ level: Int) {
      let edge = edges[Int(open[level])]
      let (sum, above) = (levels + (2 * level + 3) * count, levels + (2 * level + 1) * count)
      func weighted(_ index: Int) -> Double {
        var total = 0.0
        let start = Int(edges[index].factorStart) + 3 * count
        for point in 0..<count {
          total += sum[point] * (followed[index] ? factors[start + point] : brokenWeights[point])
        }
        return total
      }
      var contribution = weighted(Int(open[level]))
      if edge.sameFeatureEdge >= 0 { contribution -= weighted(Int(edge.sameFeatureEdge)) }
      workspace.contributions[Int(edge.feature)] += contribution
      for point in 0..<count { above[point] += sum[point] }
    }
    for point in 0..<count {
      levels[point] = 1
      levels[count + point] = 0
    }
    var openCount = 0
    for index in edges.indices {
      let edge = edges[index]
      while openCount > Int(edge.depth) {
        openCount -= 1
        close(openCount)
      }
      let level = Int(edge.depth)
      let start = Int(edge.factorStart) + mark(index, edge, workspace) * count
      for point in 0..<count {
        let product = levels[2 * level * count + point] * factors[start + point]
        levels[(2 * level + 2) * count + point] = product
        levels[(2 * level + 3) * count + point] = edge.leafValue.isNaN ? 0 : product * edge.leafValue
      }
      open[openCount] = Int32(truncatingIfNeeded: index)
      openCount += 1
    }
    while openCount > 0 {
      openCount -= 1
      close(openCount)
    }
  }

  /// Decides o of an edge and returns which of its ratios holds.
  @inline(__always) private func mark(_ index: Int, _ edge: Edge, _ workspace: Workspace) -> Int {
    let same = Int(edge.sameFeatureEdge)
    let wasFollowed = same < 0 || workspace.followed[same]
    let value = workspace.values[Int(edge.feature)]
    let isGoingLeft: Bool
    if edge.isPlain {
      isGoingLeft = value.isNaN ? edge.isMissingLeft : value <= edge.threshold
    } else {
      isGoingLeft = tree.goesLeft(value, node: Int(edge.node))
    }
    let isFollowed = wasFollowed && isGoingLeft == edge.isLeft
    workspace.followed[index] = isFollowed
    return isFollowed ? 0 : wasFollowed ? 1 : 2
  }
}
