/// What a subtree adds for every pattern of the few bits that it depends on: the walk of `ExplainedTree` itself, once a pattern.
struct PatternTable {
  /// The edges of the tree.
  let paths: TreePaths
  /// The numbers of an edge at K points.
  let rule: EdgeFactors
  /// The values of the tree's leaves.
  let leafValues: [Double]

  /// K.
  var pointCount: Int { rule.rule.points.count }

  /// The table of the subtree of `node`: 1 + features runs of K numbers a pattern, the sum over its leaves with P = 1 at its root and
  /// what is added to each of `features`, which are all of the subtree's. The lowest bits of a pattern are the decisions of its nodes, the others tell of the edges
  /// `above` whether the row follows them. O(patterns · edges · K).
  func numbers(of node: Int, above: [Int] = [], features: [Int]) -> [Double] {
    let (own, size, count) = (paths.edges(of: node), paths.size(of: node), pointCount)
    let edges = Array(paths.edges[own])
    var factors: [Double] = []
    for edge in edges {
      rule.append(z: edge.share, zAbove: edge.same >= 0 ? paths.edges[edge.same].share : nil, to: &factors)
    }
    // Of the edge above of the same feature: its place among the own ones, or its bit; both nil for none.
    let sames = edges.map { $0.same >= own.lowerBound ? $0.same - own.lowerBound : nil }
    let bits = edges.map { edge in above.firstIndex(of: edge.same).map { size + $0 } }
    let columns = edges.map { edge in 1 + features.firstIndex(of: edge.feature)! }
    let width = (1 + features.count) * count
    var numbers = [Double](repeating: 0, count: width << (size + above.count))
    var was = [Bool](repeating: false, count: edges.count)
    var followed = was
    var products = [Double](repeating: 0, count: edges.count * count)
    var sums = products
    for pattern in 0..<1 << (size + above.count) {
      for (place, edge) in edges.enumerated() {
        was[place] = sames[place].map { followed[$0] } ?? bits[place].map { pattern >> $0 & 1 == 1 } ?? true
        followed[place] = was[place] && (pattern >> (edge.node - node) & 1 == 1) == edge.isLeft
        let run = (place * ExplainedTree.runCount + (followed[place] ? 0 : was[place] ? 1 : 2)) * count
        let parent = (edge.parent - own.lowerBound) * count
        let value = edge.child < 0 ? leafValues[Int(~edge.child)] : 0
        for point in 0..<count {
          products[place * count + point] = factors[run + point] * (parent >= 0 ? products[parent + point] : 1)
          sums[place * count + point] = products[place * count + point] * value
        }
      }
      // Children come after their parents, so sums run from the last edge to the first.
      for (place, edge) in edges.enumerated().reversed() {
        let run = (place * ExplainedTree.runCount + (followed[place] ? 3 : 4)) * count
        let parent = (edge.parent - own.lowerBound) * count
        let column = pattern * width + columns[place] * count
        for point in 0..<count {
          let sum = sums[place * count + point]
          if parent >= 0 { sums[parent + point] += sum } else { numbers[pattern * width + point] += sum }
          if was[place] { numbers[column + point] += sum * factors[run + point] }
        }
      }
    }
    return numbers
  }
}
