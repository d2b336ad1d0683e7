import ArgumentParser
import Calendar
import Ingest
import Ledger
import Stage

/// `nightjar-ingest gaps`: which deliveries have not come.
struct GapsCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "gaps", abstract: "List the days for which a feed expects a delivery and none came.",
    discussion: """
      By the log and the calendars of the feeds, up to --date (default: the newest night ingested). One line a gap: feed,
      first day, last day, number of days. Status 3 where there is a gap.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions

  @Option(
    name: .customLong("feed"),
    help: ArgumentHelp("Feed file to use instead of the configuration folder's; may be repeated.", valueName: "file"))
  var feedFiles: [String] = []

  func run(_ context: StageContext) throws -> StageOutcome {
    let gaps = try DeliveryGaps(
      context.home, night: context.optionalDay, configuration: context.configFolder, feedFiles: feedFiles)
    if !context.isJSON {
      for span in gaps.spans { context.output("\(span.feed) \(span.first) \(span.last) \(span.dayCount)") }
    }
    let count = gaps.dayCount
    let days = count == 1 ? "1 day is" : "\(count) days are"
    var outcome = StageOutcome.published(
      "\(gaps.feeds.count) \(gaps.feeds.count == 1 ? "feed expects" : "feeds expect") deliveries up to \(gaps.night)\(count == 0 ? ": none is missing" : "")",
      warnings: count == 0 ? [] : ["\(days) not covered: windows over \(count == 1 ? "it" : "them") are unknown"],
      counts: ["feeds": Int64(gaps.feeds.count), "missingDays": Int64(count)])
    outcome.resultJSON = GapsCommand.json(gaps).text
    return outcome
  }

  /// `{"feeds":[…],"missing":[{"dayCount":1,"feed":"…","first":"…","last":"…"}],"night":"…"}`.
  private static func json(_ gaps: DeliveryGaps) -> CanonicalJSON {
    .object([
      "feeds": .array(gaps.feeds.map { .string($0) }),
      "missing": .array(
        gaps.spans.map { span in
          .object([
            "dayCount": .integer(Int64(span.dayCount)), "feed": .string(span.feed),
            "first": .string(span.first.description), "last": .string(span.last.description),
          ])
        }),
      "night": .string(gaps.night.description),
    ])
  }
}
