import ArgumentParser
import Calendar
import Ledger
import Stage
import Twins

/// `nightjar-twin show`: one twin, for a person to read.
struct ShowCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "show",
    abstract: "Show the twin of a subscription, with its days and weeks, or that of a customer, product or process.",
    discussion: """
      Of the night of --date, or of the newest night that has twins. Fields stand under the headings of \
      twins/subscription.yaml (or the file of --entity), those of several windows on one line; – is a value that is missing. \
      Below are the last 91 days and 13 calendar weeks of a subscription, as far as the catalogue asks for them and the person \
      agreed. Reads a small part of two files, however large the home is. Where a later night learned what supersedes the \
      twin, a line says so. A product's key may be that of a plan and of an \
      offer: then there are two cards, and --json is a list. \
      Status 66 where there is no such twin.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @OptionGroup var choice: EntityOption
  @Argument(
    help: ArgumentHelp("Pseudonym of the subscription, customer or process, or key of the product.", valueName: "id"))
  var id: String

  func run(_ context: StageContext) throws -> StageOutcome {
    let cards = try TwinCard.all(context.home, try choice.catalogue(context), key: id, night: context.optionalDay)
    if !context.isJSON {
      for (number, card) in cards.enumerated() {
        if number > 0 { context.output("") }
        card.lines.forEach(context.output)
      }
    }
    let all = cards.map(json)
    return .answered(
      summary: "\(cards[0].items.count) fields of \(cards[0].night)",
      json: (cards[0].entity == .product ? CanonicalJSON.array(all) : all[0]).text)
  }

  private func json(_ card: TwinCard) -> CanonicalJSON {
    func series(_ all: [TwinCard.Series]) -> CanonicalJSON {
      .object(Dictionary(uniqueKeysWithValues: all.map { ($0.name, .array($0.values.map { .integer($0) })) }))
    }
    var members: [String: CanonicalJSON] = [
      "entry": .string(card.entry.fileName),
      "fields": .object(
        Dictionary(uniqueKeysWithValues: card.items.compactMap { item in item.value.map { (item.name, .string($0)) } })),
      "night": .string("\(card.night)"), "superseded": .array(card.revisions.map(\.json)),
    ]
    let id = Int64(card.key).map { CanonicalJSON.integer($0) } ?? .string(card.key)
    switch card.entity {
    case .subscription:
      members["days"] = series(card.days)
      members["weeks"] = series(card.weeks)
      members["subscriptionID"] = id
    case .customer: members["customerID"] = id
    case .process: members["processID"] = id
    default: members["productKey"] = .string(card.key)
    }
    return .object(members)
  }
}
