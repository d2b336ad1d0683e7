import CTrees
import Glibc
package import Parallelism

/// The features as bins, a byte each, in groups of 16: a row has the bins of a group side by side.
///
/// Growing asks for the bins of a leaf's rows, which lie far apart in a large table: a cache line that is fetched for one
/// feature of a row then serves the 15 others. Whoever parts rows by one feature steps over 16 bytes a row; with wider
/// groups that costs more than they save (`BoostingDecision.md`).
///
/// No split parts rows by a constant feature, which has one bin for all of them. Groups hold the others alone, one after the other: the
/// place of a feature is its number among those that vary.
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
  package private(set) var binnings: [FeatureBinning] = []
  /// The number of rows.
  package let rowCount: Int
  /// The features that rows have more than one bin of, ascending: those of the places.
  package private(set) var variedFeatures: [Int] = []
  private var groups: [BinGroup] = []
  /// The bins of each feature, where `groups` and `constants` keep them.
  private var columns: [FeatureBins] = []
  /// The bin of each feature that has but one.
  private let constants: FlatBuffer<UInt8>

  /// The number of features.
  package var featureCount: Int { columns.count }
  /// The number of places.
  package var placeCount: Int { variedFeatures.count }
  /// The number of parts.
  package var partCount: Int { (placeCount + BinnedMatrix.partWidth - 1) / BinnedMatrix.partWidth }
  /// The number of groups.
  package var groupCount: Int { groups.count }

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
    self.rowCount = rowCount
    constants = FlatBuffer(count: features.count, initial: UInt8(FeatureBinning.missingBin))
    var waiting: [FlatBuffer<UInt8>] = []
    let blockWidth = max(threads.count, heldValueCount / max(1, rowCount))
    for first in Swift.stride(from: 0, to: features.count, by: blockWidth) {
      let block = first..<min(first + blockWidth, features.count)
      let values = try columns(block)
      precondition(values.count == block.count && values.allSatisfy { $0.count == rowCount }, "a value a row")
      let learned = threads.collect(taskCount: block.count) { index in
        let binning = known?[first + index] ?? FeatureBinning(features[first + index], values[index])
        let bins = binning.bins(of: values[index])
        return (binning: binning, bins: bins, isVaried: BinnedMatrix.isVaried(bins))
      }
      for (feature, column) in zip(block, learned) {
        binnings.append(column.binning)
        self.columns.append(FeatureBins(base: constants.base + feature, stride: 0))
        if column.isVaried {
          variedFeatures.append(feature)
          waiting.append(column.bins)
        } else if rowCount > 0 {
          constants.base[feature] = column.bins.base[0]
        }
        if waiting.count == BinnedMatrix.groupWidth { gather(&waiting, threads: threads) }
      }
    }
    if !waiting.isEmpty { gather(&waiting, threads: threads) }
  }

  /// Numbers of columns that are held at a time, beside their bins, where that is at least one column a thread.
  package static let heldValueCount = 1 << 23

  /// Whether two rows have different bins.
  private static func isVaried(_ bins: FlatBuffer<UInt8>) -> Bool {
    bins.count > 1 && memcmp(bins.base, bins.base + 1, bins.count - 1) != 0
  }

  /// Makes a group of the last features that vary, whose bins are `waiting`, for which nobody waits then.
  private mutating func gather(_ waiting: inout [FlatBuffer<UInt8>], threads: WorkerThreads) {
    let group = BinGroup(waiting, threads: threads)
    for (offset, feature) in variedFeatures.suffix(waiting.count).enumerated() {
      columns[feature] = FeatureBins(base: group.bins.base + offset, stride: group.stride)
    }
    groups.append(group)
    waiting = []
  }

  /// The places of a group.
  package func places(of group: Int) -> Range<Int> {
    group * BinnedMatrix.groupWidth..<min(placeCount, (group + 1) * BinnedMatrix.groupWidth)
  }

  /// The places of a part; parts are numbered through all groups.
  package func places(ofPart part: Int) -> Range<Int> {
    part * BinnedMatrix.partWidth..<min(placeCount, (part + 1) * BinnedMatrix.partWidth)
  }

  /// A group for the kernel, to be summed where `isWanted` says so of its parts.
  func kernelGroup(
    _ number: Int, sums: UnsafeMutablePointer<Int64>, isWanted: (Int) -> Bool
  ) -> nightjar_bin_group {
    let first = number * BinnedMatrix.groupWidth
    return groups[number].kernelGroup(sums: sums + first * GradientHistogram.binCount) {
      isWanted(first / BinnedMatrix.partWidth + $0)
    }
  }

  /// The bins of one feature.
  package func column(_ feature: Int) -> FeatureBins { columns[feature] }
}
