import Calendar
import Columns
import Datasets
import Decisions
import Randomness
import Testing
import Twins

@Suite struct DecisionNightTests {
  static let world = World.random(customerCount: 4_000, seed: 2)
  static let policy = World.tightPolicy(customerCount: 4_000)

  static func decide(_ inputs: DecisionNight.Inputs, _ policy: Policy = policy, threads: Int = 1) throws
    -> DecisionNight.Outcome
  {
    try DecisionNight.decide(inputs, catalogue: World.catalogue, policy: policy, key: World.key(3), threads: threads)
  }

  @Test func `the order of the inputs and the number of threads change nothing`() throws {
    let random = CounterRandom(seed: 5, stream: 1)
    let shuffled = Self.world.customers.indices.sorted { random.bits(UInt64($0)) < random.bits(UInt64($1)) }
    let outcome = try Self.decide(Self.world.inputs())
    #expect(try Self.decide(Self.world.inputs(permutation: shuffled)) == outcome)
    #expect(try Self.decide(Self.world.inputs(), threads: 3) == outcome)
    let reversed = OfferCatalogue(World.catalogue.offers.reversed())
    let other = try DecisionNight.decide(
      Self.world.inputs(permutation: shuffled), catalogue: reversed, policy: Self.policy, key: World.key(3), threads: 2)
    #expect(other == outcome)
  }

  @Test func `budget and capacities hold with exploration and are used up`() throws {
    for seed in 0..<6 as Range<UInt64> {
      let world = World.random(customerCount: 2_000, seed: seed)
      let policy = World.tightPolicy(customerCount: 2_000)
      let outcome = try Self.decide(world.inputs(), policy)
      var cost: Int64 = 0
      var used: [String: Int64] = [:]
      for row in try outcome.decisionRows() where row.isWinner {
        cost += row.cost!
        used[row.channel, default: 0] += 1
      }
      #expect(cost <= policy.budgetE4!)
      for channel in ContactChannel.allCases {
        #expect(used[channel.rawValue, default: 0] <= policy.capacities[channel.index] ?? .max)
        #expect(outcome.counts["contacts.\(channel.rawValue)"] == used[channel.rawValue, default: 0])
      }
      #expect(outcome.counts["sent.cost_e4"] == cost)
      let spendable = policy.budgetE4! - policy.exploration.budgetE4!
      #expect(outcome.counts["allocated.cost_e4"]! <= spendable)
      #expect(outcome.counts["allocated.cost_e4"]! > spendable * 9 / 10)
      #expect(outcome.counts["allocated.gap_e6"]! < 5_000)
      #expect(outcome.counts["allocated.bound_e4"]! >= outcome.counts["allocated.value_e4"]!)
    }
  }

  @Test func `every offer is considered for every subscription, each channel once or all at once`() throws {
    let outcome = try Self.decide(Self.world.inputs())
    var channels: [String: [String]] = [:]
    var last: (Int64, String, String)?
    for row in try outcome.decisionRows() {
      channels["\(row.subscription) \(row.offer)", default: []].append(row.channel)
      if let last { #expect(last < (row.subscription, row.offer, row.channel)) }
      last = (row.subscription, row.offer, row.channel)
      #expect(row.isEligible == (row.value != nil) && row.isEligible == (row.priced != nil))
      #expect(row.reason != "pending")
    }
    #expect(channels.count == Self.world.customers.count * World.catalogue.offers.count)
    let terms = Dictionary(
      uniqueKeysWithValues: World.catalogue.offers.map { ($0.id, $0.terms.map(\.channel.rawValue)) })
    for (key, seen) in channels {
      let offer = String(key.split(separator: " ")[1])
      #expect(seen == ["any"] || seen == terms[offer])
    }
    let reasons = outcome.counts.filter { $0.key.hasPrefix("reason.") }.values.reduce(0, +)
    #expect(reasons == Int64(outcome.decisions.rowCount) && reasons == outcome.counts["actions"])
    let arms = outcome.counts.filter { $0.key.hasPrefix("arm.") }.values.reduce(0, +)
    #expect(arms == Int64(outcome.assignments.rowCount))
  }

  @Test func `a loser has less value, or is priced out by what is scarce`() throws {
    let outcome = try Self.decide(Self.world.inputs())
    let rows = try outcome.decisionRows()
    let winners = Dictionary(
      rows.filter { $0.isWinner || $0.reason == "campaign-control" }.map { ($0.person!, $0) },
      uniquingKeysWith: { a, _ in a })
    var seen: Set<String> = []
    for row in rows {
      seen.insert(row.reason)
      switch row.reason {
      case "lower-value": #expect(row.value! <= winners[row.person!]!.value!)
      case "budget", "capacity":
        #expect(row.value! > winners[row.person!]?.value ?? 0)
        if winners[row.person!] == nil { #expect(row.priced! <= 0 || row.priced! < row.value!) }
      case "negative-value": #expect(row.value! < 0)
      case "winner": #expect(row.value! > 0 && row.cost! > 0)
      default: break
      }
    }
    #expect(seen.isSuperset(of: ["lower-value", "budget", "capacity", "negative-value", "winner", "explored"]))
  }

  @Test func `twins and scores of the house have what is needed`() throws {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    let twin = try TwinCatalogue.load(path: "\(root)/Pipelines/\(TwinCatalogue.subscriptionFile)").schema
    let inputs = DecisionNight.Inputs(
      night: World.night, twins: Table(empty: twin),
      scores: Table(empty: Dataset.scores.schema), contacts: ContactRecord())
    #expect(try Self.decide(inputs).decisions.rowCount == 0)
  }

  @Test func `an empty base decides nothing`() throws {
    let outcome = try Self.decide(World(customers: []).inputs())
    #expect(outcome.decisions.rowCount == 0 && outcome.assignments.rowCount == 0 && outcome.warnings.isEmpty)
  }

  @Test func `a subscription twice and scores of several horizons are refused`() throws {
    let twice = World(customers: [Customer(subscription: 1, person: 1), Customer(subscription: 1, person: 2)])
    #expect(throws: DecisionsError.self) { try Self.decide(twice.inputs()) }
    var inputs = World(customers: [Customer(subscription: 1, person: 1), Customer(subscription: 2, person: 2)]).inputs()
    inputs.scores = Table(
      World.scoreSchema,
      [
        .int64(TypedColumn([1, 1, 2])), .int32(TypedColumn([30, 90, 30])), .double(TypedColumn([0.1, 0.2, 0.3])),
        .int64(TypedColumn([1, 2, 3])),
      ])
    #expect(throws: DecisionsError.self) { try Self.decide(inputs) }
    var policy = Self.policy
    policy.horizonDays = 90
    let outcome = try Self.decide(inputs, policy)
    #expect(try outcome.decisionRows().filter { $0.subscription == 2 }.allSatisfy { !$0.isEligible })
    policy.horizonDays = 60
    #expect(throws: DecisionsError.self) { try Self.decide(inputs, policy) }
  }

  @Test func `a missing column is an error that names it`() throws {
    var inputs = World(customers: [Customer(subscription: 1, person: 1)]).inputs()
    inputs.twins = Table(Schema([ColumnField("subscription_id", .int64)]), [.int64(TypedColumn([1]))])
    #expect {
      try Self.decide(inputs)
    } throws: { "\($0)".contains("person_id") }
  }
}
