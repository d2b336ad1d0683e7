/// The auditor's reading of a home: every entry by re-encoding and signature, the chain, the products.
///
/// Throws the first failure, which names the entry or product; what each check detects is in Manifest.md.
public struct Verification: Sendable {
  /// The home.
  public let home: Home
  /// Whether every product's bytes are read and digested again.
  public var readsData = false
  /// The key to believe; otherwise the home's own `signing.pub`, which entry 1 names.
  public var trustedKey: PublicKey?
  /// A checkpoint that the log must continue.
  public var checkpoint: Checkpoint?

  /// Names the home to verify.
  public init(_ home: Home) { self.home = home }

  /// What was verified.
  public struct Outcome: Sendable, Hashable {
    /// The number of entries.
    public let entryCount: Int
    /// The number of products of all entries.
    public let productCount: Int
    /// The bytes of all products.
    public let productByteCount: Int64
    /// The log as it stands, to be kept elsewhere.
    public let checkpoint: Checkpoint
    /// The number of kept deliveries whose bytes are those that were taken; zero where no data was read.
    public let keptDeliveryCount: Int
    /// Kept deliveries that cannot be used any more: the log stands, but their rows cannot be derived again.
    public let lostDeliveries: [String]
  }

  /// Verifies everything.
  public func run() throws(LedgerError) -> Outcome {
    guard home.isInitialized else {
      _ = try CommitLog.open(home)
      throw home.notInitialized
    }
    let key = try signer()
    var digests: [SHA256Digest] = []
    var products: [String: Product] = [:]
    var deliveries: [IntakeFile] = []
    for sequence in try CommitLog.sequences(of: home) {
      let name = LogEntry.fileName(sequence)
      let bytes = try SystemCalls.readFile(home.url(name))
      let digest = SHA256Digest(of: bytes)
      let entry = try CommitLog.entry(sequence, bytes, digest, after: digests.last)
      guard let envelope = Envelope(reading: bytes), envelope.isSigned(by: key) else {
        throw LedgerError(
          trustedKey == nil ? .damagedEntry : .untrustedSigner, "\(name) is not signed by key \(key.identifier)")
      }
      if sequence == 1 { try checkFirst(entry, key) }
      for product in entry.products {
        // A product that several entries name is checked once, unless they disagree about it.
        if products[product.name] == product { continue }
        try check(product, of: name)
        products[product.name] = product
      }
      digests.append(digest)
      deliveries += entry.files
    }
    try checkContinuation(digests, key)
    let origin = Verification.origin(key)
    let kept = readsData ? findKept(deliveries) : (count: 0, lost: [])
    return Outcome(
      entryCount: digests.count, productCount: products.count,
      productByteCount: products.values.reduce(0) { $0 + $1.byteCount },
      checkpoint: Checkpoint(origin: origin, entryCount: digests.count, headDigest: digests[digests.count - 1]),
      keptDeliveryCount: kept.count, lostDeliveries: kept.lost)
  }

  /// Reads the kept deliveries again. One that is dropped is in order; one that is there must be what was taken.
  private func findKept(_ deliveries: [IntakeFile]) -> (count: Int, lost: [String]) {
    let vault = KeptDeliveries(home)
    var seen: Set<SHA256Digest> = []
    var count = 0
    var lost: [String] = []
    for file in deliveries where seen.insert(file.sha256).inserted {
      switch vault.find(file.sha256) {
      case .found: count += 1
      case .lost(.notKept): break
      case .lost(let loss): lost.append("\(file.feed): \(file.name) cannot be derived again: \(loss.rawValue)")
      }
    }
    return (count, lost)
  }

  private static func origin(_ key: PublicKey) -> String { "nightjar/\(key.identifier.hex.prefix(16))" }

  private func signer() throws(LedgerError) -> PublicKey {
    if let trustedKey { return trustedKey }
    let path = home.url(SigningKey.publicFileName)
    guard let key = PublicKey(bytes: try SystemCalls.readFile(path)) else {
      throw LedgerError(.damagedProduct, "\(SigningKey.publicFileName) does not hold 32 bytes")
    }
    return key
  }

  private func checkFirst(_ entry: LogEntry, _ key: PublicKey) throws(LedgerError) {
    let names = entry.products.contains { $0.name == SigningKey.publicFileName && $0.digest == key.identifier }
    guard entry.stage == LogEntry.initStage, names else {
      throw LedgerError(.damagedEntry, "\(entry.fileName) does not name the key \(key.identifier) that signs it")
    }
  }

  private func check(_ product: Product, of entry: String) throws(LedgerError) {
    let path = home.url(product.name)
    guard let byteCount = try SystemCalls.byteCount(ofFile: path) else {
      throw LedgerError(.damagedProduct, "\(product.name), a product of \(entry), is missing")
    }
    guard byteCount == product.byteCount else {
      throw LedgerError(
        .damagedProduct,
        "\(product.name), a product of \(entry), has \(byteCount) bytes instead of \(product.byteCount)")
    }
    if readsData, try SHA256Digest(ofFile: path) != product.digest {
      throw LedgerError(.damagedProduct, "\(product.name), a product of \(entry), has other bytes than were committed")
    }
  }

  private func checkContinuation(_ digests: [SHA256Digest], _ key: PublicKey) throws(LedgerError) {
    guard let checkpoint else { return }
    guard checkpoint.origin == Verification.origin(key) else {
      throw LedgerError(.checkpointMismatch, "the checkpoint is of \(checkpoint.origin), this log of another signer")
    }
    guard checkpoint.entryCount <= digests.count else {
      throw LedgerError(
        .checkpointMismatch,
        "\(LogEntry.fileName(checkpoint.entryCount)) is missing: the log ends at entry \(digests.count), the "
          + "checkpoint saw \(checkpoint.entryCount)")
    }
    guard digests[checkpoint.entryCount - 1] == checkpoint.headDigest else {
      throw LedgerError(
        .checkpointMismatch,
        "\(LogEntry.fileName(checkpoint.entryCount)) is not the one that the checkpoint saw: the log was re-written")
    }
  }
}
