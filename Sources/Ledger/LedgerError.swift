/// Why the data home could not be read, written or believed.
public struct LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// An entry of the log is not what was written: bytes, signature, number or chain.
    public static let damagedEntry = Code(rawValue: "damaged-entry")
    /// A product is absent, or has another size or digest.
    public static let damagedProduct = Code(rawValue: "damaged-product")
    /// The log is signed by another key than the trusted one.
    public static let untrustedSigner = Code(rawValue: "untrusted-signer")
    /// The log does not continue the checkpoint.
    public static let checkpointMismatch = Code(rawValue: "checkpoint-mismatch")
    /// The folder is no initialised home.
    public static let notInitialized = Code(rawValue: "not-initialized")
    /// A needed file is absent or may not be read.
    public static let missingFile = Code(rawValue: "missing-file")
    /// The signing key is absent, or is not the one of this log.
    public static let missingKey = Code(rawValue: "missing-key")
    /// A file or folder cannot be created.
    public static let cannotCreate = Code(rawValue: "cannot-create")
    /// The operating system failed to read or write.
    public static let inputOutput = Code(rawValue: "input-output")
    /// The entry is in place but may not be durable: run again.
    public static let stateUnknown = Code(rawValue: "state-unknown")
    /// Somebody else holds the lock.
    public static let locked = Code(rawValue: "locked")
    /// Another writer committed first.
    public static let conflict = Code(rawValue: "conflict")
    /// What the stage wants to commit contradicts itself.
    public static let invalidCommit = Code(rawValue: "invalid-commit")
  }

  /// The kind of failure.
  public var code: Code
  /// What happened, where, and what to do next.
  public var message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message with its code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}
