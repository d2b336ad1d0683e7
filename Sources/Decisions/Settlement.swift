/// Brings draws and allocation together: the arm of each person and the reason of each action.
struct Settlement {
  let base: Population
  let catalogue: OfferCatalogue
  let policy: Policy
  let channels: [Int]
  let worthwhile: PersonActions
  let solution: LagrangianAllocation.Solution

  /// Settles every pending action and returns an assignment for each person.
  func settle(
    _ considered: inout ConsideredActions, isControl: [Bool], exploration: Exploration, draws: ControlDraws
  ) -> [Assignment] {
    let pending = PersonActions(base, considered) { [considered] in considered.reasons[$0] == .pending }
    let campaigns = Dictionary(
      uniqueKeysWithValues: Set(catalogue.offers.map(\.campaign)).map { ($0, draws.campaignControl($0)) })
    let streams = catalogue.offers.map { campaigns[$0.campaign] ?? draws.campaignControl($0.campaign) }

    return base.personIDs.indices.map { person in
      let winner = winner(of: person)
      let probabilities = ArmProbabilities(
        universal: policy.universalControlShare, exploration: exploration.share(of: person),
        openCount: exploration.openCounts[person], campaign: policy.campaignControlShare, hasWinner: winner >= 0)
      if isControl[person] {
        for action in pending[person] { considered.reasons[Int(action)] = .universalControl }
        return assignment(.universalControl, withholding: winner, probabilities)
      }
      switch exploration.outcomes[person] {
      case .nothing, .action:
        var drawn = -1
        if case .action(let action) = exploration.outcomes[person] { drawn = action }
        for action in pending[person] {
          considered.reasons[Int(action)] = Int(action) == drawn ? .explored : .notDrawn
        }
        guard drawn >= 0 else { return assignment(.explored, withholding: -1, probabilities) }
        let isOpen = exploration.isOpen(channels[drawn])
        return Assignment(
          arm: .explored, action: drawn, isWithheld: false, armProbability: probabilities.probability(of: .explored),
          actionProbability: probabilities.probability(ofAction: drawn == winner, isOpen: isOpen))
      case .notDrawn:
        for action in pending[person] where Int(action) != winner {
          considered.reasons[Int(action)] = refusal(of: Int(action), winner: winner, considered)
        }
        guard winner >= 0 else { return assignment(.none, withholding: -1, probabilities) }
        let draw = streams[Int(considered.offers[winner])].uniform(base.personIDs[person])
        if draw < policy.campaignControlShare {
          considered.reasons[winner] = .campaignControl
          return assignment(.campaignControl, withholding: winner, probabilities)
        }
        considered.reasons[winner] = .winner
        return Assignment(
          arm: .treated, action: winner, isWithheld: false, armProbability: probabilities.probability(of: .treated),
          actionProbability: probabilities.probability(
            ofAction: true, isOpen: exploration.isOpen(channels[winner])))
      }
    }
  }

  /// An assignment in which nothing is done.
  private func assignment(
    _ arm: Assignment.Arm, withholding action: Int, _ probabilities: ArmProbabilities
  ) -> Assignment {
    Assignment(
      arm: arm, action: action, isWithheld: action >= 0, armProbability: probabilities.probability(of: arm),
      actionProbability: probabilities.probabilityOfNothing)
  }

  /// The action that the allocation chose for a person, as a position in `ConsideredActions`, or -1.
  private func winner(of person: Int) -> Int {
    let chosen = solution.chosen[person]
    return chosen < 0 ? -1 : Int(worthwhile.actions[chosen])
  }

  /// Why an eligible action was not chosen: its own value, the person's other action, or the scarcer of the resources.
  private func refusal(of action: Int, winner: Int, _ considered: ConsideredActions) -> ReasonCode {
    let value = considered.valuesE4[action]
    if value < 0 { return .negativeValue }
    if value < max(1, policy.minimumValueE4) { return .belowMinimumValue }
    if winner >= 0, value <= considered.valuesE4[winner] { return .lowerValue }
    let cost = Double(considered.costsE4[action] - (winner < 0 ? 0 : considered.costsE4[winner]))
    let budgetCharge = solution.budgetPrice * cost
    let channelCharge =
      solution.channelPrices[channels[action]] - (winner < 0 ? 0 : solution.channelPrices[channels[winner]])
    if budgetCharge != channelCharge { return channelCharge > budgetCharge ? .capacity : .budget }
    // Free at these prices, yet it did not fit: the resource that was too small by itself.
    return considered.costsE4[action] > policy.budgetE4 ?? .max ? .budget : .capacity
  }
}
