import ArgumentParser
import Calendar
import Ingest
import Ledger
import Stage

/// `nightjar-ingest gaps`: which deliveries have not come.
struct GapsCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "gaps", abstract: "List the days and the numbers that deliveries of a feed lack.",
    discussion: """
      By the log and the feeds, up to --date (default: the newest night ingested). One line for days in a row for which a
      feed's calendar expects a delivery and none came: feed, first day, last day, number of days. One line for numbers in
      a row of a feed with a sequence: feed, first number, last number, how many, missing or repeated, and the counter
      where there are several. Status 3 where there is a line.
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
      for span in gaps.numbers {
        let source = span.source.isEmpty ? "" : " \(span.source)"
        context.output("\(span.feed) \(span.first) \(span.last) \(span.count) \(span.kind)\(source)")
      }
    }
    let isNoneMissing = gaps.spans.isEmpty && gaps.numbers.isEmpty
    var outcome = StageOutcome.published(
      "\(gaps.feeds.count) \(gaps.feeds.count == 1 ? "feed expects" : "feeds expect") deliveries up to \(gaps.night)\(isNoneMissing ? ": none is missing" : "")",
      warnings: GapsCommand.warnings(gaps),
      counts: [
        "feeds": Int64(gaps.feeds.count), "missingDays": Int64(gaps.dayCount),
        "numberedFeeds": Int64(gaps.numberedFeeds.count), "missingNumbers": gaps.numberCount("missing"),
        "repeatedNumbers": gaps.numberCount("repeated"),
      ])
    outcome.resultJSON = GapsCommand.json(gaps).text
    return outcome
  }

  private static func warnings(_ gaps: DeliveryGaps) -> [String] {
    var warnings: [String] = []
    let days = gaps.dayCount
    if days > 0 {
      warnings.append(
        days == 1
          ? "1 day is not covered: windows over it are unknown"
          : "\(days) days are not covered: windows over them are unknown")
    }
    for kind in ["missing", "repeated"] {
      let count = gaps.numberCount(kind)
      if count > 0 { warnings.append("\(count) \(count == 1 ? "number is" : "numbers are") \(kind)") }
    }
    return warnings
  }

  /// `{"feeds":[…],"missing":[{"dayCount":1,"feed":"…","first":"…","last":"…"}],"night":"…","numbers":[{"count":1,
  /// "feed":"…","first":4,"kind":"missing","last":4,"source":"…"}]}`.
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
      "numbers": .array(
        gaps.numbers.map { span in
          .object([
            "count": .integer(span.count), "feed": .string(span.feed), "first": .integer(span.first),
            "kind": .string(span.kind), "last": .integer(span.last), "source": .string(span.source),
          ])
        }),
    ])
  }
}
