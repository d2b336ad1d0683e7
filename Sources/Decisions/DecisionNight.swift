public import Calendar
public import Columns

/// Takes the decisions of a night for the whole base at once: the sketch of this room.
///
///     eligibility → universal control → exploration draw → allocation with controls inside → campaign control
///
/// 1. `Eligibility` asks of each subscription, offer and channel whether policy, consent and caps allow it, and
///    `ActionValue` says what an allowed one is expected to gain and cost.
/// 2. `ControlDraws` puts persons into the universal control of the period by a keyed hash of the person.
/// 3. `Exploration` gives a small share of persons a random allowed action, out of budget and contacts set aside.
/// 4. `LagrangianAllocation` chooses at most one action a person over everyone, controls and explored included: who is
///    drawn where does not enter it, so controls face the same competition as the treated and the recorded
///    probabilities are exact. What it gives to a control is withheld; the budget so left stays unspent.
/// 5. Among its winners a keyed hash of campaign, period and person keeps some back as campaign control.
///
/// Every function here is pure: tables in, tables out.
public struct DecisionNight: Sendable {
  /// What a night decides on.
  public struct Inputs: Sendable {
    /// The night.
    public var night: Day
    /// Rows of `twins/subscription`.
    public var twins: Table
    /// Rows of `scores`.
    public var scores: Table
    /// Contacts made and withheld up to the night.
    public var contacts: ContactRecord

    /// Makes inputs.
    public init(night: Day, twins: Table, scores: Table, contacts: ContactRecord) {
      self.night = night
      self.twins = twins
      self.scores = scores
      self.contacts = contacts
    }
  }

  /// What a night decided.
  public struct Outcome: Sendable, Hashable {
    /// Rows of `decisions`, by subscription, offer and channel.
    public var decisions: Table
    /// Rows of `assignments`, by person.
    public var assignments: Table
    /// Sums for the log, by name.
    public var counts: [String: Int64]
    /// What people should know.
    public var warnings: [String]
  }

  /// Decides. Throws `DecisionsError` or `ColumnsError` where an input lacks what is needed.
  public static func decide(
    _ inputs: Inputs, catalogue: OfferCatalogue, policy: Policy, key: ControlKey, threads: Int
  ) throws -> Outcome {
    let base = try Population(twins: inputs.twins, scores: inputs.scores, horizonDays: policy.horizonDays)
    let load = ContactLoad(
      personIDs: base.personIDs, offerIDs: catalogue.offers.map(\.id), contacts: inputs.contacts, policy: policy,
      night: inputs.night)
    let fields = policy.conditions.map(\.field) + catalogue.offers.flatMap { $0.conditions.map(\.field) }
    let reasonTable = ReasonTable(conditionFields: fields)
    var considered = try Eligibility(
      base: base, catalogue: catalogue, policy: policy, load: load, reasonTable: reasonTable
    ).consider(threads: threads)
    let channels = considered.channels(catalogue)

    let draws = ControlDraws(key: key, policy: policy, night: inputs.night)
    let isControl = base.personIDs.map { draws.universalControl($0) < policy.universalControlShare }
    let exploration = Exploration(
      policy.exploration,
      persons: PersonActions(base, considered) { considered.reasons[$0] == .pending },
      considered: considered, channels: channels, personIDs: base.personIDs, isControl: isControl, draws: draws)

    let least = max(1, policy.minimumValueE4)
    let worthwhile = PersonActions(base, considered) {
      considered.reasons[$0] == .pending && considered.valuesE4[$0] >= least
    }
    let solution = try LagrangianAllocation.solve(
      worthwhile.problem(considered, channels: channels, policy: policy), threads: threads)

    let settlement = Settlement(
      base: base, catalogue: catalogue, policy: policy, channels: channels, worthwhile: worthwhile, solution: solution)
    let assignments = settlement.settle(
      &considered, isControl: isControl, exploration: exploration, draws: draws)

    let writer = OutcomeTables(
      night: inputs.night, base: base, catalogue: catalogue, considered: considered, channels: channels,
      reasonTable: reasonTable, solution: solution)
    return Outcome(
      decisions: writer.decisions(), assignments: writer.assignments(assignments, period: draws.period),
      counts: writer.counts(assignments, exploration: exploration, policy: policy),
      warnings: writer.warnings(policy: policy))
  }
}

extension ConsideredActions {
  /// The channel of each action by `ContactChannel.index`, or -1 where the refusal holds for all.
  func channels(_ catalogue: OfferCatalogue) -> [Int] {
    let table = catalogue.offers.map { $0.terms.map(\.channel.index) }
    return (0..<count).map { terms[$0] < 0 ? -1 : table[Int(offers[$0])][Int(terms[$0])] }
  }
}

extension PersonActions {
  /// The allocation of these actions, a group a person, with what exploration has set aside taken off the limits.
  func problem(
    _ considered: ConsideredActions, channels: [Int], policy: Policy
  ) -> LagrangianAllocation.Problem {
    let exploration = policy.exploration
    return LagrangianAllocation.Problem(
      groupStarts: starts, values: actions.map { considered.valuesE4[Int($0)] },
      costs: actions.map { considered.costsE4[Int($0)] }, channels: actions.map { channels[Int($0)] },
      budget: policy.budgetE4.map { max(0, $0 - (exploration.budgetE4 ?? 0)) },
      capacities: zip(policy.capacities, exploration.contactCounts).map { capacity, reserved in
        capacity.map { max(0, $0 - reserved) }
      })
  }
}
