import ArgumentParser
import Calendar
import Configuration
import Learning
import Ledger
import Stage
import Twins

@main struct ScoreStage: StageCommand {
  static let configuration = StageOutcome.configuration(
    "score", abstract: "Score the night's twins with the champion, or any table with a model of its own.",
    discussion: """
      Reads data/twins of the night, the champion of data/models/churn, and churn.yaml, value.yaml and registry.yaml of models/;
      writes data/scores: both calibrated probabilities, margin, lifetime value and the three fields that raise the score
      most; and data/score-drift. Subscriptions in notice and prepaid ones already silent are not scored.

      With --model and --input no home is needed: the rows of a Parquet or CSV table are scored by a model in LightGBM's text
      format, or a logistic one of 'nightjar-train fit', and written to --output in their order.
      """)

  @OptionGroup var options: StageOptions
  @OptionGroup var table: TableOptions

  /// A table has nothing to do with the home.
  var requestedAccess: HomeAccess { table.input == nil ? Self.access : .reads }

  func validate() throws {
    guard table.input == nil || options.home == nil && options.date == nil else {
      throw ValidationError("--home and --date are of a night: a table has none")
    }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    if let scored = try table.outcome(context) { return scored }
    let day = try context.day
    let night = try ScoringNight(
      context.home, night: day, churn: .load(path: context.config("models/churn.yaml")),
      value: .load(path: context.config("models/value.yaml")),
      registry: .load(path: context.config(RegistryDefinition.file)),
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
