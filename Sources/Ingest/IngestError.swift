public import Configuration

/// Why an ingest ended without anything published.
public struct IngestError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Every new file was refused.
    public static let nothingAcceptable = Code(rawValue: "nothing-acceptable")
    /// The inbox, or a folder or file named on the command line, cannot be read.
    public static let unreadableInput = Code(rawValue: "unreadable-input")
    /// A sample from which no feed can be proposed.
    public static let unusableSample = Code(rawValue: "unusable-sample")
    /// A delivery of an earlier night has to be derived again, and cannot be.
    public static let notDerivable = Code(rawValue: "not-derivable")
    /// What was counted and what was written are not the same.
    public static let unbalanced = Code(rawValue: "unbalanced")
    /// A repaired row is no row, or stands for no reject.
    public static let badRepair = Code(rawValue: "bad-repair")
    /// The system refused what the ingest itself needs.
    public static let inputOutput = Code(rawValue: "input-output")
    /// The command line asks for what cannot be.
    public static let usage = Code(rawValue: "usage")
  }

  /// The kind of failure.
  public var code: Code
  /// What happened, where, and what to do next; never a value of a row.
  public var message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message with its code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}

extension IngestError: ExitStatusProviding {
  /// 65, 66, 64, 70 or 74.
  public var exitStatus: Int32 {
    switch code {
    case .unreadableInput: ExitStatus.inputMissing
    case .usage: ExitStatus.usage
    case .unbalanced: ExitStatus.bug
    case .inputOutput: ExitStatus.inputOutput
    default: ExitStatus.badData
    }
  }
}

/// Why one file is refused as a whole while the others go on.
struct FileRefusal: Error, Sendable, Hashable {
  /// Code of the reason (Feeds.md).
  var code: String
  /// One sentence; never a value of a row.
  var message: String

  init(_ code: String, _ message: String) {
    self.code = code
    self.message = message
  }

  /// More rows than `limit` were rejected or out of the window, where a row counts once more for every 256 bytes.
  init(tooManyRejects limit: Int) {
    self.init(
      "too-many-rejects",
      "more than \(limit) rows, or fewer long ones, were rejected or out of the window; is the feed right?")
  }
}
