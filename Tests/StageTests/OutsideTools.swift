import Foundation
import Testing

/// Programs that a proof needs and that an operator's machine may lack: there the proof is left out, and said so. Where
/// `CI` is set those that set-up installs must be there, so that no proof is left out unseen.
enum OutsideTools {
  /// Whether a shell command finds all that is needed; records an issue where it does not and must.
  static func areThere(
    _ command: String, for proof: String, isRequired: Bool = isRequired, temporary: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Bool {
    if try Executables.shell(command, in: "/", temporary: temporary).status == 0 { return true }
    print("left out: \(proof) needs what '\(command)' looks for")
    if isRequired {
      Issue.record("\(proof) needs what '\(command)' looks for, and CI is set", sourceLocation: sourceLocation)
    }
    return false
  }

  /// Whether this is a run whose result somebody relies on.
  static var isRequired: Bool { ["true", "1"].contains(ProcessInfo.processInfo.environment["CI"] ?? "") }
}
