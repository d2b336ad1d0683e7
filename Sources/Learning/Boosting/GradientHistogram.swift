/// Sums of gradients and hessians by bin, the kernel that most of the training time goes to.
///
/// A row's gradient g and hessian h are integers in one word, `g · 2³² + h` with h ≥ 0. Adding words adds both, and
/// taking a child's sums from its parent's leaves the sibling's, exactly: the low half never overflows, since the
/// scales bound the sums over all rows (`QuantisedGradients`). Integer sums are the same in any order, so histograms
/// do not depend on the number of threads.
package enum GradientHistogram {
  /// Words a feature: 255 bins and the missing one.
  package static let binCount = 256
  /// Rows of a block: its row numbers and words (12 bytes a row) stay in the second-level cache while the features
  /// pass over them.
  package static let blockRowCount = 8_192

  /// The gradient's part of a sum.
  @inline(__always) package static func gradient(_ word: Int64) -> Int64 { word >> 32 }
  /// The hessian's part of a sum.
  @inline(__always) package static func hessian(_ word: Int64) -> Int64 { word & 0xFFFF_FFFF }

  /// Adds rows to the histograms of the features of `features`.
  ///
  /// - Parameters:
  ///   - histogram: 256 words a feature of the matrix, feature by feature.
  ///   - matrix: the bins.
  ///   - features: the features to sum, a range of their own for each task.
  ///   - rows: row numbers, ascending.
  ///   - words: the word of each of `rows`, in the same order.
  ///   - count: the number of `rows`.
  package static func add(
    to histogram: UnsafeMutablePointer<Int64>, matrix: BinnedMatrix, features: Range<Int>,
    rows: UnsafePointer<UInt32>, words: UnsafePointer<Int64>, count: Int
  ) {
    var start = 0
    while start < count {
      let blockCount = min(blockRowCount, count - start)
      var feature = features.lowerBound
      // Four features a pass: four independent chains of load, add and store hide the store's latency where
      // neighbouring rows meet the same bin, as they do in columns that are mostly zero.
      while feature + 4 <= features.upperBound {
        addFour(
          histogram + feature * binCount, matrix.column(feature), stride: matrix.rowCount, rows + start, words + start,
          blockCount)
        feature += 4
      }
      while feature < features.upperBound {
        addOne(histogram + feature * binCount, matrix.column(feature), rows + start, words + start, blockCount)
        feature += 1
      }
      start += blockCount
    }
  }

  @inline(__always) private static func addOne(
    _ histogram: UnsafeMutablePointer<Int64>, _ bins: UnsafePointer<UInt8>, _ rows: UnsafePointer<UInt32>,
    _ words: UnsafePointer<Int64>, _ count: Int
  ) {
    for index in 0..<count { histogram[Int(bins[Int(rows[index])])] &+= words[index] }
  }

  @inline(__always) private static func addFour(
    _ histogram: UnsafeMutablePointer<Int64>, _ bins: UnsafePointer<UInt8>, stride: Int,
    _ rows: UnsafePointer<UInt32>, _ words: UnsafePointer<Int64>, _ count: Int
  ) {
    let (bins1, bins2, bins3) = (bins + stride, bins + 2 * stride, bins + 3 * stride)
    let (histogram1, histogram2, histogram3) =
      (histogram + binCount, histogram + 2 * binCount, histogram + 3 * binCount)
    for index in 0..<count {
      let row = Int(rows[index])
      let word = words[index]
      histogram[Int(bins[row])] &+= word
      histogram1[Int(bins1[row])] &+= word
      histogram2[Int(bins2[row])] &+= word
      histogram3[Int(bins3[row])] &+= word
    }
  }

  /// Takes the sums of `child` from those of its parent, in place: what is left are its sibling's.
  package static func subtract(_ child: UnsafePointer<Int64>, from parent: UnsafeMutablePointer<Int64>, count: Int) {
    for index in 0..<count { parent[index] &-= child[index] }
  }
}
