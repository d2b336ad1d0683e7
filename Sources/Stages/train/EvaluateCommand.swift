import ArgumentParser
import Learning
import Stage

/// `nightjar-train evaluate`: scores of a table beside its labels, or a version beside the truth of a synthetic operator.
struct EvaluateCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "evaluate", abstract: "Evaluate scores beside labels, of any table or of a version of the churn model.",
    discussion: """
      With --input: AUC, average precision, lift and gain, log loss, Brier score, calibration and expected maximum profit of \
      a CSV or Parquet file of labels and scores, over all rows and within segments, with intervals and definitions. Rows \
      without a label or a score are left out and counted: status 3.

      With --truth: the predictions of the champion, or of the version that is named, for its test date beside the file that \
      'nightjar-synth --truth FILE.parquet --pseudonyms --truth-day DATE' wrote. Prints AUC, lift, \
      log loss and calibration beside those of the best observable probability; ends with 65 where a claim does not hold, or the version predicts another horizon than the truth's 30 days.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @OptionGroup(title: "Scores of a table") var table: TableEvaluationOptions
  @Argument(
    help: ArgumentHelp("With --truth: the version, as v0002 (default: the champion).", valueName: "version"))
  var version: String?
  @Option(
    help: ArgumentHelp("The truth of a synthetic operator, for a version of --home.", valueName: "parquet"))
  var truth: String?

  func validate() throws {
    guard let truth else {
      guard table.input != nil else {
        throw ValidationError("evaluate wants --input FILE --label COLUMN --score COLUMN, or --home DIR --truth FILE")
      }
      if options.home != nil { throw ValidationError("--home goes with --truth: a table is evaluated without a home") }
      if let version { throw ValidationError("\(version) is no option: a version goes with --truth") }
      return try table.check()
    }
    if let name = table.given.first {
      throw ValidationError("\(name) goes with a table, and --truth \(truth) asks for a version of --home")
    }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    guard let truth else { return try table.run(context) }
    let comparison = try TruthComparison(home: context.home, version: version, truthPath: truth)
    if !context.isJSON { comparison.lines.forEach(context.output) }
    let failed = comparison.claims.filter { !$0.holds }
    guard failed.isEmpty else {
      throw StageFailure(status: .badData, "\(failed.count) of \(comparison.claims.count) claims do not hold")
    }
    return .answered(summary: "\(comparison.claims.count) claims hold", json: try comparison.json)
  }
}
