// The walk over one tree for one row: down with products of factors, up with sums over leaves.
extension ExplainedTree {
  /// Adds the tree's contributions for the row `values` to `contributions`.
  ///
  /// Going down an edge the product P over the path's features changes by one ratio; at a leaf P is multiplied by the
  /// value; going up, the sum S over the leaves below is weighted into the edge's feature. A leaf below two edges of one
  /// feature counts with the deeper one alone, so what the upper one will add for it is taken off here: its S holds the
  /// deeper edge's factor in place of its own, and dividing by the upper's own factor gives just that amount.
  ///
  /// - Parameters:
  ///   - contributions: one number a feature.
  ///   - values: the row, NaN where missing.
  ///   - followed: room for one flag an edge: o of the merged edges.
  ///   - workspace: room for (2 · depth + 2) · K numbers: P and S of each depth.
  func add(
    to contributions: UnsafeMutablePointer<Double>, values: UnsafePointer<Double>,
    followed: UnsafeMutablePointer<Bool>, workspace: UnsafeMutablePointer<Double>
  ) {
    let pointCount = pointCount
    let products = workspace
    let sums = workspace + (depth + 1) * pointCount
    for point in 0..<pointCount {
      products[point] = 1
      sums[point] = 0
    }
    edges.withUnsafeBufferPointer { edges in
      factors.withUnsafeBufferPointer { factors in
        brokenWeights.withUnsafeBufferPointer { broken in
          // The edges whose subtrees are open, by depth.
          withUnsafeTemporaryAllocation(of: Int.self, capacity: depth + 1) { open in
            var openCount = 0
            for index in edges.indices {
              let edge = edges[index]
              while openCount > Int(edge.depth) {
                openCount -= 1
                close(
                  open[openCount], level: openCount, edges, factors, broken, followed, sums, contributions)
              }
              let level = Int(edge.depth)
              let isGoingLeft = tree.goesLeft(values[Int(edge.feature)], node: Int(edge.node))
              let same = Int(edge.sameFeatureEdge)
              let wasFollowed = same < 0 || followed[same]
              let isFollowed = wasFollowed && isGoingLeft == edge.isLeft
              followed[index] = isFollowed
              let run = isFollowed ? 0 : wasFollowed ? 1 : 2
              let ratio = factors.baseAddress! + Int(edge.factorStart) + run * pointCount
              let above = products + level * pointCount
              let below = above + pointCount
              let sum = sums + (level + 1) * pointCount
              if edge.leafValue.isNaN {
                ExplainedTree.multiply(above, ratio, into: below, pointCount)
                for point in 0..<pointCount { sum[point] = 0 }
              } else {
                ExplainedTree.multiply(above, ratio, by: edge.leafValue, into: sum, pointCount)
              }
              open[openCount] = index
              openCount += 1
            }
            while openCount > 0 {
              openCount -= 1
              close(open[openCount], level: openCount, edges, factors, broken, followed, sums, contributions)
            }
          }
        }
      }
    }
  }

  /// Leaves an edge: weights the sum below it into its feature and adds the sum to the one above.
  @inline(__always) private func close(
    _ index: Int, level: Int, _ edges: UnsafeBufferPointer<Edge>, _ factors: UnsafeBufferPointer<Double>,
    _ broken: UnsafeBufferPointer<Double>, _ followed: UnsafeMutablePointer<Bool>,
    _ sums: UnsafeMutablePointer<Double>, _ contributions: UnsafeMutablePointer<Double>
  ) {
    let edge = edges[index]
    let sum = sums + (level + 1) * pointCount
    let above = sums + level * pointCount
    let weights = followed[index] ? factors.baseAddress! + Int(edge.factorStart) + 3 * pointCount : broken.baseAddress!
    var contribution = ExplainedTree.dot(sum, weights, pointCount)
    if edge.sameFeatureEdge >= 0 {
      let same = Int(edge.sameFeatureEdge)
      let weightsAbove =
        followed[same]
        ? factors.baseAddress! + Int(edges[same].factorStart) + 3 * pointCount : broken.baseAddress!
      // S/e' of the edge above, whose factor is in S through the deeper edge's ratio: S holds e, so S/e' is taken by
      // the weights of the edge above, which divide by e'; see the note on `add`.
      contribution -= ExplainedTree.dot(sum, weightsAbove, pointCount)
    }
    contributions[Int(edge.feature)] += contribution
    for point in 0..<pointCount { above[point] += sum[point] }
  }

  @inline(__always) private static func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    for point in 0..<count { result[point] = a[point] * b[point] }
  }

  @inline(__always) private static func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, by factor: Double,
    into result: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    for point in 0..<count { result[point] = a[point] * b[point] * factor }
  }

  @inline(__always) private static func dot(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    var sum = SIMD4<Double>.zero
    var point = 0
    while point < count {
      let x = UnsafeRawPointer(a + point).loadUnaligned(as: SIMD4<Double>.self)
      let y = UnsafeRawPointer(b + point).loadUnaligned(as: SIMD4<Double>.self)
      sum += x * y
      point += 4
    }
    return (sum.x + sum.y) + (sum.z + sum.w)
  }
}
