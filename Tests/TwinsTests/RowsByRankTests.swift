import Testing
import Twins

@Suite struct RowsByRankTests {
  @Test(arguments: [0, 1, 5, 23, 24, 25, 26, 200])
  func `a group has its rows in order, ties in table order, however large it is`(groupRowCount: Int) {
    var draws = RandomFacts.Draws(state: UInt64(groupRowCount))
    let keys = (0..<groupRowCount * 3).map { _ in draws.below(6) }
    let ranks = keys.indices.map { Int32($0 % 4) - 1 }
    let rows = RowsByRank(ranks: ranks, rankCount: 3) { keys[$0] < keys[$1] }
    for rank in 0..<3 as Range<Int32> {
      let expected = keys.indices.filter { ranks[$0] == rank }.sorted { (keys[$0], $0) < (keys[$1], $1) }
      #expect(rows.group(rank).map { rows.row($0) } == expected)
    }
    #expect(rows.group(-1).isEmpty)
  }
}

@Suite struct DenseIndexTests {
  @Test(arguments: [0, 1, 2, 3, 1000])
  func `every key has its rank, every other key has none`(count: Int) {
    var draws = RandomFacts.Draws(state: UInt64(count))
    let keys = (0..<count).map { $0 < 2 ? [Int64.min, .max][$0] : Int64(bitPattern: draws.next() & ~1) }
    let index = DenseIndex(keys + keys)
    #expect(index.keys == Array(Set(keys)).sorted())
    #expect(index.ranks(of: index.keys) == (0..<Int32(index.count)).map { $0 })
    for key in keys where key != .max { #expect(Set(keys).contains(key | 1) || index.rank(of: key | 1) == -1) }
    #expect(index.rank(of: 0x1234_5678_9ABC_DEF1) == -1)
  }

  @Test func `keys that want the same slot are all found`() {
    // Multiples of 2⁵⁸ meet in the few slots that their low bits leave.
    let keys = (0..<40).map { Int64($0) << 58 } + (0..<40).map { Int64($0) }
    let index = DenseIndex(keys)
    for (rank, key) in index.keys.enumerated() { #expect(index.rank(of: key) == Int32(rank)) }
  }
}
