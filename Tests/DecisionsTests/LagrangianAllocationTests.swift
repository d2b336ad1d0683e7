import Decisions
import Randomness
import Testing

@Suite struct LagrangianAllocationTests {
  typealias Problem = LagrangianAllocation.Problem
  typealias Solution = LagrangianAllocation.Solution

  /// A random problem; costs grow with value, so that the best action is often too dear.
  static func problem(
    groupCount: Int, actionLimit: Int, seed: UInt64, budgetShare: Double?, capacityShare: Double?
  ) -> Problem {
    let random = CounterRandom(seed: seed, stream: 1)
    var starts = [0]
    var values: [Int64] = []
    var costs: [Int64] = []
    var channels: [Int] = []
    for group in 0..<groupCount {
      let count = Int(random.integer(below: UInt64(actionLimit + 1), UInt64(group), 0))
      for action in 0..<count {
        func draw(_ what: UInt64) -> Double { random.uniform(UInt64(group), UInt64(action) * 8 + what + 1) }
        let value = Int64(50_000 * draw(0) * draw(1))
        values.append(value)
        costs.append(Int64(Double(value) * 0.5 * draw(2)) + Int64(2_000 * draw(3)))
        channels.append(Int(4 * draw(4)))
      }
      starts.append(values.count)
    }
    let capacity = capacityShare.map { Int64((Double(groupCount) * $0).rounded(.up)) }
    return Problem(
      groupStarts: starts, values: values, costs: costs, channels: channels,
      budget: budgetShare.map { Int64($0 * Double(costs.reduce(0, +))) },
      capacities: [capacity, nil, capacity.map { $0 * 2 }, capacity])
  }

  /// Whether the solution is what it says and keeps every limit.
  static func check(_ solution: Solution, _ problem: Problem) {
    var value: Int64 = 0
    var cost: Int64 = 0
    var used = [Int64](repeating: 0, count: problem.capacities.count)
    #expect(solution.chosen.count == problem.groupCount)
    for (group, action) in solution.chosen.enumerated() where action >= 0 {
      #expect((problem.groupStarts[group]..<problem.groupStarts[group + 1]).contains(action))
      #expect(problem.values[action] > 0)
      value += problem.values[action]
      cost += problem.costs[action]
      used[problem.channels[action]] += 1
    }
    #expect(solution.value == value && solution.cost == cost && solution.used == used)
    #expect(cost <= problem.budget ?? .max)
    for (count, capacity) in zip(used, problem.capacities) { #expect(count <= capacity ?? .max) }
    #expect(solution.bound >= solution.value)
  }

  /// The best value by trying everything.
  static func bruteForce(_ problem: Problem) -> Int64 {
    func best(_ group: Int, _ budget: Int64, _ capacities: [Int64]) -> Int64 {
      guard group < problem.groupCount else { return 0 }
      var most = best(group + 1, budget, capacities)
      for action in problem.groupStarts[group]..<problem.groupStarts[group + 1]
      where problem.costs[action] <= budget && capacities[problem.channels[action]] > 0 {
        var left = capacities
        left[problem.channels[action]] -= 1
        most = max(most, problem.values[action] + best(group + 1, budget - problem.costs[action], left))
      }
      return most
    }
    return best(0, problem.budget ?? .max, problem.capacities.map { $0 ?? .max })
  }

  @Test func `small worlds: never above the optimum, never a bound below it, and close on average`() throws {
    var found: Int64 = 0
    var optimal: Int64 = 0
    for seed in 0..<400 as Range<UInt64> {
      let problem = Self.problem(
        groupCount: 2 + Int(seed % 6), actionLimit: 3, seed: seed, budgetShare: 0.05 + Double(seed % 7) * 0.08,
        capacityShare: seed % 3 == 0 ? nil : 0.2)
      let solution = try LagrangianAllocation.solve(problem, threads: 1)
      Self.check(solution, problem)
      let best = Self.bruteForce(problem)
      #expect(solution.value <= best)
      #expect(solution.bound >= best)
      found += solution.value
      optimal += best
    }
    #expect(Double(found) >= 0.95 * Double(optimal))
    #expect(optimal > 0)
  }

  @Test(arguments: [(0.02, nil), (0.1, 0.01), (nil, 0.02), (0.05, 0.1)] as [(Double?, Double?)])
  func `large worlds: limits hold and the gap is below one part in a thousand`(
    budgetShare: Double?, capacityShare: Double?
  ) throws {
    for seed in 100..<103 as Range<UInt64> {
      let problem = Self.problem(
        groupCount: 20_000, actionLimit: 5, seed: seed, budgetShare: budgetShare, capacityShare: capacityShare)
      let solution = try LagrangianAllocation.solve(problem, threads: 2)
      Self.check(solution, problem)
      #expect(solution.value > 0)
      #expect(solution.gap < 0.001)
    }
  }

  @Test func `without limits every group gets its best action and the gap is zero`() throws {
    let problem = Self.problem(groupCount: 500, actionLimit: 4, seed: 9, budgetShare: nil, capacityShare: nil)
    var free = problem
    free.capacities = [nil, nil, nil, nil]
    let solution = try LagrangianAllocation.solve(free, threads: 1)
    Self.check(solution, free)
    for group in 0..<free.groupCount {
      let best = free.values[free.groupStarts[group]..<free.groupStarts[group + 1]].max() ?? 0
      #expect((solution.chosen[group] < 0 ? 0 : free.values[solution.chosen[group]]) == best)
    }
    #expect(solution.gap == 0 && solution.budgetPrice == 0 && solution.channelPrices == [0, 0, 0, 0])
  }

  @Test func `nothing is chosen out of nothing, of no value, or with nothing to spend`() throws {
    let empty = Problem(
      groupStarts: [0], values: [], costs: [], channels: [], budget: 0, capacities: [nil, nil, nil, nil])
    #expect(try LagrangianAllocation.solve(empty, threads: 1).chosen.isEmpty)
    let worthless = Problem(
      groupStarts: [0, 2], values: [0, -5], costs: [0, 0], channels: [0, 1], budget: nil,
      capacities: [nil, nil, nil, nil])
    #expect(try LagrangianAllocation.solve(worthless, threads: 1).chosen == [-1])
    var dear = Self.problem(groupCount: 50, actionLimit: 3, seed: 3, budgetShare: 0, capacityShare: nil)
    dear.costs = dear.costs.map { $0 + 1 }
    #expect(try LagrangianAllocation.solve(dear, threads: 1).value == 0)
    var closed = Self.problem(groupCount: 50, actionLimit: 3, seed: 3, budgetShare: nil, capacityShare: nil)
    closed.capacities = [0, 0, 0, 0]
    #expect(try LagrangianAllocation.solve(closed, threads: 1).value == 0)
  }

  @Test func `free actions are taken when the budget is zero`() throws {
    let problem = Problem(
      groupStarts: [0, 2], values: [10, 100], costs: [0, 1], channels: [0, 0], budget: 0, capacities: [nil])
    #expect(try LagrangianAllocation.solve(problem, threads: 1).chosen == [0])
  }

  @Test func `ties go to the group that comes first`() throws {
    let problem = Problem(
      groupStarts: [0, 1, 2, 3, 4], values: [7, 7, 7, 7], costs: [1, 1, 1, 1], channels: [0, 0, 0, 0], budget: nil,
      capacities: [2])
    #expect(try LagrangianAllocation.solve(problem, threads: 1).chosen == [0, 1, -1, -1])
  }

  @Test func `prices say what is scarce`() throws {
    // Ten groups, values 1...10 on one channel of capacity 3: one more contact would be worth 7.
    let problem = Problem(
      groupStarts: Array(0...10), values: (1...10).map { $0 * 1_000 }, costs: Array(repeating: 0, count: 10),
      channels: Array(repeating: 0, count: 10), budget: nil, capacities: [3])
    let solution = try LagrangianAllocation.solve(problem, threads: 1)
    #expect(solution.value == 27_000 && solution.bound == 27_000)
    #expect((6_999.0...8_000.0).contains(solution.channelPrices[0]))
    #expect(solution.budgetPrice == 0)
  }

  @Test func `any number of threads gives the same solution`() throws {
    let problem = Self.problem(groupCount: 40_000, actionLimit: 4, seed: 5, budgetShare: 0.05, capacityShare: 0.05)
    let one = try LagrangianAllocation.solve(problem, threads: 1)
    #expect(try LagrangianAllocation.solve(problem, threads: 2) == one)
    #expect(try LagrangianAllocation.solve(problem, threads: 5) == one)
  }
}
