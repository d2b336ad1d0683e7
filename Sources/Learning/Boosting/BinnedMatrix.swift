import CTrees
package import Parallelism

/// The features as bins, a byte each, in groups of eight: a row has the bins of a group side by side.
///
/// Growing asks for the bins of a leaf's rows, which lie far apart in a large table: a cache line that is fetched for one
/// feature of a row then serves the seven others. Whoever parts rows by one feature steps over eight bytes a row.
package struct BinnedMatrix: Sendable {
  /// Features of a group; the last one may have fewer.
  package static let groupWidth = 8

  /// The bins of one feature: that of row i lies at `base[i · stride]`.
  package struct FeatureBins: @unchecked Sendable {
    package let base: UnsafePointer<UInt8>
    package let stride: Int

    /// Makes the bins of a feature from memory that someone else keeps.
    package init(base: UnsafePointer<UInt8>, stride: Int) {
      self.base = base
      self.stride = stride
    }

    /// The bin of a row.
    @inline(__always) package subscript(row: Int) -> UInt8 { base[row * stride] }
  }

  /// The bins of each feature's values.
  package let binnings: [FeatureBinning]
  /// The number of rows.
  package let rowCount: Int
  private let bins: FlatBuffer<UInt8>

  /// The number of features.
  package var featureCount: Int { binnings.count }
  /// The number of groups.
  package var groupCount: Int { (binnings.count + BinnedMatrix.groupWidth - 1) / BinnedMatrix.groupWidth }

  /// Learns bins from `table` and fills them. The result does not depend on `threads`.
  package init(learning table: FeatureTable, threads: WorkerThreads) {
    let binnings = threads.collect(taskCount: table.features.count) { index in
      if let levels = table.features[index].levels {
        FeatureBinning(categorical: table.columns[index], levelCount: levels.count)
      } else {
        FeatureBinning(numeric: table.columns[index])
      }
    }
    self.init(table, binnings: binnings, threads: threads)
  }

  /// Fills bins that were learned elsewhere: a validation set with those of the training set.
  package init(_ table: FeatureTable, binnings: [FeatureBinning], threads: WorkerThreads) {
    precondition(table.features.count == binnings.count, "one binning a feature")
    let rowCount = table.rowCount
    let lastWidth = binnings.count % BinnedMatrix.groupWidth
    let bytes = binnings.count - lastWidth + BinnedMatrix.stride(width: lastWidth)
    bins = FlatBuffer(count: rowCount * bytes, initial: 0)
    self.binnings = binnings
    self.rowCount = rowCount
    let matrix = self
    threads.run(taskCount: groupCount) { group in
      let features = matrix.features(of: group)
      let stride = BinnedMatrix.stride(width: features.count)
      // A stretch of rows at a time, which stays in the cache while its features are filled in.
      for start in Swift.stride(from: 0, to: rowCount, by: BinnedMatrix.stretchRowCount) {
        let rows = start..<min(start + BinnedMatrix.stretchRowCount, rowCount)
        for feature in features {
          table.withValues(of: feature, rows) { values in
            guard let first = values.baseAddress else { return }
            let target = matrix.group(group) + start * stride + (feature - features.lowerBound)
            binnings[feature].fill(target, stride: stride, from: first, count: rows.count)
          }
        }
      }
    }
  }

  private static let stretchRowCount = 4_096

  /// Bytes a row of a group of `width` features.
  private static func stride(width: Int) -> Int {
    switch width {
    case 0: 0
    case 1: 1
    case 2: 2
    case 3, 4: 4
    default: 8
    }
  }

  /// The features of a group.
  package func features(of group: Int) -> Range<Int> {
    group * BinnedMatrix.groupWidth..<min(featureCount, (group + 1) * BinnedMatrix.groupWidth)
  }

  private func group(_ group: Int) -> UnsafeMutablePointer<UInt8> {
    bins.base + group * BinnedMatrix.groupWidth * rowCount
  }

  /// The bins of a group, row by row, for the kernel.
  package func groupBins(_ number: Int) -> UnsafePointer<UInt8> { UnsafePointer(group(number)) }

  /// The bins of one feature.
  package func column(_ feature: Int) -> FeatureBins {
    let (group, place) = feature.quotientAndRemainder(dividingBy: BinnedMatrix.groupWidth)
    return FeatureBins(
      base: groupBins(group) + place, stride: BinnedMatrix.stride(width: features(of: group).count))
  }
}
