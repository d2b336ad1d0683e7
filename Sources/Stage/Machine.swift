import CProcess
import Glibc

/// What a process asks of its machine.
package enum Machine {
  /// The cores that this process may use.
  package static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// The version of the C library, whose mathematics may show in a model's last bits.
  package static var libraryVersion: String { String(cString: gnu_get_libc_version()) }

  /// Makes a closed pipe an error of `write` instead of a silent death.
  static func usePredictableBehaviour() { signal(SIGPIPE, SIG_IGN) }
}
