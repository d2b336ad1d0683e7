import ArgumentParser
import Learning
import Stage

/// `nightjar-train untreated`: the newest model beside what would happen if nothing were done.
struct UntreatedCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "untreated", abstract: "Compare the newest model's predictions with the untreated truth of a synthetic operator.",
    discussion: """
      Reads the predictions of the model's test date and the file that 'nightjar-synth --responses law --truth FILE.parquet \
      --pseudonyms --truth-day DATE' wrote. Prints mean predicted and true probabilities of the base and of the tenth with the \
      greatest predictions; ends with 65 where that tenth lies more than a tenth beside the truth.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Option(help: ArgumentHelp("The truth.", valueName: "parquet"))
  var truth: String

  func run(_ context: StageContext) throws -> StageOutcome {
    let comparison = try UntreatedComparison(home: context.home, truthPath: truth)
    if !context.isJSON { comparison.lines.forEach(context.output) }
    guard comparison.holds else {
      throw StageFailure(status: .badData, "the riskiest tenth is not predicted within a tenth of its untreated risk")
    }
    return .answered(
      summary: "the riskiest tenth is predicted within a tenth of its untreated risk", json: try comparison.json)
  }
}
