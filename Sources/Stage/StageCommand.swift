public import ArgumentParser
import Glibc

/// What a command does to the home.
public enum HomeAccess: Sendable, Hashable {
  /// It commits: it holds the home's run lock, itself or by its runner.
  case writes
  /// It only reads: no lock.
  case reads
  /// It takes care of the lock itself: `nightjar init` and `nightjar run`.
  case governs
}

/// A command of the house: options, one library call, an outcome. `Stage` does the rest.
public protocol StageCommand: ParsableCommand {
  /// The shared options.
  var options: StageOptions { get }
  /// What the command does to the home; `writes` unless said otherwise.
  static var access: HomeAccess { get }
  /// What this command line does to the home; `access` unless its options say less.
  var requestedAccess: HomeAccess { get }
  /// Does the work.
  func run(_ context: StageContext) throws -> StageOutcome
}

extension StageCommand {
  /// Most commands commit.
  public static var access: HomeAccess { .writes }

  /// Most command lines do what their command does.
  public var requestedAccess: HomeAccess { Self.access }

  /// Runs the process of a stage.
  public static func main() { Glibc.exit(StageProcess(Self.self).run(Array(CommandLine.arguments.dropFirst()))) }
}

/// A command that only groups others: `nightjar-audit`.
public protocol StageGroup: ParsableCommand {}

extension StageGroup {
  /// Runs the process of a group's subcommand.
  public static func main() { runProcess() }

  /// As `main`, for a group with a main of its own.
  public static func runProcess() {
    Glibc.exit(StageProcess(Self.self).run(Array(CommandLine.arguments.dropFirst())))
  }

  /// Becomes `nightjar-<verb>`, or ends with 64 where there is no such stage.
  public static func become(verb: String, arguments: [String]) {
    let failure: StageFailure
    do {
      failure = ProcessSystemCalls.replace(by: try Executable.named(verb), arguments: arguments)
    } catch { failure = StageFailure(status: .usage, "'\(verb)' is no command and no stage: \(error.message)") }
    ProcessSystemCalls.writeError("nightjar: error: \(failure.message)\n")
    Glibc.exit(failure.exitStatus)
  }
}
