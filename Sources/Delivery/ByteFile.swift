import Glibc

/// Writes whole files of bytes.
public enum ByteFile {
  /// Writes the parts behind each other into the file at `path`, which is created or replaced.
  public static func write(_ parts: [[UInt8]], to path: String) throws(DeliveryError) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let file = fopen(path, "wb") else {
      throw DeliveryError(.inputOutput, archive: name, "cannot be created: \(String(cString: strerror(errno)))")
    }
    var failure: Int32?
    for part in parts where !part.isEmpty && failure == nil {
      let written = part.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
      if written != part.count { failure = errno }
    }
    // Buffered bytes can still fail on closing.
    if fclose(file) != 0, failure == nil { failure = errno }
    if let failure {
      throw DeliveryError(.inputOutput, archive: name, "cannot be written: \(String(cString: strerror(failure)))")
    }
  }

  /// Makes the folder at `path` and those above it, where they do not exist.
  public static func makeFolder(_ path: String) throws(DeliveryError) {
    var prefix = path.hasPrefix("/") ? "" : "."
    for component in path.split(separator: "/") {
      prefix += "/" + component
      guard mkdir(prefix, 0o755) != 0, errno != EEXIST else { continue }
      let reason = String(cString: strerror(errno))
      throw DeliveryError(.inputOutput, archive: String(component), "the folder cannot be made: \(reason)")
    }
  }

  /// Whether there is something at `path` other than an empty folder.
  public static func isOccupied(_ path: String) -> Bool {
    guard let folder = opendir(path) else { return errno != ENOENT }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // A folder lists itself and its parent.
    return count > 2
  }
}
