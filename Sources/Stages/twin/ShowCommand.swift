import ArgumentParser
import Calendar
import Ledger
import Stage
import Twins

/// `nightjar-twin show`: one twin, for a person to read.
struct ShowCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "show", abstract: "Show the twin of a subscription, with its days and weeks.",
    discussion: """
      Of the night of --date, or of the newest night that has twins. Fields stand under the headings of \
      twins/subscription.yaml, those of several windows on one line; – is a value that is missing. Below are the last \
      91 days and 13 calendar weeks, as far as the catalogue asks for them. Reads a small part of two files, however large \
      the home is. Status 66 where there is no such twin.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Argument(help: ArgumentHelp("Pseudonym of the subscription, as in the column subscription_id.", valueName: "id"))
  var subscription: Int64

  func run(_ context: StageContext) throws -> StageOutcome {
    let card = try TwinCard(
      context.home, try .load(path: context.config(TwinCatalogue.subscriptionFile)), subscription: subscription,
      night: context.optionalDay)
    if !context.isJSON { card.lines.forEach(context.output) }
    return .answered(summary: "\(card.items.count) fields of \(card.night)", json: json(card).text)
  }

  private func json(_ card: TwinCard) -> CanonicalJSON {
    func series(_ all: [TwinCard.Series]) -> CanonicalJSON {
      .object(Dictionary(uniqueKeysWithValues: all.map { ($0.name, .array($0.values.map { .integer($0) })) }))
    }
    return .object([
      "days": series(card.days), "entry": .string(card.entry.fileName),
      "fields": .object(
        Dictionary(uniqueKeysWithValues: card.items.compactMap { item in item.value.map { (item.name, .string($0)) } })),
      "night": .string("\(card.night)"), "subscriptionID": .integer(card.subscriptionID), "weeks": series(card.weeks),
    ])
  }
}
