package import Calendar
package import Ledger

/// Everything that a report says, as sums: nothing in here is about one person.
package struct ReportFacts: Sendable {
  /// A reject or refusal code with its number and one place to look at.
  package struct Defect: Sendable, Hashable {
    var feed: String
    var column: String
    var code: String
    var count: Int64
    var place: String

    package init(feed: String, column: String, code: String, count: Int64, place: String) {
      self.feed = feed
      self.column = column
      self.code = code
      self.count = count
      self.place = place
    }
  }

  /// What coverage says of a family and day.
  package enum DayState: Sendable, Hashable { case complete, incomplete, unknown }

  /// The scores of a night.
  package struct Scores: Sendable {
    package init() {}
    package var rowCount: Int64 = 0
    package var model = ""
    /// The mean probability of each tenth, the likeliest to leave first.
    package var meanByTenth: [Double] = []
    /// How often a field is the first reason, the most frequent first.
    package var firstReasons: [(field: String, count: Int64)] = []
  }

  /// An input of the model that is distributed otherwise than in the training.
  package struct Drift: Sendable, Hashable {
    var input: String
    var psi: Double?
    var rowCount: Int64
    var missingCount: Int64
    var unseenCount: Int64
    var usualRowCount: Int64
    var usualMissingCount: Int64
  }

  /// What an offer on a channel comes to.
  package struct ListCell: Sendable, Hashable {
    var offer: String
    var channel: String
    var contactCount: Int64 = 0
    var valueE4: Int64 = 0
    var costE4: Int64 = 0

    package init(offer: String, channel: String) {
      self.offer = offer
      self.channel = channel
    }
  }

  /// An entry of the log with the digest of its file.
  package struct Entry: Sendable {
    package var entry: LogEntry
    package var digest: SHA256Digest
  }

  /// The night.
  package var night: Day
  /// The night's entries up to the report, in order.
  package var entries: [Entry] = []
  /// The origin of the log's checkpoints: `nightjar/` and the head of the signer's key id.
  package var origin = ""
  /// Rejected rows by feed, column and code.
  package var rejects: [Defect] = []
  /// Refused files by feed and code.
  package var refusals: [Defect] = []
  /// The days of the coverage grid, ascending.
  package var coverageDays: [Day] = []
  /// The state of each day, by family.
  package var coverage: [(family: String, states: [DayState])] = []
  /// The metrics of the model in use, where they could be found.
  package var metrics: ModelMetrics?
  /// The scores, where there are any.
  package var scores: Scores?
  /// The inputs of the model, and its scores, that moved since the training, the furthest first.
  package var drift: [Drift] = []
  /// The actions to be done, by offer and channel.
  package var cells: [ListCell] = []

  package init(night: Day) { self.night = night }

  /// The newest entry of a stage.
  func newest(_ stage: String) -> LogEntry? { entries.last { $0.entry.stage == stage }?.entry }

  /// The deliveries of the night, by feed and name; those of earlier nights that were derived again are not among them.
  var files: [IntakeFile] {
    entries.flatMap(\.entry.files).filter { $0.rederivation == nil }.sorted {
      ($0.feed, $0.name, $0.sha256) < ($1.feed, $1.name, $1.sha256)
    }
  }

  /// What people should know, by stage.
  var warnings: [(stage: String, text: String)] {
    var newest: [String: Int] = [:]
    for (index, item) in entries.enumerated() { newest[item.entry.stage] = index }
    return entries.enumerated().flatMap { index, item in
      // Each ingest brought its own deliveries; any other stage replaced what it did before.
      item.entry.stage == "ingest" || newest[item.entry.stage] == index
        ? item.entry.warnings.map { (item.entry.stage, $0) } : []
    }
  }
}
