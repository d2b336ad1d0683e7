public import Calendar
import Synchronization

/// Which entries of the log a reader sees.
public enum View: Sendable, Hashable {
  /// Every entry, whatever its night.
  case head
  /// The entries of a day's night and of nights before it: what the stages of that night see, also when the night is run
  /// again after later ones.
  case knownBy(Day)
  /// The entries up to the newest night entry: what default readers see.
  case night
  /// The entries up to the newest night entry of a day.
  case nightOf(Day)
}

/// The log of a home, read and chain-checked: the only source of what exists.
///
/// Signatures are `Verification`'s work; reading needs no key.
public struct CommitLog: Sendable {
  /// The entries in order, entry 1 first.
  public let entries: [LogEntry]
  /// The digest of the last entry's file.
  public let headDigest: SHA256Digest
  /// The digest of each entry's file.
  let fileDigests: [SHA256Digest]
  /// The size of each entry's file.
  let fileByteCounts: [Int]

  /// Reads `log/`; refuses gaps, foreign names, damaged entries and broken chains.
  public static func open(_ home: Home) throws(LedgerError) -> CommitLog {
    guard home.isInitialized else {
      guard try sequences(of: home).isEmpty else {
        throw LedgerError(.damagedEntry, "\(LogEntry.fileName(1)) is missing, later entries are there")
      }
      throw home.notInitialized
    }
    var entries: [LogEntry] = []
    var digests: [SHA256Digest] = []
    var sizes: [Int] = []
    for sequence in try sequences(of: home) {
      let bytes = try SystemCalls.readFile(home.url(LogEntry.fileName(sequence)))
      let digest = SHA256Digest(of: bytes)
      entries.append(try entry(sequence, bytes, digest, after: digests.last))
      digests.append(digest)
      sizes.append(bytes.count)
    }
    guard let headDigest = digests.last else { throw home.notInitialized }
    return CommitLog(entries: entries, headDigest: headDigest, fileDigests: digests, fileByteCounts: sizes)
  }

  /// The state that a view shows.
  public func state(_ view: View) -> LiveState {
    switch view {
    case .head: LiveState(entries[...])
    case .knownBy(let day): LiveState(entries.filter { $0.date <= day }[...])
    case .night: LiveState(entries.prefix(lengthOfNight { _ in true }))
    case .nightOf(let day): LiveState(entries.prefix(lengthOfNight { $0 == day }))
    }
  }

  /// The newest night entry, of a day or of any.
  public func newestNight(of day: Day? = nil) -> LogEntry? {
    entries.last { $0.stage == LogEntry.nightStage && (day == nil || $0.date == day) }
  }

  /// The id of the key that signs this log: entry 1 names it.
  var signerIdentifier: SHA256Digest? {
    entries.first?.products.first { $0.name == SigningKey.publicFileName }?.digest
  }

  /// The log file of an entry as a product: what a night entry names.
  func product(ofEntryAt index: Int) -> Product {
    Product(
      name: entries[index].fileName, digest: fileDigests[index], byteCount: Int64(fileByteCounts[index]))
  }

  private func lengthOfNight(_ isWanted: (Day) -> Bool) -> Int {
    let index = entries.lastIndex { $0.stage == LogEntry.nightStage && isWanted($0.date) }
    return index.map { $0 + 1 } ?? 0
  }

  /// The numbers of the entries in `log/`: 1, 2, 3 and so on without a gap.
  static func sequences(of home: Home) throws(LedgerError) -> Range<Int> {
    var count = 0
    for name in try SystemCalls.names(in: home.url("log")) where !name.hasPrefix(".pending-") {
      guard "log/\(name)" == LogEntry.fileName(count + 1) else {
        let expected = LogEntry.fileName(count + 1)
        throw LedgerError(.damagedEntry, "log/\(name) stands where \(expected) was expected: deleted or foreign entry")
      }
      count += 1
    }
    return 1..<(count + 1)
  }

  /// The entries that this process has read, by the digest of their file: a run opens the log several times, and an entry
  /// follows from its bytes alone.
  private static let readEntries = Mutex<[SHA256Digest: LogEntry]>([:])

  /// Reads one entry and checks its number and its link to the one before; `digest` is that of `bytes`.
  static func entry(
    _ sequence: Int, _ bytes: [UInt8], _ digest: SHA256Digest, after previous: SHA256Digest?
  ) throws(LedgerError) -> LogEntry {
    let name = LogEntry.fileName(sequence)
    let entry: LogEntry
    if let known = readEntries.withLock({ $0[digest] }) {
      entry = known
    } else {
      guard let envelope = Envelope(reading: bytes) else {
        throw LedgerError(.damagedEntry, "\(name) is not the envelope that was written")
      }
      guard let read = LogEntry(statement: envelope.payload) else {
        throw LedgerError(.damagedEntry, "\(name) holds no statement of this format")
      }
      readEntries.withLock { $0[digest] = read }
      entry = read
    }
    guard entry.sequence == sequence else {
      throw LedgerError(.damagedEntry, "\(name) says that it is entry \(entry.sequence)")
    }
    guard entry.previous == previous else {
      throw LedgerError(.damagedEntry, "\(name) does not follow the entry before it")
    }
    return entry
  }
}
