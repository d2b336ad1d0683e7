/// A data home: the folder that holds one operator's log, products and vault (DataHome.md).
public struct Home: Sendable, Hashable {
  /// The folder, as it was given.
  public let path: String
  private let givenKeysFolder: String?

  /// Names a home, and where its signing key lies if not in the default place.
  public init(path: String, keysFolder: String? = nil) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    givenKeysFolder = keysFolder
  }

  /// The path of something below the home.
  public func url(_ relative: String) -> String { path + "/" + relative }

  /// The absolute path; links are not resolved.
  public var absolutePath: String {
    guard !path.hasPrefix("/") else { return path }
    return SystemCalls.currentFolder + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
  }

  /// Whether the log has its first entry.
  public var isInitialized: Bool { SystemCalls.exists(url(LogEntry.fileName(1))) }

  /// Where the signing key lies: the given folder, else `NIGHTJAR_KEYS`, else a folder of this home's own below
  /// `XDG_CONFIG_HOME` or `~/.config`.
  public var keysFolder: String {
    get throws(LedgerError) {
      if let folder = givenKeysFolder ?? SystemCalls.environment("NIGHTJAR_KEYS") { return folder }
      guard
        let base = SystemCalls.environment("XDG_CONFIG_HOME")
          ?? SystemCalls.environment("HOME").map({ $0 + "/.config" })
      else {
        throw LedgerError(.missingKey, "neither --keys, NIGHTJAR_KEYS nor HOME says where the signing key lies")
      }
      let name = absolutePath.split(separator: "/").last.map(String.init) ?? "home"
      return "\(base)/nightjar/\(name)-\(SHA256Digest(of: absolutePath).hex.prefix(16))"
    }
  }

  /// The error of a folder that is no home yet, with the command that makes one.
  package var notInitialized: LedgerError {
    LedgerError(.notInitialized, "\(path) is not initialised: nightjar init --home \(path)")
  }
}
