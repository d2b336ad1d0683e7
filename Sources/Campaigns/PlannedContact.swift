import Calendar
import Columns
import Decisions

/// One contact that the night decided on.
public struct PlannedContact: Sendable, Hashable {
  /// Pseudonym of the person.
  public var person: Int64
  /// Pseudonym of the subscription that it is about.
  public var subscription: Int64
  /// Key of the offer.
  public var offer: String
  /// Key of the campaign.
  public var campaign: String
  /// Purpose of the offer, which decides on the consent needed.
  public var purpose: String
  /// The channel.
  public var channel: String
  /// The arm: treated or explored.
  public var arm: String
  /// Expected value, in 1/10,000 of the currency unit.
  public var valueE4: Int64
  /// Expected cost, in 1/10,000 of the currency unit.
  public var costE4: Int64
  /// Value less shadow prices, in 1/10,000 of the currency unit: what the list is ordered by.
  public var pricedValueE4: Int64
}

/// What `assignments` says of a person.
struct PersonAssignment: Sendable, Hashable {
  static let controlArms: Set<String> = ["universal-control", "campaign-control"]

  var person: Int64
  var subscription: Int64?
  var arm: String
  var offer: String?
  var channel: String?
  var campaign: String?
  var isWithheld: Bool
  var probability: Double

  var isControl: Bool { isWithheld || PersonAssignment.controlArms.contains(arm) }

  /// Reads `assignments` of `night`, one row a person.
  static func read(_ table: Table, night: Day) throws -> [Int64: PersonAssignment] {
    let persons = try table.int64("person_id")
    let subscriptions = try table.int64("subscription_id")
    let dates = try table.date("as_of")
    let arms = try table.string("arm")
    let offers = try table.string("offer")
    let channels = try table.string("channel")
    let campaigns = try table.string("campaign")
    let withheld = try table.bool("is_withheld")
    let probabilities = try table.double("selection_probability")
    var found: [Int64: PersonAssignment] = [:]
    found.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      guard dates.values[row] == night.rawValue else {
        throw CampaignsError(.wrongDate, "assignments, row \(row): as of another day than \(night)")
      }
      let assignment = PersonAssignment(
        person: persons.values[row], subscription: subscriptions[row], arm: arms.values[row], offer: offers[row],
        channel: channels[row], campaign: campaigns[row], isWithheld: withheld.values[row],
        probability: probabilities.values[row])
      guard found.updateValue(assignment, forKey: assignment.person) == nil else {
        throw CampaignsError(.contradiction, "assignments, row \(row): the person has two arms")
      }
    }
    return found
  }
}

extension PlannedContact {
  /// Reads the winners of `decisions` and holds them against the assignments: the first hard gate.
  static func read(
    _ decisions: Table, _ assignments: [Int64: PersonAssignment], _ catalogue: OfferCatalogue, night: Day
  ) throws -> [PlannedContact] {
    let subscriptions = try decisions.int64("subscription_id")
    let persons = try decisions.int64("person_id")
    let dates = try decisions.date("as_of")
    let offers = try decisions.string("offer")
    let channels = try decisions.string("channel")
    let winners = try decisions.bool("is_winner")
    let values = try decisions.int64("value_e4")
    let costs = try decisions.int64("cost_e4")
    let priced = try decisions.int64("priced_value_e4")
    let purposes = Dictionary(catalogue.offers.map { ($0.id, $0.purpose) }) { first, _ in first }
    var contacts: [PlannedContact] = []
    var contacted: Set<Int64> = []
    for row in 0..<decisions.rowCount {
      guard dates.values[row] == night.rawValue else {
        throw CampaignsError(.wrongDate, "decisions, row \(row): as of another day than \(night)")
      }
      guard winners.values[row] else { continue }
      guard let person = persons[row], let assignment = assignments[person] else {
        throw CampaignsError(.contradiction, "decisions, row \(row): an action for a person who has no assignment")
      }
      guard !assignment.isControl else {
        throw CampaignsError(.controlInList, "decisions, row \(row): an action for a person of a control group")
      }
      guard contacted.insert(person).inserted else {
        throw CampaignsError(.contactedTwice, "decisions, row \(row): a second action for the same person")
      }
      let offer = offers.values[row]
      guard assignment.subscription == subscriptions.values[row], assignment.offer == offer,
        assignment.channel == channels.values[row], let purpose = purposes[offer], let cost = costs[row]
      else {
        throw CampaignsError(
          .contradiction, "decisions, row \(row): the action is not the one that was assigned, or not in offers.yaml")
      }
      contacts.append(
        PlannedContact(
          person: person, subscription: subscriptions.values[row], offer: offer, campaign: assignment.campaign ?? "",
          purpose: purpose, channel: channels.values[row], arm: assignment.arm, valueE4: values[row] ?? 0, costE4: cost,
          pricedValueE4: priced[row] ?? 0))
    }
    let due = assignments.values.count { !$0.isControl && $0.offer != nil }
    guard due == contacts.count else {
      throw CampaignsError(
        .contradiction, "\(due) persons are assigned an action, the decisions hold \(contacts.count)")
    }
    return contacts
  }
}
