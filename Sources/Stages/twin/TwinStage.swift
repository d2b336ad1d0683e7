import ArgumentParser
import Stage

/// `nightjar-twin`: a night's twins, and what can be asked about them.
@main struct TwinStage: StageGroup {
  static let configuration = {
    var configuration = StageOutcome.configuration(
      "twin",
      abstract:
        "Build the night's twins; show, compare, trace and reconstruct them; check the catalogue of their fields.",
      subcommands: [
        NightCommand.self, ShowCommand.self, LineageCommand.self, ProcessesCommand.self, QualityCommand.self,
        DiffCommand.self, SnapshotCommand.self, RevisionsCommand.self,
        FieldsCommand.self,
      ])
    configuration.defaultSubcommand = NightCommand.self
    return configuration
  }()
}
