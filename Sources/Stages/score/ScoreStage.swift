public import ArgumentParser
import Calendar
import Configuration
public import Learning
import Ledger
import Stage
import Twins

@main struct ScoreStage: StageCommand {
  static let configuration = StageOutcome.configuration(
    "score", abstract: "Score the night's twins with the newest churn model, or any table with a model of its own.",
    discussion: """
      Reads data/twins of the night, the newest data/models/churn, models/churn.yaml and models/value.yaml; writes
      data/scores: both calibrated probabilities, margin, lifetime value and the three fields that raise the score most.
      Subscriptions in notice and prepaid ones already silent are not scored.

      With --model and --input no home is needed: the rows of a Parquet or CSV table are scored by a model in LightGBM's text
      format, or a logistic one of 'nightjar-train fit', and written to --output in their order.
      """)

  @OptionGroup var options: StageOptions
  @Option(help: ArgumentHelp("Model file to score a table with.", valueName: "file"))
  var model: String?
  @Option(help: ArgumentHelp("Table to score.", valueName: "file"))
  var input: String?
  @Option(help: ArgumentHelp("Where the table's scores are written.", valueName: "parquet"))
  var output: String?
  @Option(help: ArgumentHelp("Contributions that are written: all, or those of n features a row.", valueName: "all|n"))
  var reasons: TableScoring.Reasons?
  @Option(
    help: ArgumentHelp("Columns of the table to write beside its scores, separated by commas.", valueName: "columns"))
  var keep: String?

  /// A table has nothing to do with the home.
  var requestedAccess: HomeAccess { input == nil ? Self.access : .reads }

  func validate() throws {
    guard (model == nil) == (input == nil) else { throw ValidationError("--model and --input need each other") }
    guard input != nil || output == nil && reasons == nil && keep == nil else {
      throw ValidationError("--output, --reasons and --keep are of a table: name it with --input")
    }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    if let model, let input {
      let scoring = TableScoring(
        model: model, reasons: reasons ?? .none, kept: keep?.split(separator: ",").map(String.init) ?? [])
      let report = try scoring.run(
        input: input, output: context.isDryRun ? nil : output, threads: context.threads)
      return .answered(summary: report.summary, json: try report.json)
    }
    let day = try context.day
    let night = try ScoringNight(
      context.home, night: day, churn: .load(path: context.config("models/churn.yaml")),
      value: .load(path: context.config("models/value.yaml")),
      catalogue: .load(path: context.config(TwinCatalogue.subscriptionFile)), threads: context.threads,
      versions: context.versions)
    if context.isDryRun { return .nothingToDo("a run would score the twins of \(day) with \(try night.modelLabel())") }
    switch try night.run() {
    case .alreadyDone(let entry):
      return .nothingToDo("\(entry.fileName) holds the scores of \(day)")
    case .published(let entry, let model):
      return .published(
        "\(entry.counts["rows"] ?? 0) subscriptions scored by \(model), \(entry.counts["notScored"] ?? 0) in notice or silent",
        warnings: entry.warnings, counts: entry.counts)
    }
  }
}

extension TableScoring.Reasons: ExpressibleByArgument {
  /// Reasons of a row that may be asked for by number.
  private static let counts = 1...100

  /// Reads `all` or a number of features.
  public init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if let count = Int(argument), Self.counts.contains(count) {
      self = .top(count)
    } else {
      return nil
    }
  }
}
