/// How a taken delivery is kept, so that its rows can be derived again.
public enum DeliveryKeeping: String, CaseIterable, Sendable {
  /// By a second name of the same file; where the file system refuses that, by reference.
  case link
  /// By a copy of its bytes.
  case copy
  /// By its path alone.
  case reference
}

/// The deliveries that a home has taken, as received: `vault/deliveries/<sha256>`, or `<sha256>.path` for one kept by reference.
///
/// They are no products (KeptDeliveries.md): the log names a delivery by digest and size, and whoever uses a kept one
/// compares both. What lies here and is named by no entry is an orphan and harmless.
public struct KeptDeliveries: Sendable {
  /// The folder below the home.
  public static let folder = "vault/deliveries"
  private static let referenceSuffix = ".path"

  /// The home.
  public let home: Home

  /// Names the home.
  public init(_ home: Home) { self.home = home }

  private func path(_ digest: SHA256Digest) -> String { home.url("\(KeptDeliveries.folder)/\(digest.hex)") }
  private func referencePath(_ digest: SHA256Digest) -> String { path(digest) + KeptDeliveries.referenceSuffix }

  // MARK: - Finding

  /// Where the bytes of a delivery are said to lie; nil where it is not kept. Nothing is compared.
  public func claimedPath(_ digest: SHA256Digest) -> String? {
    if SystemCalls.exists(path(digest)) { return path(digest) }
    guard let bytes = try? SystemCalls.readFile(referencePath(digest)), bytes.last == 0x0A else { return nil }
    return String(decoding: bytes.dropLast(), as: UTF8.self)
  }

  /// Why a kept delivery cannot be used.
  public enum Loss: String, Sendable {
    /// It was never kept, or its time is over.
    case notKept = "it is not kept any more"
    /// It was kept by reference, and nothing can be read there.
    case gone = "it was kept by reference only, and cannot be read where it lay"
    /// Its bytes are others.
    case changed = "its bytes were changed after it was taken"
  }

  /// A kept delivery, its bytes compared with the digest.
  public enum Finding: Sendable, Hashable {
    /// Here are its bytes.
    case found(path: String)
    /// It cannot be used.
    case lost(Loss)
  }

  /// Looks for a delivery and reads it to compare its digest.
  public func find(_ digest: SHA256Digest) -> Finding {
    guard let path = claimedPath(digest) else { return .lost(.notKept) }
    guard let found = try? SHA256Digest(ofFile: path) else { return .lost(.gone) }
    return found == digest ? .found(path: path) : .lost(.changed)
  }

  // MARK: - Keeping

  /// Makes the folder, durably.
  public func prepare() throws(LedgerError) {
    let vault = home.url("vault")
    if try SystemCalls.makeFolder(home.url(KeptDeliveries.folder), mode: 0o700) { try SystemCalls.sync(vault) }
  }

  /// Keeps a delivery that lies at `source`; `scratchPath` is a place in staging for a copy.
  ///
  /// A link costs no copy and no fsync of the delivery's bytes, however large it is. Returns how it is kept: `reference`
  /// where a link was asked for and the file system has none. The caller checks that the file is still the one that was
  /// read, and makes the folder durable with `sync`.
  public func keep(
    _ digest: SHA256Digest, at source: String, as keeping: DeliveryKeeping, scratchPath: String
  ) throws(LedgerError) -> DeliveryKeeping {
    switch keeping {
    case .link:
      // A name that a killed run left may lead to a file that has changed since.
      try SystemCalls.unlink(path(digest))
      if try SystemCalls.linkFollowing(source, to: path(digest)) {
        try SystemCalls.unlink(referencePath(digest))
        return .link
      }
      return try keep(digest, at: source, as: .reference, scratchPath: scratchPath)
    case .copy:
      try SystemCalls.copy(source, to: scratchPath, mode: 0o600)
      try SystemCalls.rename(scratchPath, to: path(digest))
      try SystemCalls.unlink(referencePath(digest))
    case .reference:
      let absolute = source.hasPrefix("/") ? source : SystemCalls.currentFolder + "/" + source
      try SystemCalls.writeFile(referencePath(digest), Array(absolute.utf8) + [0x0A], mode: 0o600)
    }
    return keeping
  }

  /// Makes the names durable.
  public func sync() throws(LedgerError) { try SystemCalls.sync(home.url(KeptDeliveries.folder)) }

  /// Keeps a delivery no longer; an absent one is fine.
  public func drop(_ digest: SHA256Digest) throws(LedgerError) {
    try SystemCalls.unlink(path(digest))
    try SystemCalls.unlink(referencePath(digest))
  }

  /// Drops whatever `isWanted` does not want, orphans included.
  public func tidy(_ isWanted: (SHA256Digest) -> Bool) throws(LedgerError) {
    for name in try SystemCalls.names(in: home.url(KeptDeliveries.folder)) {
      let stem = name.hasSuffix(KeptDeliveries.referenceSuffix) ? String(name.dropLast(5)) : name
      guard let digest = SHA256Digest(hex: stem), !isWanted(digest) else { continue }
      try SystemCalls.unlink(home.url("\(KeptDeliveries.folder)/\(name)"))
    }
  }
}
