import CTrees
package import Parallelism

/// The features as bins, a byte each, in groups of 16: a row has the bins of a group side by side.
///
/// Growing asks for the bins of a leaf's rows, which lie far apart in a large table: a cache line that is fetched for one
/// feature of a row then serves the 15 others. Whoever parts rows by one feature steps over 16 bytes a row; with wider
/// groups that costs more than they save (`BoostingDecision.md`).
package struct BinnedMatrix: Sendable {
  /// Features of a group; the last one may have fewer.
  package static let groupWidth = 16
  /// Features that are summed and searched together; the last ones of a group may be fewer.
  package static let partWidth = 8

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
  package private(set) var binnings: [FeatureBinning]
  /// The number of features.
  package let featureCount: Int
  /// The number of rows.
  package let rowCount: Int
  private let bins: FlatBuffer<UInt8>

  /// The number of parts.
  package var partCount: Int { (featureCount + BinnedMatrix.partWidth - 1) / BinnedMatrix.partWidth }
  /// The number of groups.
  package var groupCount: Int { (featureCount + BinnedMatrix.groupWidth - 1) / BinnedMatrix.groupWidth }

  /// Learns bins from `table` and fills them. The result does not depend on `threads`.
  package init(learning table: FeatureTable, threads: WorkerThreads) {
    self.init(table.features, rowCount: table.rowCount, threads: threads) { Array(table.columns[$0]) }
  }

  /// Bins columns that are handed over a few at a time, so that never all of their numbers are in memory. The result depends
  /// neither on how many they are nor on `threads`.
  ///
  /// - Parameters:
  ///   - features: the features.
  ///   - rowCount: the number of rows.
  ///   - known: bins that were learned elsewhere, one a feature: a validation set takes those of its training set; nil to
  ///     learn them.
  ///   - heldValueCount: how many numbers are asked for at a time, at least one column a thread.
  ///   - columns: the values of some neighbouring features, asked for in ascending order and once each.
  package init<Failure: Error>(
    _ features: [Feature], rowCount: Int, binnings known: [FeatureBinning]? = nil,
    heldValueCount: Int = BinnedMatrix.heldValueCount, threads: WorkerThreads,
    columns: (Range<Int>) throws(Failure) -> [[Double]]
  ) throws(Failure) {
    precondition(known == nil || known!.count == features.count, "one binning a feature")
    let lastWidth = features.count % BinnedMatrix.groupWidth
    let bytes = features.count - lastWidth + BinnedMatrix.stride(width: lastWidth)
    var shape = BinnedMatrix(
      binnings: [], featureCount: features.count, rowCount: rowCount,
      bins: FlatBuffer(count: rowCount * bytes, initial: 0))
    let blockWidth = max(threads.count, heldValueCount / max(1, rowCount))
    for first in Swift.stride(from: 0, to: features.count, by: blockWidth) {
      let block = first..<min(first + blockWidth, features.count)
      let values = try columns(block)
      precondition(values.count == block.count && values.allSatisfy { $0.count == rowCount }, "a value a row")
      let learned = threads.collect(taskCount: block.count) { index in
        known?[first + index] ?? FeatureBinning(features[first + index], values[index])
      }
      shape.fill(block, from: values, learned, threads: threads)
      shape.binnings += learned
    }
    self = shape
  }

  private init(binnings: [FeatureBinning], featureCount: Int, rowCount: Int, bins: FlatBuffer<UInt8>) {
    (self.binnings, self.featureCount, self.rowCount, self.bins) = (binnings, featureCount, rowCount, bins)
  }

  /// Numbers of columns that are held at a time, where that is at least one column a thread.
  package static let heldValueCount = 1 << 23
  private static let stretchRowCount = 4_096

  /// Fills the bins of some neighbouring features; tasks are groups by stretches of rows, which stay in the cache while
  /// the features are filled in one by one.
  private func fill(
    _ block: Range<Int>, from values: [[Double]], _ binnings: [FeatureBinning], threads: WorkerThreads
  ) {
    let firstGroup = block.lowerBound / BinnedMatrix.groupWidth
    let groupCount = (block.upperBound - 1) / BinnedMatrix.groupWidth - firstGroup + 1
    let stretchCount = (rowCount + BinnedMatrix.stretchRowCount - 1) / BinnedMatrix.stretchRowCount
    threads.run(taskCount: groupCount * stretchCount) { task in
      let group = firstGroup + task / stretchCount
      let start = task % stretchCount * BinnedMatrix.stretchRowCount
      let count = min(BinnedMatrix.stretchRowCount, rowCount - start)
      let features = features(of: group)
      let stride = BinnedMatrix.stride(width: features.count)
      for feature in features.clamped(to: block) {
        let index = feature - block.lowerBound
        values[index].withUnsafeBufferPointer { values in
          guard let first = values.baseAddress else { return }
          let target = self.group(group) + start * stride + (feature - features.lowerBound)
          binnings[index].fill(target, stride: stride, from: first + start, count: count)
        }
      }
    }
  }

  /// Bytes a row of a group of `width` features, as the kernel reads them.
  private static func stride(width: Int) -> Int {
    let (partCount, rest) = width.quotientAndRemainder(dividingBy: partWidth)
    let restByteCount =
      switch rest {
      case 0...2: rest
      case 3, 4: 4
      default: partWidth
      }
    return partCount * partWidth + restByteCount
  }

  /// The features of a group.
  package func features(of group: Int) -> Range<Int> {
    group * BinnedMatrix.groupWidth..<min(featureCount, (group + 1) * BinnedMatrix.groupWidth)
  }

  private func group(_ group: Int) -> UnsafeMutablePointer<UInt8> {
    bins.base + group * BinnedMatrix.groupWidth * rowCount
  }

  /// The features of a part; parts are numbered through all groups.
  package func features(ofPart part: Int) -> Range<Int> {
    part * BinnedMatrix.partWidth..<min(featureCount, (part + 1) * BinnedMatrix.partWidth)
  }

  /// A group for the kernel, to be summed where `isWanted` says so of its parts.
  func kernelGroup(
    _ number: Int, sums: UnsafeMutablePointer<Int64>, isWanted: (Int) -> Bool
  ) -> nightjar_bin_group {
    let features = features(of: number)
    let firstPart = features.lowerBound / BinnedMatrix.partWidth
    var parts: UInt32 = 0
    for part in 0..<(features.count + BinnedMatrix.partWidth - 1) / BinnedMatrix.partWidth
    where isWanted(firstPart + part) {
      parts |= 1 << UInt32(part)
    }
    return nightjar_bin_group(
      bins: group(number), stride: BinnedMatrix.stride(width: features.count), width: features.count, parts: parts,
      sums: sums + features.lowerBound * GradientHistogram.binCount)
  }

  /// The bins of one feature.
  package func column(_ feature: Int) -> FeatureBins {
    let (group, place) = feature.quotientAndRemainder(dividingBy: BinnedMatrix.groupWidth)
    return FeatureBins(
      base: self.group(group) + place, stride: BinnedMatrix.stride(width: features(of: group).count))
  }
}
