import Calendar
import Ledger

/// Keeps the night's deliveries for the late and duplicate windows of their feeds, and lets go of older ones.
struct DeliveryRetention {
  let home: Home
  let feeds: [Feed]

  /// Keeps what was taken, before the entry is linked; returns what a person should know.
  ///
  /// Whether a link was possible is told but not signed: the same deliveries must give the same entry everywhere.
  func keep(_ taken: [(result: FileResult, feed: Int)], _ transaction: Transaction) throws -> [String] {
    guard !taken.isEmpty else { return [] }
    let vault = KeptDeliveries(home)
    try vault.prepare()
    var referenceCount = 0
    var notes: [String] = []
    for (result, feed) in taken {
      let task = result.task
      let wanted = feeds[feed].keep
      let digest = result.intake.sha256
      guard let done = try keep(task, digest, as: wanted, transaction) else {
        try vault.drop(digest)
        notes.append("\(task.file.name) changed or went away after it was read: it is not kept")
        continue
      }
      if done != wanted { referenceCount += 1 }
    }
    try vault.sync()
    if referenceCount > 0 {
      notes.append(
        "\(referenceCount) \(referenceCount == 1 ? "delivery is" : "deliveries are") kept by reference only, since no link is "
          + "possible: leave \(referenceCount == 1 ? "it" : "them") in place, or say 'keep: copy' in the feed")
    }
    return notes
  }

  /// How a delivery came to be kept; nil where it is no longer the file that was read.
  private func keep(
    _ task: FileTask, _ digest: SHA256Digest, as keeping: DeliveryKeeping, _ transaction: Transaction
  ) throws -> DeliveryKeeping? {
    let vault = KeptDeliveries(home)
    let done: DeliveryKeeping
    do throws(LedgerError) {
      done = try vault.keep(
        digest, at: task.file.path, as: keeping,
        scratchPath: transaction.stagingPath("delivery-\(digest.hex)"))
    } catch {
      if error.code == .missingFile { return nil }
      throw error
    }
    switch done {
    // A copy has a time of its own, so its bytes are compared.
    case .copy: if case .found = vault.find(digest) { return done }
    case .link, .reference:
      if let path = vault.claimedPath(digest), FileStamp(path) == task.stamp { return done }
    }
    return nil
  }

  /// Lets go of deliveries whose windows are past tonight, and of names that no entry knows.
  ///
  /// Runs after the commit; what cannot be removed now is removed by the next one.
  func tidy(_ entries: [LogEntry], night: Day) {
    let days = Dictionary(feeds.map { ($0.name, $0.keptDays) }, uniquingKeysWith: max)
    var lastNights: [SHA256Digest: Day] = [:]
    for entry in entries {
      for file in entry.files {
        // A feed that is configured no longer has no window that could be past.
        let last = days[file.feed].map { entry.date + $0 } ?? night
        lastNights[file.sha256] = max(lastNights[file.sha256] ?? last, last)
      }
    }
    let known = lastNights
    try? KeptDeliveries(home).tidy { digest in known[digest].map { $0 >= night } ?? false }
  }
}

extension Feed {
  /// Nights after its own for which a delivery is kept: the late and the duplicate window.
  var keptDays: Int { max(lateDays ?? Feed.usualLateDays, recordKey?.windowDays ?? 0) }
}
