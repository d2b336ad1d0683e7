/// Turns prices into a choice that keeps budget and capacities, and fills what they leave.
struct GreedyRepair {
  /// A choice within the limits.
  struct Choice {
    var chosen: [Int]
    var value: Int64 = 0
    var cost: Int64 = 0
    var used: [Int64]
    var prices: ShadowPrices
  }

  private let problem: LagrangianAllocation.Problem
  private let prices: ShadowPrices
  private var choice: Choice

  private static let improvementLimit = 4

  /// First each group takes its best priced action that still fits, the largest priced value first; then groups change to
  /// actions of larger value that fit, the smallest loss of priced value first, until nothing changes.
  static func repair(_ problem: LagrangianAllocation.Problem, prices: ShadowPrices) -> Choice {
    var repair = GreedyRepair(problem, prices)
    repair.takeByPricedValue()
    for _ in 0..<improvementLimit {
      guard repair.improve() else { break }
    }
    return repair.choice
  }

  private init(_ problem: LagrangianAllocation.Problem, _ prices: ShadowPrices) {
    self.problem = problem
    self.prices = prices
    choice = Choice(
      chosen: [Int](repeating: -1, count: problem.groupCount),
      used: [Int64](repeating: 0, count: problem.capacities.count), prices: prices)
  }

  private mutating func takeByPricedValue() {
    var order: [(group: Int, priced: Double)] = []
    for group in 0..<problem.groupCount {
      var best = 0.0
      for action in actions(group) where problem.isUsable(action) { best = max(best, prices.priced(problem, action)) }
      if best > 0 { order.append((group, best)) }
    }
    order.sort { $0.priced != $1.priced ? $0.priced > $1.priced : $0.group < $1.group }
    for (group, _) in order {
      var best = 0.0
      var taken = -1
      for action in actions(group) where problem.isUsable(action) && fits(action, insteadOf: -1) {
        let priced = prices.priced(problem, action)
        if priced > best {
          best = priced
          taken = action
        }
      }
      if taken >= 0 { take(taken, for: group) }
    }
  }

  /// One pass of changes to larger values; true where something changed.
  private mutating func improve() -> Bool {
    var moves: [(group: Int, action: Int, loss: Double)] = []
    for group in 0..<problem.groupCount {
      let current = choice.chosen[group]
      let currentPriced = current < 0 ? 0 : prices.priced(problem, current)
      for action in actions(group)
      where problem.isUsable(action) && problem.values[action] > value(current) && fits(action, insteadOf: current) {
        moves.append((group, action, currentPriced - prices.priced(problem, action)))
      }
    }
    moves.sort { $0.loss != $1.loss ? $0.loss < $1.loss : $0.action < $1.action }
    var hasChanged = false
    for move in moves {
      let current = choice.chosen[move.group]
      guard problem.values[move.action] > value(current), fits(move.action, insteadOf: current) else { continue }
      take(move.action, for: move.group)
      hasChanged = true
    }
    return hasChanged
  }

  private func actions(_ group: Int) -> Range<Int> { problem.groupStarts[group]..<problem.groupStarts[group + 1] }

  private func value(_ action: Int) -> Int64 { action < 0 ? 0 : problem.values[action] }

  private func fits(_ action: Int, insteadOf current: Int) -> Bool {
    let freedCost = current < 0 ? 0 : problem.costs[current]
    let channel = problem.channels[action]
    let freedContact: Int64 = current >= 0 && problem.channels[current] == channel ? 1 : 0
    return choice.cost - freedCost + problem.costs[action] <= problem.budget ?? .max
      && choice.used[channel] - freedContact + 1 <= problem.capacities[channel] ?? .max
  }

  private mutating func take(_ action: Int, for group: Int) {
    let current = choice.chosen[group]
    if current >= 0 {
      choice.value -= problem.values[current]
      choice.cost -= problem.costs[current]
      choice.used[problem.channels[current]] -= 1
    }
    choice.chosen[group] = action
    choice.value += problem.values[action]
    choice.cost += problem.costs[action]
    choice.used[problem.channels[action]] += 1
  }
}
