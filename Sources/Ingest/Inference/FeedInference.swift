import CSV
import Calendar
import Configuration
import Ledger

/// Proposes a feed file from one delivered file, the sketch of this room:
///
/// beginning of the file → text → records (dialect, header, trailer) → what each column looks like → the kind whose
/// canonical fields find the best columns → a feed file with comments → that feed tried on the sample.
///
/// Names and values are the delivery's own and may be hostile: the sample is bounded, every text of it is escaped, and no
/// comment shows a value.
public struct FeedInference {
  /// What was proposed.
  public struct Proposal: Sendable, Hashable {
    /// The feed file.
    public var text: String
    /// One line for people.
    public var summary: String
    /// What a person must fill in before the feed can be used.
    public var openPoints: [String]

    /// `{"feed":"…","openPoints":["…"],"summary":"…"}`.
    public var json: String {
      CanonicalJSON.object([
        "feed": .string(text), "openPoints": .array(openPoints.map { .string($0) }), "summary": .string(summary),
      ]).text
    }
  }

  /// The sample and what was found in it.
  let sample: FileSample
  let text: SampleText
  let table: SampleTable
  let headerDoubt: String?
  let profiles: [ColumnProfile]
  /// Every kind, the likeliest first.
  let kinds: [KindGuess]

  /// Looks at the file at `path` and proposes a feed for a configuration folder.
  public static func propose(path: String, configuration: String) throws(IngestError) -> Proposal {
    try FeedInference(path: path).proposal(configuration: configuration)
  }

  init(path: String) throws(IngestError) {
    sample = try FileSample(path: path)
    guard let text = SampleText(sample.members) else {
      throw IngestError(.unusableSample, "\(sample.fileName) is no text: feeds read delimited text, JSON and mailboxes")
    }
    self.text = text
    var (table, doubt) = try FeedInference.table(sample, text)
    table.takeMissingMarks()
    (self.table, headerDoubt) = (table, doubt)
    let columnCount = table.columnCount
    let profiles = (0..<columnCount).map { [table] in ColumnProfile(table, $0) }
    self.profiles = profiles
    let fileWords = FieldNames.words(sample.fileName)
    kinds = FeedKind.allCases.map { KindGuess($0, profiles, fileWords: fileWords) }.enumerated().sorted { a, b in
      a.element.score != b.element.score ? a.element.score > b.element.score : a.offset < b.offset
    }.map(\.element)
  }

  private static func table(
    _ sample: FileSample, _ text: SampleText
  ) throws(IngestError) -> (table: SampleTable, doubt: String?) {
    let beginning = text.texts.first { !$0.isEmpty } ?? []
    // A mailbox has no columns to guess: its parts have names.
    if beginning.starts(with: Array("From ".utf8)) { return (SampleTable(format: .mbox, columnCount: 0), nil) }
    switch beginning.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }) {
    case UInt8(ascii: "{"):
      if let table = SampleTable.lines(text.texts) ?? SampleTable.document(text.texts) { return (table, nil) }
    case UInt8(ascii: "["):
      if let table = SampleTable.document(text.texts) { return (table, nil) }
    case UInt8(ascii: "<"):
      throw IngestError(.unusableSample, "\(sample.fileName) is XML or HTML, which no feed reads: deliver CSV or JSON")
    default: break
    }
    if let guess = DialectGuess(sample, text) { return (guess.table, guess.headerDoubt) }
    throw IngestError(
      .unusableSample,
      "\(sample.fileName) has no rows of two or more fields, and is no NDJSON, no whole JSON document of at most "
        + "\(FileSample.memberByteLimit >> 10) kB and no mailbox: what writes it?")
  }

  private func proposal(configuration: String) throws(IngestError) -> Proposal {
    let name = NameShape(sample.fileName).feedName
    let path = "\(configuration)/feeds/\(name).yaml"
    let fit = PresetFit.best(
      text.delivered,
      { feed in
        feed.format == table.format && (feed.format != .csv || feed.dialect.hasHeader == table.dialect.hasHeader)
      }, configuration: configuration)
    guard fit != nil || table.columnCount > 0 else {
      throw IngestError(
        .unusableSample, "\(sample.fileName) is a mailbox, and no preset in \(configuration)/presets reads it")
    }
    var writer = ProposalWriter(self, fit, name: name, path: path)
    // A number cannot decode before its country is known; the trial takes any, and the proposal asks for the right one.
    let stated = writer.body(countryCode: ProposalWriter.trialCountryCode)
    let feed = try? Feed.read(ConfigurationDocument(path: path, bytes: Array(stated.utf8)))
    let trial = feed.map { SampleTrial($0, text.delivered) }
    let proposed = writer.head(trial) + writer.body(countryCode: "") + writer.foot()
    let rows = trial.map { "\($0.acceptedCount) of \($0.rowCount) sampled rows decode" } ?? "it does not load yet"
    let points = writer.openPoints
    let kind = fit?.feed.kind ?? kinds[0].kind
    return Proposal(
      text: proposed, summary: "a feed of kind \(kind.rawValue) for \(name): \(rows), \(points.count) to fill in",
      openPoints: points)
  }
}
