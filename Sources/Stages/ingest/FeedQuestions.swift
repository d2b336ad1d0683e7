import ArgumentParser
import Ingest
import Stage

/// What can be asked about feeds without a home: a proposal for a file, and the presets there are.
struct FeedQuestions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Propose a feed file from a delivered file, on stdout; needs no home and writes nothing.", valueName: "file"))
  var infer: String?

  @Flag(help: "List the presets of the configuration folder.")
  var listPresets = false

  @Option(help: ArgumentHelp("Say what a preset reads and which options it has.", valueName: "name"))
  var explainPreset: String?

  /// Whether there is a question.
  var isAsked: Bool { infer != nil || listPresets || explainPreset != nil }

  func validate() throws {
    if [infer != nil, listPresets, explainPreset != nil].filter({ $0 }).count > 1 {
      throw ValidationError("--infer, --list-presets and --explain-preset are one question each")
    }
  }

  /// Answers the question, if there is one.
  func answer(_ context: StageContext) throws -> StageOutcome? {
    if let infer {
      let proposal = try FeedInference.propose(path: infer, configuration: context.configFolder)
      if !context.isJSON { context.output(String(proposal.text.dropLast())) }
      var outcome = StageOutcome.published(
        proposal.summary, warnings: proposal.openPoints.map { "to fill in: \($0)" })
      outcome.resultJSON = proposal.json
      return outcome
    }
    guard isAsked else { return nil }
    let presets = try PresetListing(configuration: context.configFolder)
    let lines = try explainPreset.map { try presets.explanation(of: $0) } ?? presets.lines
    if !context.isJSON { for line in lines { context.output(line) } }
    return .answered(
      summary: "\(presets.count) \(presets.count == 1 ? "preset" : "presets") in \(presets.folder)", json: presets.json)
  }
}
