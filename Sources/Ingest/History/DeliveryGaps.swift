public import Calendar
import Columns
public import Ledger

/// What has not come: days for which a feed's calendar expects a delivery and none covers, by the log and never by the clock.
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

  /// The night up to which was looked.
  public let night: Day
  /// The feeds that expect deliveries.
  public let feeds: [String]
  /// The gaps, by feed and day.
  public let spans: [Span]

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
    let completeness = try Completeness(home, log.state(.knownBy(night)), night: night, feeds: folder.feeds)
    spans = expecting.flatMap { feed in
      DeliveryGaps.spans(completeness.missingDays(feed)).map { Span(feed: feed.name, first: $0.first, last: $0.last) }
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
}
