import Calendar
import Glibc
import Ledger

/// A delivered file as it lies there.
struct DeliveredFile: Sendable, Hashable {
  /// Where it lies.
  var path: String
  /// Its name without folders, as it was delivered.
  var name: String

  /// A file under the name that its path ends with.
  init(path: String) { self.init(path: path, name: String(path.split(separator: "/").last ?? "")) }

  /// A file that lies somewhere else than it was delivered.
  init(path: String, name: String) {
    self.path = path
    self.name = name
  }
}

/// Size and time of a file: while they change, somebody still writes.
struct FileStamp: Sendable, Hashable {
  var byteCount: Int64
  var seconds: Int
  var nanoseconds: Int
  var isFolder: Bool
  var isRegular: Bool

  /// Looks at a path, links followed; nil where nothing is there or may be looked at.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    byteCount = Int64(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }
}

/// Finds what was delivered.
///
/// All regular files below the inbox, but none below a top-level folder named by a day after the night: it has not
/// arrived yet. Names that begin with a dot are nobody's delivery.
enum Inbox {
  static func files(in folder: String, until night: Day) throws(IngestError) -> [DeliveredFile] {
    guard let stamp = FileStamp(folder), stamp.isFolder else {
      throw IngestError(.unreadableInput, "the inbox \(folder) is no folder that can be read")
    }
    var found: [DeliveredFile] = []
    try list(folder, isTop: true, night, &found)
    return found
  }

  private static func list(
    _ folder: String, isTop: Bool, _ night: Day, _ found: inout [DeliveredFile]
  ) throws(IngestError) {
    let names: [String]
    do throws(LedgerError) { names = try SystemCalls.names(in: folder) } catch {
      throw IngestError(.unreadableInput, "\(error.message); nothing was read")
    }
    for name in names where !name.hasPrefix(".") {
      let path = folder + "/" + name
      guard let stamp = FileStamp(path) else {
        throw IngestError(.unreadableInput, "cannot look at \(path); nothing was read")
      }
      if stamp.isFolder {
        if isTop, let arrival = Day(name), arrival > night { continue }
        try list(path, isTop: false, night, &found)
      } else if stamp.isRegular {
        found.append(DeliveredFile(path: path))
      }
    }
  }

  /// The files named on a command line.
  static func files(named paths: [String]) throws(IngestError) -> [DeliveredFile] {
    for path in paths {
      guard let stamp = FileStamp(path), stamp.isRegular else {
        throw IngestError(.unreadableInput, "\(path) is no file that can be read")
      }
    }
    return paths.map { DeliveredFile(path: $0) }
  }
}
