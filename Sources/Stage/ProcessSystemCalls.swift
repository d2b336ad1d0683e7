import Configuration
import Glibc
import Ledger

// The system calls of processes: start, wait, replace, write for people. C's pointers stay in this file.

/// A child process that its parent waits for, and that dies with it.
package struct ChildProcess: ~Copyable {
  /// How a child ended.
  package enum Ending: Sendable, Hashable {
    /// It returned a status.
    case exited(Int32)
    /// A signal ended it.
    case killed(signal: Int32)
    /// This process was told to stop, killed the child and waited for its end.
    case interrupted(signal: Int32)
  }

  private let identifier: pid_t
  private let formerMask: sigset_t

  /// The signals that stop a runner; blocked while a child runs, and waited for.
  private static let stopSignals = [SIGTERM, SIGINT, SIGHUP]

  /// Starts an executable with this process's environment; its stdout goes to stderr, since stdout is the runner's.
  ///
  /// Call it from the main thread: the kernel ends the child when the *thread* that started it ends.
  package init(executable: String, arguments: [String]) throws(StageFailure) {
    var watched = sigset_t()
    sigemptyset(&watched)
    for signal in ChildProcess.stopSignals + [SIGCHLD] { sigaddset(&watched, signal) }
    var former = sigset_t()
    pthread_sigmask(SIG_BLOCK, &watched, &former)
    setenv(Runner.variable, String(getpid()), 1)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setsigmask(&attributes, &former)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var child = pid_t()
    let result = withCStrings([executable] + arguments) {
      posix_spawn(&child, executable, &actions, &attributes, $0, environ)
    }
    guard result == 0 else {
      pthread_sigmask(SIG_SETMASK, &former, nil)
      throw StageFailure(status: .unavailable, "cannot start \(executable): \(reason(result))")
    }
    identifier = child
    formerMask = former
  }

  /// Waits for the child's end, or for a signal to stop, which ends the child first.
  package consuming func wait() -> Ending {
    var watched = sigset_t()
    sigemptyset(&watched)
    for signal in ChildProcess.stopSignals + [SIGCHLD] { sigaddset(&watched, signal) }
    var stop: Int32?
    var status: Int32 = 0
    while waitpid(identifier, &status, WNOHANG) == 0 {
      var signal: Int32 = 0
      guard sigwait(&watched, &signal) == 0, signal != SIGCHLD else { continue }
      // A stage survives SIGKILL at any moment: what it had not committed does not exist.
      stop = signal
      kill(identifier, SIGKILL)
    }
    var former = formerMask
    pthread_sigmask(SIG_SETMASK, &former, nil)
    if let stop { return .interrupted(signal: stop) }
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
  }
}

/// The other system calls of processes.
package enum ProcessSystemCalls {
  /// Replaces this process by an executable.
  package static func replace(by executable: String, arguments: [String]) -> StageFailure {
    _ = withCStrings([executable] + arguments) { execv(executable, $0) }
    return StageFailure(status: .unavailable, "cannot start \(executable): \(reason(errno))")
  }

  /// Whether a file may be executed.
  package static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

  /// Writes text to stderr in one call, so that lines of several processes do not mix; a closed stderr is nobody's loss.
  static func writeError(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Whether stderr is a terminal.
  package static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

private func reason(_ number: Int32) -> String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let copies = texts.map { strdup($0) } + [nil]
  defer { copies.forEach { free($0) } }
  return copies.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { preconditionFailure("the list ends with a null") }
    return body(start)
  }
}
