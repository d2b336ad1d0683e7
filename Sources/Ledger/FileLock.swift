import Glibc

/// A kernel lock on a file of the home; freed when the owner ends, or dies.
///
/// While held, the file holds `pid purpose` and LF, so that whoever meets the lock can name the holder.
package struct FileLock: ~Copyable {
  private let file: OpenFile
  private let path: String

  /// The lock of a whole run.
  package static func run(_ home: Home, purpose: String) throws(LedgerError) -> FileLock {
    try FileLock(home, "run.lock", purpose: purpose, patienceMilliseconds: 0)
  }

  /// The lock of a commit or a begin: short, so worth a wait.
  static func commit(_ home: Home, purpose: String) throws(LedgerError) -> FileLock {
    try FileLock(home, "commit.lock", purpose: purpose, patienceMilliseconds: 10_000)
  }

  private init(
    _ home: Home, _ name: String, purpose: String, patienceMilliseconds: Int
  ) throws(LedgerError) {
    let path = home.url(name)
    guard SystemCalls.exists(home.path) else { throw home.notInitialized }
    // Not yet `self`: whoever fails to get the lock must not empty the holder's note.
    let opened = try SystemCalls.open(path, O_RDWR | O_CREAT)
    var waited = 0
    while try !SystemCalls.lock(opened, path: path) {
      guard waited < patienceMilliseconds else {
        throw LedgerError(.locked, "\(path) is held by \(FileLock.holder(path)); try later")
      }
      SystemCalls.sleep(milliseconds: 10)
      waited += 10
    }
    file = opened
    self.path = path
    // The holder's name is a courtesy: a disk too full to note it must not stop the run here.
    if SystemCalls.truncate(file) {
      try? SystemCalls.write(Array("\(SystemCalls.processIdentifier) \(purpose)\n".utf8), to: file, path: path)
    }
  }

  deinit { _ = SystemCalls.truncate(file) }

  private static func holder(_ path: String) -> String {
    let text = ((try? SystemCalls.readFile(path)) ?? []).prefix { $0 != UInt8(ascii: "\n") }
    let words = String(decoding: text, as: UTF8.self).split(separator: " ", maxSplits: 1)
    return words.count == 2 ? "process \(words[0]) (\(words[1]))" : "another process"
  }
}
