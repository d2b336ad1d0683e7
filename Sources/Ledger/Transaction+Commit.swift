import Calendar
import Synchronization

// The sketch of this room: the order of system calls of DataHome.md, promise 1.
extension Transaction {
  /// Publishes the staged files by linking one signed entry into the log.
  ///
  /// Throws without anything new being visible, except for `stateUnknown`: then running again tells.
  @discardableResult
  public func commit(
    counts: [String: Int64] = [:], files: [IntakeFile] = [], warnings: [String] = []
  ) throws(LedgerError) -> LogEntry {
    let key = try SigningKey(inFolder: home.keysFolder)
    guard key.publicKey.identifier == log.signerIdentifier else {
      throw LedgerError(
        .missingKey, "the key in \(try home.keysFolder) is not the one that signs this log: name its folder with --keys"
      )
    }
    let (planned, inPlace, retired) = staged.withLock { ($0.files, $0.inPlace, $0.retired) }
    let moves = planned.values.sorted { $0.product.name.utf8.lexicographicallyPrecedes($1.product.name.utf8) }
    try Transaction.checkSums(files)
    try checkNames(moves.map(\.product))

    try durability.finish()
    var folders = DurableFolders(home)
    for move in moves { try folders.place(move.stagedPath, at: move.product.name) }
    try folders.sync()

    let lock = try FileLock.commit(home, purpose: "\(order.stage) commit")
    let log = try CommitLog.open(home)
    if let adopted = log.entries.dropFirst(self.log.entries.count).last(where: { $0.key == order.key }) {
      return adopted
    }
    let live = Set(log.state(.head).products.map(\.name))
    let entry = LogEntry(
      sequence: log.entries.count + 1, stage: order.stage, date: order.date, key: order.key,
      materials: order.materials, products: inPlace + moves.map(\.product),
      retired: retired.filter(live.contains).sorted(),
      files: files, counts: counts, warnings: warnings, configDigest: order.configDigest, versions: order.versions,
      seed: order.seed, previous: log.headDigest)
    try LogWriter(home: home, key: key).link(entry)
    _ = consume lock
    // The entry stands; what cannot be tidied now is tidied by the next begin.
    try? SystemCalls.removeContents(of: stagingFolder, andItself: true)
    return entry
  }

  /// Promise 4: no row is lost in silence.
  private static func checkSums(_ files: [IntakeFile]) throws(LedgerError) {
    for file in files where file.readCount != file.accountedCount {
      throw LedgerError(
        .invalidCommit,
        "\(file.feed), \(file.name): \(file.readCount) rows and lines read, \(file.accountedCount) accounted for")
    }
  }

  /// A plain name must not be taken by other live content: readers of that content would see it change.
  private func checkNames(_ products: [Product]) throws(LedgerError) {
    var digests: [String: SHA256Digest] = [:]
    for entry in log.entries { for product in entry.products { digests[product.name] = product.digest } }
    for product in products {
      if let digest = digests[product.name], digest != product.digest {
        throw LedgerError(.invalidCommit, "\(product.name) is taken by other content of an earlier commit")
      }
    }
  }
}

/// Moves files to their final places and remembers the folders on the way: all of them must become durable.
private struct DurableFolders {
  private let home: Home
  private var touched: Set<String> = []

  init(_ home: Home) { self.home = home }

  /// Moves a synced file to its name below the home, making folders as needed.
  mutating func place(_ stagedPath: String, at name: String) throws(LedgerError) {
    let isSecret = name.hasPrefix("vault/")
    var folder = ""
    for part in name.split(separator: "/").dropLast() {
      let parent = folder
      folder += folder.isEmpty ? String(part) : "/" + part
      _ = try SystemCalls.makeFolder(home.url(folder), mode: isSecret ? 0o700 : 0o755)
      // A folder that is there already may be one that a killed run made and never made durable.
      touched.insert(parent)
    }
    touched.insert(folder)
    if isSecret { try SystemCalls.changeMode(stagedPath, 0o600) }
    try SystemCalls.rename(stagedPath, to: home.url(name))
  }

  /// Makes every touched folder durable, the deepest first.
  func sync() throws(LedgerError) {
    let ordered = touched.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    for folder in ordered { try SystemCalls.sync(folder.isEmpty ? home.path : home.url(folder)) }
  }
}

/// Signs an entry and puts it into the log if its number is free.
struct LogWriter {
  let home: Home
  let key: SigningKey

  /// Makes the entry visible and durable; the caller holds the commit lock.
  func link(_ entry: LogEntry) throws(LedgerError) {
    let bytes = try Envelope(signing: entry.statementBytes, with: key).bytes
    let pending = home.url(LogEntry.pendingFileName(entry.sequence))
    let final = home.url(entry.fileName)
    try SystemCalls.writeFile(pending, bytes)
    let isFirst = try SystemCalls.link(pending, to: final)
    try? SystemCalls.unlink(pending)
    if !isFirst {
      let winner = try SystemCalls.readFile(final)
      guard winner == bytes else {
        throw LedgerError(.conflict, "\(entry.fileName) was committed by another writer first; run again")
      }
    }
    do { try SystemCalls.sync(home.url("log")) } catch {
      throw LedgerError(
        .stateUnknown, "\(entry.fileName) is in place but may not be durable (\(error.message)): run again")
    }
  }
}
