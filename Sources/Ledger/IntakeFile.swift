public import Calendar

/// What became of one delivery: promise 4's equation, one line of an ingest entry.
public struct IntakeFile: Sendable, Hashable {
  /// The feed that claimed the file.
  public var feed: String
  /// The delivered file's name.
  public var name: String
  /// The delivered file's digest: its identity, for ever.
  public var sha256: SHA256Digest
  /// The delivered file's size.
  public var byteCount: Int64
  /// Records and lines that were met.
  public var readCount: Int64
  /// Rows that became facts.
  public var acceptedCount: Int64 = 0
  /// Rows that became rejects.
  public var rejectedCount: Int64 = 0
  /// Rows that an earlier row's record key had already counted.
  public var duplicateCount: Int64 = 0
  /// Rows older than the feed's window.
  public var outOfWindowCount: Int64 = 0
  /// Blank lines.
  public var blankCount: Int64 = 0
  /// Comment lines.
  public var commentCount: Int64 = 0
  /// Header and skipped lines.
  public var headerCount: Int64 = 0
  /// Trailer lines.
  public var trailerCount: Int64 = 0
  /// What all measures of the accepted rows add up to, where rows are daily sums: their facts are checked by it.
  public var measureSum: Int64?
  /// The first day that the delivery covers.
  public var from: Day?
  /// The last day that the delivery covers.
  public var to: Day?
  /// The delivery of the same feed and name that this one replaces.
  public var superseded: SHA256Digest?
  /// Why rows of a delivery that was taken before were derived again; nil where the file was taken by this entry.
  public var rederivation: Rederivation?

  /// What lets a delivery be derived again.
  public enum Rederivation: String, Sendable {
    /// A file that had suppressed duplicates in it, or that was suppressed by it, was replaced.
    case supersede
    /// A number assignment came late.
    case numbers
    /// Rejected rows of it were repaired.
    case repair
  }

  /// Makes a line with all counts but `readCount` zero.
  public init(feed: String, name: String, sha256: SHA256Digest, byteCount: Int64, readCount: Int64 = 0) {
    self.feed = feed
    self.name = name
    self.sha256 = sha256
    self.byteCount = byteCount
    self.readCount = readCount
  }

  /// The sum that must equal `readCount`.
  public var accountedCount: Int64 {
    acceptedCount + rejectedCount + duplicateCount + outOfWindowCount + blankCount + commentCount + headerCount
      + trailerCount
  }

  /// The names and places of the counts, in the order of the equation.
  static let counts: [(name: String, path: any WritableKeyPath<IntakeFile, Int64> & Sendable)] = [
    ("byteCount", \.byteCount), ("readCount", \.readCount), ("acceptedCount", \.acceptedCount),
    ("rejectedCount", \.rejectedCount), ("duplicateCount", \.duplicateCount),
    ("outOfWindowCount", \.outOfWindowCount), ("blankCount", \.blankCount), ("commentCount", \.commentCount),
    ("headerCount", \.headerCount), ("trailerCount", \.trailerCount),
  ]
}

extension IntakeFile {
  /// The line in an ingest entry.
  var json: CanonicalJSON {
    var members: [String: CanonicalJSON] = [
      "feed": .string(feed), "name": .string(name), "sha256": .string(sha256.hex),
    ]
    for (name, path) in IntakeFile.counts { members[name] = .integer(self[keyPath: path]) }
    if let measureSum { members["measureSum"] = .integer(measureSum) }
    if let from { members["from"] = .string(from.description) }
    if let to { members["to"] = .string(to.description) }
    if let superseded { members["superseded"] = .string(superseded.hex) }
    if let rederivation { members["rederivation"] = .string(rederivation.rawValue) }
    return .object(members)
  }

  /// Reads a line; nil where a member is absent or of another type.
  init?(_ json: CanonicalJSON) {
    guard let feed = json["feed"]?.stringValue, let name = json["name"]?.stringValue,
      let sha256 = json["sha256"]?.stringValue.flatMap(SHA256Digest.init(hex:))
    else { return nil }
    self.init(feed: feed, name: name, sha256: sha256, byteCount: 0)
    for (name, path) in IntakeFile.counts {
      guard let count = json[name]?.integerValue else { return nil }
      self[keyPath: path] = count
    }
    measureSum = json["measureSum"]?.integerValue
    from = json["from"]?.stringValue.flatMap { Day($0) }
    to = json["to"]?.stringValue.flatMap { Day($0) }
    superseded = json["superseded"]?.stringValue.flatMap(SHA256Digest.init(hex:))
    rederivation = json["rederivation"]?.stringValue.flatMap(Rederivation.init(rawValue:))
  }
}
