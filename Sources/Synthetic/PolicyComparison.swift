/// Policies beside the oracle: whom each contacts with what on one day, and what that is expected to gain (points 23 and 24).
///
/// All policies choose at most one option a person, by channels that are consented to, and contact at most the capacity; only
/// contacting everybody has none. The oracle knows every gain; a rival knows its own criterion exactly; the learner knows the
/// log. All are judged by the law's expected gains.
package struct PolicyComparison: Sendable {
  /// A policy and what came of it.
  package struct Row: Sendable, Hashable {
    /// The policy.
    package let policy: Policy
    /// Persons contacted.
    package let contactedCount: Int
    /// The expected gain over contacting nobody, in 1/10,000 of the currency unit.
    package let gainE4: Int

    /// Makes a row.
    package init(policy: Policy, contactedCount: Int, gainE4: Int) {
      self.policy = policy
      self.contactedCount = contactedCount
      self.gainE4 = gainE4
    }
  }

  /// What chooses.
  package enum Policy: String, Sendable, Hashable, CaseIterable {
    /// The option of the greatest expected gain, where it is above zero; the greatest first.
    case oracle
    /// The standard offer to those with the greatest probability of leaving.
    case churnFirst = "churn-first"
    /// The standard offer by probability × value.
    case churnTimesValue = "churn-times-value"
    /// The standard offer to everybody who consented to a channel, without a capacity.
    case everybody
    /// The option that is likeliest to be taken; the likeliest first.
    case highestAcceptance = "highest-acceptance"
    /// As the oracle, by the gains that a T-learner estimates from the log.
    case learner = "t-learner"
  }

  /// Persons of the base.
  package let personCount: Int
  /// Persons who consented to a channel.
  package let reachableCount: Int
  /// Contacts that may be made.
  package let capacity: Int
  /// Occasions of the log: contacts, and persons left alone.
  package let contactedOccasionCount: Int
  package let untouchedOccasionCount: Int
  /// The offer of the greatest mean gain over the base.
  package let standardOffer: String
  /// One row a policy, in their order.
  package let rows: [Row]

  /// Compares the policies.
  ///
  /// - Parameters:
  ///   - study: the log and the gains.
  ///   - capacityShare: contacts that may be made, as a share of the base.
  ///   - estimatesE4: by candidate and option, what a learner believes that it gains; one row a candidate.
  /// - Complexity: O(candidates × (options + log candidates)).
  package init(_ study: ContactStudy, capacityShare: Double, estimatesE4: [[Double]]) {
    precondition(estimatesE4.count == study.candidates.count, "one row of estimates a candidate")
    let candidates = study.candidates
    personCount = study.personCount
    reachableCount = candidates.count
    let capacity = Int(capacityShare * Double(study.personCount))
    self.capacity = capacity
    contactedOccasionCount = study.occasions.count { $0.option != nil }
    untouchedOccasionCount = study.occasions.count - contactedOccasionCount
    let (offer, channels) = PolicyComparison.standardOffer(candidates)
    standardOffer = ContactStudy.offerNames[offer]
    let standard = candidates.map { candidate in
      channels.map { offer * ContactStudy.channelNames.count + $0 }.first { candidate.gainsE4[$0] != nil }
    }
    rows = Policy.allCases.map { policy in
      let choices = candidates.indices.compactMap { index -> Choice? in
        let candidate = candidates[index]
        switch policy {
        case .oracle: return Choice(index, candidate) { candidate.gainsE4[$0] ?? 0 }?.ifPositive
        case .learner: return Choice(index, candidate) { estimatesE4[index][$0] }?.ifPositive
        case .highestAcceptance: return Choice(index, candidate) { candidate.takingChances[$0] }
        case .everybody: return standard[index].map { Choice(candidate: index, option: $0, score: 0) }
        case .churnFirst: return standard[index].map { Choice(candidate: index, option: $0, score: candidate.risk) }
        case .churnTimesValue:
          return standard[index].map {
            Choice(candidate: index, option: $0, score: candidate.risk * candidate.valueE4)
          }
        }
      }
      let ranked = choices.sorted { ($1.score, $0.candidate) < ($0.score, $1.candidate) }
      let chosen = policy == .everybody ? ranked[...] : ranked.prefix(capacity)
      let gain = chosen.reduce(0.0) { $0 + (candidates[$1.candidate].gainsE4[$1.option] ?? 0) }
      return Row(policy: policy, contactedCount: chosen.count, gainE4: Int(gain.rounded()))
    }
  }

  /// A policy's share of the oracle's gain; nil where the oracle gains nothing.
  package func shareOfOracle(_ policy: Policy) -> Double? {
    guard let oracle = row(.oracle), oracle.gainE4 > 0, let row = row(policy) else { return nil }
    return Double(row.gainE4) / Double(oracle.gainE4)
  }

  /// Persons whom a policy contacts, as a share of the base.
  package func contactedShare(_ policy: Policy) -> Double {
    Double(row(policy)?.contactedCount ?? 0) / Double(max(1, personCount))
  }

  /// The row of a policy.
  package func row(_ policy: Policy) -> Row? { rows.first { $0.policy == policy } }

  /// The offer of the greatest mean gain by each candidate's best open channel, and its channels from the best on average.
  private static func standardOffer(_ candidates: [ContactStudy.Candidate]) -> (offer: Int, channels: [Int]) {
    let channelCount = ContactStudy.channelNames.count
    func mean(_ option: Int) -> Double {
      let gains = candidates.compactMap { $0.gainsE4[option] }
      return gains.isEmpty ? -.infinity : gains.reduce(0, +) / Double(gains.count)
    }
    let ranked = ContactStudy.offerNames.indices.map { offer -> (mean: Double, offer: Int, channels: [Int]) in
      let means = (0..<channelCount).map { mean(offer * channelCount + $0) }
      let channels = (0..<channelCount).sorted { (means[$1], $0) < (means[$0], $1) }
      let gains = candidates.compactMap { candidate in
        channels.lazy.compactMap { candidate.gainsE4[offer * channelCount + $0] }.first
      }
      return (gains.reduce(0, +), offer, channels)
    }
    let best = ranked.max { ($0.mean, $1.offer) < ($1.mean, $0.offer) }
    return (best?.offer ?? 0, best?.channels ?? [])
  }
}

/// Somebody whom a policy would contact, with what, and how much it wants to.
private struct Choice {
  let candidate: Int
  let option: Int
  let score: Double

  init(candidate: Int, option: Int, score: Double) {
    self.candidate = candidate
    self.option = option
    self.score = score
  }

  /// The open option of the greatest score; the first of equals.
  init?(_ candidate: Int, _ person: ContactStudy.Candidate, score: (Int) -> Double) {
    let open = person.gainsE4.indices.filter { person.gainsE4[$0] != nil }
    guard
      let best = open.map({ (option: $0, score: score($0)) }).max(by: { ($0.score, $1.option) < ($1.score, $0.option) })
    else { return nil }
    self.init(candidate: candidate, option: best.option, score: best.score)
  }

  var ifPositive: Choice? { score > 0 ? self : nil }
}
