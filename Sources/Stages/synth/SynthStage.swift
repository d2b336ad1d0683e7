import ArgumentParser
import Calendar
import Configuration
import Stage
import Synthetic

@main struct SynthStage: StageCommand {
  static let configuration = StageOutcome.configuration(
    "synth", abstract: "Make a synthetic operator from a seed: deliveries of its systems, and the truth beside them.")
  /// It needs no home: it writes arrival folders for one.
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Option(help: "Folder of the arrival folders; it must not hold anything yet.") var output: String
  @Option(help: "Subscriptions on the base on the first day.") var subscribers = 1_000
  @Option(help: "Days of the run.") var days = 180
  @Option(help: ArgumentHelp("Last day of the run (default: --date).", valueName: "date")) var until: String?
  @Option(help: "Last nights delivered as raw archives; the days before come as daily sums.") var rawNights = 3
  @Option(help: "File of the truth, .csv or .parquet; never part of a delivery.") var truth: String?

  func run(_ context: StageContext) throws -> StageOutcome {
    let last = try until.map { text in
      guard let day = Day(text) else { throw StageFailure(status: .usage, "--until wants yyyy-MM-dd, not '\(text)'") }
      return day
    }
    let settings = WorldSettings(
      seed: context.seed ?? 1, subscriptionCount: subscribers, dayCount: days, until: try last ?? context.day,
      rawNightCount: rawNights)
    let run = try OperatorRun(settings, folder: output, threadCount: context.threads)
    let what = "\(subscribers) subscribers, \(days) days until \(settings.until), seed \(settings.seed)"
    if context.isDryRun { return .done(summary: "would make \(what) in \(output)") }
    let made = try run.write(truthPath: truth)
    return .done(
      summary: "\(what): \(made.fileCount) files in \(output)",
      counts: [
        "files": Int64(made.fileCount), "subscriptions": Int64(made.subscriptionCount),
        "rawEvents": Int64(made.rawEventCount), "truthRows": Int64(made.truthRowCount),
      ])
  }
}
