import ArgumentParser
import Calendar
import Configuration
import Decisions
import Ledger
import Stage

@main struct DecideStage: StageCommand {
  static let configuration = StageOutcome.configuration(
    "decide", abstract: "Decide the night's actions under policy and budget, with control groups.",
    discussion: """
      Reads the night's twins and scores, past contacts and withheld actions, offers.yaml and policy.yaml of the
      configuration folder; writes data/decisions and data/assignments. Needs no vault.
      """)

  @OptionGroup var options: StageOptions

  func run(_ context: StageContext) throws -> StageOutcome {
    let run = DecisionRun(
      context.home, night: try context.day, offers: try .load(path: context.config("offers.yaml")),
      policy: try .load(path: context.config("policy.yaml")), threads: context.threads, versions: context.versions)
    if context.isDryRun {
      let (counts, warnings) = try run.rehearse()
      return .published("dry run: " + DecisionSummary(counts).line, warnings: warnings, counts: counts)
    }
    switch try run.run() {
    case .alreadyDone(let entry):
      return .nothingToDo("\(entry.fileName) holds these decisions")
    case .published(let entry):
      return .published(DecisionSummary(entry.counts).line, warnings: entry.warnings, counts: entry.counts)
    }
  }
}
