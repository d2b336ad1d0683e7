import Parallelism

/// Chooses at most one action for each group (a person) so that the sum of values is as large as a budget and the
/// capacities of the channels allow.
///
///     maximise    Σ v_j x_j
///     subject to  Σ c_j x_j ≤ B,   Σ_{j on h} x_j ≤ K_h for each channel h,   Σ_{j of g} x_j ≤ 1 for each group g
///
/// The constraints that couple groups are priced (λ for the budget, μ_h for a contact), which leaves each group its own
/// choice, the action of the largest priced value v_j - λ c_j - μ_h, or none. The dual
///
///     L(λ, μ) = λ B + Σ_h μ_h K_h + Σ_g max(0, max_j (v_j - λ c_j - μ_h))
///
/// bounds every feasible sum from above for any prices ≥ 0 (Everett 1963; Fisher 1981). It is minimised by bisection along
/// one price after the other, and by Polyak's subgradient steps where that stalls; a greedy repair makes each end point
/// feasible and fills what is left. All loops run in the order of groups and actions, floats are summed in fixed chunks:
/// the result does not depend on threads. Ties go to the group that comes first, then to the action that comes first.
public struct LagrangianAllocation: Sendable {
  /// What is to be allocated.
  public struct Problem: Sendable {
    /// Where the actions of each group begin; one more than groups.
    public var groupStarts: [Int]
    /// Value of each action; only positive ones are ever chosen.
    public var values: [Int64]
    /// Budget that each action uses; not negative.
    public var costs: [Int64]
    /// The channel of each action: a position in `capacities`.
    public var channels: [Int]
    /// The budget, or nil for no bound.
    public var budget: Int64?
    /// The most actions on each channel, or nil for no bound.
    public var capacities: [Int64?]

    /// Makes a problem.
    public init(
      groupStarts: [Int], values: [Int64], costs: [Int64], channels: [Int], budget: Int64?, capacities: [Int64?]
    ) {
      precondition(groupStarts.last == values.count, "the groups hold every action")
      precondition(values.count == costs.count && values.count == channels.count, "one value, cost, channel an action")
      self.groupStarts = groupStarts
      self.values = values
      self.costs = costs
      self.channels = channels
      self.budget = budget
      self.capacities = capacities
    }

    /// The number of groups.
    public var groupCount: Int { groupStarts.count - 1 }

    /// Whether the action could be chosen if it were alone.
    func isUsable(_ action: Int) -> Bool {
      values[action] > 0 && costs[action] <= budget ?? .max && (capacities[channels[action]] ?? .max) > 0
    }
  }

  /// What was chosen, and how good it is.
  public struct Solution: Sendable, Hashable {
    /// The action of each group, or -1.
    public var chosen: [Int]
    /// The sum of the values chosen.
    public var value: Int64
    /// The sum of their costs.
    public var cost: Int64
    /// The number of actions chosen on each channel.
    public var used: [Int64]
    /// No choice within budget and capacities is worth more.
    public var bound: Int64
    /// λ: what one more unit of budget would be worth, in units of value.
    public var budgetPrice: Double
    /// μ: what one more contact on each channel would be worth.
    public var channelPrices: [Double]

    /// How far the choice may be from the best: (bound - value) / bound; 0 where nothing can be gained.
    public var gap: Double { bound > 0 ? Double(bound - value) / Double(bound) : 0 }
  }

  /// Solves the problem. O((actions · evaluations) + actions · log actions); a few hundred evaluations.
  public static func solve(_ problem: Problem, threads: Int) throws -> Solution {
    var dual = DualDescent(problem, threads: WorkerThreads(count: threads))
    var best = try GreedyRepair.repair(problem, prices: dual.descend())
    for _ in 0..<4 where best.value < dual.bound {
      let next = GreedyRepair.repair(problem, prices: try dual.step(towards: best.value))
      if next.value > best.value { best = next }
    }
    return Solution(
      chosen: best.chosen, value: best.value, cost: best.cost, used: best.used, bound: max(dual.bound, best.value),
      budgetPrice: best.prices.budget, channelPrices: best.prices.channels)
  }
}

/// Shadow prices: of one unit of budget, and of one contact on each channel.
struct ShadowPrices: Sendable, Hashable {
  var budget = 0.0
  var channels: [Double]

  /// The value of an action less what it uses at these prices.
  @inline(__always) func priced(_ problem: LagrangianAllocation.Problem, _ action: Int) -> Double {
    Double(problem.values[action]) - budget * Double(problem.costs[action]) - channels[problem.channels[action]]
  }
}
