import ArgumentParser
import Calendar
import Columns
import FoundationEssentials
import Ledger
import Stage
import Twins

/// `nightjar-twin snapshot`: the twins of any day, as any night knew them, in a file of one's own.
struct SnapshotCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "snapshot", abstract: "Write the twins of a day, as known by a night, to a Parquet file.",
    discussion: """
      For questions about the past: with the knowledge of that day (what a training row sees), or with that of a later night \
      (what corrections have changed since). Reads every fact of the windows; publishes nothing in the home. --output must not \
      be there yet.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Option(
    name: .customLong("as-of"), help: ArgumentHelp("The day at whose end the twins are taken.", valueName: "date"))
  var asOf: String
  @Option(
    name: .customLong("known-by"),
    help: ArgumentHelp("The night whose knowledge they have (default: that of --as-of).", valueName: "date"))
  var knownBy: String?
  @Option(help: ArgumentHelp("The file to write.", valueName: "parquet"))
  var output: String

  func validate() throws {
    if options.date != nil { throw ValidationError("--date is not for this command") }
    guard let day = Day(asOf), let night = Day(knownBy ?? asOf), day <= night else {
      throw ValidationError("--as-of and --known-by are days as yyyy-MM-dd, --known-by not before --as-of")
    }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    guard let day = Day(asOf), let night = Day(knownBy ?? asOf) else { return .nothingToDo("no day") }
    let twin = try SubscriptionTwin.build(
      .load(path: context.config(TwinCatalogue.subscriptionFile)),
      state: CommitLog.open(context.home).state(.knownBy(night)), home: context.home, asOf: day, knownBy: night,
      threads: context.threads)
    guard !FileManager.default.fileExists(atPath: output) else {
      throw StageFailure(status: .cannotCreate, "\(output) is there already")
    }
    if !context.isDryRun { try ParquetFile.write(twin, to: output) }
    return .answered(
      summary: "\(twin.rowCount) subscriptions of \(day), as known by \(night)",
      json: CanonicalJSON.object(["rows": .integer(Int64(twin.rowCount))]).text)
  }
}
