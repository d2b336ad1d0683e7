import Calendar
import Synthetic
import Testing

/// The log of contacts and the gains of a day (points 20 and 23), on small worlds.
@Suite struct ContactStudyTests {
  private static func study(_ responses: ResponseLaw, _ count: Int, threadCount: Int = 2) throws -> ContactStudy {
    let until = Day(year: 2026, month: 11, day: 22) ?? Day(rawValue: 0)
    let settings = WorldSettings(seed: 21, subscriptionCount: count, until: until, responses: responses)
    return try OperatorRun(settings, folder: nil, threadCount: threadCount).studyContacts()
  }

  private static let law = Result { try study(.law, 5_000) }

  private func comparison(_ study: ContactStudy) -> PolicyComparison {
    let nothing = study.candidates.map { [Double](repeating: 0, count: $0.gainsE4.count) }
    return PolicyComparison(study, capacityShare: 0.25, estimatesE4: nothing)
  }

  @Test func `the oracle contacts few, and rules of thumb get little of what it gains`() throws {
    let comparison = comparison(try Self.law.get())
    let oracle = try #require(comparison.row(.oracle))
    #expect(oracle.gainE4 > 0)
    #expect((0.05...0.20).contains(comparison.contactedShare(.oracle)), "\(comparison.contactedShare(.oracle))")
    // Point 23 limits worlds of 20,000 and more (`PolicyOracle.md`); shares of this one scatter by a tenth.
    for (policy, limit) in [
      (PolicyComparison.Policy.churnFirst, 0.25), (.churnTimesValue, 0.40), (.everybody, 0.25),
      (.highestAcceptance, 0.40),
    ] {
      let share = try #require(comparison.shareOfOracle(policy))
      #expect(share < limit, "\(policy.rawValue): \(share)")
    }
  }

  @Test func `without effects the oracle contacts nobody, with harm alone hardly anybody`() throws {
    let null = try Self.study(.null, 600)
    #expect(comparison(null).row(.oracle) == .init(policy: .oracle, contactedCount: 0, gainE4: 0))
    #expect(try #require(comparison(null).row(.everybody)).gainE4 < 0)
    #expect(null.candidates.count > 250)
    // Who costs more than they bring is no loss.
    let harm = try Self.study(.harm, 600)
    #expect(comparison(harm).contactedShare(.oracle) < 0.06, "\(comparison(harm).contactedShare(.oracle))")
    #expect(try #require(comparison(harm).row(.everybody)).gainE4 < 0)
    #expect(throws: SyntheticError.self) { try Self.study(.none, 600) }
  }

  @Test func `the log holds what was known before a contact, and only outcomes that are known`() throws {
    let study = try Self.law.get()
    let contacted = study.occasions.filter { $0.option != nil }
    let untouched = study.occasions.filter { $0.option == nil }
    #expect(contacted.count > 500)
    #expect(untouched.count > contacted.count)
    #expect(study.occasions.allSatisfy { $0.day + ContactStudy.outcomeDays <= study.day })
    #expect(study.occasions.allSatisfy { $0.features.count == ContactStudy.featureNames.count })
    // A contact is not among its own earlier contacts.
    let since = try #require(ContactStudy.featureNames.firstIndex(of: "days_since_contact"))
    #expect(contacted.allSatisfy { !($0.features[since] <= 0) })
    #expect(contacted.contains { $0.features[since] > 0 })
    // The pilot alone offers what does harm.
    let pilotDay = 112
    #expect(Set(contacted.filter { $0.day != pilotDay }.compactMap(\.option).map { $0 / 4 }) == [0, 1, 2, 3])
    #expect(Set(contacted.filter { $0.day == pilotDay }.compactMap(\.option).map { $0 / 4 }).count == 8)
    // Risk was targeted, so those contacted left more often although contacts keep.
    func leaving(_ occasions: [ContactStudy.Occasion]) -> Double {
      Double(occasions.count(where: \.hasLeft)) / Double(occasions.count)
    }
    #expect(leaving(contacted) > 1.2 * leaving(untouched), "\(leaving(contacted)) beside \(leaving(untouched))")
  }

  @Test func `a study is the same for any number of threads`() throws {
    func print(_ study: ContactStudy) -> [String] {
      study.candidates.map { "\($0.gainsE4)\($0.features)" }
        + study.occasions.map { "\($0.day) \(String(describing: $0.option)) \($0.hasLeft)" }
    }
    let one = try Self.study(.law, 600, threadCount: 1)
    #expect(print(one) == print(try Self.study(.law, 600, threadCount: 2)))
    #expect(one.occasions.count > 100)
  }
}
