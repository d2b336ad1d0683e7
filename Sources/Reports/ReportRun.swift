public import Calendar
public import Ledger

/// The stage `nightjar-report`: from a night's entries and sums to one page in the log. `nightjar run` shows it as
/// `reports/<date>.html` when the night is closed.
public struct ReportRun: Sendable {
  /// How a run ended.
  public enum Outcome: Sendable {
    /// The log holds this very work already.
    case alreadyDone(LogEntry)
    /// The entry that was committed.
    case published(LogEntry)
  }

  private let home: Home
  private let night: Day
  private let versions: [String: String]

  /// Plans the report of a night; the caller holds the run lock when it calls `run`.
  public init(_ home: Home, night: Day, versions: [String: String]) {
    self.home = home
    self.night = night
    self.versions = versions
  }

  /// Makes the page and returns its size, writing nothing.
  public func rehearse() throws -> Int {
    try NightReport(ReportSources(CommitLog.open(home), night: night).read(home)).page().count
  }

  /// Makes the page and commits it. Throws `ReportsError`, `LedgerError` and `ColumnsError`; nothing new is visible then.
  public func run() throws -> Outcome {
    let sources = try ReportSources(CommitLog.open(home), night: night)
    let transaction = try Transaction.begin(
      home, stage: ReportSources.stage, date: night, materials: sources.materials, configDigest: SHA256Digest(of: ""),
      versions: versions)
    if let done = transaction.alreadyDone { return .alreadyDone(done) }
    let page = try NightReport(sources.read(home)).page()
    let path = transaction.stagingPath("report.html")
    try SystemCalls.writeFile(path, page)
    transaction.retireEarlierRuns()
    try transaction.add(
      stagedPath: path, folder: "reports/.pages",
      fileName: .plain("\(night)-\(SHA256Digest(of: page).hex.prefix(16)).html"))
    return .published(try transaction.commit(counts: ["byteCount": Int64(page.count)]))
  }
}
