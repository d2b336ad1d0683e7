import Calendar
import Synthetic
import Testing

/// What of points 23 and 24 a comparison keeps, on candidates made by hand; a quarter of 100 persons may be contacted.
@Suite struct PolicyLimitsTests {
  /// Of those whom the first offer by sms keeps, each brings 100; the 20 others lose `otherLoss`. The others are at greater risk,
  /// worth more and likelier to take an offer, unless told otherwise. The learner knows `learned` of those who are kept.
  private func broken(
    kept: Int = 20, otherLoss: Double = 90, keptRisk: Double = 0.1, keptValue: Double = 100, keptTaking: Double = 0.1,
    learned: Int = 10
  ) -> [String] {
    func candidate(_ gain: Double, risk: Double, value: Double, taking: Double) -> ContactStudy.Candidate {
      let options = 0..<ContactStudy.optionCount
      return ContactStudy.Candidate(
        risk: risk, valueE4: value, gainsE4: options.map { $0 == 0 ? gain : $0 % 4 == 0 ? -1_000 : nil },
        takingChances: options.map { $0 == 0 ? taking : 0.01 })
    }
    let candidates =
      (0..<kept).map { _ in candidate(100, risk: keptRisk, value: keptValue, taking: keptTaking) }
      + (0..<20).map { _ in candidate(-otherLoss, risk: 0.5, value: 100, taking: 0.2) }
    let estimates = candidates.indices.map { index in
      (0..<ContactStudy.optionCount).map { $0 == 0 && index < learned ? 1.0 : -1 }
    }
    let study = ContactStudy(day: 179, personCount: 100, candidates: candidates)
    return PolicyLimits.broken(
      PolicyComparison(study, capacityShare: PolicyLimits.capacityShare, estimatesE4: estimates))
  }

  @Test func `a world within both points breaks none`() {
    // The oracle contacts 20 of 100; everybody gets 2,000 - 1,800 of its 2,000, the learner 1,000.
    #expect(broken() == [])
  }

  @Test func `each limit is judged by itself, and how far it is missed is told`() {
    #expect(broken(kept: 21) == ["point 23: the oracle contacts 21.0 % of the base, 1.0 above the limit of 20.0 %"])
    // Twenty who are kept and five others: 2,000 - 450.
    #expect(
      broken(keptRisk: 0.9, keptValue: 0)
        == ["point 23: churn-first gets 77.5 % of the oracle's gain, 67.5 above the limit of 10.0 %"])
    #expect(
      broken(keptValue: 1e6)
        == ["point 23: churn-times-value gets 77.5 % of the oracle's gain, 47.5 above the limit of 30.0 %"])
    #expect(
      broken(otherLoss: 70)
        == ["point 23: everybody gets 30.0 % of the oracle's gain, 10.0 above the limit of 20.0 %"])
    #expect(
      broken(keptTaking: 0.9)
        == ["point 23: highest-acceptance gets 77.5 % of the oracle's gain, 42.5 above the limit of 35.0 %"])
    #expect(
      broken(learned: 7) == ["point 24: t-learner gets 35.0 % of the oracle's gain, 5.0 below the limit of 40.0 %"])
    #expect(
      broken(learned: 16) == ["point 24: t-learner gets 80.0 % of the oracle's gain, 5.0 above the limit of 75.0 %"])
  }

  @Test func `limits are missed together, and a world without a gain breaks both points`() {
    #expect(broken(otherLoss: 70, learned: 0).map { $0.prefix(8) } == ["point 23", "point 24"])
    #expect(broken(kept: 0) == ["points 23 and 24: the oracle gains nothing"])
  }

  @Test func `only worlds of the law's size, history and effects are judged`() throws {
    let until = try #require(Day(year: 2026, month: 11, day: 22))
    let fit = WorldSettings(seed: 1, subscriptionCount: 150_000, until: until, responses: .law)
    try PolicyLimits.validate(fit, capacityShare: 0.25)
    var unfit = [WorldSettings](repeating: fit, count: 4)
    unfit[0].subscriptionCount = 149_999
    unfit[1].responses = .null
    unfit[2].campaigns = .heavy
    unfit[3].dayCount = 400
    for settings in unfit {
      let error = #expect(throws: SyntheticError.self) {
        try PolicyLimits.validate(settings, capacityShare: 0.25)
      }
      #expect(error?.exitStatus == 64)
    }
    #expect(throws: SyntheticError.self) { try PolicyLimits.validate(fit, capacityShare: 0.2) }
  }
}
