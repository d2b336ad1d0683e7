import Glibc

// Every system call by which this room touches the disk. strace can make any of them fail, and the order of their
// durable effects is in DataHome.md. Interrupted calls are repeated; errors become a LedgerError that names the path.

/// An open file descriptor, closed when its owner ends.
package struct OpenFile: ~Copyable {
  package let descriptor: Int32
  deinit { _ = Glibc.close(descriptor) }
}

/// The system calls, with typed errors.
package enum SystemCalls {
  /// The size of the buffer of a streaming read: large enough to amortise the call, small enough for a cache.
  private static let chunkByteCount = 1 << 20

  /// Opens a file; close-on-exec always.
  package static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0o644) throws(LedgerError) -> OpenFile {
    while true {
      let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
      if descriptor >= 0 { return OpenFile(descriptor: descriptor) }
      let number = errno
      if number == EINTR { continue }
      let creates = flags & O_CREAT != 0
      let isMissing = [ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, EISDIR].contains(number)
      throw failure(
        creates ? "create" : "open", path, number,
        creates ? .cannotCreate : (isMissing ? .missingFile : .inputOutput))
    }
  }

  /// Calls `body` with each piece of a file in order.
  package static func readChunks(_ path: String, _ body: (ArraySlice<UInt8>) -> Void) throws(LedgerError) {
    let file = try open(path, O_RDONLY)
    var buffer = [UInt8](repeating: 0, count: chunkByteCount)
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(file.descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("read", path, errno, .inputOutput)
      }
      if count == 0 { return }
      body(buffer[..<count])
    }
  }

  /// The first bytes of a file, at most `count` of them.
  package static func readStart(_ path: String, count: Int) throws(LedgerError) -> [UInt8] {
    let file = try open(path, O_RDONLY)
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let found = bytes.withUnsafeMutableBytes { Glibc.read(file.descriptor, $0.baseAddress! + done, count - done) }
      if found < 0 {
        if errno == EINTR { continue }
        throw failure("read", path, errno, .inputOutput)
      }
      if found == 0 { break }
      done += found
    }
    return Array(bytes[..<done])
  }

  /// The bytes of a file.
  package static func readFile(_ path: String) throws(LedgerError) -> [UInt8] {
    var bytes: [UInt8] = []
    try readChunks(path) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Writes all bytes to an open file.
  package static func write(_ bytes: [UInt8], to file: borrowing OpenFile, path: String) throws(LedgerError) {
    var done = 0
    while done < bytes.count {
      let start = done
      let count = bytes.withUnsafeBytes {
        Glibc.write(file.descriptor, $0.baseAddress.map { $0 + start }, $0.count - start)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("write", path, errno, .inputOutput)
      }
      done += count
    }
  }

  /// Creates or empties a file, writes the bytes and makes them durable.
  package static func writeFile(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws(LedgerError) {
    let file = try open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
    try write(bytes, to: file, path: path)
    try sync(file, path: path)
  }

  /// Creates a file that must not be there yet, writes the bytes and makes them durable.
  package static func createFile(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(LedgerError) {
    let file = try open(path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    try write(bytes, to: file, path: path)
    try sync(file, path: path)
  }

  /// Creates or empties a file and writes the bytes; nothing is made durable.
  package static func overwrite(_ path: String, _ bytes: [UInt8]) throws(LedgerError) {
    try write(bytes, to: try open(path, O_WRONLY | O_CREAT | O_TRUNC), path: path)
  }

  /// Makes an open file durable.
  package static func sync(_ file: borrowing OpenFile, path: String) throws(LedgerError) {
    while fsync(file.descriptor) != 0 {
      if errno == EINTR { continue }
      throw failure("fsync", path, errno, .inputOutput)
    }
  }

  /// Makes a file or folder durable.
  package static func sync(_ path: String) throws(LedgerError) {
    let file = try open(path, O_RDONLY)
    try sync(file, path: path)
  }

  /// Moves a file, replacing what is there.
  package static func rename(_ source: String, to target: String) throws(LedgerError) {
    if Glibc.rename(source, target) != 0 { throw failure("rename", "\(source) to \(target)", errno, .inputOutput) }
  }

  /// Gives a file a second name; false where that name is taken.
  package static func link(_ source: String, to target: String) throws(LedgerError) -> Bool {
    if Glibc.link(source, target) == 0 { return true }
    if errno == EEXIST { return false }
    throw failure("link", "\(source) to \(target)", errno, .inputOutput)
  }

  /// Gives the file that `source` leads to a second name; false where the file system or its rules have no such link.
  package static func linkFollowing(_ source: String, to target: String) throws(LedgerError) -> Bool {
    if linkat(AT_FDCWD, source, AT_FDCWD, target, AT_SYMLINK_FOLLOW) == 0 { return true }
    let number = errno
    if [EXDEV, EPERM, EACCES, EMLINK, EOPNOTSUPP, ENOSYS].contains(number) { return false }
    throw failure("link", "\(source) to \(target)", number, number == ENOENT ? .missingFile : .inputOutput)
  }

  /// Copies a file's bytes into a new or emptied file and makes them durable.
  package static func copy(_ source: String, to target: String, mode: UInt32) throws(LedgerError) {
    let file = try open(target, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
    var failed: LedgerError?
    try readChunks(source) { chunk in
      guard failed == nil else { return }
      do throws(LedgerError) { try write(Array(chunk), to: file, path: target) } catch { failed = error }
    }
    if let failed { throw failed }
    try sync(file, path: target)
  }

  /// Makes a symbolic link that says `destination`.
  package static func symlink(_ destination: String, at path: String) throws(LedgerError) {
    if Glibc.symlink(destination, path) != 0 { throw failure("create link", path, errno, .cannotCreate) }
  }

  /// What a symbolic link says; nil where there is none.
  package static func symlinkDestination(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { buffer -> Int in
      guard let text = buffer.bindMemory(to: CChar.self).baseAddress else { return -1 }
      return Glibc.readlink(path, text, buffer.count)
    }
    return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
  }

  /// Makes a folder; false where the name is taken.
  package static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(LedgerError) -> Bool {
    if mkdir(path, mode) == 0 { return true }
    if errno == EEXIST { return false }
    throw failure("create folder", path, errno, .cannotCreate)
  }

  /// Restricts who may open a file or folder.
  package static func changeMode(_ path: String, _ mode: UInt32) throws(LedgerError) {
    if chmod(path, mode) != 0 { throw failure("change mode of", path, errno, .inputOutput) }
  }

  /// The permission bits of a file or folder.
  package static func mode(of path: String) throws(LedgerError) -> UInt32 {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw failure("look at", path, errno, .inputOutput) }
    return status.st_mode & 0o777
  }

  /// Removes a file's name; an absent one is fine.
  package static func unlink(_ path: String) throws(LedgerError) {
    if Glibc.unlink(path) != 0, errno != ENOENT { throw failure("remove", path, errno, .inputOutput) }
  }

  /// Removes what a folder holds, and the folder itself if asked; an absent one is fine.
  package static func removeContents(of path: String, andItself: Bool) throws(LedgerError) {
    for name in try names(in: path) {
      let child = path + "/" + name
      if Glibc.unlink(child) == 0 || errno == ENOENT { continue }
      guard errno == EISDIR || errno == EPERM else { throw failure("remove", child, errno, .inputOutput) }
      try removeContents(of: child, andItself: true)
    }
    if andItself, rmdir(path) != 0, errno != ENOENT { throw failure("remove folder", path, errno, .inputOutput) }
  }

  /// The names in a folder in ascending order; empty where the folder is absent.
  package static func names(in path: String) throws(LedgerError) -> [String] {
    guard let folder = opendir(path) else {
      if errno == ENOENT { return [] }
      throw failure("list", path, errno, errno == EACCES ? .missingFile : .inputOutput)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(folder) else {
        if errno == 0 { break }
        throw failure("list", path, errno, .inputOutput)
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The size of a regular file; nil where the path is absent or something else.
  package static func byteCount(ofFile path: String) throws(LedgerError) -> Int64? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure("look at", path, errno, .inputOutput)
    }
    return status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
  }

  /// Whether something has this name; a link is not followed.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Takes an exclusive kernel lock without waiting; false where another holds it.
  package static func lock(_ file: borrowing OpenFile, path: String) throws(LedgerError) -> Bool {
    while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK { return false }
      throw failure("lock", path, errno, .inputOutput)
    }
    return true
  }

  /// Empties an open file; false where that fails.
  package static func truncate(_ file: borrowing OpenFile) -> Bool { ftruncate(file.descriptor, 0) == 0 }

  /// Sleeps for some milliseconds.
  package static func sleep(milliseconds: Int) { _ = usleep(UInt32(milliseconds) * 1_000) }

  /// The number of this process.
  package static var processIdentifier: Int32 { getpid() }

  /// The value of an environment variable; nil where it is absent or empty.
  package static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// The folder that relative paths start from.
  package static var currentFolder: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  private static func failure(_ verb: String, _ path: String, _ number: Int32, _ code: LedgerError.Code) -> LedgerError
  {
    let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
    return LedgerError(code, "cannot \(verb) \(path): \(reason)")
  }
}
