import Calendar
import Columns
import Datasets

/// Writes the outcome of a night as tables and sums.
struct OutcomeTables {
  let night: Day
  let base: Population
  let catalogue: OfferCatalogue
  let considered: ConsideredActions
  let channels: [Int]
  let reasonTable: ReasonTable
  let solution: LagrangianAllocation.Solution

  /// The channel of an action that is refused on every channel.
  static let anyChannel = "any"

  /// Rows of `decisions`.
  func decisions() -> Table {
    let count = considered.count
    let isEligible = considered.reasons.map(\.isEligible)
    let persons = (0..<count).map { base.persons[Int(considered.rows[$0])] }
    let channelNames = ContactChannel.allCases.map(\.rawValue)
    let offerIDs = catalogue.offers.map(\.id)
    var priced = [Int64](repeating: 0, count: count)
    for action in 0..<count where isEligible[action] {
      let charge =
        solution.budgetPrice * Double(considered.costsE4[action]) + solution.channelPrices[channels[action]]
      let value = Double(considered.valuesE4[action]) - charge
      priced[action] = Int64(min(max(value, -1e15), 1e15).rounded())
    }
    return Table(
      Dataset.decisions.schema,
      [
        .int64(TypedColumn(considered.rows.map { base.subscriptionIDs[Int($0)] })),
        .int64(
          TypedColumn(
            persons.map { $0 < 0 ? 0 : base.personIDs[Int($0)] },
            validity: persons.contains(-1) ? persons.map { $0 >= 0 } : nil)),
        .date(TypedColumn([Int32](repeating: night.rawValue, count: count))),
        .string(TypedColumn(considered.offers.map { offerIDs[Int($0)] })),
        .string(TypedColumn(channels.map { $0 < 0 ? Self.anyChannel : channelNames[$0] })),
        .bool(TypedColumn(isEligible)),
        .bool(TypedColumn(considered.reasons.map(\.isWinner))),
        .string(TypedColumn(considered.reasons.map(reasonTable.name))),
        .int64(TypedColumn(considered.valuesE4, validity: isEligible)),
        .int64(TypedColumn(considered.costsE4, validity: isEligible)),
        .int64(TypedColumn(priced, validity: isEligible)),
      ])
  }

  /// Rows of `assignments`, one a person.
  func assignments(_ assignments: [Assignment], period: String) -> Table {
    let actions = assignments.map { $0.action < 0 ? nil : $0.action }
    func offer(_ action: Int) -> Offer { catalogue.offers[Int(considered.offers[action])] }
    return Table(
      Dataset.assignments.schema,
      [
        .int64(TypedColumn(base.personIDs)),
        .int64(
          TypedColumn(
            optionals: actions.map { $0.map { base.subscriptionIDs[Int(considered.rows[$0])] } }, placeholder: 0)),
        .date(TypedColumn([Int32](repeating: night.rawValue, count: assignments.count))),
        .string(TypedColumn(assignments.map(\.arm.rawValue))),
        .string(TypedColumn(optionals: actions.map { $0.map { offer($0).id } }, placeholder: "")),
        .string(
          TypedColumn(
            optionals: actions.map { $0.map { ContactChannel.allCases[channels[$0]].rawValue } }, placeholder: "")),
        .string(TypedColumn(optionals: actions.map { $0.map { offer($0).campaign } }, placeholder: "")),
        .bool(TypedColumn(assignments.map(\.isWithheld))),
        .double(TypedColumn(assignments.map(\.armProbability))),
        .double(TypedColumn(assignments.map(\.actionProbability))),
        .string(TypedColumn([String](repeating: period, count: assignments.count))),
      ])
  }

  /// Sums for the log: rows, reasons, arms, contacts by channel, money.
  func counts(_ assignments: [Assignment], exploration: Exploration, policy: Policy) -> [String: Int64] {
    var reasonCounts = [Int64](repeating: 0, count: reasonTable.names.count)
    for reason in considered.reasons { reasonCounts[Int(reason.rawValue)] += 1 }
    var counts: [String: Int64] = [
      "subscriptions": Int64(base.rowCount), "persons": Int64(base.personIDs.count), "actions": Int64(considered.count),
      "allocated.value_e4": solution.value, "allocated.cost_e4": solution.cost,
      "allocated.bound_e4": solution.bound, "allocated.gap_e6": Int64((solution.gap * 1e6).rounded(.up)),
      "price.budget_e6": Int64((solution.budgetPrice * 1e6).rounded()),
      "exploration.share_e6": Int64((exploration.share * 1e6).rounded()),
    ]
    for (index, name) in reasonTable.names.enumerated() where reasonCounts[index] > 0 {
      counts["reason.\(name)"] = reasonCounts[index]
    }
    for arm in Assignment.Arm.allCases { counts["arm.\(arm.rawValue)"] = 0 }
    for channel in ContactChannel.allCases {
      counts["contacts.\(channel.rawValue)"] = 0
      counts["price.\(channel.rawValue)_e4"] = Int64(solution.channelPrices[channel.index].rounded())
    }
    var valueE4: Int64 = 0
    var costE4: Int64 = 0
    for assignment in assignments {
      counts["arm.\(assignment.arm.rawValue)", default: 0] += 1
      guard assignment.action >= 0, !assignment.isWithheld else { continue }
      counts["contacts.\(ContactChannel.allCases[channels[assignment.action]].rawValue)", default: 0] += 1
      valueE4 += considered.valuesE4[assignment.action]
      costE4 += considered.costsE4[assignment.action]
    }
    counts["sent.value_e4"] = valueE4
    counts["sent.cost_e4"] = costE4
    if let budgetE4 = policy.budgetE4 { counts["budget_e4"] = budgetE4 }
    return counts
  }

  /// Bounds that bind are no warning; a night in which nothing may be sold at all is one.
  func warnings(policy: Policy) -> [String] {
    guard base.rowCount > 0, !considered.reasons.contains(where: \.isEligible) else { return [] }
    return ["no action of any offer is eligible for anyone; see the counts of reasons"]
  }
}
