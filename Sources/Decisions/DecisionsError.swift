public import Configuration

/// Why the decisions of a night could not be taken.
public struct DecisionsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The night has no twins or no scores to decide on.
    public static let missingInput = Code(rawValue: "missing-input")
    /// An input lacks a column, or repeats a subscription.
    public static let badInput = Code(rawValue: "bad-input")
    /// The home has no entry to derive the control key from.
    public static let missingControlKey = Code(rawValue: "missing-control-key")
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

extension DecisionsError: ExitStatusProviding {
  /// 66 where an input is missing, 65 where it is wrong.
  public var exitStatus: Int32 { code == .badInput ? ExitStatus.badData : ExitStatus.inputMissing }
}
