import Testing
import Twins

@Suite struct AscendingIDsTests {
  /// Ids close together, far apart, and at the ends of what there is.
  private func draw(_ draws: inout RandomFacts.Draws, _ count: Int) -> [Int64] {
    (0..<count).map { _ in
      switch draws.below(10) {
      case 0: Int64(draws.next() >> 1)
      case 1: draws.one(of: [0, .max, .min, -1])
      default: draws.below(3 * count + 1)
      }
    }
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `ranks, distinct values and unions are those of sets`(seed: UInt64) {
    var draws = RandomFacts.Draws(state: seed)
    let (some, others) = (draw(&draws, Int(draws.below(2_000))), draw(&draws, Int(draws.below(300))))
    let ids = AscendingIDs(of: some)
    #expect(ids.keys == Set(some).sorted())
    #expect(AscendingIDs(of: some.sorted()).keys == ids.keys)
    #expect(ids.union(AscendingIDs(of: others)).keys == Set(some + others).sorted())
    let places = Dictionary(uniqueKeysWithValues: ids.keys.enumerated().map { ($1, Int32($0)) })
    // In order, with repeats, and in no order.
    for asked in [(some + others).sorted(), some + others, others + others, ids.keys] {
      #expect(ids.ranks(of: asked) == asked.map { places[$0] ?? -1 })
    }
  }
}
