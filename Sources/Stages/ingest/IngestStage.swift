import ArgumentParser
import Stage

/// `nightjar-ingest`: a night's deliveries, and what can be asked and done about earlier ones.
@main struct IngestStage: StageGroup {
  static let configuration = {
    var configuration = StageOutcome.configuration(
      "ingest", abstract: "Read new deliveries into facts, rejects and the vault.",
      discussion: IngestHelp.text,
      subcommands: [NightCommand.self, GapsCommand.self, RejectsCommand.self, ReplayCommand.self])
    configuration.defaultSubcommand = NightCommand.self
    return configuration
  }()
}
