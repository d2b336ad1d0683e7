import Glibc
import Synchronization

/// The rows of a chunk, and the measures of its wide rows, in memory.
///
/// Half a gigabyte of pages takes the kernel 50 ms to take back, at the end of the process at the latest: a thread that has
/// nothing else to do gives them back before, while another one commits.
final class UsageMemory: Sendable {
  let rowCount: Int
  let wide: [UInt8]
  private nonisolated(unsafe) let base: UnsafeMutablePointer<UsageRow>
  private let isReleased = Atomic(false)

  /// Makes room for rows; `fill` writes every one and returns the measures of the wide ones.
  init(rowCount: Int, fill: (UnsafeMutablePointer<UsageRow>) -> [UInt8]) {
    self.rowCount = rowCount
    base = .allocate(capacity: rowCount)
    wide = fill(base)
  }

  deinit { base.deallocate() }

  /// The rows; nobody may ask once they are released.
  var rows: UnsafePointer<UsageRow> {
    precondition(!isReleased.load(ordering: .acquiring), "rows are read after their release")
    return UnsafePointer(base)
  }

  /// Gives the pages of the rows back; whoever reads them must be done.
  func release() {
    guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return }
    let pageByteCount = Int(getpagesize())
    let start = (Int(bitPattern: base) + pageByteCount - 1) & -pageByteCount
    let end = Int(bitPattern: base + rowCount) & -pageByteCount
    guard start < end else { return }
    // Advice: where it fails, the pages stay until the process ends.
    madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_DONTNEED)
  }
}
