/// The exit statuses of every stage, as constants.
///
/// Below 64 the command's own log entry is visible; from 64 on nothing new is (one exception, said in the message:
/// 74 "state unknown, run again").
public enum ExitStatus {
  /// Done, or nothing to do.
  public static let done: Int32 = 0
  /// Published, with rejects or warnings.
  public static let published: Int32 = 3
  /// The command line is wrong.
  public static let usage: Int32 = 64
  /// The input is wrong.
  public static let badData: Int32 = 65
  /// An input is missing or cannot be read.
  public static let inputMissing: Int32 = 66
  /// An engine or a library is missing.
  public static let unavailable: Int32 = 69
  /// A defect of the program.
  public static let bug: Int32 = 70
  /// An output cannot be created.
  public static let cannotCreate: Int32 = 73
  /// Reading or writing failed.
  public static let inputOutput: Int32 = 74
  /// Another run holds the home; try later.
  public static let locked: Int32 = 75
  /// Not approved, or not permitted.
  public static let notApproved: Int32 = 77
  /// The configuration is wrong.
  public static let configuration: Int32 = 78
}

/// An error that says with which status the process ends.
public protocol ExitStatusProviding: Error {
  /// One of `ExitStatus`.
  var exitStatus: Int32 { get }
}
