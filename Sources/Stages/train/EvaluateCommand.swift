import ArgumentParser
import Learning
import Stage

/// `nightjar-train evaluate`: the newest model beside the truth of a synthetic operator.
struct EvaluateCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "evaluate", abstract: "Compare the newest model's predictions with the truth of a synthetic operator.",
    discussion: """
      Reads the predictions of the model's test date and the file that 'nightjar-synth --truth FILE.parquet --pseudonyms \
      --truth-day DATE' wrote. Prints AUC, lift, log loss and calibration beside those of the best observable probability; \
      ends with 65 where a claim does not hold.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Option(help: ArgumentHelp("The truth.", valueName: "parquet"))
  var truth: String

  func run(_ context: StageContext) throws -> StageOutcome {
    let comparison = try TruthComparison(home: context.home, truthPath: truth)
    if !context.isJSON { comparison.lines.forEach(context.output) }
    let failed = comparison.claims.filter { !$0.holds }
    guard failed.isEmpty else {
      throw StageFailure(status: .badData, "\(failed.count) of \(comparison.claims.count) claims do not hold")
    }
    return .answered(summary: "\(comparison.claims.count) claims hold", json: try comparison.json)
  }
}
