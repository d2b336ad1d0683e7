import Glibc

/// Bytes that come in order: a file, what a decompressor makes of another source, or the content of a member.
protocol ByteSource: AnyObject {
  /// Fills the front of `buffer` and returns the number of bytes; zero means the end, and only that.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int
}

/// A file as it lies on disk.
final class FileSource: ByteSource {
  /// The file's name, without its folder.
  let name: String
  /// The length when it was opened.
  let byteCount: Int64
  private let descriptor: Int32

  init(path: String) throws(DeliveryError) {
    name = path.split(separator: "/").last.map(String.init) ?? path
    // Not blocking: a pipe without a writer must not hang the night.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let isMissing = errno == ENOENT || errno == ENOTDIR
      throw DeliveryError(
        isMissing ? .missingFile : .inputOutput, archive: name, "cannot open the file: \(systemMessage())")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw DeliveryError(.notAFile, archive: name, "not a regular file")
    }
    byteCount = Int64(status.st_size)
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
  }

  deinit { close(descriptor) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else {
        throw DeliveryError(.inputOutput, archive: name, "cannot read the file: \(systemMessage())")
      }
    }
  }

  /// Moves the place of the next read; returns the new place, or a negative number where that is impossible.
  func seek(_ offset: Int64, _ whence: Int32) -> Int64 { Int64(lseek(descriptor, Int(offset), whence)) }
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

/// What the operating system says of its last refusal.
func systemMessage() -> String { String(cString: strerror(errno)) }
