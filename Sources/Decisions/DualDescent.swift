import Parallelism

/// Minimises the Lagrangian dual of an allocation.
struct DualDescent {
  private let problem: LagrangianAllocation.Problem
  private let threads: WorkerThreads
  private let isUsable: [Bool]
  /// The resources with a bound: -1 is the budget, others are channels.
  private let resources: [Int]
  private var prices: ShadowPrices
  private var bestPrices: ShadowPrices
  private var bestDual = Double.infinity

  /// Groups summed at once; fixed, so that floats are added in the same order on any number of threads.
  private static let chunkGroupCount = 16_384
  private static let roundLimit = 8
  private static let stepsEachCall = 40

  /// The dual at some prices and what the groups would use.
  private struct Evaluation {
    var dual = 0.0
    var cost: Int64 = 0
    var used: [Int64]
  }

  init(_ problem: LagrangianAllocation.Problem, threads: WorkerThreads) {
    self.problem = problem
    self.threads = threads
    isUsable = (0..<problem.values.count).map(problem.isUsable)
    let channels = problem.capacities.indices.filter { (problem.capacities[$0] ?? 0) > 0 }
    resources = ((problem.budget ?? 0) > 0 ? [-1] : []) + channels
    prices = ShadowPrices(channels: [Double](repeating: 0, count: problem.capacities.count))
    bestPrices = prices
  }

  /// The smallest dual seen, with the rounding error of the float sums (below 1 in 10⁹) added, rounded down: sums of
  /// values are integers.
  var bound: Int64 { Int64((bestDual * (1 + 1e-9)).rounded(.down)) }

  /// Lowers the dual along one price after the other until a round gains less than one part in a million.
  mutating func descend() throws -> ShadowPrices {
    let start = try evaluate(prices)
    guard resources.contains(where: { usage(start, $0) > limit($0) }) else { return prices }
    for _ in 0..<Self.roundLimit {
      let before = bestDual
      for resource in resources { try bisect(resource) }
      if before.isFinite, before - bestDual <= before * 1e-6 { break }
    }
    return prices
  }

  /// Takes Polyak steps from the best prices, with `value` as the estimate of the optimum, then descends again.
  ///
  /// Prices are scaled by their limits, so that a step treats a unit of budget and a call alike.
  mutating func step(towards value: Int64) throws -> ShadowPrices {
    prices = bestPrices
    var relaxation = 1.0
    for _ in 0..<Self.stepsEachCall {
      let before = bestDual
      let point = try evaluate(prices)
      let slopes = resources.map { 1 - Double(usage(point, $0)) / Double(limit($0)) }
      let norm = slopes.reduce(0) { $0 + $1 * $1 }
      guard norm > 0, point.dual > Double(value) else { break }
      let length = relaxation * (point.dual - Double(value)) / norm
      for (resource, slope) in zip(resources, slopes) {
        set(resource, max(0, price(resource) - length * slope / Double(limit(resource))))
      }
      if bestDual >= before { relaxation *= 0.85 }
    }
    prices = bestPrices
    for resource in resources { try bisect(resource) }
    return prices
  }

  /// Finds the least price of one resource at which its use stays within the limit; use falls as the price rises.
  private mutating func bisect(_ resource: Int) throws {
    func isWithin(_ point: Evaluation) -> Bool { usage(point, resource) <= limit(resource) }
    let start = price(resource)
    set(resource, 0)
    if isWithin(try evaluate(prices)) { return }
    var low = 0.0
    var high = start > 0 ? start : highestPrice(resource)
    set(resource, high)
    while !isWithin(try evaluate(prices)) {
      low = high
      high *= 2
      set(resource, high)
    }
    for _ in 0..<60 where high - low > high * 1e-7 {
      let middle = low + (high - low) / 2
      set(resource, middle)
      if isWithin(try evaluate(prices)) { high = middle } else { low = middle }
    }
    set(resource, high)
  }

  /// A price at which no action of the resource is worth its use.
  private func highestPrice(_ resource: Int) -> Double {
    var highest = 1.0
    for action in 0..<problem.values.count where isUsable[action] {
      if resource >= 0 {
        if problem.channels[action] == resource { highest = max(highest, Double(problem.values[action])) }
      } else if problem.costs[action] > 0 {
        highest = max(highest, Double(problem.values[action]) / Double(problem.costs[action]))
      }
    }
    return highest
  }

  private func usage(_ point: Evaluation, _ resource: Int) -> Int64 { resource < 0 ? point.cost : point.used[resource] }

  private func limit(_ resource: Int) -> Int64 {
    (resource < 0 ? problem.budget : problem.capacities[resource]) ?? .max
  }

  private func price(_ resource: Int) -> Double { resource < 0 ? prices.budget : prices.channels[resource] }

  private mutating func set(_ resource: Int, _ price: Double) {
    if resource < 0 { prices.budget = price } else { prices.channels[resource] = price }
  }

  /// The dual and the use at `prices`; remembers the best. O(actions).
  private mutating func evaluate(_ prices: ShadowPrices) throws -> Evaluation {
    let parts = try threads.mapChunks(rowCount: problem.groupCount, chunkRowCount: Self.chunkGroupCount) {
      [problem, isUsable] groups in
      var part = Evaluation(used: [Int64](repeating: 0, count: problem.capacities.count))
      for group in groups {
        var best = 0.0
        var chosen = -1
        for action in problem.groupStarts[group]..<problem.groupStarts[group + 1] where isUsable[action] {
          let priced = prices.priced(problem, action)
          if priced > best {
            best = priced
            chosen = action
          }
        }
        guard chosen >= 0 else { continue }
        part.dual += best
        part.cost += problem.costs[chosen]
        part.used[problem.channels[chosen]] += 1
      }
      return part
    }
    var sum = Evaluation(used: [Int64](repeating: 0, count: problem.capacities.count))
    for part in parts {
      sum.dual += part.dual
      sum.cost += part.cost
      for channel in sum.used.indices { sum.used[channel] += part.used[channel] }
    }
    for resource in resources {
      sum.dual += (resource < 0 ? prices.budget : prices.channels[resource]) * Double(limit(resource))
    }
    if sum.dual < bestDual {
      bestDual = sum.dual
      bestPrices = prices
    }
    return sum
  }
}
