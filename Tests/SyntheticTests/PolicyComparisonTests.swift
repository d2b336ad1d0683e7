import Synthetic
import Testing

/// Who chooses whom and with what, on candidates made by hand.
@Suite struct PolicyComparisonTests {
  /// A candidate for whom sms (option 4 × offer) and email (4 × offer + 1) are open: gains by option, others zero.
  private func candidate(
    risk: Double, value: Double, gains: [Int: Double], taking: [Int: Double] = [:]
  ) -> ContactStudy.Candidate {
    let options = 0..<ContactStudy.optionCount
    return ContactStudy.Candidate(
      risk: risk, valueE4: value, gainsE4: options.map { $0 % 4 < 2 ? gains[$0] ?? -1 : nil },
      takingChances: options.map { taking[$0] ?? 0.01 })
  }

  private var study: ContactStudy {
    ContactStudy(
      day: 179, personCount: 10,
      candidates: [
        // At risk, worth little, and annoyed by the standard offer.
        candidate(risk: 0.5, value: 10, gains: [0: -50, 1: -60], taking: [9: 0.3]),
        // Kept by the second offer alone.
        candidate(risk: 0.1, value: 900, gains: [0: -5, 1: -5, 4: 250], taking: [8: 0.02]),
        candidate(risk: 0.05, value: 1_000, gains: [0: 200, 1: 150, 4: 20], taking: [0: 0.1]),
        candidate(risk: 0.02, value: 500, gains: [0: 150, 1: 190], taking: [5: 0.4]),
        // Gains, but by a channel that is closed.
        candidate(risk: 0.04, value: 100, gains: [0: -1, 2: 900]),
      ])
  }

  /// What a learner believes: the truth of the first option alone.
  private var estimates: [[Double]] {
    study.candidates.map { candidate in
      candidate.gainsE4.indices.map { $0 == 0 ? candidate.gainsE4[0] ?? 0 : -1 }
    }
  }

  @Test func `each policy contacts by its own criterion and is judged by the expected gain`() throws {
    let comparison = PolicyComparison(study, capacityShare: 0.2, estimatesE4: estimates)
    #expect(comparison.capacity == 2)
    #expect(comparison.standardOffer == "data-5gb")
    func row(_ policy: PolicyComparison.Policy) throws -> PolicyComparison.Row {
      try #require(comparison.row(policy))
    }
    // 250 by the second offer and 200 by the first: the third-best person is beyond the capacity.
    #expect(try row(.oracle) == .init(policy: .oracle, contactedCount: 2, gainE4: 450))
    // The two at greatest risk, by the standard offer: -50 and -5.
    #expect(try row(.churnFirst) == .init(policy: .churnFirst, contactedCount: 2, gainE4: -55))
    // 0.1 × 900 and 0.05 × 1,000.
    #expect(try row(.churnTimesValue) == .init(policy: .churnTimesValue, contactedCount: 2, gainE4: 195))
    #expect(try row(.everybody) == .init(policy: .everybody, contactedCount: 5, gainE4: 294))
    // 0.4 by the offer in option 5, 0.3 by that in option 9: neither does anything for them.
    #expect(try row(.highestAcceptance) == .init(policy: .highestAcceptance, contactedCount: 2, gainE4: -2))
    #expect(try row(.learner) == .init(policy: .learner, contactedCount: 2, gainE4: 350))
    #expect(comparison.shareOfOracle(.learner) == 350.0 / 450)
    #expect(comparison.contactedShare(.oracle) == 0.2)
  }

  @Test func `the oracle leaves alone whom nothing helps, and no share is told of nothing`() throws {
    let wide = PolicyComparison(study, capacityShare: 1, estimatesE4: estimates)
    #expect(wide.row(.oracle) == .init(policy: .oracle, contactedCount: 3, gainE4: 640))
    let hopeless = ContactStudy(
      day: 179, personCount: 2, candidates: [candidate(risk: 0.2, value: 10, gains: [:])])
    let comparison = PolicyComparison(
      hopeless, capacityShare: 1, estimatesE4: [[Double](repeating: 5, count: ContactStudy.optionCount)])
    #expect(comparison.row(.oracle) == .init(policy: .oracle, contactedCount: 0, gainE4: 0))
    #expect(comparison.row(.learner) == .init(policy: .learner, contactedCount: 1, gainE4: -1))
    #expect(comparison.shareOfOracle(.learner) == nil)
  }
}
