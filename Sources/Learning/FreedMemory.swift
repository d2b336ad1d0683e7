import CProcess

/// Memory that was freed but is still the process's.
///
/// Heaps keep what columns of some megabytes leave behind, and the next columns fit in between badly: two splits read one after
/// the other would take the room of both.
enum FreedMemory {
  /// Gives it back to the kernel; some milliseconds for each gigabyte.
  static func giveBack() { malloc_trim(0) }
}
