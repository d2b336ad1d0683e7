import Dispatch
import Synchronization

/// Makes staged files durable one after the other on a thread of its own, from the moment when each is added: the disk works
/// while the stage does, and the commit finds little left to wait for.
final class StagedDurability: Sendable {
  private let queue = DispatchQueue(label: "nightjar.durability")
  private let failure = Mutex<LedgerError?>(nil)
  private let begun = Mutex<Set<String>>([])

  /// Begins to make a finished file durable, once.
  func begin(_ path: String) {
    guard begun.withLock({ $0.insert(path).inserted }) else { return }
    queue.async { [self] in
      do throws(LedgerError) { try SystemCalls.sync(path) } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
  }

  /// Waits until all files are durable; throws where one is not.
  func finish() throws(LedgerError) {
    queue.sync {}
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
