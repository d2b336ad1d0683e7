public import Calendar
import Synchronization

/// One stage's work on one night: staged files on the way to one signed entry of the log.
///
/// `begin` → write files at `stagingPath` → `add` them → `commit`. Nothing is visible before `commit` links the entry, and
/// a transaction that is dropped leaves only what the next `begin` removes. Only one stage works on a home at a time:
/// whoever calls `begin` holds the home's run lock, or its runner does.
public final class Transaction: Sendable {
  /// The home.
  public let home: Home
  /// The log at `begin`.
  public let log: CommitLog
  /// The entry that already holds this very work, if it is the newest of its stage and night.
  public let alreadyDone: LogEntry?
  /// The idempotency key.
  public var key: SHA256Digest { order.key }

  let order: WorkOrder
  let durability = StagedDurability()
  let staged = Mutex(Staged())

  /// What the commit will publish.
  struct Staged: Sendable {
    /// Products with the path of the staged file, by final name.
    var files: [String: (product: Product, stagedPath: String)] = [:]
    /// Products that lie where they belong: the log files of a night.
    var inPlace: [Product] = []
    var retired: Set<String> = []
  }

  private init(home: Home, log: CommitLog, order: WorkOrder) {
    self.home = home
    self.log = log
    self.order = order
    let newest = log.entries.last { $0.stage == order.stage && $0.date == order.date }
    let key = order.key
    alreadyDone = newest.flatMap { $0.key == key ? $0 : nil }
  }

  /// Cleans up what a killed run left, makes the log durable and opens the stage's staging folder.
  ///
  /// `materials`, `configDigest`, `versions` and `seed` are everything that the products depend on: with `stage` and
  /// `date` they are the idempotency key.
  public static func begin(
    _ home: Home, stage: String, date: Day, materials: [Material], configDigest: SHA256Digest,
    versions: [String: String] = [:], seed: UInt64? = nil
  ) throws(LedgerError) -> Transaction {
    let lock = try recover(home, purpose: stage)
    let order = WorkOrder(
      stage: stage, date: date,
      materials: materials.sorted { ($0.name, $0.digest) < ($1.name, $1.digest) }, configDigest: configDigest,
      versions: versions, seed: seed)
    let transaction = Transaction(home: home, log: try CommitLog.open(home), order: order)
    _ = consume lock
    if transaction.alreadyDone == nil {
      _ = try SystemCalls.makeFolder(home.url("staging"), mode: 0o700)
      _ = try SystemCalls.makeFolder(transaction.stagingFolder, mode: 0o700)
    }
    return transaction
  }

  /// Removes what a killed writer left and makes the log durable; the caller holds the run lock.
  public static func recover(_ home: Home) throws(LedgerError) { _ = try recover(home, purpose: "recovery") }

  private static func recover(_ home: Home, purpose: String) throws(LedgerError) -> FileLock {
    guard home.isInitialized else {
      _ = try CommitLog.open(home)
      throw home.notInitialized
    }
    let lock = try FileLock.commit(home, purpose: "\(purpose) begin")
    for name in try SystemCalls.names(in: home.url("log")) where name.hasPrefix(".pending-") {
      try SystemCalls.unlink(home.url("log/" + name))
    }
    try SystemCalls.removeContents(of: home.url("staging"), andItself: false)
    // An entry whose last fsync failed may be in the cache only; nothing may build on it before it is durable.
    try SystemCalls.sync(home.url("log"))
    return lock
  }

  var stagingFolder: String { home.url("staging/\(order.stage)-\(order.date)") }

  /// Where to write a file that `add` will take; names are the stage's own and must be the same in every run.
  public func stagingPath(_ name: String) -> String { stagingFolder + "/" + name }

  /// Begins to make a finished staged file durable; `add` does so too, if nobody did.
  public func makeDurable(stagedPath: String) { durability.begin(stagedPath) }

  /// Takes a finished staged file as a product of `folder` (a path below the home).
  @discardableResult
  public func add(
    stagedPath: String, folder: String, fileName: ProductFileName, rowCount: Int64? = nil
  ) throws(LedgerError) -> Product {
    let digest = try SHA256Digest(ofFile: stagedPath)
    let name = folder + "/" + fileName.text(digest)
    guard Transaction.isSound(name) else {
      throw LedgerError(.invalidCommit, "\(name) is no path below the home")
    }
    guard let byteCount = try SystemCalls.byteCount(ofFile: stagedPath) else {
      throw LedgerError(.missingFile, "\(stagedPath) is no regular file")
    }
    let product = Product(name: name, digest: digest, byteCount: byteCount, rowCount: rowCount)
    let isNew = staged.withLock { $0.files.updateValue((product, stagedPath), forKey: name) == nil }
    guard isNew else {
      throw LedgerError(.invalidCommit, "two products of one commit want the name \(name)")
    }
    durability.begin(stagedPath)
    return product
  }

  /// Makes products live no more; names that are not live are ignored.
  public func retire(_ products: [Product]) {
    staged.withLock { $0.retired.formUnion(products.map(\.name)) }
  }

  /// Retires whatever earlier runs of this stage made for this night: this run replaces it.
  public func retireEarlierRuns() {
    for entry in log.entries where entry.stage == order.stage && entry.date == order.date { retire(entry.products) }
  }

  /// Names files that lie where they belong: the log files of a night.
  func name(inPlace products: [Product]) { staged.withLock { $0.inPlace = products } }

  /// Whether a name stays below the home: no empty, `.` or `..` part, and not in `log/` or `staging/`.
  private static func isSound(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count >= 2 && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
      && parts[0] != "log" && parts[0] != "staging"
  }
}
