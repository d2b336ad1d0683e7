import CProcess
import Glibc

/// What a process asks of its machine.
package enum Machine {
  /// The cores that this process may use.
  package static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// The version of the C library, whose mathematics may show in a model's last bits.
  package static var libraryVersion: String { String(cString: gnu_get_libc_version()) }

  /// Gives up what no stage needs, for this process and whatever it starts: privileges that it does not have yet, and dumps
  /// of its memory, where keys and numbers are. A kernel that refuses leaves things as they were.
  static func giveUpWhatIsNotNeeded() {
    _ = nightjar_gain_no_privileges()
    _ = nightjar_leave_no_core()
  }

  /// Keeps what is freed for what is needed next: for a stage that makes large columns over and over, to whom the kernel would
  /// otherwise lend the same pages, cleared, again and again.
  package static func keepFreedMemory() { nightjar_keep_freed_memory() }

  /// Makes a closed pipe an error of `write` instead of a silent death.
  static func usePredictableBehaviour() { signal(SIGPIPE, SIG_IGN) }
}
