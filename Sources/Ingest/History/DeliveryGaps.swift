public import Calendar
import Columns
import Datasets
public import Ledger

/// What has not come: days for which a feed's calendar expects a delivery and none covers, and numbers that lack in a feed's
/// sequence or came twice; by the log and never by the clock.
public struct DeliveryGaps: Sendable, Hashable {
  /// Days in a row that no delivery of a feed covers.
  public struct Span: Sendable, Hashable {
    /// The feed.
    public var feed: String
    /// The first day.
    public var first: Day
    /// The last day.
    public var last: Day
    /// The number of days.
    public var dayCount: Int { last - first + 1 }
  }

  /// Numbers in a row that no delivery brought, or that came more than once.
  public struct NumberSpan: Sendable, Hashable {
    /// The feed.
    public var feed: String
    /// The counter; empty where the feed has one.
    public var source: String
    /// "missing" or "repeated".
    public var kind: String
    /// The first number.
    public var first: Int64
    /// The last number.
    public var last: Int64
    /// How many they are; the greatest number there is where they are more.
    public var count: Int64 {
      // Numbers are whole and not negative.
      last - first == .max ? .max : last - first + 1
    }
  }

  /// The night up to which was looked.
  public let night: Day
  /// The feeds that expect deliveries.
  public let feeds: [String]
  /// The gaps, by feed and day.
  public let spans: [Span]
  /// The feeds whose records or files are numbered.
  public let numberedFeeds: [String]
  /// What lacks of their numbers and what came twice, as the newest night that brought some found it; by feed and counter.
  public let numbers: [NumberSpan]

  /// Looks at what nights up to `night` took; without one, up to the newest night that was ingested.
  ///
  /// The feeds are those of `configuration`, or the `feedFiles` where some are given.
  public init(_ home: Home, night: Day?, configuration: String, feedFiles: [String] = []) throws {
    let folder =
      feedFiles.isEmpty ? try FeedFolder.load(configuration: configuration) : try FeedFolder(paths: feedFiles)
    let log = try CommitLog.open(home)
    guard let night = night ?? log.entries.filter({ $0.stage == "ingest" }).map(\.date).max() else {
      throw IngestError(.unreadableInput, "no night was ingested yet: name one with --date, or ingest one")
    }
    self.night = night
    let expecting = folder.feeds.filter(\.calendar.isDaily).sorted { $0.name < $1.name }
    feeds = expecting.map(\.name)
    let state = log.state(.knownBy(night))
    let completeness = try Completeness(home, state, night: night, feeds: folder.feeds)
    spans = expecting.flatMap { feed in
      DeliveryGaps.spans(completeness.missingDays(feed)).map { Span(feed: feed.name, first: $0.first, last: $0.last) }
    }
    numberedFeeds = folder.feeds.filter { $0.sequence != nil }.map(\.name).sorted()
    numbers = try DeliveryGaps.numbers(home, state, of: Set(numberedFeeds))
  }

  /// The table of the newest night holds; a gap that closed is no longer in it.
  private static func numbers(_ home: Home, _ state: LiveState, of feeds: Set<String>) throws -> [NumberSpan] {
    let products = state.products(Dataset.gaps.name)
    guard let newest = products.compactMap({ $0.partition["date"] }).max() else { return [] }
    let tables = try products.filter { $0.partition["date"] == newest }.map { try ParquetFile.read(home.url($0.name)) }
    let table = try Table.concatenating(tables, schema: Dataset.gaps.schema)
    let (names, sources) = (try table.string("feed").values, try table.string("source").values)
    let kinds = try table.string("kind").values
    let (firsts, lasts) = (try table.int64("first").values, try table.int64("last").values)
    return names.indices.filter { feeds.contains(names[$0]) }.map { row in
      NumberSpan(
        feed: names[row], source: sources[row], kind: kinds[row], first: firsts[row], last: lasts[row])
    }
  }

  /// Runs of neighbouring days among ascending ones.
  private static func spans(_ days: [Day]) -> [(first: Day, last: Day)] {
    var spans: [(first: Day, last: Day)] = []
    for day in days {
      if let last = spans.last?.last, last + 1 == day {
        spans[spans.count - 1].last = day
      } else {
        spans.append((day, day))
      }
    }
    return spans
  }

  /// The days that are missing, of all feeds together.
  public var dayCount: Int { spans.reduce(0) { $0 + $1.dayCount } }

  /// How many numbers are "missing" or "repeated", of all feeds together.
  public func numberCount(_ kind: String) -> Int64 {
    numbers.filter { $0.kind == kind }.reduce(0) { sum, span in
      sum > .max - span.count ? .max : sum + span.count
    }
  }
}
