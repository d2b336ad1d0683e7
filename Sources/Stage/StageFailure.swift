public import Configuration

/// An error of a stage's own: a status and a sentence.
public struct StageFailure: ExitStatusProviding, Sendable, Hashable, CustomStringConvertible {
  /// What ended the stage.
  public enum Status: Int32, Sendable, Hashable {
    /// The command line is wrong.
    case usage = 64
    /// The input is wrong.
    case badData = 65
    /// An input is missing or cannot be read.
    case inputMissing = 66
    /// An engine or a library is missing.
    case unavailable = 69
    /// A defect of the program.
    case bug = 70
    /// An output cannot be created.
    case cannotCreate = 73
    /// Reading or writing failed.
    case inputOutput = 74
    /// Another run holds the home; try later.
    case locked = 75
    /// Not approved, or not permitted.
    case notApproved = 77
    /// The configuration is wrong.
    case configuration = 78
  }

  /// What ended the stage.
  public let status: Status
  /// What happened, where, and what to do next.
  public let message: String

  /// Makes a failure.
  public init(status: Status, _ message: String) {
    self.status = status
    self.message = message
  }

  /// The status as the process's exit status.
  public var exitStatus: Int32 { status.rawValue }

  /// The message.
  public var description: String { message }
}
