public import Configuration

/// Why the vault could not be used.
public struct VaultError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The pseudonym key is absent or cannot be read.
    public static let missingKey = Code(rawValue: "missing-key")
    /// The pseudonym key is not 32 bytes long.
    public static let damagedKey = Code(rawValue: "damaged-key")
    /// A file of the vault is not what it should be.
    public static let damagedFile = Code(rawValue: "damaged-file")
  }

  /// The kind of failure.
  public var code: Code
  /// What happened and what to do next; never a number, an address or a key.
  public var message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message with its code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}

extension VaultError: ExitStatusProviding {
  /// 66 for an absent key, 65 for anything damaged.
  public var exitStatus: Int32 { code == .missingKey ? ExitStatus.inputMissing : ExitStatus.badData }
}
