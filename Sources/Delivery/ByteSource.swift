/// Bytes that come in order: a file, what a decompressor makes of another source, or the content of a member.
protocol ByteSource: AnyObject {
  /// Fills the front of `buffer` and returns the number of bytes; zero means the end, and only that.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int
}

/// A source whose beginning was looked at, and comes again.
final class PeekedSource: ByteSource {
  /// The beginning: as many bytes as tell a format, or all there are.
  let beginning: [UInt8]
  private let rest: any ByteSource
  private var position = 0

  init(_ source: any ByteSource) throws(DeliveryError) {
    rest = source
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Magic.byteCount, alignment: 16)
    defer { bytes.deallocate() }
    var count = 0
    while count < bytes.count {
      let found = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
      if found == 0 { break }
      count += found
    }
    beginning = Array(bytes[..<count])
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    guard position < beginning.count else { return try rest.read(into: buffer) }
    let count = min(buffer.count, beginning.count - position)
    beginning.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<(position + count)]))
    }
    position += count
    return count
  }
}
