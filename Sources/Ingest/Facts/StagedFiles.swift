import Ledger
import Synchronization

/// Files of a night that were written and wait for somebody who digests them, reads them back for the balance, and makes
/// them products: what threads do that find nothing else to do.
final class StagedFiles: Sendable {
  /// A written file.
  struct File: Sendable {
    var path: String
    /// Its final folder below the home.
    var folder: String
    var fileExtension = "parquet"
    var rowCount: Int64?
  }

  private struct State {
    var waiting: [File] = []
    var nextIndex = 0
    var balance: NightBalance
  }

  private let transaction: Transaction
  private let state: Mutex<State>
  private let feeds: [Feed]

  /// Begins with nothing; the rows are those of `feeds`.
  init(_ transaction: Transaction, _ feeds: [Feed]) {
    self.transaction = transaction
    self.feeds = feeds
    state = Mutex(State(balance: NightBalance(feeds)))
  }

  /// Takes a file; the disk begins with it at once.
  func append(_ file: File) {
    transaction.makeDurable(stagedPath: file.path)
    state.withLock { $0.waiting.append(file) }
  }

  /// Adds the files that wait to the transaction, in the order in which they came, until none waits.
  func finish() throws {
    while true {
      let next = state.withLock { state -> File? in
        guard state.nextIndex < state.waiting.count else { return nil }
        state.nextIndex += 1
        return state.waiting[state.nextIndex - 1]
      }
      guard let next else { return }
      try transaction.add(
        stagedPath: next.path, folder: next.folder, fileName: .digest(ext: next.fileExtension), rowCount: next.rowCount)
      guard next.fileExtension == "parquet" else { continue }
      var balance = NightBalance(feeds)
      try balance.add(stagedPath: next.path, folder: next.folder)
      let own = balance
      state.withLock { $0.balance.add(own) }
    }
  }

  /// What lies in the files that were added.
  var balance: NightBalance { state.withLock { $0.balance } }
}
