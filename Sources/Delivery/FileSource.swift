import Glibc

/// A delivered file that is open: several sources may read it at once, and all see the file that was opened.
final class OpenFile: Sendable {
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

  /// Fills the front of `buffer` from `position` on; returns the number of bytes, zero at the end of the file.
  func read(at position: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(position))
      if count >= 0 { return count }
      guard errno == EINTR else {
        throw DeliveryError(.inputOutput, archive: name, "cannot read the file: \(systemMessage())")
      }
    }
  }
}

extension OpenFile {
  /// The `count` bytes from `position` on, or nil where the file ends before.
  func bytes(at position: Int64, count: Int) throws(DeliveryError) -> [UInt8]? {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { buffer.deallocate() }
    var done = 0
    while done < count {
      let found = try read(
        at: position + Int64(done), into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
      if found == 0 { return nil }
      done += found
    }
    return Array(buffer)
  }
}

/// A file as it lies on disk, from its beginning; its readers may seek.
final class FileSource: ByteSource {
  private let file: OpenFile
  private let deadline: Deadline
  private let observe: ((UnsafeRawBufferPointer) -> Void)?
  private var position: Int64 = 0

  init(_ file: OpenFile, _ deadline: Deadline, observe: ((UnsafeRawBufferPointer) -> Void)? = nil) {
    self.file = file
    self.deadline = deadline
    self.observe = observe
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    // Also where a decompressor asks for input again and again, and nothing comes out.
    try deadline.check()
    let count = try file.read(at: position, into: buffer)
    observe?(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    position += Int64(count)
    return count
  }

  /// Moves the place of the next read; returns the new place, or a negative number where that is impossible.
  func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
    let base: Int64
    switch whence {
    case SEEK_SET: base = 0
    case SEEK_CUR: base = position
    case SEEK_END: base = file.byteCount
    default: return -1
    }
    let (place, isOver) = base.addingReportingOverflow(offset)
    guard !isOver, place >= 0 else { return -1 }
    position = place
    return place
  }
}

/// What the operating system says of its last refusal.
func systemMessage() -> String { String(cString: strerror(errno)) }
