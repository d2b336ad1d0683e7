import Learning
import Testing

@Suite struct LifetimeValueTests {
  func lifetime(months: Int = 24, rate: Double = 0.1, horizonDays: Int = 30) -> LifetimeValue {
    var definition = ValueDefinition()
    definition.horizonMonths = months
    definition.annualDiscountRate = rate
    return LifetimeValue(definition, horizonDays: horizonDays)
  }

  @Test func `without churn and discount the value is the margin of every month`() {
    let value = lifetime(rate: 0).value(marginE4: 50_000, churnProbability: 0, otherEndShare: 0)
    #expect((value - 24 * 50_000).magnitude < 1e-6)
  }

  @Test func `the value is the geometric sum of survival and discount`() {
    // s·δ for 2 % churn, 1 % other ends and 10 % a year.
    let ratio = 0.98 * 0.99 * 0.9921968901589758
    var expected = 0.0
    var weight = 1.0
    for _ in 0..<24 {
      expected += weight
      weight *= ratio
    }
    let value = lifetime().value(marginE4: 10_000, churnProbability: 0.02, otherEndShare: 0.01)
    #expect((value - 10_000 * expected).magnitude < 1e-4)
  }

  @Test func `a probability of 60 days counts half in each month`() {
    let twoMonths = lifetime(horizonDays: 60).value(marginE4: 1, churnProbability: 0.19, otherEndShare: 0)
    let oneMonth = lifetime(horizonDays: 30).value(marginE4: 1, churnProbability: 0.1, otherEndShare: 0)
    #expect((twoMonths - oneMonth).magnitude < 1e-12)
  }

  @Test func `a certain leaver is worth one month, a loss-maker less than nothing`() {
    #expect(lifetime().value(marginE4: 7, churnProbability: 1, otherEndShare: 0) == 7)
    #expect(lifetime().value(marginE4: -7, churnProbability: 0.1, otherEndShare: 0) < -7)
  }

  @Test func `an amount beyond all money is cut, not a trap`() {
    #expect(LifetimeValue.amountE4(2.5) == 3 && LifetimeValue.amountE4(-2.5) == -3)
    let value = lifetime().margin(own28DaysE4: .max, mean28DaysE4: Double(Int64.max))
    #expect(LifetimeValue.amountE4(value) == 1_000_000_000_000_000)
    #expect(LifetimeValue.amountE4(-value) == -1_000_000_000_000_000)
  }

  @Test func `a margin of 28 days is scaled to 30 and shrunk towards its payment type`() {
    #expect((lifetime().margin(own28DaysE4: 28, mean28DaysE4: 280) - (0.8 * 30 + 0.2 * 300)).magnitude < 1e-12)
  }
}
