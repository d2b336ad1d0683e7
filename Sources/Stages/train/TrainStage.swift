import ArgumentParser
import Stage

/// `nightjar-train`: the night's training, and the learners on any table.
@main struct TrainStage: StageGroup {
  static let configuration = {
    var configuration = StageOutcome.configuration(
      "train", abstract: "Train the churn model where it is due; or fit a learner to any table.",
      subcommands: [NightCommand.self, FitCommand.self])
    configuration.defaultSubcommand = NightCommand.self
    return configuration
  }()
}
