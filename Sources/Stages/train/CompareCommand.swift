import ArgumentParser
import Configuration
import Learning
import Stage
import Twins

/// `nightjar-train compare`: two versions on the same held-out rows.
struct CompareCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "compare", abstract: "Compare two versions on the same held-out rows, and say what the rule makes of the second.",
    discussion: """
      The rows are those of the later test date. The version of that date has learned nothing from them; the other one scores them with \
      its model in use, on the twins of that date, and a note says where it has learned from labels of the same days. Where both have \
      the same test date, both have held it out. Versions are named v0002, 2, champion or challenger; without names the \
      champion is compared with the newest challenger. Prints the metrics side by side, over all and within prepaid and postpaid, \
      the differences with their intervals, and each condition of models/registry.yaml with its number. Rows that a contact may have \
      changed do not count, and the others are weighted; the metrics of all rows as they came stand beside them. Nothing is written.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Argument(help: ArgumentHelp("The version that plays the champion.", valueName: "version"))
  var first: String?
  @Argument(help: ArgumentHelp("The version that plays the challenger.", valueName: "version"))
  var second: String?

  func validate() throws {
    if options.date != nil { throw ValidationError("--date is not for this command") }
    if first != nil, second == nil { throw ValidationError("name two versions, or none") }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    let comparison = try VersionComparison(
      context.home, first: first, second: second,
      registry: .load(path: context.config(RegistryDefinition.file)),
      catalogue: .load(path: context.config(TwinCatalogue.subscriptionFile)), threads: context.threads)
    if !context.isJSON { comparison.lines.forEach(context.output) }
    return .answered(summary: comparison.summary, json: try comparison.json)
  }
}
