import Calendar
import Columns
import Decisions
import Testing

@Suite struct ControlTests {
  static func decide(
    _ world: World, _ policy: Policy, key: UInt8 = 1, night: Day = World.night,
    contacts: ContactRecord = ContactRecord()
  ) throws -> DecisionNight.Outcome {
    var inputs = world.inputs(contacts: contacts)
    inputs.night = night
    return try DecisionNight.decide(
      inputs, catalogue: World.catalogue, policy: policy, key: World.key(key), threads: 1)
  }

  static func universalControls(_ outcome: DecisionNight.Outcome) throws -> Set<Int64> {
    Set(try outcome.assignmentRows().filter { $0.arm == "universal-control" }.map(\.person))
  }

  static let world = World.random(customerCount: 3_000, seed: 1)
  static let policy = World.tightPolicy(customerCount: 3_000)

  @Test func `the universal control lasts for its period, is drawn anew in the next and depends on the key`() throws {
    let december = Day("2026-12-31")!
    let january = Day("2027-01-01")!
    let first = try Self.decide(Self.world, Self.policy)
    let controls = try Self.universalControls(first)
    let personCount = first.assignments.rowCount
    #expect(abs(Double(controls.count) / Double(personCount) - 0.1) < 0.02)
    #expect(try Self.universalControls(Self.decide(Self.world, Self.policy, night: december)) == controls)
    #expect(try first.assignmentRows().allSatisfy { $0.period == "2026-H2" })

    let next = try Self.universalControls(Self.decide(Self.world, Self.policy, night: january))
    let common = Double(next.intersection(controls).count) / Double(controls.count)
    #expect(common < 0.2, "a new period shares about a tenth of its controls with the last")
    let other = try Self.universalControls(Self.decide(Self.world, Self.policy, key: 2))
    #expect(Double(other.intersection(controls).count) / Double(controls.count) < 0.2)
  }

  @Test func `periods are named by what they are`() {
    #expect(Policy.ControlPeriod.halfYear.name(of: Day("2026-06-30")!) == "2026-H1")
    #expect(Policy.ControlPeriod.halfYear.name(of: Day("2026-07-01")!) == "2026-H2")
    #expect(Policy.ControlPeriod.quarter.name(of: Day("2026-12-31")!) == "2026-Q4")
    #expect(Policy.ControlPeriod.quarter.name(of: Day("2026-04-01")!) == "2026-Q2")
    #expect(Policy.ControlPeriod.year.name(of: Day("2026-04-01")!) == "2026")
  }

  @Test func `a person is in one arm with all subscriptions, and a control is never sent anything`() throws {
    let outcome = try Self.decide(Self.world, Self.policy)
    let assignments = try outcome.assignmentRows()
    #expect(Set(assignments.map(\.person)).count == assignments.count)
    let arms = Dictionary(uniqueKeysWithValues: assignments.map { ($0.person, $0) })
    var winners: [Int64: DecisionRow] = [:]
    for row in try outcome.decisionRows() {
      guard let person = row.person, let assignment = arms[person] else { continue }
      if row.isWinner {
        #expect(winners.updateValue(row, forKey: person) == nil, "one action a person")
        #expect(assignment.arm == (row.reason == "explored" ? "explored" : "treated"))
        #expect(
          assignment.offer == row.offer && assignment.channel == row.channel
            && assignment.subscription == row.subscription && !assignment.isWithheld)
      }
      if assignment.arm == "universal-control" { #expect(!row.isEligible || row.reason == "universal-control") }
      if row.reason == "campaign-control" {
        #expect(assignment.arm == "campaign-control" && assignment.isWithheld && assignment.offer == row.offer)
      }
      if row.reason == "not-drawn" { #expect(assignment.arm == "explored") }
    }
    #expect(Set(assignments.map(\.arm)) == ["universal-control", "campaign-control", "explored", "treated", "none"])
    for assignment in assignments where ["treated", "campaign-control"].contains(assignment.arm) {
      #expect(assignment.offer != nil && assignment.campaign != nil)
      #expect((winners[assignment.person] != nil) == (assignment.arm == "treated"))
    }
    #expect(assignments.contains { $0.arm == "universal-control" && $0.isWithheld && $0.offer != nil })
  }

  @Test func `the draws do not enter the allocation`() throws {
    let one = try Self.decide(Self.world, Self.policy, key: 1)
    let two = try Self.decide(Self.world, Self.policy, key: 2)
    for name in ["allocated.value_e4", "allocated.cost_e4", "price.budget_e6"] {
      #expect(one.counts[name] == two.counts[name])
    }
    #expect(one.assignments != two.assignments)
  }

  @Test func `frequencies over many keys match the probabilities recorded`() throws {
    let world = World.random(customerCount: 24, seed: 4)
    var policy = World.openPolicy
    policy.universalControlShare = 0.2
    policy.campaignControlShare = 0.3
    policy.exploration = .init(share: 0.4, contactCounts: [100, 100, 0, 100])
    let runCount = 3_000
    // What happens to a person: the arm, and what is done; each with its count and the probability recorded for it.
    var arms: [String: (count: Int, probability: Double)] = [:]
    var actions: [String: (count: Int, probability: Double)] = [:]
    for run in 0..<runCount {
      let key = World.key(run: run)
      let outcome = try DecisionNight.decide(
        world.inputs(), catalogue: World.catalogue, policy: policy, key: key, threads: 1)
      for row in try outcome.assignmentRows() {
        let done = row.isWithheld || row.offer == nil ? "nothing" : "\(row.offer!) \(row.channel!) \(row.subscription!)"
        let arm = arms["\(row.person) \(row.arm)"] ?? (0, row.armProbability)
        let action = actions["\(row.person) \(done)"] ?? (0, row.actionProbability)
        #expect(abs(arm.probability - row.armProbability) < 1e-12, "the same arm is always as likely")
        #expect(abs(action.probability - row.actionProbability) < 1e-12, "the same action is always as likely")
        arms["\(row.person) \(row.arm)"] = (arm.count + 1, arm.probability)
        actions["\(row.person) \(done)"] = (action.count + 1, action.probability)
      }
    }
    #expect(arms.count > 60 && actions.count > 40)
    for (what, seen) in arms.merging(actions, uniquingKeysWith: { a, _ in a }) {
      let deviation = (seen.probability * (1 - seen.probability) / Double(runCount)).squareRoot()
      let frequency = Double(seen.count) / Double(runCount)
      #expect(abs(frequency - seen.probability) < 4.5 * deviation + 1e-9, "\(what)")
    }
    // The probabilities of all that can happen to a person add up to one.
    for table in [arms, actions] {
      var sums: [Substring: Double] = [:]
      for (what, seen) in table { sums[what.prefix { $0 != " " }, default: 0] += seen.probability }
      for sum in sums.values { #expect(abs(sum - 1) < 1e-9) }
    }
  }

  @Test func `exploration cut short by its budget still records probabilities that weigh right`() throws {
    let world = World.random(customerCount: 60, seed: 8)
    var policy = World.openPolicy
    policy.universalControlShare = 0.2
    policy.exploration = .init(share: 0.5, contactCounts: [0, 3, 3, 2])
    let runCount = 2_000
    var weight = 0.0
    var cutCount = 0
    var openPersons: Set<Int64> = []
    for run in 0..<runCount {
      let key = World.key(run: run)
      let outcome = try DecisionNight.decide(
        world.inputs(), catalogue: World.catalogue, policy: policy, key: key, threads: 1)
      if outcome.counts["exploration.share_e6"]! < 500_000 { cutCount += 1 }
      var used: [String: Int] = [:]
      for row in try outcome.assignmentRows() where row.arm == "explored" {
        weight += 1 / row.armProbability
        openPersons.insert(row.person)
        if let channel = row.channel { used[channel, default: 0] += 1 }
      }
      #expect(used["email", default: 0] <= 3 && used["push", default: 0] <= 3 && used["sms", default: 0] <= 2)
      #expect(used["call"] == nil)
    }
    #expect(cutCount > runCount / 2)
    // Weighing each explored person by 1 / probability estimates the number of persons open to exploration.
    #expect(abs(weight / Double(runCount) / Double(openPersons.count) - 1) < 0.06)
  }

  @Test func `a withheld action counts against the caps as if it had been made`() throws {
    var policy = World.openPolicy
    policy.caps = [.init(days: 7, contactCount: 1)]
    policy.campaignControlShare = 0.5
    let first = try Self.decide(Self.world, policy)
    var withheld = ContactRecord()
    try withheld.append(assignments: first.assignments)
    #expect(withheld.count > 100)
    let second = try Self.decide(Self.world, policy, night: World.night + 1, contacts: withheld)
    let rested = Set(withheld.personIDs)
    for row in try second.assignmentRows() where rested.contains(row.person) { #expect(row.offer == nil) }
    #expect(try second.decisionRows().contains { $0.reason == "contact-cap" })
  }
}
