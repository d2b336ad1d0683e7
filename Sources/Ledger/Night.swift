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

  /// Commits the night entry over every entry since the night entry before it; returns the night's newest one where none
  /// of them is of this night.
  ///
  /// What a later night has begun stays open: a closed night that is run again must not show half of it.
  public func close(
    configDigest: SHA256Digest, versions: [String: String]
  ) throws(LedgerError) -> (entry: LogEntry, isNew: Bool) {
    let log = try CommitLog.open(home)
    let start = log.entries.lastIndex { $0.stage == LogEntry.nightStage }.map { $0 + 1 } ?? 0
    if let night = log.newestNight(of: date), !log.entries[start...].contains(where: { $0.date == date }) {
      return (night, false)
    }
    let closed = log.entries.indices[start...].map { log.product(ofEntryAt: $0) }
    let transaction = try Transaction.begin(
      home, stage: LogEntry.nightStage, date: date, materials: closed.map { Material($0) }, configDigest: configDigest,
      versions: versions)
    if let done = transaction.alreadyDone { return (done, false) }
    transaction.name(inPlace: closed)
    return (try transaction.commit(), true)
  }
}
