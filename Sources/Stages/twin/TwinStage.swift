import ArgumentParser
import Stage

/// `nightjar-twin`: a night's twins, and what can be asked about them.
@main struct TwinStage: StageGroup {
  static let configuration = {
    var configuration = StageOutcome.configuration(
      "twin",
      abstract: "Build the night's twins; show, compare and reconstruct them; check the catalogue of their fields.",
      subcommands: [
        NightCommand.self, ShowCommand.self, DiffCommand.self, SnapshotCommand.self, FieldsCommand.self,
        QualityCommand.self,
      ])
    configuration.defaultSubcommand = NightCommand.self
    return configuration
  }()
}
