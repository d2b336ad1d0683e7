import CProcess
import Configuration
import Glibc
import Ledger

/// The tie between a stage and the `nightjar run` that started it.
package enum Runner {
  /// The environment variable that holds the runner's process number.
  package static let variable = "NIGHTJAR_RUNNER"

  /// Makes this process die with its runner; false where there is none.
  ///
  /// The kernel sends SIGKILL when the parent dies. A parent that died before the request shows as another parent.
  static func tieToRunner() throws(StageFailure) -> Bool {
    guard let text = SystemCalls.environment(variable) else { return false }
    guard let runner = Int32(text) else { throw StageFailure(status: .usage, "\(variable) is no process number") }
    guard nightjar_die_with_parent(), getppid() == runner else {
      throw StageFailure(status: .locked, "the runner \(runner) is not this process's parent (any more)")
    }
    return true
  }
}
