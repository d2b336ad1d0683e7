import ArgumentParser
import Calendar
import Configuration
import Stage
import Synthetic
import Vault

@main struct SynthStage: StageCommand {
  static let configuration = StageOutcome.configuration(
    "synth", abstract: "Make a synthetic operator from a seed: deliveries of its systems, and the truth beside them.")
  /// It needs no home: it writes arrival folders for one.
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Option(help: "Folder of the arrival folders; it must not hold anything yet. Without it nothing is delivered.")
  var output: String?
  @Option(help: "Seed of every draw.") var seed: UInt64 = 1
  @Option(help: "Subscriptions on the base on the first day.") var subscribers = 1_000
  @Option(help: "Days of the run.") var days = 180
  @Option(help: ArgumentHelp("Last day of the run (default: --date).", valueName: "date")) var until: String?
  @Option(help: "Last nights delivered as raw archives; the days before come as daily sums.") var rawNights = 3
  @OptionGroup var contacts: ContactOptions
  @OptionGroup var policies: PolicyOptions
  @Option(help: "File of the truth, .csv or .parquet; never part of a delivery.") var truth: String?
  @Option(help: ArgumentHelp("Day of the truth; repeatable (default: every 14 days).", valueName: "date"))
  var truthDay: [String] = []
  @Flag(help: "Name the pseudonyms of --home in the truth, too; this reads the home's pseudonym key.")
  var pseudonyms = false

  func validate() throws {
    try policies.validate(besides: output ?? truth)
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    let settings = WorldSettings(
      seed: seed, subscriptionCount: subscribers, dayCount: days,
      until: try until.map(day) ?? context.day, rawNightCount: rawNights, truthDays: Set(try truthDay.map(day)),
      responses: contacts.responses, campaigns: contacts.campaigns)
    let run = try OperatorRun(settings, folder: output, threadCount: context.threads)
    let what = "\(subscribers) subscribers, \(days) days until \(settings.until), seed \(settings.seed)"
    if policies.policies { return try policies.compare(run, settings, what, context) }
    if context.isDryRun { return .done(summary: "would make \(what) in \(output ?? "no folder")") }
    let made = try run.write(truthPath: truth, pseudonymKey: pseudonyms ? PseudonymKey.load(context.home) : nil)
    return .done(
      summary: "\(what): \(made.fileCount) files in \(output ?? "no folder"), \(made.truthRowCount) rows of truth",
      counts: [
        "files": Int64(made.fileCount), "subscriptions": Int64(made.subscriptionCount),
        "rawEvents": Int64(made.rawEventCount), "truthRows": Int64(made.truthRowCount),
      ])
  }

  private func day(_ text: String) throws -> Day {
    guard let day = Day(text) else { throw StageFailure(status: .usage, "a day is yyyy-MM-dd, not '\(text)'") }
    return day
  }
}
