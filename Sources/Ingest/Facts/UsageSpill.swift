import Glibc
import Ledger
import Synchronization

/// Keeps usage rows in memory up to a budget, and beyond it in a file without a name that goes with the process.
package final class UsageSpill: Sendable {
  private struct State {
    var heldByteCount = 0
    var descriptor: Int32 = -1
    var end = 0
  }

  private let folder: String
  private let budgetByteCount: Int
  private let state = Mutex(State())

  /// Names the folder of the file and the bytes of rows that stay in memory.
  init(folder: String, budgetByteCount: Int) {
    self.folder = folder
    self.budgetByteCount = budgetByteCount
  }

  /// Keeps everything in memory.
  static var unbounded: UsageSpill { UsageSpill(folder: "", budgetByteCount: .max) }

  deinit {
    let descriptor = state.withLock { $0.descriptor }
    if descriptor >= 0 { close(descriptor) }
  }

  /// Keeps a chunk: in memory while the budget lasts.
  func keep(_ chunk: UsageChunk) throws(IngestError) -> UsageChunk {
    guard case .memory(let memory) = chunk.storage, chunk.rowCount > 0 else { return chunk }
    let isHeld = state.withLock { state in
      guard chunk.byteCount <= budgetByteCount - state.heldByteCount else { return false }
      state.heldByteCount += chunk.byteCount
      return true
    }
    if isHeld { return chunk }
    let (descriptor, offset) = try place(chunk.byteCount)
    let rows = UnsafeRawBufferPointer(UnsafeBufferPointer(start: memory.rows, count: memory.rowCount))
    try write(rows, descriptor, offset)
    try memory.wide.withUnsafeBufferPointer { (wide) throws(IngestError) in
      try write(UnsafeRawBufferPointer(wide), descriptor, offset + rows.count)
    }
    var spilled = chunk
    spilled.storage = .spilled(self, offset: offset)
    return spilled
  }

  /// Copies `target.count` bytes from `offset` of the file.
  func read(_ offset: Int, into target: UnsafeMutableRawBufferPointer) throws(IngestError) {
    let descriptor = state.withLock { $0.descriptor }
    var done = 0
    while done < target.count {
      let count = pread(descriptor, target.baseAddress.map { $0 + done }, target.count - done, offset + done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure("read") }
      done += count
    }
  }

  private func place(_ byteCount: Int) throws(IngestError) -> (descriptor: Int32, offset: Int) {
    let place = state.withLock { state -> (Int32, Int)? in
      if state.descriptor < 0 { state.descriptor = UsageSpill.openNameless(in: folder) }
      guard state.descriptor >= 0 else { return nil }
      defer { state.end += byteCount }
      return (state.descriptor, state.end)
    }
    guard let place else { throw failure("make") }
    return place
  }

  private func write(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32, _ offset: Int) throws(IngestError) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset + done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure("write") }
      done += count
    }
  }

  private func failure(_ verb: String) -> IngestError {
    IngestError(
      .inputOutput, "cannot \(verb) the file for rows beyond --memory in \(folder): \(String(cString: strerror(errno)))"
    )
  }

  /// A file that goes with the process: made without a name, or unlinked at once where the file system knows no such
  /// thing. -1 where it cannot be made.
  private static func openNameless(in folder: String) -> Int32 {
    // A home that came out of a backup may lack it.
    mkdir(folder, 0o700)
    let descriptor = open(folder, temporaryFile | O_RDWR | O_CLOEXEC, 0o600)
    if descriptor >= 0 || ![EOPNOTSUPP, EISDIR, EINVAL].contains(errno) { return descriptor }
    return openUnlinked(in: folder)
  }

  /// Makes a file and takes its name away.
  package static func openUnlinked(in folder: String) -> Int32 {
    let path = "\(folder)/usage-rows-\(getpid())"
    // What a killed process of the same number left.
    unlink(path)
    let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if descriptor >= 0 { unlink(path) }
    return descriptor
  }

  /// O_TMPFILE, a macro of several parts that Swift does not import.
  private static let temporaryFile: Int32 = 0o20_000_000 | 0o200_000
}
