import ArgumentParser
import Catalog
import Ledger
import Stage

/// `nightjar run`: the stages of a pipeline file in order, then the night entry that lets readers see them.
struct RunCommand: StageCommand {
  static let configuration = StageOutcome.command("run", abstract: "Run the stages of a pipeline file, in order.")
  static let access = HomeAccess.governs

  @OptionGroup var options: StageOptions
  @Argument(help: ArgumentHelp("Pipeline file.", valueName: "pipeline"))
  var pipeline: String
  @Option(help: ArgumentHelp("Folder of the deliveries; overrides the pipeline's own.", valueName: "dir"))
  var inbox: String?

  func run(_ context: StageContext) throws -> StageOutcome {
    let day = try context.day
    let pipeline = try Pipeline.load(path: pipeline, inbox: inbox)
    let stages = PipelineRun(pipeline, options, context)
    if context.isDryRun {
      stages.plan.forEach(context.output)
      return .nothingToDo("would run \(pipeline.steps.count) stages on \(context.home.path)")
    }
    let setup = HomeSetup(context.home)
    try setup.makeFolder()
    let lock = try FileLock.run(context.home, purpose: "nightjar run \(day)")
    if !context.home.isInitialized { context.warn(try setup.runLocked().warning) }
    try Transaction.recover(context.home)
    let warned = try stages.run()
    let night = try Night(context.home, date: day).close(configDigest: pipeline.digest, versions: context.versions)
    let (lists, scoring, warnings) = publish(context, night.entry, warned: warned)
    _ = consume lock
    let summary = NightSummary(night: night.entry, lists: lists, scoring: scoring)
    return .published(summary.text(isNew: night.isNew, stageCount: pipeline.steps.count), warnings: warnings)
  }

  /// What follows a durable night: its failure takes nothing back, and the next run repairs it.
  private func publish(
    _ context: StageContext, _ night: LogEntry, warned: [String]
  ) -> (lists: [Product], scoring: LogEntry?, warnings: [String]) {
    var warnings = warned.map { "\($0) published with warnings" }
    var lists: [Product] = []
    var scoring: LogEntry?
    do {
      let log = try CommitLog.open(context.home)
      lists = NightSummary.lists(of: night, in: log)
      scoring = NightSummary.scoring(of: night, in: log)
      try VisibleLinks(log).rollForward(context.home)
      let catalog = CatalogFile(context.home)
      if !catalog.isCurrent(log) { try catalog.rebuild(log) }
    } catch { warnings.append("the night is closed, but links or catalog are not up to date (run again): \(error)") }
    return (lists, scoring, warnings)
  }
}
