import ArgumentParser
import Learning
import Ledger
import Stage

/// `nightjar-train promote`: a version becomes champion by hand.
struct PromoteCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "promote", abstract: "Make a version champion from the night of --date on, with who and why in the signed log.",
    discussion: """
      The next night of scoring uses it. A version that models/registry.yaml held or refused can be promoted too: the entry warns of \
      it, and of a night beyond the next one. A version whose files cannot be read is refused. Promoting the champion again does \
      nothing. 'nightjar-train rollback' takes it back.
      """)

  @OptionGroup var options: StageOptions
  @OptionGroup var reason: ActReason
  @Argument(help: ArgumentHelp("The version, as v0002.", valueName: "version"))
  var version: String

  func run(_ context: StageContext) throws -> StageOutcome {
    try reason.outcome(.promote(version), context)
  }
}

/// `nightjar-train rollback`: the champion before the present one scores again.
struct RollbackCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "rollback", abstract: "Return to the champion before the present one, from the night of --date on.",
    discussion: """
      The next night of scoring uses it; where its files cannot be read, nothing is done. The version that was rolled back stays, \
      and can be promoted again. The same command again does nothing: a second step back has other words in --why.
      """)

  @OptionGroup var options: StageOptions
  @OptionGroup var reason: ActReason

  func run(_ context: StageContext) throws -> StageOutcome {
    try reason.outcome(.rollback, context)
  }
}

/// Who acts, and why.
struct ActReason: ParsableArguments {
  @Option(help: ArgumentHelp("Who decides this: a name or a role.", valueName: "who"))
  var by: String
  @Option(help: ArgumentHelp("Why, in one line.", valueName: "text"))
  var why: String

  func outcome(_ request: PromotionAct.Request, _ context: StageContext) throws -> StageOutcome {
    let act = try PromotionAct(
      context.home, night: context.day, request: request, by: by, why: why, versions: context.versions)
    if context.isDryRun { return .nothingToDo(try act.plan()) }
    switch try act.run() {
    case .alreadyDone(let sentence): return .nothingToDo(sentence)
    case .published(let entry, let summary):
      return .published(summary, warnings: entry.warnings, counts: entry.counts)
    }
  }
}
