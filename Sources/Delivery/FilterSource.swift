/// Undoes zstd, bzip2 or xz through libarchive. What follows the compressed data is an error.
final class FilterSource: ByteSource {
  private let handle: ReadHandle
  private let archive: String
  private let member: String?
  private var isAtEnd = false

  init(_ source: any ByteSource, _ filter: Magic.Filter, archive: String, member: String?) throws(DeliveryError) {
    self.archive = archive
    self.member = member
    handle = try ReadHandle(source, filter: filter, archiveName: archive)
    isAtEnd = try handle.nextEntry() == nil
    guard handle.isFiltering else {
      throw DeliveryError(.truncated, archive: archive, member: member, "the \(filter) data end in their header")
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    if isAtEnd { return 0 }
    let count = try handle.read(into: buffer, member: member)
    guard count == 0 else { return count }
    isAtEnd = true
    try handle.drainSource()
    if handle.usedByteCount != handle.sourceByteCount {
      throw DeliveryError(
        .trailingBytes, archive: archive, member: member, "bytes follow the end of the compressed data")
    }
    return 0
  }
}
