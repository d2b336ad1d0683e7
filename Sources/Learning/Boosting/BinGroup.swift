import CTrees
import Parallelism

/// The bins of up to 16 features, side by side in each row.
struct BinGroup: Sendable {
  private static let stretchRowCount = 4_096

  /// The number of features.
  let width: Int
  /// Bytes a row.
  let stride: Int
  /// The bins, row by row.
  let bins: FlatBuffer<UInt8>

  /// Puts 1 to 16 columns of bins, of one length, side by side. O(rows · columns).
  init(_ columns: [FlatBuffer<UInt8>], threads: WorkerThreads) {
    let (rowCount, stride) = (columns[0].count, BinGroup.stride(width: columns.count))
    let bins = FlatBuffer<UInt8>(count: rowCount * stride, initial: 0)
    _ = threads.collectChunks(rowCount: rowCount, chunkRowCount: BinGroup.stretchRowCount) { rows in
      for (offset, column) in columns.enumerated() {
        let (source, target) = (column.base, bins.base + offset)
        for row in rows { target[row * stride] = source[row] }
      }
    }
    (width, self.stride, self.bins) = (columns.count, stride, bins)
  }

  /// The group for the kernel, to be summed where `isWanted` says so of its parts; `sums` are those of its first feature.
  func kernelGroup(sums: UnsafeMutablePointer<Int64>, isWanted: (Int) -> Bool) -> nightjar_bin_group {
    var parts: UInt32 = 0
    for part in 0..<(width + BinnedMatrix.partWidth - 1) / BinnedMatrix.partWidth where isWanted(part) {
      parts |= 1 << UInt32(part)
    }
    return nightjar_bin_group(bins: bins.base, stride: stride, width: width, parts: parts, sums: sums)
  }

  /// Bytes a row of `width` features, as the kernel reads them.
  private static func stride(width: Int) -> Int {
    let (partCount, rest) = width.quotientAndRemainder(dividingBy: BinnedMatrix.partWidth)
    let restByteCount =
      switch rest {
      case 0...2: rest
      case 3, 4: 4
      default: BinnedMatrix.partWidth
      }
    return partCount * BinnedMatrix.partWidth + restByteCount
  }
}
