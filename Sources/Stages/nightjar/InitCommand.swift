import ArgumentParser
import Ledger
import Stage

/// `nightjar init`: a home, its keys and entry 1; safe to run again.
struct InitCommand: StageCommand {
  static let configuration = StageOutcome.command("init", abstract: "Make a data home and its keys.")
  static let access = HomeAccess.governs

  @OptionGroup var options: StageOptions

  func run(_ context: StageContext) throws -> StageOutcome {
    if context.isDryRun {
      let folder = try context.home.keysFolder
      return .nothingToDo(
        context.home.isInitialized
          ? "\(context.home.path) is initialised" : "would make \(context.home.path) with its keys in \(folder)")
    }
    let outcome = try HomeSetup(context.home).run()
    guard outcome.isNew else { return .nothingToDo("\(context.home.path) is initialised") }
    context.warn(outcome.warning)
    return .done(summary: "made \(context.home.path), key \(outcome.publicKey.identifier)")
  }
}
