import ArgumentParser
import Calendar
import Learning
import Stage

/// `nightjar-train models`: the versions, and which of them scores.
struct ModelsCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "models", abstract: "List the versions of the churn model with status, verdict and metrics, and every act.",
    discussion: """
      Status: champion (it scores in the newest night), challenger, former (another took its place), rolled-back. The verdict is that \
      of models/registry.yaml when the version was trained: promoted, ready (it waits for a person), held (beside the champion), refused \
      (below the floors). Below are the promotions and rollbacks by hand, with who and why. --date lists what a night knew.

      A champion of a night still to come is listed with 'from' and that night, and damaged or missing files with a note: status 3.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions

  func run(_ context: StageContext) throws -> StageOutcome {
    let listing = try ModelListing(context.home, knownBy: context.optionalDay)
    if !context.isJSON { listing.lines.forEach(context.output) }
    return .answered(summary: listing.summary, json: try listing.json, warnings: listing.warnings)
  }
}
