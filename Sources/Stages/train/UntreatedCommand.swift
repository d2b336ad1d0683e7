import ArgumentParser
import Learning
import Stage

/// `nightjar-train untreated`: the champion, or another version, beside what would happen if nothing were done.
struct UntreatedCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "untreated", abstract: "Compare a version's predictions with the untreated truth of a synthetic operator.",
    discussion: """
      Reads the predictions of the champion, or of the version that is named, for its test date and the file that \
      'nightjar-synth --responses law --truth FILE.parquet --pseudonyms --truth-day DATE' wrote. Prints mean \
      predicted and true probabilities of the base and of the tenth with the greatest predictions, over all and within prepaid and postpaid; ends with 65 where the tenth of all lies more than a tenth beside \
      the truth. The truth covers 30 days: a version of another horizon ends with 65, too.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Argument(help: ArgumentHelp("The version, as v0002 (default: the champion).", valueName: "version"))
  var version: String?
  @Option(help: ArgumentHelp("The truth.", valueName: "parquet"))
  var truth: String

  func run(_ context: StageContext) throws -> StageOutcome {
    let comparison = try UntreatedComparison(home: context.home, version: version, truthPath: truth)
    if !context.isJSON { comparison.lines.forEach(context.output) }
    guard comparison.holds else {
      throw StageFailure(
        status: .badData,
        "the riskiest tenth is not predicted within a tenth of its untreated risk (\(comparison.ratios))")
    }
    return .answered(
      summary: "the riskiest tenth is predicted within a tenth of its untreated risk (\(comparison.ratios))",
      json: try comparison.json)
  }
}
