import ElementaryFunctions
import Randomness

/// Parameters of the gradient learner that a search tries; candidate 0 has those that it was given.
package struct BoostingSpace: Sendable {
  /// What the candidates do not change.
  package let base: GradientBoosting.Parameters
  private let random: CounterRandom

  /// Makes the candidates of a seed.
  package init(_ base: GradientBoosting.Parameters, seed: UInt64) {
    self.base = base
    random = CounterRandom(seed: seed, stream: 0x7365_6172)
  }

  /// The parameters of a candidate; a function of the seed and the number alone.
  package func candidate(_ number: Int) -> GradientBoosting.Parameters {
    guard number > 0 else { return base }
    let index = UInt64(number)
    /// Between two bounds, even on a scale of ratios.
    func ratio(_ low: Double, _ high: Double, _ draw: UInt64) -> Double {
      exponential(naturalLogarithm(low) + random.uniform(index, draw) * naturalLogarithm(high / low))
    }
    func one<Value>(_ values: [Value], _ draw: UInt64) -> Value {
      values[Int(random.integer(below: UInt64(values.count), index, draw))]
    }
    var parameters = base
    parameters.leafCount = one([4, 8, 15, 31, 63, 127], 0)
    parameters.learningRate = BoostingSpace.rounded(ratio(0.02, 0.3, 1))
    parameters.minimumLeafRowCount = Int(ratio(5, 500, 2).rounded())
    parameters.l2 = BoostingSpace.rounded(ratio(0.1, 100, 3))
    parameters.featureFraction = one([0.3, 0.5, 0.7, 0.85, 1], 4)
    parameters.roundingNoise = one([0, 0.5, 1, 2], 5)
    return parameters
  }

  /// Three digits are enough, and can be typed.
  private static func rounded(_ value: Double) -> Double {
    var unit = 1.0
    while value * unit < 100 { unit *= 10 }
    return (value * unit).rounded() / unit
  }
}
