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

  private static let law = Result { try study(.law, 12_000) }
  private static let pilotDay = 112

  private func comparison(_ study: ContactStudy) -> PolicyComparison {
    let nothing = study.candidates.map { [Double](repeating: 0, count: $0.gainsE4.count) }
    return PolicyComparison(study, capacityShare: 0.25, estimatesE4: nothing)
  }

  @Test func `the oracle contacts few, and rules of thumb get little of what it gains`() throws {
    let comparison = comparison(try Self.law.get())
    let oracle = try #require(comparison.row(.oracle))
    #expect(oracle.gainE4 > 0)
    #expect((0.05...0.20).contains(comparison.contactedShare(.oracle)), "\(comparison.contactedShare(.oracle))")
    // The law's limits, but for one. They are meant for 150,000 subscribers (`PolicyLimits`), where churn-first gets 6 to 8 % of its 10; in
    // a world of 12,000 that share scatters from seed to seed by some 6 points, and the few points of room are too few.
    for (policy, limit) in PolicyLimits.rules {
      let share = try #require(comparison.shareOfOracle(policy))
      #expect(share < (policy == .churnFirst ? 2 * limit : limit), "\(policy.rawValue): \(share)")
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
    #expect(Set(contacted.filter { $0.day != Self.pilotDay }.compactMap(\.offer)) == [0, 1, 2, 3])
    // Risk was targeted, so those contacted left more often although contacts keep.
    func leaving(_ occasions: [ContactStudy.Occasion]) -> Double {
      Double(occasions.count(where: \.hasLeft)) / Double(occasions.count)
    }
    #expect(leaving(contacted) > 1.2 * leaving(untouched), "\(leaving(contacted)) beside \(leaving(untouched))")
  }

  @Test func `the pilot draws a tenth at most, near 10,000 of a large world, and any offer as often`() throws {
    func share(_ count: Int) -> Double { OperatorLaw.Contacts.pilotShare(subscriptionCount: count) }
    #expect([300, 12_000, 147_000].map(share) == [0.1, 0.1, 0.1])
    #expect(abs(share(1_000_000) * 680_000 - 10_000) < 1e-6)
    let study = try Self.law.get()
    let pilot = study.occasions.filter { $0.day == Self.pilotDay }
    #expect(pilot.allSatisfy { $0.option != nil })
    // Of those who consented to a channel; the base hardly changes from the pilot to the day of the study.
    let drawn = Double(pilot.count) / Double(study.candidates.count)
    #expect((0.088...0.115).contains(drawn), "\(drawn)")
    let inLargeWorld = Double(pilot.count) / 12_000 * 150_000 * share(150_000) / share(12_000)
    #expect((8_500...10_500).contains(inLargeWorld), "\(inLargeWorld)")
    // Some 94 contacts by each of the eight offers.
    for offer in 0..<8 {
      let count = pilot.count { $0.offer == offer }
      #expect((60...135).contains(count), "offer \(offer): \(count)")
    }
  }

  @Test func `whom the pilot draws is unrelated to the risk, whom a campaign picks is not`() throws {
    let study = try Self.law.get()
    let score = try #require(ContactStudy.featureNames.firstIndex(of: "campaign_score"))
    // The campaign of the day before: those whom it picked, and a sample of those whom it left alone.
    let eve = study.occasions.filter { $0.day == Self.pilotDay - 1 }
    let untouched = eve.filter { $0.option == nil }
    #expect(untouched.count > 900)
    /// The area under the ROC curve of the score by which campaigns pick, those contacted beside those left alone.
    func area(_ contacted: [ContactStudy.Occasion]) -> Double {
      let all = contacted + untouched
      return LinearFit.area(all.map { $0.features[score] }, all.map { $0.option != nil })
    }
    let campaign = area(eve.filter { $0.option != nil })
    #expect(campaign > 0.62, "\(campaign)")
    // Three standard errors beside a half.
    let pilot = area(study.occasions.filter { $0.day == Self.pilotDay })
    #expect((0.46...0.54).contains(pilot), "\(pilot)")
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
