import ArgumentParser
import Parallelism
import Stage
import Synthetic

/// Whether and how policies are compared.
struct PolicyOptions: ParsableArguments {
  @Flag(help: "Compare policies of contacting on the last day by their expected gain; delivers nothing.")
  var policies = false
  @Option(help: ArgumentHelp("Persons who may be contacted, as a share of the base.", valueName: "share"))
  var capacity = PolicyLimits.capacityShare
  @Flag(help: "With --policies: end with 65 where points 23 or 24 of the law do not hold; wants 150,000 subscribers.")
  var check = false

  func validate() throws {
    guard (0...1).contains(capacity) else { throw ValidationError("--capacity wants a share from 0 to 1") }
    guard policies || !check else { throw ValidationError("--check goes with --policies") }
  }

  /// A run makes a world, or compares policies on one.
  func validate(besides product: String?) throws {
    guard policies == (product == nil) else {
      throw ValidationError("name --output, --truth or both; or --policies alone")
    }
  }

  /// Compares the policies and prints them, as a table or as JSON.
  ///
  /// - Throws: with `check`, a usage failure before the run where the world is none that the law limits, and bad data after it where
  ///   the law does not hold.
  func compare(
    _ run: OperatorRun, _ settings: WorldSettings, _ what: String, _ context: StageContext
  ) throws -> StageOutcome {
    if check { try PolicyLimits.validate(settings, capacityShare: capacity) }
    let study = try run.studyContacts()
    let learner = ResponseLearner(threads: WorkerThreads(count: context.threads))
    let comparison = PolicyComparison(
      study, capacityShare: capacity, estimatesE4: try learner.estimatesE4(study))
    let table = PolicyTable(comparison: comparison)
    if !context.isJSON { table.lines.forEach(context.output) }
    let compared = "\(what): \(comparison.rows.count) policies compared"
    guard check else { return .answered(summary: compared, json: table.json) }
    let broken = PolicyLimits.broken(comparison)
    guard broken.isEmpty else {
      throw StageFailure(status: .badData, "the law does not hold: \(broken.joined(separator: "; "))")
    }
    return .answered(summary: "\(compared), points 23 and 24 of the law hold", json: table.json)
  }
}
