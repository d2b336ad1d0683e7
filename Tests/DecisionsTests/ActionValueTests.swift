import Decisions
import Testing

@Suite struct ActionValueTests {
  static let terms = Offer.Terms(.sms, costE4: 400, acceptanceRate: 0.25)

  @Test func `the value is the churn avoided less discount and contact`() {
    // 0.25 · 0.5 · 0.08 · 500.0000 = 5.0000; 0.25 · 8.0000 = 2.0000; a contact costs 0.0400.
    let value = ActionValue(
      terms: Self.terms, churnReduction: 0.5, discountE4: 80_000, churnProbability: 0.08, clvE4: 5_000_000)
    #expect(value.costE4 == 20_400)
    #expect(value.valueE4 == 50_000 - 20_400)
  }

  @Test func `the discount is charged to all takers, also where nobody would leave`() {
    let value = ActionValue(
      terms: Self.terms, churnReduction: 0.5, discountE4: 80_000, churnProbability: 0, clvE4: 5_000_000)
    #expect(value.valueE4 == -20_400)
  }

  @Test func `a customer who costs money is not worth keeping`() {
    let value = ActionValue(
      terms: Self.terms, churnReduction: 1, discountE4: 0, churnProbability: 0.5, clvE4: -1_000_000)
    #expect(value.valueE4 == -125_000 - 400)
  }

  @Test func `gains and costs round to the nearest unit, halves away from zero`() {
    let terms = Offer.Terms(.sms, costE4: 0, acceptanceRate: 0.5)
    let value = ActionValue(terms: terms, churnReduction: 1, discountE4: 1, churnProbability: 1, clvE4: 5)
    #expect(value.costE4 == 1)
    #expect(value.valueE4 == 3 - 1)
  }

  @Test func `absurd amounts are cut instead of overflowing`() {
    let value = ActionValue(
      terms: Self.terms, churnReduction: 1, discountE4: .max, churnProbability: 1, clvE4: .max)
    #expect(value.costE4 == 25_000_000_400)
    #expect(value.valueE4 == -400)
    #expect(ActionValue.discountE4(.feeShare(1, months: 60), monthlyFeeE4: .max) == 100_000_000_000)
  }

  @Test func `a share of the fee needs the fee`() {
    #expect(ActionValue.discountE4(.feeShare(0.2, months: 6), monthlyFeeE4: 200_000) == 240_000)
    #expect(ActionValue.discountE4(.feeShare(0.2, months: 6), monthlyFeeE4: nil) == nil)
    #expect(ActionValue.discountE4(.amount(7), monthlyFeeE4: nil) == 7)
  }
}
