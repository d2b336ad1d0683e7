import Configuration
import Ledger

/// A night's stages as child processes, in order: what `nightjar run` does under the run lock.
///
/// What is already done, each stage finds in the log. The first failure stops the run and leaves the night before in
/// force; running again goes on from there.
public struct PipelineRun: Sendable {
  private let pipeline: Pipeline
  private let context: StageContext
  private let passed: [String]
  private let folder: String

  /// Prepares a run; `options` are handed on to every stage.
  public init(_ pipeline: Pipeline, _ options: StageOptions, _ context: StageContext) {
    self.pipeline = pipeline
    self.context = context
    folder = Executable.folder
    var passed = ["--home", context.home.path, "--config", context.configFolder, "--threads", String(context.threads)]
    if let keys = options.keys { passed += ["--keys", keys] }
    if let date = options.date { passed += ["--date", date] }
    passed += ["--log", options.logFormat.rawValue]
    // On a terminal each stage's summary is the progress; in cron one line a night is enough.
    if options.isQuiet || !ProcessSystemCalls.isErrorTerminal { passed.append("--quiet") }
    self.passed = passed
  }

  /// The command lines in order, for `--dry-run`.
  public var plan: [String] {
    pipeline.steps.map { (["nightjar-\($0.stage)"] + $0.arguments + passed).joined(separator: " ") }
  }

  /// Runs every stage; returns the stages that published with warnings.
  public func run() throws -> [String] {
    let executables = try pipeline.steps.map { try Executable.named($0.stage) }
    var warned: [String] = []
    for (step, executable) in zip(pipeline.steps, executables) {
      let ending = try ChildProcess(executable: executable, arguments: step.arguments + passed).wait()
      switch ending {
      case .exited(ExitStatus.done): break
      case .exited(ExitStatus.published): warned.append(step.stage)
      case .exited(let status) where status >= ExitStatus.usage:
        throw StageEnding(status, "\(step.stage) ended with status \(status); the night before stays in force")
      case .exited(let status):
        throw StageEnding(ExitStatus.bug, "\(step.stage) ended with status \(status), which no stage has")
      case .killed(let signal):
        throw StageEnding(ExitStatus.bug, "\(step.stage) was ended by signal \(signal); run again")
      case .interrupted(let signal):
        throw StageEnding(128 + signal, "stopped by signal \(signal) during \(step.stage); run again")
      }
    }
    return warned
  }
}

/// A run that a stage's ending stopped.
struct StageEnding: ExitStatusProviding, CustomStringConvertible {
  let exitStatus: Int32
  let description: String

  init(_ exitStatus: Int32, _ description: String) {
    self.exitStatus = exitStatus
    self.description = description
  }
}

/// The executables of this installation: they lie beside each other.
package enum Executable {
  /// The folder of the running executable.
  package static var folder: String {
    let path = SystemCalls.symlinkDestination("/proc/self/exe") ?? CommandLine.arguments[0]
    return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }

  /// The path of `nightjar-<verb>`; throws where there is none.
  package static func named(_ verb: String) throws(StageFailure) -> String {
    let path = "\(folder)/nightjar-\(verb)"
    guard ProcessSystemCalls.isExecutable(path) else {
      throw StageFailure(status: .unavailable, "there is no \(path)")
    }
    return path
  }
}
