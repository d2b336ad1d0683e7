import Calendar

/// Makes a home and its keys; every step may be repeated.
public struct HomeSetup: Sendable {
  /// The home.
  public let home: Home

  /// Names the home to make.
  public init(_ home: Home) { self.home = home }

  /// What there was to do.
  public struct Outcome: Sendable, Hashable {
    /// Whether this call wrote entry 1.
    public let isNew: Bool
    /// The signer's public key.
    public let publicKey: PublicKey
    /// The folder with the signing key.
    public let keysFolder: String
    /// The warning to print: what to back up.
    public var warning: String {
      """
      back up these two files now, apart from each other and from the home: \(keysFolder)/\(SigningKey.fileName) \
      (without it nothing can be committed) and vault/pseudonym.key of the home (without it old and new pseudonyms \
      differ for ever); auditors get \(keysFolder)/\(SigningKey.publicFileName)
      """
    }
  }

  /// Folders of a new home and who may enter them.
  private static let folders: [(name: String, mode: UInt32)] = [
    ("log", 0o755), ("data", 0o755), ("vault", 0o700), ("exports", 0o755), ("reports", 0o755), ("staging", 0o700),
  ]

  /// Makes folders, keys and entry 1 where they are missing; the caller holds no lock.
  public func run() throws(LedgerError) -> Outcome {
    try makeFolder()
    let lock = try FileLock.run(home, purpose: "init")
    let outcome = try runLocked()
    _ = consume lock
    return outcome
  }

  /// Makes the home's folder itself, so that its run lock can be taken.
  package func makeFolder() throws(LedgerError) { try makeFolders(home.absolutePath) }

  /// As `run`, for a caller that holds the run lock.
  package func runLocked() throws(LedgerError) -> Outcome {
    for (name, mode) in HomeSetup.folders { try makeFolders(home.absolutePath + "/" + name, mode: mode) }
    let keysFolder = try home.keysFolder
    if home.isInitialized {
      let publicKey = try PublicKey(hexOrFile: home.url(SigningKey.publicFileName))
      return Outcome(isNew: false, publicKey: publicKey, keysFolder: keysFolder)
    }
    try SystemCalls.sync(home.path)
    guard try CommitLog.sequences(of: home).isEmpty else { throw LedgerError(.damagedEntry, "entry 1 is missing") }
    try makeFolders(keysFolder, mode: 0o700)
    let keyPath = keysFolder + "/" + SigningKey.fileName
    try put(keyPath, SigningKey().fileBytes, mode: 0o600)
    let key = try SigningKey(inFolder: keysFolder)
    let publicKey = key.publicKey
    try put(keysFolder + "/" + SigningKey.publicFileName, Array((publicKey.bytes.lowercaseHex + "\n").utf8))
    var random = SystemRandomNumberGenerator()
    try put(
      home.url("vault/pseudonym.key"), (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }, mode: 0o600)
    try put(home.url(SigningKey.publicFileName), publicKey.bytes)
    try SystemCalls.unlink(home.url(LogEntry.pendingFileName(1)))
    try LogWriter(home: home, key: key).link(try firstEntry(publicKey))
    return Outcome(isNew: true, publicKey: publicKey, keysFolder: keysFolder)
  }

  private func firstEntry(_ publicKey: PublicKey) throws(LedgerError) -> LogEntry {
    let vaultKey = Material(
      name: "vault/pseudonym.key", digest: try SHA256Digest(ofFile: home.url("vault/pseudonym.key")))
    let order = WorkOrder(
      stage: LogEntry.initStage, date: Day(rawValue: 0), materials: [vaultKey], configDigest: SHA256Digest(of: ""),
      versions: [:], seed: nil)
    let product = Product(name: SigningKey.publicFileName, digest: publicKey.identifier, byteCount: 32)
    return LogEntry(
      sequence: 1, stage: order.stage, date: order.date, key: order.key, materials: order.materials,
      products: [product], retired: [], files: [], counts: [:], warnings: [], configDigest: order.configDigest,
      versions: order.versions, seed: nil, previous: nil)
  }

  /// Makes a folder and its missing ancestors durable.
  private func makeFolders(_ path: String, mode: UInt32 = 0o755) throws(LedgerError) {
    var folder = ""
    for part in path.split(separator: "/") {
      let parent = folder.isEmpty ? "/" : folder
      folder += "/" + part
      if SystemCalls.exists(folder) { continue }
      if try SystemCalls.makeFolder(folder, mode: folder == "/" + path.drop { $0 == "/" } ? mode : 0o755) {
        try SystemCalls.sync(parent)
      }
    }
  }

  /// Writes a file whole or not at all; an existing one stays.
  private func put(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws(LedgerError) {
    guard let slash = path.lastIndex(of: "/") else { return }
    let folder = String(path[..<slash])
    let pending = folder + "/.pending-" + path[path.index(after: slash)...]
    try SystemCalls.unlink(pending)
    if !SystemCalls.exists(path) {
      try SystemCalls.writeFile(pending, bytes, mode: mode)
      _ = try SystemCalls.link(pending, to: path)
      try SystemCalls.unlink(pending)
    }
    try SystemCalls.sync(folder)
  }
}
