import ArgumentParser
import Calendar
import Ledger
import Stage
import Twins

/// `nightjar-twin` of a night: facts in, twins out, one log entry.
struct NightCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "night",
    abstract:
      "Build the night's twins, a row each: subscriptions, customers, products and processes, from the facts known by the night.",
    discussion: """
      Reads twins/subscription.yaml, customer.yaml, product.yaml and process.yaml, data/facts, data/coverage and the state of use \
      that an earlier night left, writes data/twins/entity=<subscription, customer, product, process>/date=<night> and the \
      night's own state, data/state/entity=usage/date=<night>. Of use \
      it reads the days whose window changes and the files that changed; without a state, or after a change of the \
      catalogue that asks for more, every day. A window with a day whose deliveries are not complete is unknown, never \
      zero; the summary says so and the status is 3. Twins of earlier nights whose facts changed since are marked in \
      data/twin-revisions (`nightjar-twin revisions`). With --json the result has the milliseconds of its steps, too.
      """)

  @OptionGroup var options: StageOptions

  func run(_ context: StageContext) throws -> StageOutcome {
    Machine.keepFreedMemory()
    let night = try context.day
    let run = TwinRun(
      context.home, try .load { context.config($0) }, night: night,
      threads: context.threads, versions: context.versions)
    if context.isDryRun {
      return .nothingToDo("a run would read \(try run.sourceFileCount()) fact files")
    }
    switch try run.run() {
    case .alreadyDone(let entry):
      return .nothingToDo("\(entry.fileName) holds the twins of \(night)")
    case .published(let entry, let steps):
      let rows = entry.counts["rows"] ?? 0
      let inNotice = entry.counts["inNotice"] ?? 0
      var outcome = StageOutcome.published(
        "\(rows) subscriptions, \(inNotice) in notice, \(entry.counts["openProcesses"] ?? 0) open processes",
        warnings: entry.warnings, counts: entry.counts)
      outcome.milliseconds = steps.milliseconds
      return outcome
    }
  }
}
