import Columns
import Decisions

/// Who gets nothing, and why: the control group and the suppressed. Pseudonyms only.
struct HeldBackLists: Sendable {
  let settings: ExportSettings

  /// Writes `control.csv`: every person whom a control keeps back, by pseudonym.
  func control(_ assignments: [PersonAssignment]) throws(CampaignsError) -> CampaignPack.File {
    var list = ListFile(
      "control.csv",
      [
        .init("schema_version", .count), .init("person", .key), .init("arm", .key),
        .init("subscription", .optional(.key)), .init("campaign_id", .optional(.key)),
        .init("offer_id", .optional(.key)), .init("channel", .optional(.key)), .init("contact_status", .key),
        .init("selection_probability", .decimal),
      ], lineEnd: settings.lineEnd)
    for assignment in assignments {
      try list.append([
        SendLists.schemaVersion, Token.person(assignment.person), assignment.arm,
        assignment.subscription.map(Token.subscription) ?? "", assignment.campaign ?? "", assignment.offer ?? "",
        assignment.channel ?? "", "CTRL", Token.probability(assignment.probability),
      ])
    }
    return list.file
  }

  /// One row of `suppressed.csv`.
  struct Suppression: Sendable, Hashable {
    var subscription: Int64
    var person: Int64?
    /// `decide` or `export`.
    var stage: String
    var offer: String
    var channel: String
    var reason: String
  }

  /// The checks of `Decisions` in their order; conditions, whose codes name a field, come right before the score.
  private static let conditionOrder = 2 * (ReasonCode.fixedNames.firstIndex(of: "no-score") ?? 0) - 1
  private static let checkOrder = Dictionary(
    uniqueKeysWithValues: ReasonCode.fixedNames.enumerated().map { ($1, 2 * $0) })

  /// Writes `suppressed.csv`: each subscription for which nothing is done, with the reason that stopped the action that
  /// came closest.
  func suppressed(_ rows: [Suppression]) throws(CampaignsError) -> CampaignPack.File {
    var list = ListFile(
      "suppressed.csv",
      [
        .init("schema_version", .count), .init("subscription", .key), .init("person", .optional(.key)),
        .init("stage", .key), .init("offer_id", .key), .init("channel", .key), .init("reason_code", .key),
      ], lineEnd: settings.lineEnd)
    for row in rows {
      try list.append([
        SendLists.schemaVersion, Token.subscription(row.subscription), row.person.map(Token.person) ?? "", row.stage,
        row.offer, row.channel, row.reason,
      ])
    }
    return list.file
  }

  /// The suppressions of `decisions`: an eligible action comes closer than one that is not, one that failed a later check
  /// closer than one that failed an earlier one, a higher value closer than a lower one, an earlier row closer than a later
  /// one. Persons in `others` (contacted, control) are left out.
  static func suppressions(_ decisions: Table, except others: Set<Int64>) throws -> [Suppression] {
    let subscriptions = try decisions.int64("subscription_id").values
    let persons = try decisions.int64("person_id")
    let isEligible = try decisions.bool("is_eligible").values
    let values = try decisions.int64("value_e4")
    let reasons = try decisions.string("reason").values
    func closeness(_ row: Int) -> (Int, Int64) {
      isEligible[row] ? (.max, values[row] ?? .min) : (checkOrder[reasons[row]] ?? conditionOrder, .min)
    }
    var closest: [Int64: Int] = [:]
    for row in 0..<decisions.rowCount {
      if let person = persons[row], others.contains(person) { continue }
      guard let best = closest[subscriptions[row]] else {
        closest[subscriptions[row]] = row
        continue
      }
      if closeness(row) > closeness(best) { closest[subscriptions[row]] = row }
    }
    let offers = try decisions.string("offer").values
    let channels = try decisions.string("channel").values
    return closest.map { subscription, row in
      Suppression(
        subscription: subscription, person: persons[row], stage: "decide", offer: offers[row], channel: channels[row],
        reason: reasons[row])
    }
  }
}
