import ArgumentParser
import Stage

/// `nightjar-train`: the night's training, and the learners on any table.
@main struct TrainStage: StageGroup {
  static let configuration = {
    var configuration = StageOutcome.configuration(
      "train", abstract: "Train the churn model where it is due; fit a learner to any table; evaluate.",
      subcommands: [NightCommand.self, FitCommand.self, EvaluateCommand.self, UntreatedCommand.self])
    configuration.defaultSubcommand = NightCommand.self
    return configuration
  }()
}
