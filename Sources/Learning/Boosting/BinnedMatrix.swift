package import Parallelism

/// The features as bins, a byte each, column by column.
package struct BinnedMatrix: Sendable {
  /// The bins of each feature's values.
  package let binnings: [FeatureBinning]
  /// Feature f's bin of row i lies at `f · rowCount + i`.
  package let bins: FlatBuffer<UInt8>
  /// The number of rows.
  package let rowCount: Int

  /// The number of features.
  package var featureCount: Int { binnings.count }

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
    let bins = FlatBuffer<UInt8>(count: rowCount * binnings.count, initial: 0)
    threads.run(taskCount: binnings.count) { index in
      table.columns[index].withUnsafeBufferPointer { values in
        guard let first = values.baseAddress else { return }
        binnings[index].fill(bins.base + index * rowCount, from: first, rows: 0..<rowCount)
      }
    }
    self.binnings = binnings
    self.bins = bins
    self.rowCount = rowCount
  }

  /// The bins of one feature.
  package func column(_ feature: Int) -> UnsafePointer<UInt8> { UnsafePointer(bins.base + feature * rowCount) }
}
