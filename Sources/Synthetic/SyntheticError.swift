public import Configuration

/// Why a world could not be made or written.
public struct SyntheticError: ExitStatusProviding, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The settings describe no world that can be made.
    public static let unfitSettings = Code(rawValue: "unfit-settings")
    /// The output folder holds something already.
    public static let outputExists = Code(rawValue: "output-exists")
  }

  /// The kind of failure.
  public var code: Code
  /// What happened and what to do next.
  public var message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// 64 for settings, 73 for an output that cannot be created.
  public var exitStatus: Int32 { code == .unfitSettings ? ExitStatus.usage : ExitStatus.cannotCreate }

  /// The message with its code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}
