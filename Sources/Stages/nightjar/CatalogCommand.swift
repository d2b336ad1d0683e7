import ArgumentParser
import Catalog
import Ledger
import Stage

/// `nightjar catalog`: catalog.sqlite built anew from the log.
struct CatalogCommand: StageCommand {
  static let configuration = StageOutcome.command("catalog", abstract: "Rebuild catalog.sqlite from the log.")

  @OptionGroup var options: StageOptions

  func run(_ context: StageContext) throws -> StageOutcome {
    let log = try CommitLog.open(context.home)
    if context.isDryRun { return .nothingToDo("would rebuild \(CatalogFile.name) of \(log.entries.count) entries") }
    try CatalogFile(context.home).rebuild(log)
    return .done(summary: "\(CatalogFile.name) holds \(log.entries.count) entries")
  }
}
