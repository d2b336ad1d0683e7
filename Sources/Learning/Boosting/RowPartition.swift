package import Parallelism

/// Which rows are in which leaf: row numbers, leaf by leaf, ascending within each.
package struct RowPartition {
  /// Rows a task: below this a leaf is parted in line.
  package static let chunkRowCount = 1 << 13

  /// The row numbers.
  package let rows: FlatBuffer<UInt32>
  /// Room for a number a row, which parting rows writes over: the leaf of each row, once a tree is grown.
  package let scratch: FlatBuffer<UInt32>

  /// Makes the partition with one leaf of `rowCount` rows.
  package init(rowCount: Int) {
    rows = FlatBuffer(count: rowCount, initial: 0)
    scratch = FlatBuffer(count: rowCount, initial: 0)
    reset()
  }

  /// Puts every row into one leaf again.
  package func reset() {
    for row in 0..<rows.count { rows.base[row] = UInt32(truncatingIfNeeded: row) }
  }

  /// Puts the rows of a sample into one leaf, ascending, and the others behind them; returns how many are in it.
  func reset(_ sample: RowSample) -> Int {
    if sample.isWhole {
      reset()
      return rows.count
    }
    let others = scratch.base
    var (inCount, outCount) = (0, 0)
    for row in 0..<rows.count {
      let number = UInt32(truncatingIfNeeded: row)
      if sample.contains(row) {
        rows.base[inCount] = number
        inCount += 1
      } else {
        others[outCount] = number
        outCount += 1
      }
    }
    (rows.base + inCount).update(from: others, count: outCount)
    return inCount
  }

  /// Parts the rows of `range`: those whose bin is in `leftBins` to the front, the others behind, each in their order. Where
  /// either side would have fewer than `least` rows, all stay where they are.
  ///
  /// Returns the number of rows to the left. O(range.count).
  package func split(
    _ range: Range<Int>, bins: BinnedMatrix.FeatureBins, leftBins: BinSet, least: Int = 0, threads: WorkerThreads
  ) -> Int {
    let (rows, scratch) = (rows, scratch)
    let counts = threads.collectChunks(rowCount: range.count, chunkRowCount: RowPartition.chunkRowCount) { chunk in
      leftBins.withTable { table in
        let start = range.lowerBound + chunk.lowerBound
        // Those to the left from the chunk's start upwards, those to the right from its end downwards.
        let (toLeft, toRight) = (scratch.base + start, scratch.base + start + chunk.count - 1)
        var leftCount = 0
        for index in 0..<chunk.count {
          let row = rows.base[start + index]
          // Both are written and one counter moves: no branch to mispredict.
          toLeft[leftCount] = row
          toRight[leftCount - index] = row
          leftCount += Int(table[Int(bins[Int(row)])])
        }
        return leftCount
      }
    }
    let leftCount = counts.reduce(0, +)
    guard min(leftCount, range.count - leftCount) >= least else { return leftCount }
    var starts: [(left: Int, right: Int)] = []
    var next = (left: range.lowerBound, right: range.lowerBound + leftCount)
    for (index, count) in counts.enumerated() {
      starts.append(next)
      let chunkCount = min(RowPartition.chunkRowCount, range.count - index * RowPartition.chunkRowCount)
      next = (next.left + count, next.right + chunkCount - count)
    }
    let places = starts
    threads.run(taskCount: counts.count) { index in
      let source = range.lowerBound + index * RowPartition.chunkRowCount
      let chunkCount = min(RowPartition.chunkRowCount, range.count - index * RowPartition.chunkRowCount)
      (rows.base + places[index].left).update(from: scratch.base + source, count: counts[index])
      let (target, last) = (rows.base + places[index].right, scratch.base + source + chunkCount - 1)
      for place in 0..<chunkCount - counts[index] { target[place] = last[-place] }
    }
    return leftCount
  }
}

extension RowPartition {
  /// The number of rows of `range` in each of the 256 bins of a feature. O(range.count).
  func binCounts(_ range: Range<Int>, bins: BinnedMatrix.FeatureBins, threads: WorkerThreads) -> [Int] {
    let (rows, none) = (rows, [Int](repeating: 0, count: GradientHistogram.binCount))
    return threads.collectChunks(rowCount: range.count, chunkRowCount: RowPartition.chunkRowCount) { chunk in
      var counts = none
      for index in chunk { counts[Int(bins[Int(rows.base[range.lowerBound + index])])] += 1 }
      return counts
    }.reduce(into: none) { sums, counts in
      for bin in sums.indices { sums[bin] += counts[bin] }
    }
  }
}

/// A set of bins, one bit each.
package struct BinSet: Sendable, Hashable {
  private var words = SIMD4<UInt64>.zero

  /// Makes the empty set.
  package init() {}

  /// Whether the set holds `bin`.
  @inline(__always) package func contains(_ bin: Int) -> Bool { words[bin >> 6] >> UInt64(bin & 63) & 1 == 1 }

  /// Adds a bin.
  package mutating func insert(_ bin: Int) { words[bin >> 6] |= 1 << UInt64(bin & 63) }

  /// Calls `body` with 256 bytes: 1 for a bin in the set, else 0.
  package func withTable<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { table in
      for bin in 0..<256 { table.initializeElement(at: bin, to: contains(bin) ? 1 : 0) }
      return body(UnsafePointer(table.baseAddress!))
    }
  }
}
