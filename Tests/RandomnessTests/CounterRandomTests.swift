import Randomness
import Testing

@Suite struct CounterRandomTests {
  @Test func `a draw depends on seed, stream, index and draw alone`() {
    let first = CounterRandom(seed: 7, stream: 1)
    #expect(first.bits(3, 4) == CounterRandom(seed: 7, stream: 1).bits(3, 4))
    let others = [
      CounterRandom(seed: 8, stream: 1).bits(3, 4), CounterRandom(seed: 7, stream: 2).bits(3, 4),
      first.bits(4, 4), first.bits(3, 5), first.bits(4, 3),
    ]
    #expect(Set(others + [first.bits(3, 4)]).count == 6)
  }

  @Test func `uniform draws have the moments of the uniform law`() {
    let random = CounterRandom(seed: 1, stream: 1)
    let count = 200_000
    var sum = 0.0
    var squares = 0.0
    for index in 0..<count {
      let draw = random.uniform(UInt64(index))
      #expect(draw >= 0 && draw < 1)
      sum += draw
      squares += draw * draw
    }
    // Standard errors: 0.00065 and 0.00067; four of them either way.
    #expect(abs(sum / Double(count) - 0.5) < 0.0026)
    #expect(abs(squares / Double(count) - 1.0 / 3) < 0.0027)
  }

  @Test func `bounded integers reach every value and none beyond`() {
    let random = CounterRandom(seed: 5, stream: 9)
    var counts = [Int](repeating: 0, count: 7)
    for index in 0..<7_000 { counts[Int(random.integer(below: 7, UInt64(index)))] += 1 }
    #expect(counts.allSatisfy { (850...1150).contains($0) })
  }
}
