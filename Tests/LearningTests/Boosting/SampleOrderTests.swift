import Learning
import Testing

@Suite struct SampleOrderTests {
  @Test(arguments: [0, 1, 2, 1_000]) func `numbers of every size and sign come in order`(count: Int) {
    var random = SeededGenerator(seed: UInt64(count) + 3)
    let special: [Double] = [
      0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude, 1, -1,
    ]
    var values = (0..<count).map { index in
      switch index % 3 {
      case 0: Double.random(in: -1e6...1e6, using: &random)
      case 1: special.randomElement(using: &random) ?? 0
      default: Double(Int.random(in: -9...9, using: &random))
      }
    }
    var expected = values
    expected.sort { ($0, $0.sign == .minus ? 0 : 1) < ($1, $1.sign == .minus ? 0 : 1) }
    SampleOrder.sort(&values)
    #expect(values.map(\.bitPattern) == expected.map(\.bitPattern))
  }
}
