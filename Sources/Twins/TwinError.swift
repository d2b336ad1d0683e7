public import Configuration

/// Why a twin was not made, or nothing can be said of it.
public struct TwinError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// There is no such twin.
    public static let missingTwin = Code(rawValue: "missing-twin")
    /// The values of a field break a contract that refuses them.
    public static let brokenContract = Code(rawValue: "broken-contract")
    /// The catalogue has no such field.
    public static let unknownField = Code(rawValue: "unknown-field")
  }

  /// The kind of failure.
  public var code: Code
  /// What is missing, and what to do next.
  public var message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message with its code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}

extension TwinError: ExitStatusProviding {
  /// Input missing; a field that is not there is a wrong command line, and a broken contract is bad data.
  public var exitStatus: Int32 {
    switch code {
    case .unknownField: ExitStatus.usage
    case .brokenContract: ExitStatus.badData
    default: ExitStatus.inputMissing
    }
  }
}
