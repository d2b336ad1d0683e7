import ArgumentParser
import Stage

/// `nightjar-train`: the night's training, the registry of its versions, and the learners on any table.
@main struct TrainStage: StageGroup {
  static let configuration = {
    var configuration = StageOutcome.configuration(
      "train", abstract: "Train the churn model where it is due; say which version scores; fit a learner to any table.",
      subcommands: [
        NightCommand.self, ModelsCommand.self, CompareCommand.self, PromoteCommand.self, RollbackCommand.self,
        FitCommand.self, SearchCommand.self, RowsCommand.self, EvaluateCommand.self, UntreatedCommand.self,
      ])
    configuration.defaultSubcommand = NightCommand.self
    return configuration
  }()
}
