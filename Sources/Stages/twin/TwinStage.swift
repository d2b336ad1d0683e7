import ArgumentParser
import Stage

/// `nightjar-twin`: a night's twins, and what can be asked about them.
@main struct TwinStage: StageGroup {
  static let configuration = {
    var configuration = StageOutcome.configuration(
      "twin", abstract: "Build the night's twins; check and show the catalogue of their fields.",
      subcommands: [NightCommand.self, FieldsCommand.self])
    configuration.defaultSubcommand = NightCommand.self
    return configuration
  }()
}
