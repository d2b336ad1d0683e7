import ArgumentParser
import Calendar
import Configuration
import Learning
import Ledger
import Stage
import Twins

/// `nightjar-train` of a night: a new version of the churn model where the newest one is old.
struct NightCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "night",
    abstract:
      "Train a new version of the churn model where the newest one is older than the YAML says, or the champion cannot score.",
    discussion: """
      Reads models/churn.yaml, models/registry.yaml, twins/subscription.yaml, data/facts, data/coverage and the champion; writes \
      data/models/churn/vNNNN with model (LightGBM's text format), logistic, calibration, metrics, reference, decision, card and \
      the predictions of the test date. The version is judged by models/registry.yaml beside the champion: it takes its place, or \
      stays challenger and the entry warns why. Where history allows no version the champion stays, with status 3; without a champion \
      that can score it ends with 65.
      """)

  @OptionGroup var options: StageOptions
  @Flag(help: "Train even if the newest model is young.")
  var force = false

  func run(_ context: StageContext) throws -> StageOutcome {
    let night = try TrainingNight(
      context.home, night: try context.day, document: .load(path: context.config("models/churn.yaml")),
      registry: .load(path: context.config(RegistryDefinition.file)),
      catalogue: .load(path: context.config(TwinCatalogue.subscriptionFile)), isForced: force, threads: context.threads,
      versions: context.versions)
    if context.isDryRun { return .nothingToDo(try night.notDue().map(sentence) ?? "a run would train a new version") }
    let outcome = try night.run()
    switch outcome {
    case .published(let entry, _, let summary):
      return .published(summary, warnings: entry.warnings, counts: entry.counts)
    case .kept(_, let reason): return .published(sentence(outcome), warnings: ["no new version: \(reason)"])
    case .notDue, .alreadyDone: return .nothingToDo(sentence(outcome))
    }
  }

  private func sentence(_ outcome: TrainingNight.Outcome) -> String {
    switch outcome {
    case .notDue(let version, let trained): "\(version), trained on \(trained), is young enough"
    case .alreadyDone(let entry): "\(entry.fileName) holds this training"
    case .kept(let champion, _): "\(champion) stays champion, since no version can be trained now"
    case .published(_, let version, _): version
    }
  }
}
