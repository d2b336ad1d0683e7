import CTrees

/// Sums of gradients and hessians by bin, the kernel that most of the training time goes to.
///
/// A row's gradient g and hessian h are integers in one word, `g · 2³² + h` with h ≥ 0. Adding words adds both, and
/// taking a child's sums from its parent's leaves the sibling's, exactly: the low half never overflows, since the
/// scales bound the sums over all rows (`QuantisedGradients`). Integer sums are the same in any order, so histograms
/// do not depend on the number of threads.
package enum GradientHistogram {
  /// Words a feature: 255 bins and the missing one.
  package static let binCount = 256
  /// The gradient's part of a sum.
  @inline(__always) package static func gradient(_ word: Int64) -> Int64 { word >> 32 }
  /// The hessian's part of a sum.
  @inline(__always) package static func hessian(_ word: Int64) -> Int64 { word & 0xFFFF_FFFF }

  /// Adds rows to the histograms of some groups of features.
  ///
  /// - Parameters:
  ///   - histogram: 256 words a place of the matrix, place by place.
  ///   - matrix: the bins.
  ///   - groups: the groups of features to sum.
  ///   - isWanted: whether a part of a group is to be summed.
  ///   - rows: `range.count` row numbers, ascending; nil for the rows of `range`.
  ///   - range: the rows, where there are no numbers of them.
  ///   - words: the word of every row of the matrix.
  package static func add(
    to histogram: UnsafeMutablePointer<Int64>, matrix: BinnedMatrix, groups: some Collection<Int>,
    isWanted: (Int) -> Bool = { _ in true }, rows: UnsafePointer<UInt32>?, range: Range<Int>,
    words: UnsafePointer<Int64>
  ) {
    let kernelGroups = groups.map { matrix.kernelGroup($0, sums: histogram, isWanted: isWanted) }
    nightjar_sum_bins(kernelGroups, kernelGroups.count, rows, range.lowerBound, range.count, words)
  }

  /// Adds the sums of one histogram to another's.
  package static func merge(_ part: UnsafePointer<Int64>, into sums: UnsafeMutablePointer<Int64>, count: Int) {
    for index in 0..<count { sums[index] &+= part[index] }
  }

  /// Takes the sums of `child` from those of its parent, in place: what is left are its sibling's.
  package static func subtract(_ child: UnsafePointer<Int64>, from parent: UnsafeMutablePointer<Int64>, count: Int) {
    for index in 0..<count { parent[index] &-= child[index] }
  }
}
