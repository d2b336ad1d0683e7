import Randomness

/// Random numbers one after the other, the same for the same seed.
struct DrawSequence {
  private let random: CounterRandom
  private var index: UInt64 = 0

  init(seed: UInt64) { random = CounterRandom(seed: seed, stream: 17) }

  /// A number of `0..<bound`.
  mutating func integer(below bound: Int) -> Int {
    index += 1
    return Int(random.integer(below: UInt64(bound), index))
  }

  /// The elements in a random order.
  mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var left = elements
    return elements.indices.map { _ in left.remove(at: integer(below: left.count)) }
  }
}
