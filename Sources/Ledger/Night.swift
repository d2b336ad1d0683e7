public import Calendar

/// The end of a night: the entry that lets default readers see what the night's stages committed.
public struct Night: Sendable {
  /// The home.
  public let home: Home
  /// The night.
  public let date: Day

  /// Names a night of a home.
  public init(_ home: Home, date: Day) {
    self.home = home
    self.date = date
  }

  /// Commits the night entry over every entry since the night entry before it; returns the newest one if it already
  /// closes the log.
  public func close(
    configDigest: SHA256Digest, versions: [String: String]
  ) throws(LedgerError) -> (entry: LogEntry, isNew: Bool) {
    let log = try CommitLog.open(home)
    if let last = log.entries.last, last.stage == LogEntry.nightStage, let night = log.newestNight(of: date) {
      return (night, false)
    }
    let start = log.entries.lastIndex { $0.stage == LogEntry.nightStage }.map { $0 + 1 } ?? 0
    let closed = log.entries.indices[start...].map { log.product(ofEntryAt: $0) }
    let transaction = try Transaction.begin(
      home, stage: LogEntry.nightStage, date: date, materials: closed.map { Material($0) }, configDigest: configDigest,
      versions: versions)
    if let done = transaction.alreadyDone { return (done, false) }
    transaction.name(inPlace: closed)
    return (try transaction.commit(), true)
  }
}
