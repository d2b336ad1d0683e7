import Glibc

// Distributions of the law. All use the C library's log, exp and cos: the same machine and library give the same world.
extension DrawStream {
  /// A standard normal number (Box and Muller, one of the pair).
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// An exponential number of mean `mean`.
  mutating func exponential(mean: Double) -> Double { -mean * log(1 - uniform()) }

  /// A Poisson count: by products of uniforms (Knuth) below a mean of 12, else a rounded normal.
  mutating func poisson(_ mean: Double) -> Int {
    guard mean > 0 else { return 0 }
    if mean >= 12 { return max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
    let limit = exp(-mean)
    var product = uniform()
    var count = 0
    while product > limit {
      count += 1
      product *= uniform()
    }
    return count
  }

  /// How many of `count` trials succeed: one by one for few, else a Poisson count cut at `count`.
  mutating func binomial(_ count: Int, _ probability: Double) -> Int {
    guard count > 0, probability > 0 else { return 0 }
    if count > 40 { return min(count, poisson(Double(count) * probability)) }
    var hits = 0
    for _ in 0..<count where uniform() < probability { hits += 1 }
    return hits
  }
}
