import Calendar
import Glibc
import Synthetic
import Testing

/// What a contact does to a subscription, and for how long (points 17 and 18), in towns on their first day.
@Suite struct TownResponsesTests {
  private func town(_ responses: ResponseLaw, _ campaigns: CampaignStyle = .usual, index: Int = 0) -> Town {
    let until = Day(year: 2026, month: 11, day: 22) ?? Day(rawValue: 0)
    let settings = WorldSettings(
      seed: 21, subscriptionCount: 4_096, until: until, responses: responses,
      campaigns: campaigns)
    return Town(index: index, world: World(settings))
  }

  /// Somebody prepaid, without a contract that could fall idle, who is kept by the first offer.
  private func persuaded(_ town: Town) throws -> (person: Int, position: Int) {
    try #require(
      town.persons.indices.lazy.compactMap { person -> (Int, Int)? in
        guard let position = town.persons[person].subscriptions.first, town.subscribers[position].isPrepaid else {
          return nil
        }
        return town.effect(person, position, 0, offer: 0, channel: 0, logOdds: -20) < 0 ? (person, position) : nil
      }.first)
  }

  private func isNear(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) < 1e-9 }

  @Test func `a lasting save holds, another fades from day 30 to 90, annoyance from the start`() {
    func remainder(_ logit: Double, isLasting: Bool = false, age: Int, in world: ResponseLaw = .law) -> Double {
      OperatorLaw.Responses.remainder(Effect(day: 10, logit: logit, isLasting: isLasting), age: age, in: world)
    }
    #expect([-1, 0, 30, 60, 90, 200].map { remainder(-2, age: $0) } == [0, 1, 1, 0.5, 0, 0])
    #expect([-1, 0, 30, 90, 1_000].map { remainder(-2, isLasting: true, age: $0) } == [0, 1, 1, 1, 1])
    // Nobody is annoyed for good.
    for isLasting in [false, true] {
      let shares = [-1, 0, 30, 60, 120, 200].map { remainder(1, isLasting: isLasting, age: $0) }
      #expect(shares == [0, 1, 0.75, 0.5, 0, 0])
    }
    #expect([0, 30, 60].map { remainder(1, age: $0, in: .harm) } == [1, 0.5, 0])
  }

  @Test func `half of those who are kept are back at the old hazard after 90 days, the others stay kept`() throws {
    var lasting: [Bool] = []
    for index in 0..<16 {
      let town = town(.law, index: index)
      for person in town.persons.indices {
        guard let position = town.persons[person].subscriptions.first else { continue }
        let save = town.effect(person, position, 0, offer: 0, channel: 0)
        guard save < 0 else { continue }
        var contacted = town
        contacted.feel(person, position, 0, offer: 0, channel: 0)
        // What is remembered is left out: it fades by itself.
        func logit(_ day: Int) -> Double { contacted.responseLogit(position, day, memory: ContactMemory()) }
        #expect((logit(0), logit(1), logit(31)) == (0, save, save))
        let isLasting = contacted.persons[person].traits.isLasting
        #expect(logit(91) == (isLasting ? save : 0))
        lasting.append(isLasting)
      }
    }
    #expect(lasting.count > 300)
    // More than three standard errors of 300 draws.
    let share = Double(lasting.count { $0 }) / Double(lasting.count)
    #expect((0.40...0.60).contains(share), "\(share) of \(lasting.count)")
  }

  @Test func `contacts fade with a time constant of 30 days, and each takes 15 percent off the next`() throws {
    var town = town(.law)
    let (person, position) = try persuaded(town)
    func effect(_ day: Int, offer: Int = 0, channel: Int = 0, logOdds: Double = -20) -> Double {
      town.effect(person, position, day, offer: offer, channel: channel, logOdds: logOdds)
    }
    #expect(isNear(effect(0), -3.2))
    #expect(isNear(effect(0, channel: 1), -3.2 * 0.8))
    // Who is nearly gone is kept by half.
    #expect(isNear(effect(0, logOdds: -2.2), -1.6))

    town.persons[person].memory.remember(offer: 1, on: 0)
    #expect(isNear(town.persons[person].memory.level(on: 0), 1))
    #expect(isNear(town.persons[person].memory.level(on: 30), exp(-1)))
    #expect(isNear(effect(0), -3.2 * 0.85))
    #expect(isNear(effect(30), -3.2 * (1 - 0.15 * exp(-1))))
    town.persons[person].memory.remember(offer: 1, on: 30)
    #expect(isNear(town.persons[person].memory.level(on: 30), 1 + exp(-1)))

    for _ in 0..<8 { town.persons[person].memory.remember(offer: 1, on: 30) }
    #expect(effect(30) == 0)
  }

  @Test func `the same offer again works by half within 60 days`() throws {
    var town = town(.law)
    let (person, position) = try persuaded(town)
    town.persons[person].memory.remember(offer: 0, on: 0)
    func effect(_ day: Int) -> Double { town.effect(person, position, day, offer: 0, channel: 0, logOdds: -20) }
    func tired(_ day: Double) -> Double { 1 - 0.15 * exp(-day / 30) }
    #expect(isNear(effect(0), -3.2 * 0.85 / 2))
    #expect(isNear(effect(59), -3.2 * tired(59) / 2))
    #expect(isNear(effect(60), -3.2 * tired(60)))
  }

  @Test func `of several contacts the strongest save and the strongest annoyance count`() {
    var law = town(.law)
    let effects = [
      Effect(day: 5, logit: -1, isLasting: true), Effect(day: 5, logit: -2, isLasting: true),
      Effect(day: 5, logit: 0.5, isLasting: false), Effect(day: 5, logit: 0.3, isLasting: false),
    ]
    law.subscribers[0].effects = effects
    #expect(law.responseLogit(0, 4) == 0)
    #expect(isNear(law.responseLogit(0, 5), -1.5))
    #expect(isNear(law.responseLogit(0, 65), -1.75))
    #expect(isNear(law.responseLogit(0, 5, and: Effect(day: 5, logit: -3, isLasting: false)), -2.5))
    #expect(isNear(law.responseLogit(0, 5, and: Effect(day: 5, logit: 0.9, isLasting: false)), -1.1))
    var null = town(.null)
    null.subscribers[0].effects = effects
    #expect(null.responseLogit(0, 5) == 0)
  }

  @Test func `beyond two remembered contacts each adds to the hazard, and who was offered discounts expects another`() {
    let town = town(.law)
    func memory(_ offer: Int, count: Int) -> ContactMemory {
      var memory = ContactMemory()
      for _ in 0..<count { memory.remember(offer: offer, on: 0) }
      return memory
    }
    func logit(_ day: Int, _ memory: ContactMemory) -> Double { town.responseLogit(0, day, memory: memory) }
    // The fifth offer is no discount.
    #expect([0, 61].map { logit($0, memory(4, count: 2)) } == [0, 0])
    #expect(isNear(logit(0, memory(4, count: 5)), 0.3))
    #expect(isNear(logit(15, memory(4, count: 5)), 0.1 * (5 * exp(-0.5) - 2)))
    #expect(logit(30, memory(4, count: 5)) == 0)
    #expect([0, 60, 61, 179].map { logit($0, memory(1, count: 1)) } == [0, 0, 0.1, 0.1])
  }

  @Test func `a fifth of an effect reaches the other persons of the household, and nobody else`() throws {
    var town = town(.harm)
    let persons = town.persons
    let person = try #require(
      persons.indices.first { person in
        !persons[person].subscriptions.isEmpty
          && persons.indices.contains { other in
            other != person && persons[other].household == persons[person].household
              && !persons[other].subscriptions.isEmpty
          }
      })
    let position = try #require(persons[person].subscriptions.first)
    town.feel(person, position, 10, offer: 0, channel: 0)
    let isLasting = persons[person].traits.isLasting
    for other in persons.indices {
      let isHousehold = persons[other].household == persons[person].household
      for own in persons[other].subscriptions {
        let logits = town.subscribers[own].effects.map(\.logit)
        let expected = own == position ? [0.9] : other != person && isHousehold ? [0.9 * 0.2] : []
        #expect(logits == expected)
        #expect(town.subscribers[own].effects.allSatisfy { $0.day == 11 && $0.isLasting == isLasting })
      }
      // Only who was contacted remembers it.
      #expect(town.persons[other].memory.level(on: 10) == (other == person ? 1 : 0))
    }
  }

  @Test func `without campaigns their effects are gone, and an agent's offer goes on working`() throws {
    var town = town(.harm)
    let (person, position) = try #require(
      town.persons.indices.lazy.compactMap { person in
        town.persons[person].subscriptions.first.map { (person, $0) }
      }.first)
    func effects(_ town: Town) -> [Double] { town.subscribers.flatMap { $0.effects.map(\.logit) } }
    town.feel(person, position, 10, offer: 7, channel: 2, isOfCare: true)
    let cared = town
    town.feel(person, position, 12, offer: 0, channel: 0)
    #expect(effects(town).count == 2 * effects(cared).count)
    #expect(town.persons[person].memory.level(on: 12) > cared.persons[person].memory.level(on: 12))
    let without = town.withoutCampaignEffects()
    #expect(!effects(without).isEmpty)
    #expect(effects(without) == effects(cared))
    #expect(without.subscribers.allSatisfy { $0.effects.allSatisfy(\.isOfCare) })
    for day in [12, 60] {
      #expect(without.persons[person].memory.level(on: day) == cared.persons[person].memory.level(on: day))
    }
    #expect(without.responseLogit(position, 12) == cared.responseLogit(position, 12))
  }

  @Test func `heavy campaigns look at kinds of use only where the person agrees to that`() throws {
    for campaigns in [CampaignStyle.usual, .heavy] {
      var town = town(.law, campaigns)
      // Somebody with a data allowance: how much of it is used moves the hazard.
      let (person, position) = try #require(
        town.persons.indices.lazy.compactMap { person -> (Int, Int)? in
          guard let position = town.persons[person].subscriptions.first else { return nil }
          return town.standing(position, 0).allowanceShare == nil ? nil : (person, position)
        }.first)
      func risks(agrees: Bool?) -> Set<Double> {
        town.persons[person].consents[town.persons[person].consents.count - 1] = agrees
        return Set(
          [0, 1_000_000_000].map { kilobytes in
            town.subscribers[position].windows.kilobytes28 = kilobytes
            return town.riskPursued(person, position, 0)
          })
      }
      #expect(risks(agrees: true).count == 2)
      for agrees in [false, nil] { #expect(risks(agrees: agrees).count == (campaigns == .heavy ? 1 : 2)) }
    }
  }

  @Test func `without traffic a standing tells of numbers of events, not of their kinds`() {
    var some = town(.law).standing(0, 0)
    (some.allowanceShare, some.dropped28, some.dataEventShare, some.incomingShare) = (0.95, 5, 0.9, 0.1)
    (some.events28, some.weekTrend, some.monthTrend, some.networkTickets91) = (40, 0.5, 0.7, 1)
    var others = some
    (others.allowanceShare, others.dropped28, others.dataEventShare, others.incomingShare) = (0.1, 0, 0.2, 0.8)
    let (left, same) = (some.withoutTraffic, others.withoutTraffic)
    #expect(left.allowanceShare == nil && same.allowanceShare == nil)
    #expect(left.dropped28 == same.dropped28 && left.dataEventShare == same.dataEventShare)
    #expect(left.incomingShare == same.incomingShare)
    #expect(left.events28 == 40 && left.weekTrend == 0.5 && left.monthTrend == 0.7 && left.networkTickets91 == 1)
  }
}
