/// The rows of a fact table grouped by rank, each group in an order of its own: a counting sort, then short sorts.
package struct RowsByRank: Sendable {
  /// Up to this many rows are sorted by insertion.
  private static let shortRowCount = 24

  /// Row numbers, group after group.
  private(set) var rows: [Int32]
  /// Where each group begins in `rows`; one more than there are ranks.
  private let starts: [Int32]

  /// Groups the rows with a rank of at least 0; `precedes` orders two rows of a group, equal ones stay in table order.
  package init(ranks: [Int32], rankCount: Int, precedes: (Int, Int) -> Bool) {
    precondition(ranks.count < Int(Int32.max), "row numbers are 32-bit")
    var starts = [Int32](repeating: 0, count: rankCount + 1)
    for rank in ranks where rank >= 0 { starts[Int(rank) + 1] += 1 }
    for rank in 0..<rankCount { starts[rank + 1] += starts[rank] }
    var next = starts
    var rows = [Int32](repeating: 0, count: Int(starts[rankCount]))
    for (row, rank) in ranks.enumerated() where rank >= 0 {
      rows[Int(next[Int(rank)])] = Int32(row)
      next[Int(rank)] += 1
    }
    for rank in 0..<rankCount {
      let group = Int(starts[rank])..<Int(starts[rank + 1])
      if group.count <= RowsByRank.shortRowCount {
        RowsByRank.insertionSort(&rows, group, precedes)
      } else {
        let sorted = rows[group].sorted {
          precedes(Int($0), Int($1)) || (!precedes(Int($1), Int($0)) && $0 < $1)
        }
        rows.replaceSubrange(group, with: sorted)
      }
    }
    self.rows = rows
    self.starts = starts
  }

  /// The positions in `rows` of a group; empty for the rank -1.
  @inline(__always) package func group(_ rank: Int32) -> Range<Int> {
    rank < 0 ? 0..<0 : Int(starts[Int(rank)])..<Int(starts[Int(rank) + 1])
  }

  /// The row at a position.
  @inline(__always) package func row(_ position: Int) -> Int { Int(rows[position]) }

  @inline(__always) private static func insertionSort(
    _ rows: inout [Int32], _ group: Range<Int>, _ precedes: (Int, Int) -> Bool
  ) {
    guard group.count > 1 else { return }
    for end in group.dropFirst() {
      let moving = rows[end]
      var position = end
      while position > group.lowerBound, precedes(Int(moving), Int(rows[position - 1])) {
        rows[position] = rows[position - 1]
        position -= 1
      }
      rows[position] = moving
    }
  }
}
