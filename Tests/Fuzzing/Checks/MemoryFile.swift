import Glibc

/// A regular file in memory without a name, for readers that take a path.
final class MemoryFile {
  let path: String
  private let descriptor: Int32

  init(_ bytes: [UInt8]) {
    var template = Array("/dev/shm/fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    precondition(descriptor >= 0, "memory files are there")
    unlink(template)
    path = "/proc/self/fd/\(descriptor)"
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
      precondition(count > 0, "a memory file takes what is written")
      done += count
    }
  }

  deinit { close(descriptor) }
}
