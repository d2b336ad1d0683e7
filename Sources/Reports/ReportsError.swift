public import Configuration

/// Why a night has no report.
public struct ReportsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The log has no entry of the night.
    public static let missingInput = Code(rawValue: "missing-input")
    /// A model's metrics cannot be read.
    public static let damagedMetrics = Code(rawValue: "damaged-metrics")
    /// The page would be larger than a page may be.
    public static let tooLarge = Code(rawValue: "too-large")
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

  /// The message with its code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}

extension ReportsError: ExitStatusProviding {
  /// 66 where the night is not in the log, 65 where a model's metrics are damaged.
  public var exitStatus: Int32 {
    switch code {
    case .missingInput: ExitStatus.inputMissing
    case .damagedMetrics: ExitStatus.badData
    default: ExitStatus.bug
    }
  }
}
