import ArgumentParser
import Parallelism
import Stage
import Synthetic

/// Whether and how policies are compared.
struct PolicyOptions: ParsableArguments {
  @Flag(help: "Compare policies of contacting on the last day by their expected gain; delivers nothing.")
  var policies = false
  @Option(help: ArgumentHelp("Persons who may be contacted, as a share of the base.", valueName: "share"))
  var capacity = 0.25

  func validate() throws {
    guard (0...1).contains(capacity) else { throw ValidationError("--capacity wants a share from 0 to 1") }
  }

  /// A run makes a world, or compares policies on one.
  func validate(besides product: String?) throws {
    guard policies == (product == nil) else {
      throw ValidationError("name --output, --truth or both; or --policies alone")
    }
  }

  /// Compares the policies and prints them, as a table or as JSON.
  func compare(_ run: OperatorRun, _ what: String, _ context: StageContext) throws -> StageOutcome {
    let study = try run.studyContacts()
    let learner = ResponseLearner(threads: WorkerThreads(count: context.threads))
    let comparison = PolicyComparison(
      study, capacityShare: capacity, estimatesE4: try learner.estimatesE4(study))
    let table = PolicyTable(comparison: comparison)
    if !context.isJSON { table.lines.forEach(context.output) }
    return .answered(summary: "\(what): \(comparison.rows.count) policies compared", json: table.json)
  }
}
