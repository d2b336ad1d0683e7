import Learning
import Testing

@Suite struct PoissonBootstrapTests {
  func draw(_ replicate: Int, count: Int, seed: UInt64 = 1, own: [Double]? = nil) -> [Double] {
    var weights = [Double](repeating: -1, count: count)
    PoissonBootstrap(replicateCount: 1, seed: seed).draw(replicate, own: own, into: &weights)
    return weights
  }

  @Test func `draws have the shares of Poisson's law with mean 1`() {
    let weights = draw(3, count: 1_000_001)
    var share = 0.36787944117144233
    for k in 0...6 {
      let found = Double(weights.count { $0 == Double(k) }) / Double(weights.count)
      #expect((found - share).magnitude < 5 * (share / 1e6).squareRoot(), "\(k)")
      share /= Double(k + 1)
    }
    #expect(weights.allSatisfy { (0...13).contains($0) })
  }

  @Test func `replicates and seeds have draws of their own, and the same ones again`() {
    #expect(draw(0, count: 99) == draw(0, count: 99))
    #expect(draw(0, count: 99) != draw(1, count: 99))
    #expect(draw(0, count: 99) != draw(0, count: 99, seed: 2))
    // The first rows do not ask how many follow.
    #expect(draw(5, count: 99).prefix(40) == draw(5, count: 40).prefix(40))
    let own = (0..<99).map { Double($0 % 7) / 2 }
    #expect(draw(4, count: 99, own: own) == zip(draw(4, count: 99), own).map { $0 * $1 })
  }

  @Test func `an interval has the quantiles of its replicates`() throws {
    let interval = try #require(PoissonBootstrap.interval((0...40).map { Double(40 - $0) }))
    #expect(interval.lower == 1 && interval.upper == 39)
    #expect((interval.error - 143.5.squareRoot()).magnitude < 1e-12)
    #expect(PoissonBootstrap.interval([1, 2, 3, .nan]) == nil, "a quarter does not exist")
    #expect(PoissonBootstrap.interval([2, .nan]) == nil)
    #expect(PoissonBootstrap.interval([]) == nil)
    #expect(PoissonBootstrap.interval([3, 3, 3, 3, 3, 3, 3, 3, 3, .nan])?.lower == 3)
  }
}
