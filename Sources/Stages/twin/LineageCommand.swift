import ArgumentParser
import Ingest
import Ledger
import Stage
import Twins

/// `nightjar-twin lineage`: from a field of a twin to the lines of the deliveries that it came from.
struct LineageCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "lineage", abstract: "Trace a field of one subscription's twin to the lines of the deliveries.",
    discussion: """
      Of the night of --date, or of the newest night that has twins. For each dataset that the field comes from: the facts \
      that count, what each is worth, and the records that made it, as file, member, line and byte offset in the unpacked \
      member. To find them every delivery concerned is read again from its kept bytes, as ingest read it, under feeds/*.yaml. \
      That needs the key and the books of the vault, like replay: no other command of nightjar-twin does. It prints \
      positions and amounts, never a number or an address. A fact whose records cannot be told has the reason in \
      their place, and the status is 3. Status 66 where there is no such twin, 64 where the catalogue has no such field.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Argument(help: ArgumentHelp("Pseudonym of the subscription, as in the column subscription_id.", valueName: "id"))
  var subscription: Int64
  @Argument(help: ArgumentHelp("Name of the field, as in the catalogue.", valueName: "field"))
  var field: String

  func run(_ context: StageContext) throws -> StageOutcome {
    let found = try FieldFacts(
      context.home, try .load(path: context.config(TwinCatalogue.subscriptionFile)), subscription: subscription,
      field: field, night: context.optionalDay)
    let lineage = try DeliveryLineage(
      context.home, configuration: context.configFolder, knownBy: found.night, threads: context.threads)
    let text = LineageText(
      found, try lineage.origins(of: found.sources.map { DeliveryLineage.FactSet($0.dataset, $0.facts) }))
    if !context.isJSON { try text.lines().forEach(context.output) }
    let problems = text.problemCount
    var outcome = StageOutcome.published(
      "\(text.recordCount) \(text.recordCount == 1 ? "record" : "records") of \(text.factCount) "
        + "\(text.factCount == 1 ? "fact" : "facts") made \(field)",
      warnings: problems == 0
        ? []
        : ["of \(problems) \(problems == 1 ? "fact" : "facts") the records cannot be told, or not for certain"])
    outcome.resultJSON = try text.json().text
    return outcome
  }
}
