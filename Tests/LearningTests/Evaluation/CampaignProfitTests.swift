import Foundation
import Learning
import Testing

@Suite struct CampaignProfitTests {
  let vector = RankedRows(
    scores: [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9], labels: [0, 1, 0, 1, 0, 1, 0, 1]
  ).ties()

  // empulse's docstring; R's EMP::empChurn has the same definition.
  @Test func `the published vector gives the published profit`() throws {
    let expected = try #require(CampaignProfit().maxima(vector)).expected
    #expect((expected.profit - 23.875593418348124).magnitude < 1e-12)
    #expect((expected.share - 0.8743700763487141).magnitude < 1e-13)
    let greatest = try #require(CampaignProfit().maxima(vector)).atMean
    #expect((greatest.profit - 23.875).magnitude < 1e-12)
  }

  @Test func `perfect, constant and inverted scores give the published profits`() throws {
    func ties(_ scores: [Double]) -> TieGroups {
      RankedRows(scores: scores, labels: (0..<20).map { Double($0 % 2) }).ties()
    }
    let perfect = ties((0..<20).map { Double($0 % 2) })
    let expected = try #require(CampaignProfit().maxima(perfect)).expected
    #expect((expected.profit - 28.0000000000391).magnitude < 1e-12)
    #expect((expected.share - 0.499999999728).magnitude < 1e-12)
    let greatest = try #require(CampaignProfit().maxima(perfect)).atMean
    #expect((greatest.profit - 28).magnitude < 1e-12 && greatest.share == 0.5)
    for useless in [ties([Double](repeating: 0.5, count: 20)), ties((0..<20).map { Double(1 - $0 % 2) })] {
      let expected = try #require(CampaignProfit().maxima(useless)).expected
      #expect((expected.profit - 22.5007912244511).magnitude < 1e-12)
      #expect((expected.share - 0.9991601018889205).magnitude < 1e-13)
      let greatest = try #require(CampaignProfit().maxima(useless)).atMean
      #expect((greatest.profit - 22.5).magnitude < 1e-12 && greatest.share == 1)
    }
  }

  /// The integral by the midpoint rule, with the greatest profit of every cut looked for at each γ.
  static func naive(_ rows: ScoredRows, _ campaign: CampaignProfit) -> (profit: Double, share: Double) {
    let cuts = Set(rows.scores).sorted().map { cut in
      (
        positives: Double(rows.scores.indices.count { rows.scores[$0] >= cut && rows.labels[$0] == 1 }),
        negatives: Double(rows.scores.indices.count { rows.scores[$0] >= cut && rows.labels[$0] == 0 })
      )
    }
    let total = Double(rows.scores.count)
    let (a, b) = (campaign.acceptanceAlpha, campaign.acceptanceBeta)
    let whole = exp(lgamma(a) + lgamma(b) - lgamma(a + b))
    var (profit, share) = (0.0, 0.0)
    let stepCount = 20_000
    for step in 0..<stepCount {
      let gamma = (Double(step) + 0.5) / Double(stepCount)
      let density = pow(gamma, a - 1) * pow(1 - gamma, b - 1) / whole / Double(stepCount)
      var best = (profit: 0.0, share: 0.0)
      for cut in cuts {
        let found =
          (cut.positives * (gamma * (campaign.customerValue - campaign.offerCost) - campaign.contactCost)
            - cut.negatives * (campaign.offerCost + campaign.contactCost)) / total
        if found > best.profit { best = (found, (cut.positives + cut.negatives) / total) }
      }
      profit += density * best.profit
      share += density * best.share
    }
    return (profit, share)
  }

  @Test(arguments: 1...8) func `the hull gives the profit of a search over every cut`(seed: UInt64) throws {
    let rows = ScoredRows(60, seed: seed, levelCount: seed % 2 == 0 ? 7 : 1 << 40)
    var campaign = CampaignProfit()
    if seed > 4 {
      (campaign.customerValue, campaign.offerCost, campaign.contactCost) = (80, 12, 3)
      (campaign.acceptanceAlpha, campaign.acceptanceBeta) = (2.5, 4)
    }
    let slow = Self.naive(rows, campaign)
    let fast = try #require(campaign.maxima(rows.ranked.ties())).expected
    #expect((fast.profit - slow.profit).magnitude < 2e-6 * (1 + slow.profit))
    #expect((fast.share - slow.share).magnitude < 2e-4)
  }

  @Test func `a campaign that costs more than it saves contacts nobody`() throws {
    var campaign = CampaignProfit()
    (campaign.customerValue, campaign.offerCost, campaign.contactCost) = (11, 10, 100)
    let greatest = try #require(campaign.maxima(vector)).atMean
    #expect(greatest.profit == 0 && greatest.share == 0)
    let expected = try #require(campaign.maxima(vector)).expected
    #expect(expected.profit == 0 && expected.share == 0)
  }

  @Test func `without one of the labels there is no profit`() {
    #expect(CampaignProfit().maxima(RankedRows(scores: [1, 2], labels: [1, 1]).ties()) == nil)
    #expect(CampaignProfit().maxima(RankedRows(scores: [1, 2], labels: [0, 0]).ties()) == nil)
  }

  // scipy.special.betainc.
  @Test(arguments: [
    (6, 14, 0.01, 2.426238354667946e-08), (6, 14, 0.3, 0.5261374757264855), (6, 14, 0.5, 0.9682159423828125),
    (7, 14, 0.3, 0.3919901877990756), (0.5, 0.7, 0.01, 0.07989509846265792), (0.5, 0.7, 0.3, 0.45212784899417957),
    (0.5, 0.7, 0.9, 0.8837889567707928), (120.5, 33, 0.8, 0.6633496199816522),
  ]) func `the incomplete Beta function is that of the reference`(a: Double, b: Double, x: Double, value: Double) {
    let found = BetaDistribution(alpha: a, beta: b).cumulative(x)
    #expect((found / value - 1).magnitude < 1e-13)
    #expect((1 - BetaDistribution(alpha: b, beta: a).cumulative(1 - x) - value).magnitude < 1e-14)
  }
}
