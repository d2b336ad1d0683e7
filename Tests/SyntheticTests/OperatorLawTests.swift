import Calendar
import Synthetic
import Testing

/// The limits of difficulty (law, points 5, 6 and 22), coarse, on a small world.
@Suite struct OperatorLawTests {
  private struct Case {
    var isPrepaid: Bool
    var hasLeft: Bool
    var probability: Double
    var best: Double
    var features: [Double]
  }

  /// Every as-of day whose outcome is known, of 12,000 subscribers.
  private static let cases = Result { () -> [Case] in
    let until = Day(year: 2026, month: 11, day: 22) ?? Day(rawValue: 0)
    let settings = WorldSettings(seed: 11, subscriptionCount: 12_000, until: until)
    let rows = try OperatorRun(settings, folder: "/nonexistent", threadCount: 2).observe()
    return rows.filter { $0.truth.day >= 91 && $0.truth.day + 30 <= 179 }.map { truth, standing in
      Case(
        isPrepaid: truth.isPrepaid, hasLeft: truth.decisionDay.map { $0 - truth.day <= 30 } ?? false,
        probability: truth.probability, best: truth.bestObservable, features: features(standing))
    }
  }

  /// The fields of the law as a straight line sees them: each as it is, with a mark where it is missing.
  private static func features(_ s: Standing) -> [Double] {
    [
      s.isPrepaid ? 1 : 0, Double(s.tenureDays) / 1_000, Double(s.contractDaysLeft ?? 0) / 300,
      s.contractDaysLeft == nil ? 1 : 0, Double(s.age) / 20, Double(s.feeE4) / 100_000, min(3, s.allowanceShare ?? 0),
      min(3, s.billShock ?? 1), Double(s.networkTickets91), Double(s.cancellationTickets28), Double(s.dropped28) / 3,
      Double(s.events28) / 300, min(3, s.weekTrend), min(3, s.monthTrend), s.dataEventShare, s.incomingShare,
      s.isRivalRegion ? 1 : 0, Double(s.householdCount), Double(s.personCount), Double(s.troubledPayments91),
      Double(s.daysSinceTopUp ?? 0) / 30, Double(s.topUps91), Double(s.balanceE4) / 100_000,
      Double(s.bundleDaysLeft ?? 0) / 28,
    ]
  }

  @Test func `at least sixty percent of the delivered fields are irrelevant`() {
    let emitted = OperatorLaw.emittedFields
    #expect(Set(emitted).count == emitted.count)
    #expect(OperatorLaw.relevantFields.isSubset(of: emitted))
    #expect(Double(OperatorLaw.relevantFields.count) <= 0.4 * Double(emitted.count))
    // As Synthetic.docc/OperatorLaw.md says.
    #expect((OperatorLaw.relevantFields.count, emitted.count) == (28, 108))
  }

  @Test func `churn per month lies within the limits of each payment type`() throws {
    let cases = try Self.cases.get()
    for (isPrepaid, limits) in [(true, 0.03...0.05), (false, 0.01...0.02)] {
      let own = cases.filter { $0.isPrepaid == isPrepaid }
      let rate = Double(own.count { $0.hasLeft }) / Double(own.count)
      #expect(limits.contains(rate), "\(isPrepaid ? "prepaid" : "postpaid") \(rate)")
      let expected = own.reduce(0) { $0 + $1.probability } / Double(own.count)
      #expect(abs(expected - rate) < 0.25 * rate, "the truth says \(expected), the world \(rate)")
    }
  }

  @Test func `the best observable is neither hopeless nor easy, within each payment type too`() throws {
    let cases = try Self.cases.get()
    let best = LinearFit.area(cases.map(\.best), cases.map(\.hasLeft))
    #expect((0.68...0.80).contains(best), "\(best)")
    for isPrepaid in [true, false] {
      let own = cases.filter { $0.isPrepaid == isPrepaid }
      let area = LinearFit.area(own.map(\.best), own.map(\.hasLeft))
      #expect(area > 0.64, "\(area)")
    }
    // The latents weigh: who knows them sees clearly more.
    #expect(LinearFit.area(cases.map(\.probability), cases.map(\.hasLeft)) > best + 0.02)
  }

  @Test func `a straight line sees clearly less than the best observable`() throws {
    let cases = try Self.cases.get()
    let fit = LinearFit(cases.map(\.features), cases.map(\.hasLeft))
    let line = LinearFit.area(cases.map { fit.score($0.features) }, cases.map(\.hasLeft))
    let best = LinearFit.area(cases.map(\.best), cases.map(\.hasLeft))
    #expect(line > 0.55, "\(line)")
    #expect(best - line >= 0.03, "best \(best), line \(line)")
  }
}
